import { type ArrayLike, type NDArray, scalarArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { chain } from "./chain.ts";
import { addDecayedWeights, type DecayOptions } from "./decay.ts";
import { type LearningRateState, scaleByLearningRate } from "./scale.ts";
import type { ArrayTree, EmptyState, GradientTransformation, Schedule } from "./transformation.ts";
import { increment, mapTrees, noSteps, zerosLikeTree } from "./trees.ts";

/** Running means of gradients and of their squares. */
export interface AdamState {
  /** How many steps were done, int32[]. */
  readonly count: NDArray;
  readonly mu: ArrayTree;
  readonly nu: ArrayTree;
}

/** Options of `scaleByAdam` and `adam`. */
export interface AdamOptions {
  /** How much of the mean of gradients stays from step to step; default 0.9. */
  readonly b1?: number;
  /** How much of the mean of squares stays; default 0.999. */
  readonly b2?: number;
  /** What is added to the root of the mean square; default 1e-8. */
  readonly eps?: number;
  /** What is added to the mean square under the root, which keeps derivatives of updates finite; default 0. */
  readonly epsRoot?: number;
  /** Look one step ahead, as Nesterov's momentum does. Default false. */
  readonly nesterov?: boolean;
}

/** A running mean that began with 0, made up for that. */
const unbiased = (mean: NDArray, decay: number, count: NDArray): NDArray =>
  np.divide(mean, np.subtract(1, np.power(scalarArray(decay, mean.dtype), count)));

/** The part of a running mean that stays, and what is new. */
const average = (decay: number, mean: NDArray, x: NDArray): NDArray =>
  np.add(np.multiply(1 - decay, x), np.multiply(decay, mean));

/**
 * Divides the running mean of gradients by the root of the running mean of their squares.
 * (D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2014; with `nesterov`, T. Dozat,
 * "Incorporating Nesterov momentum into Adam", 2016.)
 *
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_adam
 */
export const scaleByAdam = ({
  b1 = 0.9,
  b2 = 0.999,
  eps = 1e-8,
  epsRoot = 0,
  nesterov = false,
}: AdamOptions = {}): GradientTransformation<AdamState> => {
  const where = "scaleByAdam";
  /** The mean of gradients that the step goes along. */
  const direction = (mean: NDArray, gradient: NDArray, count: NDArray): NDArray =>
    nesterov
      ? average(b1, unbiased(mean, b1, increment(count)), unbiased(gradient, b1, count))
      : unbiased(mean, b1, count);
  return {
    init: (params) => ({
      count: noSteps(),
      mu: zerosLikeTree(where, params),
      nu: zerosLikeTree(where, params),
    }),
    update: (gradients, state) => {
      const count = increment(state.count);
      const mu = mapTrees<ArrayTree>(where, { gradients, mu: state.mu }, (g, m) => average(b1, m, g));
      const nu = mapTrees<ArrayTree>(where, { gradients, nu: state.nu }, (g, v) =>
        average(b2, v, np.square(g)),
      );
      const updates = mapTrees<typeof gradients>(where, { gradients, mu, nu }, (g, m, v) => {
        const root = np.sqrt(np.add(unbiased(v, b2, count), epsRoot));
        return np.divide(direction(m, g, count), np.add(root, eps));
      });
      return [updates, { count, mu, nu }];
    },
  };
};

/**
 * Adam: steps whose size depends little on that of the gradients.
 * (D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2014.)
 *
 * @param learningRate a number, or a function of how many steps were done.
 * @example
 * const optimizer = adam(1e-3);
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.adam
 */
export const adam = (
  learningRate: ArrayLike | Schedule,
  options: AdamOptions = {},
): GradientTransformation<readonly [AdamState, LearningRateState]> =>
  chain(scaleByAdam(options), scaleByLearningRate(learningRate));

/** Options of `adamw`. */
export interface AdamWOptions extends AdamOptions, DecayOptions {
  /** How much of each parameter is taken off, times the learning rate; default 1e-4. */
  readonly weightDecay?: number;
}

/**
 * Adam with weight decay that the division by gradients does not touch.
 * (I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", 2017.)
 *
 * `update` needs the parameters as its third argument.
 *
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.adamw
 */
export const adamw = (
  learningRate: ArrayLike | Schedule,
  { weightDecay = 1e-4, mask = true, ...options }: AdamWOptions = {},
): GradientTransformation<readonly [AdamState, EmptyState, LearningRateState]> =>
  chain(scaleByAdam(options), addDecayedWeights(weightDecay, { mask }), scaleByLearningRate(learningRate));
