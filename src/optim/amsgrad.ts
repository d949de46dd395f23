import type { ArrayLike, NDArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { type AdamOptions, type AdamState, startMoments } from "./adam.ts";
import { chain } from "./chain.ts";
import { averageSquares, averageTree, hyper, unbiased } from "./moments.ts";
import { type LearningRateState, scaleByLearningRate } from "./scale.ts";
import { stateful } from "./stateful.ts";
import type { ArrayTree, GradientTransformation, Schedule } from "./transformation.ts";
import { increment, mapTrees, zerosLikeTree } from "./trees.ts";

/** The state of Adam and the greatest mean of squares so far. */
export interface AmsgradState extends AdamState {
  readonly nuMax: ArrayTree;
}

/** Options of `scaleByAmsgrad` and `amsgrad`. */
export interface AmsgradOptions extends Omit<AdamOptions, "nesterov"> {
  /** Whether the mean of gradients is made up for its beginning with 0. Default true. */
  readonly biasCorrectionMu?: boolean;
  /** Whether the mean of squares is, before the greatest is taken. Default true. */
  readonly biasCorrectionNu?: boolean;
}

/**
 * Divides the running mean of gradients by the root of the greatest running mean of their squares so far.
 * (S. J. Reddi et al., "On the convergence of Adam and beyond", 2018.)
 *
 * @example
 * chain(scaleByAmsgrad(), scaleByLearningRate(1e-3));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_amsgrad
 */
export const scaleByAmsgrad = ({
  b1 = 0.9,
  b2 = 0.999,
  eps = 1e-8,
  epsRoot = 0,
  muDtype = null,
  biasCorrectionMu = true,
  biasCorrectionNu = true,
}: AmsgradOptions = {}): GradientTransformation<AmsgradState> => {
  const where = "scaleByAmsgrad";
  return stateful(where, {
    init: (params) => ({
      ...startMoments(where, params, muDtype),
      nuMax: zerosLikeTree(where, params),
    }),
    update: (gradients, state) => {
      const count = increment(state.count);
      const mu = averageTree(where, b1, state.mu, gradients);
      const nu = averageSquares(where, b2, state.nu, gradients);
      const nuMax = mapTrees<ArrayTree>(where, { nuMax: state.nuMax, nu }, (max, v) =>
        np.maximum(max, biasCorrectionNu ? unbiased(v, b2, count) : v),
      );
      const direction = (m: NDArray): NDArray => (biasCorrectionMu ? unbiased(m, b1, count) : m);
      const updates = mapTrees<typeof gradients>(where, { gradients, mu, nuMax }, (_g, m, max) =>
        np.divide(
          direction(m),
          np.add(np.sqrt(np.add(max, hyper(epsRoot, max.dtype))), hyper(eps, max.dtype)),
        ),
      );
      return [updates, { count, mu, nu, nuMax }];
    },
  });
};

/**
 * AMSGrad: Adam whose divisor never becomes smaller.
 * (S. J. Reddi et al., "On the convergence of Adam and beyond", 2018.)
 *
 * @param learningRate a number, or a function of how many steps were done.
 * @example
 * const optimizer = amsgrad(1e-3);
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.amsgrad
 */
export const amsgrad = (
  learningRate: ArrayLike | Schedule,
  options: AmsgradOptions = {},
): GradientTransformation<readonly [AmsgradState, LearningRateState]> =>
  chain(scaleByAmsgrad(options), scaleByLearningRate(learningRate));
