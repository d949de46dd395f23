import { type ArrayLike, type NDArray, scalarArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { type AdamOptions, type AdamState, meanDirection, startMoments } from "./adam.ts";
import { chain } from "./chain.ts";
import { averageSquares, averageTree, complement, hyper, scalarOf, unbiased } from "./moments.ts";
import { type LearningRateState, scaleByLearningRate } from "./scale.ts";
import { stateful } from "./stateful.ts";
import type { GradientTransformation, Schedule } from "./transformation.ts";
import { increment, mapTrees } from "./trees.ts";

/** Options of `scaleByRadam` and `radam`. */
export interface RadamOptions extends Omit<AdamOptions, "muDtype"> {
  /** How many samples the mean of squares must stand for to be divided by; default 5. */
  readonly threshold?: ArrayLike;
}

/** How many samples a running mean of squares stands for after `count` steps, and in the end. */
const sampleLengths = (
  b2: ArrayLike,
  like: NDArray,
  count: NDArray,
): readonly [now: NDArray, end: NDArray] => {
  const decay = scalarOf(b2, like.dtype);
  const rest = typeof b2 === "number" ? scalarArray(1 - b2, like.dtype) : complement(decay);
  const end = np.subtract(np.divide(2, rest), 1);
  const power = np.power(decay, count);
  const missing = np.divide(np.multiply(np.multiply(2, count), power), np.subtract(1, power));
  return [np.subtract(end, missing), end];
};

/** What makes up for the variance of the divisor while it stands for few samples. */
const rectification = (now: NDArray, end: NDArray): NDArray => {
  const part = (length: NDArray): NDArray => np.multiply(np.subtract(length, 4), np.subtract(length, 2));
  return np.sqrt(np.divide(np.multiply(part(now), end), np.multiply(part(end), now)));
};

/**
 * Adam that divides by the root of the mean square only when that stands for enough samples, and corrects for its
 * variance.
 * (L. Liu et al., "On the variance of the adaptive learning rate and beyond", 2019.)
 *
 * @example
 * chain(scaleByRadam(), scaleByLearningRate(1e-3));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_radam
 */
export const scaleByRadam = ({
  b1 = 0.9,
  b2 = 0.999,
  eps = 1e-8,
  epsRoot = 0,
  threshold = 5,
  nesterov = false,
}: RadamOptions = {}): GradientTransformation<AdamState> => {
  const where = "scaleByRadam";
  return stateful(where, {
    init: (params) => startMoments(where, params),
    update: (gradients, state) => {
      const count = increment(state.count);
      const mu = averageTree(where, b1, state.mu, gradients);
      const nu = averageSquares(where, b2, state.nu, gradients);
      const direction = meanDirection(where, { mu, gradients }, b1, count, nesterov);
      const updates = mapTrees<typeof gradients>(where, { gradients, direction, nu }, (_g, m, v) => {
        const [now, end] = sampleLengths(b2, v, count);
        const isEnough = np.greaterEqual(now, hyper(threshold, v.dtype));
        // A length of 5 in place of one that is too small keeps the root, and derivatives, finite.
        const factor = rectification(np.where(isEnough, now, 5), end);
        const root = np.sqrt(np.add(unbiased(v, b2, count), hyper(epsRoot, v.dtype)));
        const rectified = np.divide(np.multiply(factor, m), np.add(root, hyper(eps, v.dtype)));
        return np.where(isEnough, rectified, m);
      });
      return [updates, { count, mu, nu }];
    },
  });
};

/**
 * RAdam: Adam that needs no warm-up.
 * (L. Liu et al., "On the variance of the adaptive learning rate and beyond", 2019.)
 *
 * @param learningRate a number, or a function of how many steps were done.
 * @example
 * const optimizer = radam(1e-3);
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.radam
 */
export const radam = (
  learningRate: ArrayLike | Schedule,
  options: RadamOptions = {},
): GradientTransformation<readonly [AdamState, LearningRateState]> =>
  chain(scaleByRadam(options), scaleByLearningRate(learningRate));
