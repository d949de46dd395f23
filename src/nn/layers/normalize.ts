import { formatShape, type NDArray, type Shape } from "../../array/index.ts";
import { ShapeError } from "../../core/index.ts";
import * as np from "../../numpy/index.ts";
import * as random from "../../random/index.ts";
import { type Initializer, ones, zeros } from "../initializers.ts";

/*
 * What all normalisations share: a learned factor and a learned offset for each feature, behind the standardised values.
 */

/** Parameters of a normalisation: what standardised features are multiplied by, and what is added. */
export interface AffineParams {
  /** [features]; not there if the layer has no scale. */
  readonly scale?: NDArray;
  /** [features]; not there if the layer has no bias. */
  readonly bias?: NDArray;
}

/** Which of the two there are, and how they begin. */
export interface AffineOptions {
  /** Default true. */
  readonly useScale?: boolean;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default `ones`. */
  readonly scaleInit?: Initializer;
  /** Default `zeros`. */
  readonly biasInit?: Initializer;
}

export const initAffine = (
  key: NDArray,
  features: number,
  { useScale = true, useBias = true, scaleInit = ones, biasInit = zeros }: AffineOptions,
): AffineParams => ({
  ...(useScale && { scale: scaleInit(random.foldIn(key, 0), [features]) }),
  ...(useBias && { bias: biasInit(random.foldIn(key, 1), [features]) }),
});

/** x · scale + bias over the last axis. */
export const applyAffine = ({ scale, bias }: AffineParams, x: NDArray): NDArray => {
  const scaled = scale === undefined ? x : np.multiply(x, scale);
  return bias === undefined ? scaled : np.add(scaled, bias);
};

/** Refuse an input without a batch and a feature axis. */
export const checkNormalized = (where: string, shape: Shape, axes = 2): void => {
  if (shape.length >= axes) return;
  throw new ShapeError(
    `${where}: the input must be [batch, ${axes > 2 ? "...spatial, " : ""}features]; got ${formatShape(shape)}.`,
  );
};
