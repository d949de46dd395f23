import type { ArrayLike, NDArray } from "../array/index.ts";
import * as lax from "../lax/index.ts";
import * as np from "../numpy/index.ts";
import { averageSquares, averageTree, hyper, unbiased } from "./moments.ts";
import { stateful } from "./stateful.ts";
import type { ArrayTree, GradientTransformation } from "./transformation.ts";
import { fullLikeTree, increment, mapTrees, noSteps, zerosLikeTree } from "./trees.ts";

/** The running mean of the squares of gradients. */
export interface RmsState {
  readonly nu: ArrayTree;
  /** How many steps were done, int32[]; only with `biasCorrection`. */
  readonly count?: NDArray;
}

/** Running means of gradients and of their squares. */
export interface StddevState extends RmsState {
  readonly mu: ArrayTree;
}

/** Options of `scaleByRms` and `scaleByStddev`. */
export interface RmsOptions {
  /** How much of the means stays from step to step; default 0.9. */
  readonly decay?: ArrayLike;
  /** What keeps the divisor from 0; default 1e-8. */
  readonly eps?: ArrayLike;
  /** What the mean of squares begins with; default 0. */
  readonly initialScale?: ArrayLike;
  /** Whether `eps` is added under the root rather than to the root. Default true. */
  readonly epsInSqrt?: boolean;
  /** Whether the means are made up for their beginning with 0. Default false. */
  readonly biasCorrection?: boolean;
}

/** 1 / √(v + eps), or 1 / (√v + eps). */
const inverseRoot = (v: NDArray, eps: ArrayLike, epsInSqrt: boolean): NDArray => {
  const e = hyper(eps, v.dtype);
  return epsInSqrt ? lax.rsqrt(np.add(v, e)) : np.divide(1, np.add(np.sqrt(v), e));
};

/**
 * Divides gradients by the root of the running mean of their squares.
 * (T. Tieleman and G. Hinton, "RMSProp: divide the gradient by a running average of its recent magnitude", 2012.)
 *
 * @example
 * chain(scaleByRms(), scaleByLearningRate(1e-3));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_rms
 */
export const scaleByRms = ({
  decay = 0.9,
  eps = 1e-8,
  initialScale = 0,
  epsInSqrt = true,
  biasCorrection = false,
}: RmsOptions = {}): GradientTransformation<RmsState> => {
  const where = "scaleByRms";
  return stateful(where, {
    init: (params): RmsState => ({
      nu: fullLikeTree(where, params, initialScale),
      ...(biasCorrection ? { count: noSteps() } : {}),
    }),
    update: (gradients, state) => {
      const nu = averageSquares(where, decay, state.nu, gradients);
      const count = state.count === undefined ? undefined : increment(state.count);
      const updates = mapTrees<typeof gradients>(where, { gradients, nu }, (g, v) => {
        const mean = count === undefined ? v : unbiased(v, decay, count);
        return np.multiply(inverseRoot(mean, eps, epsInSqrt), g);
      });
      return [updates, count === undefined ? { nu } : { nu, count }];
    },
  });
};

/**
 * Divides gradients by their running standard deviation, the root of the mean of squares less the square of the mean.
 * (A. Graves, "Generating sequences with recurrent neural networks", 2013.)
 *
 * @example
 * chain(scaleByStddev(), scaleByLearningRate(1e-3));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_stddev
 */
export const scaleByStddev = ({
  decay = 0.9,
  eps = 1e-8,
  initialScale = 0,
  epsInSqrt = true,
  biasCorrection = false,
}: RmsOptions = {}): GradientTransformation<StddevState> => {
  const where = "scaleByStddev";
  return stateful(where, {
    init: (params): StddevState => ({
      mu: zerosLikeTree(where, params),
      nu: fullLikeTree(where, params, initialScale),
      ...(biasCorrection ? { count: noSteps() } : {}),
    }),
    update: (gradients, state) => {
      const mu = averageTree(where, decay, state.mu, gradients);
      const nu = averageSquares(where, decay, state.nu, gradients);
      const count = state.count === undefined ? undefined : increment(state.count);
      const made = (x: NDArray): NDArray => (count === undefined ? x : unbiased(x, decay, count));
      const updates = mapTrees<typeof gradients>(where, { gradients, mu, nu }, (g, m, v) => {
        const variance = np.subtract(made(v), np.square(made(m)));
        return np.multiply(inverseRoot(variance, eps, epsInSqrt), g);
      });
      return [updates, count === undefined ? { mu, nu } : { mu, nu, count }];
    },
  });
};
