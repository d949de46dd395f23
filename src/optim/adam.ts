import type { ArrayLike, DType, NDArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { chain } from "./chain.ts";
import { addDecayedWeights, type DecayOptions, type DecayState } from "./decay.ts";
import { average, averageSquares, averageTree, hyper, unbiased } from "./moments.ts";
import { type LearningRateState, scaleByLearningRate } from "./scale.ts";
import { stateful } from "./stateful.ts";
import type { ArrayTree, GradientTransformation, Schedule } from "./transformation.ts";
import { increment, mapTrees, noSteps, zerosLikeTree } from "./trees.ts";

/** Running means of gradients and of their squares. */
export interface AdamState {
  /** How many steps were done, int32[]. */
  readonly count: NDArray;
  readonly mu: ArrayTree;
  readonly nu: ArrayTree;
}

/** No steps, and means of 0. */
export const startMoments = (where: string, params: unknown, muDtype: DType | null = null): AdamState => ({
  count: noSteps(),
  mu: zerosLikeTree(where, params, muDtype),
  nu: zerosLikeTree(where, params),
});

/** Options of `scaleByAdam` and `adam`. */
export interface AdamOptions {
  /** How much of the mean of gradients stays from step to step; default 0.9. */
  readonly b1?: ArrayLike;
  /** How much of the mean of squares stays; default 0.999. */
  readonly b2?: ArrayLike;
  /** What is added to the root of the mean square; default 1e-8. */
  readonly eps?: ArrayLike;
  /** What is added to the mean square under the root, which keeps derivatives of updates finite; default 0. */
  readonly epsRoot?: ArrayLike;
  /** The dtype in which the mean of gradients is kept; default: that of the parameters. */
  readonly muDtype?: DType | null;
  /** Look one step ahead, as Nesterov's momentum does. Default false. */
  readonly nesterov?: boolean;
}

/** The mean of gradients that a step goes along, which with `nesterov` is one step ahead. */
export const meanDirection = (
  where: string,
  { mu, gradients }: { readonly mu: ArrayTree; readonly gradients: unknown },
  b1: ArrayLike,
  count: NDArray,
  nesterov: boolean,
): ArrayTree =>
  mapTrees<ArrayTree>(where, { mu, gradients }, (m, g) =>
    nesterov
      ? average(b1, unbiased(m, b1, increment(count)), unbiased(np.astype(g, m.dtype), b1, count))
      : unbiased(m, b1, count),
  );

/**
 * Divides the running mean of gradients by the root of the running mean of their squares.
 * (D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2014; with `nesterov`, T. Dozat,
 * "Incorporating Nesterov momentum into Adam", 2016.)
 *
 * @example
 * chain(scaleByAdam(), scaleByLearningRate(1e-3));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_adam
 */
export const scaleByAdam = ({
  b1 = 0.9,
  b2 = 0.999,
  eps = 1e-8,
  epsRoot = 0,
  muDtype = null,
  nesterov = false,
}: AdamOptions = {}): GradientTransformation<AdamState> => {
  const where = "scaleByAdam";
  return stateful(where, {
    init: (params) => startMoments(where, params, muDtype),
    update: (gradients, state) => {
      const count = increment(state.count);
      const mu = averageTree(where, b1, state.mu, gradients);
      const nu = averageSquares(where, b2, state.nu, gradients);
      const direction = meanDirection(where, { mu, gradients }, b1, count, nesterov);
      const updates = mapTrees<typeof gradients>(where, { gradients, direction, nu }, (_g, m, v) => {
        const root = np.sqrt(np.add(unbiased(v, b2, count), hyper(epsRoot, v.dtype)));
        return np.divide(m, np.add(root, hyper(eps, v.dtype)));
      });
      return [updates, { count, mu, nu }];
    },
  });
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
  readonly weightDecay?: ArrayLike | Schedule;
}

/**
 * Adam with weight decay that the division by gradients does not touch.
 * (I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", 2017.)
 *
 * `update` needs the parameters as its third argument.
 *
 * @example
 * const optimizer = adamw(1e-3, { weightDecay: 0.01 });
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.adamw
 */
export const adamw = (
  learningRate: ArrayLike | Schedule,
  { weightDecay = 1e-4, mask = true, ...options }: AdamWOptions = {},
): GradientTransformation<readonly [AdamState, DecayState, LearningRateState]> =>
  chain(scaleByAdam(options), addDecayedWeights(weightDecay, { mask }), scaleByLearningRate(learningRate));
