import { formatShape, type NDArray, type Shape } from "../../array/index.ts";
import { ShapeError } from "../../core/index.ts";
import * as np from "../../numpy/index.ts";
import * as random from "../../random/index.ts";
import { type Initializer, lecunNormal, zeros } from "../initializers.ts";
import { type Layer, positiveInteger } from "./layer.ts";

/** Parameters of `dense`. */
export interface DenseParams {
  /** [inputs, outputs] */
  readonly kernel: NDArray;
  /** [outputs]; not there if the layer has no bias. */
  readonly bias?: NDArray;
}

/** How the weights of a layer with a kernel and a bias begin. */
export interface KernelOptions {
  /** Whether a bias is added; default true. */
  readonly useBias?: boolean;
  /** Default `lecunNormal()`. */
  readonly kernelInit?: Initializer;
  /** Default `zeros`. */
  readonly biasInit?: Initializer;
}

/** `{ kernel, bias }` drawn from two keys made of one. */
export const initKernel = (
  key: NDArray,
  kernelShape: Shape,
  outputs: number,
  { useBias = true, kernelInit = lecunNormal(), biasInit = zeros }: KernelOptions,
): DenseParams => {
  const kernel = kernelInit(random.foldIn(key, 0), kernelShape);
  return useBias ? { kernel, bias: biasInit(random.foldIn(key, 1), [outputs]) } : { kernel };
};

/** `y + bias` over the last axis, if there is a bias. */
export const addBias = (y: NDArray, { bias }: DenseParams): NDArray =>
  bias === undefined ? y : np.add(y, bias);

/** The length of the last axis of a layer's input. */
export const lastAxis = (where: string, shape: Shape): number => {
  const n = shape.at(-1);
  if (n !== undefined) return n;
  throw new ShapeError(
    `${where}: the input must have an axis of features, its last; got ${formatShape(shape)}.`,
  );
};

/** Refuse an input whose features are not those that the parameters were made for. */
export const checkFeatures = (where: string, x: NDArray, expected: number): void => {
  if (lastAxis(where, x.shape) === expected) return;
  throw new ShapeError(
    `${where}: the parameters were made for ${expected} features (the last axis); the input is ${formatShape(x.shape)}.`,
  );
};

/**
 * A fully connected layer: x · kernel + bias over the last axis.
 *
 * @param features how many outputs there are for each example.
 * @example
 * const layer = nn.dense(128, { kernelInit: nn.initializers.heNormal() }); // [..., n] → [..., 128]
 */
export const dense = (features: number, options: KernelOptions = {}): Layer<DenseParams> => {
  positiveInteger("dense", "features", features);
  return {
    kind: "dense",
    init: (key, inputShape) => initKernel(key, [lastAxis("dense", inputShape), features], features, options),
    outputShape: (inputShape) => {
      lastAxis("dense", inputShape);
      return [...inputShape.slice(0, -1), features];
    },
    apply: (params, x) => {
      checkFeatures("dense", x, params.kernel.shape[0] as number);
      return addBias(np.matmul(x, params.kernel), params);
    },
  };
};
