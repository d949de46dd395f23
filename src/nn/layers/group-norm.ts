import { formatShape, type NDArray, type Shape } from "../../array/index.ts";
import { ShapeError } from "../../core/index.ts";
import * as np from "../../numpy/index.ts";
import { standardize } from "../standardize.ts";
import { type Layer, positiveInteger } from "./layer.ts";
import {
  type AffineOptions,
  type AffineParams,
  applyAffine,
  checkNormalized,
  initAffine,
} from "./normalize.ts";

/** Options of `groupNorm` and `instanceNorm`. */
export interface GroupNormOptions extends AffineOptions {
  /** What is added to variances; default 1e-6. */
  readonly epsilon?: number;
}

/** A layer that standardises the features of each example in groups, over all spatial axes too. */
const grouped = (
  kind: string,
  groupsFor: (features: number) => number,
  { epsilon = 1e-6, ...affine }: GroupNormOptions,
): Layer<AffineParams> => {
  const featuresOf = (shape: Shape): number => {
    checkNormalized(kind, shape);
    const features = shape.at(-1) as number;
    if (features % groupsFor(features) === 0) return features;
    throw new ShapeError(
      `${kind}: ${groupsFor(features)} groups must divide the ${features} features (the last axis) of ${formatShape(shape)}.`,
    );
  };
  const apply = (params: AffineParams, x: NDArray): NDArray => {
    const features = featuresOf(x.shape);
    const groups = groupsFor(features);
    const [batch = 0, ...spatial] = x.shape.slice(0, -1);
    const size = spatial.reduce((a, b) => a * b, 1);
    const split = np.reshape(x, [batch, size, groups, features / groups]);
    return applyAffine(params, np.reshape(standardize(split, [1, 3], { epsilon }), x.shape));
  };
  return {
    kind,
    init: (key, inputShape) => initAffine(key, featuresOf(inputShape), affine),
    outputShape: (inputShape) => {
      featuresOf(inputShape);
      return inputShape;
    },
    apply,
  };
};

/**
 * Group normalisation of [batch, ...spatial, features]: each example's features are standardised in `numGroups` groups of
 * neighbours. (Y. Wu and K. He, "Group normalization", 2018.)
 *
 * @throws ShapeError if the groups do not divide the features.
 * @example
 * nn.groupNorm(8); // [n, h, w, 32] → the same shape, in groups of 4 features
 */
export const groupNorm = (numGroups: number, options: GroupNormOptions = {}): Layer<AffineParams> => {
  positiveInteger("groupNorm", "numGroups", numGroups);
  return grouped("groupNorm", () => numGroups, options);
};

/**
 * Instance normalisation of [batch, ...spatial, features]: each feature of each example is standardised over the spatial
 * axes. (D. Ulyanov, A. Vedaldi, V. Lempitsky, "Instance normalization: the missing ingredient for fast stylization", 2016.)
 *
 * @example
 * nn.instanceNorm().init(key, [8, 32, 32, 3]); // { scale: [1, 1, 1], bias: [0, 0, 0] }
 */
export const instanceNorm = (options: GroupNormOptions = {}): Layer<AffineParams> =>
  grouped("instanceNorm", (features) => features, options);
