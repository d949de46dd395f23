import type { ArrayLike } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { type AdamState, startMoments } from "./adam.ts";
import { chain } from "./chain.ts";
import { addDecayedWeights, type DecayOptions, type DecayState } from "./decay.ts";
import { averageTree, hyper, unbiased } from "./moments.ts";
import { type LearningRateState, scaleByLearningRate } from "./scale.ts";
import { stateful } from "./stateful.ts";
import type { ArrayTree, GradientTransformation, Schedule } from "./transformation.ts";
import { increment, mapTrees } from "./trees.ts";

/** Options of `scaleByAdamax` and `adamax`. */
export interface AdamaxOptions {
  /** How much of the mean of gradients stays from step to step; default 0.9. */
  readonly b1?: ArrayLike;
  /** How much of the greatest magnitude stays; default 0.999. */
  readonly b2?: ArrayLike;
  /** What is added to magnitudes; default 1e-8. */
  readonly eps?: ArrayLike;
}

/**
 * Divides the running mean of gradients by the greatest of their magnitudes, which decays.
 * (D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2014, section 7.1.)
 *
 * @example
 * chain(scaleByAdamax(), scaleByLearningRate(2e-3));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_adamax
 */
export const scaleByAdamax = ({
  b1 = 0.9,
  b2 = 0.999,
  eps = 1e-8,
}: AdamaxOptions = {}): GradientTransformation<AdamState> => {
  const where = "scaleByAdamax";
  return stateful(where, {
    init: (params) => startMoments(where, params),
    update: (gradients, state) => {
      const count = increment(state.count);
      const mu = averageTree(where, b1, state.mu, gradients);
      const nu = mapTrees<ArrayTree>(where, { gradients, nu: state.nu }, (g, v) =>
        np.maximum(np.add(np.abs(g), hyper(eps, v.dtype)), np.multiply(hyper(b2, v.dtype), v)),
      );
      const updates = mapTrees<typeof gradients>(where, { gradients, mu, nu }, (_g, m, v) =>
        np.divide(unbiased(m, b1, count), v),
      );
      return [updates, { count, mu, nu }];
    },
  });
};

/**
 * AdaMax: Adam with the greatest magnitude in place of the root of the mean square.
 * (D. P. Kingma and J. Ba, "Adam: a method for stochastic optimization", 2014, section 7.1.)
 *
 * @param learningRate a number, or a function of how many steps were done.
 * @example
 * const optimizer = adamax(2e-3);
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.adamax
 */
export const adamax = (
  learningRate: ArrayLike | Schedule,
  options: AdamaxOptions = {},
): GradientTransformation<readonly [AdamState, LearningRateState]> =>
  chain(scaleByAdamax(options), scaleByLearningRate(learningRate));

/** Options of `adamaxw`. */
export interface AdamaxWOptions extends AdamaxOptions, DecayOptions {
  /** How much of each parameter is taken off, times the learning rate; default 1e-4. */
  readonly weightDecay?: ArrayLike | Schedule;
}

/**
 * `adamax` with decoupled weight decay; `update` needs the parameters.
 *
 * @example
 * const optimizer = adamaxw(2e-3, { weightDecay: 0.01 });
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.adamaxw
 */
export const adamaxw = (
  learningRate: ArrayLike | Schedule,
  { weightDecay = 1e-4, mask = true, ...options }: AdamaxWOptions = {},
): GradientTransformation<readonly [AdamState, DecayState, LearningRateState]> =>
  chain(scaleByAdamax(options), addDecayedWeights(weightDecay, { mask }), scaleByLearningRate(learningRate));
