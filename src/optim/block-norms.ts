import type { ArrayLike, NDArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { hyper } from "./moments.ts";
import { requireParams } from "./requirements.ts";
import { type EmptyState, type GradientTransformation, stateless } from "./transformation.ts";
import { mapTrees } from "./trees.ts";

/** √x, or `least` if that is greater, with a derivative of 0 there. */
const rootAtLeast = (x: NDArray, least: ArrayLike): NDArray => {
  const bound = hyper(least, x.dtype);
  const isSmall = np.lessEqual(np.sqrt(x), bound);
  return np.where(isSmall, bound, np.sqrt(np.where(isSmall, 1, x)));
};

/** The length of an array as one vector, at least `least`. */
export const blockNorm = (x: NDArray, least: ArrayLike): NDArray => rootAtLeast(np.sum(np.square(x)), least);

/** The root of the mean square of an array, at least `least`. */
export const blockRms = (x: NDArray, least: ArrayLike): NDArray => rootAtLeast(np.mean(np.square(x)), least);

/**
 * Multiplies the gradient of each parameter by the length of the parameter as one vector, at least `minScale`.
 * `update` needs the parameters.
 *
 * @example
 * chain(scaleByAdam(), scaleByParamBlockNorm(), scaleByLearningRate(1e-2));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_param_block_norm
 */
export const scaleByParamBlockNorm = (minScale: ArrayLike = 1e-3): GradientTransformation<EmptyState> =>
  stateless((gradients, optionalParams) => {
    const params = requireParams("scaleByParamBlockNorm", optionalParams);
    return mapTrees("scaleByParamBlockNorm", { gradients, params }, (g, p) =>
      np.multiply(g, blockNorm(p, minScale)),
    );
  });

/**
 * Multiplies the gradient of each parameter by the root of the mean square of the parameter, at least `minScale`.
 * `update` needs the parameters.
 *
 * @example
 * chain(scaleByAdam(), scaleByParamBlockRms(), scaleByLearningRate(1e-2));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_param_block_rms
 */
export const scaleByParamBlockRms = (minScale: ArrayLike = 1e-3): GradientTransformation<EmptyState> =>
  stateless((gradients, optionalParams) => {
    const params = requireParams("scaleByParamBlockRms", optionalParams);
    return mapTrees("scaleByParamBlockRms", { gradients, params }, (g, p) =>
      np.multiply(g, blockRms(p, minScale)),
    );
  });

/** Options of `scaleByTrustRatio`. */
export interface TrustRatioOptions {
  /** The least length of parameters and updates; default 0. */
  readonly minNorm?: ArrayLike;
  /** What the ratio is multiplied by; default 1. */
  readonly trustCoefficient?: ArrayLike;
  /** What is added to the length of the update; default 0. */
  readonly eps?: ArrayLike;
}

/**
 * Gives the update of each parameter the length of the parameter, each as one vector, times a coefficient. An update
 * where either is 0 stays as it is. `update` needs the parameters.
 * (Y. You et al., "Large batch training of convolutional networks", 2017.)
 *
 * @example
 * chain(scaleByAdam(), scaleByTrustRatio(), scaleByLearningRate(1e-2));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_trust_ratio
 */
export const scaleByTrustRatio = ({
  minNorm = 0,
  trustCoefficient = 1,
  eps = 0,
}: TrustRatioOptions = {}): GradientTransformation<EmptyState> =>
  stateless((gradients, optionalParams) => {
    const params = requireParams("scaleByTrustRatio", optionalParams);
    return mapTrees("scaleByTrustRatio", { gradients, params }, (g, p) => {
      const [paramNorm, norm] = [blockNorm(p, minNorm), blockNorm(g, minNorm)];
      const isZero = np.logicalOr(np.equal(paramNorm, 0), np.equal(norm, 0));
      const divisor = np.add(np.where(isZero, 1, norm), hyper(eps, norm.dtype));
      const ratio = np.divide(np.multiply(hyper(trustCoefficient, p.dtype), paramNorm), divisor);
      return np.multiply(g, np.where(isZero, 1, ratio));
    });
  });
