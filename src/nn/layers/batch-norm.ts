import type { NDArray, Shape } from "../../array/index.ts";
import * as np from "../../numpy/index.ts";
import { rsqrt, stopGradient } from "../../primitives/index.ts";
import { pmean } from "../../transforms/index.ts";
import type { StatefulLayer } from "./layer.ts";
import {
  type AffineOptions,
  type AffineParams,
  applyAffine,
  checkNormalized,
  initAffine,
} from "./normalize.ts";

/** Running statistics of `batchNorm`, float32[features] each. */
export interface BatchNormState {
  readonly mean: NDArray;
  readonly var: NDArray;
}

/** Options of `batchNorm`. */
export interface BatchNormOptions extends AffineOptions {
  /** How much of the running statistics stays at each step; default 0.99. */
  readonly momentum?: number;
  /** What is added to variances; default 1e-5. */
  readonly epsilon?: number;
  /** The named axis of an enclosing `vmap` over which statistics are shared too. */
  readonly axisName?: string;
}

/**
 * Batch normalisation over all axes but the last. In training, features are standardised by the mean and variance of the
 * batch, and the running statistics move towards these; otherwise by the running statistics. (S. Ioffe and C. Szegedy,
 * "Batch normalization: accelerating deep network training by reducing internal covariate shift", 2015.)
 *
 * The variance is the biased one (divided by n) for both, as in Flax.
 *
 * @example
 * const [y, next] = layer.apply(params, state, x, { training: true });
 * @see https://flax-linen.readthedocs.io/en/latest/api_reference/flax.linen/layers.html#flax.linen.BatchNorm
 */
export const batchNorm = ({
  momentum = 0.99,
  epsilon = 1e-5,
  axisName,
  ...affine
}: BatchNormOptions = {}): StatefulLayer<AffineParams, BatchNormState> => {
  const featuresOf = (shape: Shape): number => {
    checkNormalized("batchNorm", shape);
    return shape.at(-1) as number;
  };
  const shared = (x: NDArray): NDArray => (axisName === undefined ? x : pmean(x, axisName));
  const running = (old: NDArray, latest: NDArray): NDArray =>
    np.add(np.multiply(old, momentum), np.multiply(stopGradient(latest), 1 - momentum));
  return {
    kind: "batchNorm",
    init: (key, inputShape) => initAffine(key, featuresOf(inputShape), affine),
    initState: (inputShape) => ({
      mean: np.zeros([featuresOf(inputShape)]),
      var: np.ones([featuresOf(inputShape)]),
    }),
    outputShape: (inputShape) => {
      checkNormalized("batchNorm", inputShape);
      return inputShape;
    },
    apply: (params, state, x, { training = false } = {}) => {
      checkNormalized("batchNorm", x.shape);
      if (!training) {
        const factor = rsqrt(np.add(state.var, epsilon));
        return [applyAffine(params, np.multiply(np.subtract(x, state.mean), factor)), state];
      }
      const axes = x.shape.slice(0, -1).map((_, axis) => axis);
      const mean = shared(np.mean(x, axes));
      const centered = np.subtract(x, mean);
      const variance = shared(np.mean(np.square(centered), axes));
      const y = applyAffine(params, np.multiply(centered, rsqrt(np.add(variance, epsilon))));
      return [y, { mean: running(state.mean, mean), var: running(state.var, variance) }];
    },
  };
};
