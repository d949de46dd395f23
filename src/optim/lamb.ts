import type { ArrayLike } from "../array/index.ts";
import { type AdamOptions, type AdamState, scaleByAdam } from "./adam.ts";
import { scaleByTrustRatio } from "./block-norms.ts";
import { chain } from "./chain.ts";
import { addDecayedWeights, type DecayOptions, type DecayState } from "./decay.ts";
import { type LearningRateState, scaleByLearningRate } from "./scale.ts";
import type { EmptyState, GradientTransformation, Schedule } from "./transformation.ts";

/** Options of `lamb`; `eps` is 1e-6 by default. */
export interface LambOptions extends Omit<AdamOptions, "muDtype" | "nesterov">, DecayOptions {
  /** How much of each parameter is added to its update; default 0. */
  readonly weightDecay?: ArrayLike | Schedule;
}

/**
 * LAMB: Adam whose update of each parameter has the length of the parameter, for large batches. `update` needs the
 * parameters.
 * (Y. You et al., "Large batch optimization for deep learning: training BERT in 76 minutes", 2019.)
 *
 * @param learningRate a number, or a function of how many steps were done.
 * @example
 * const optimizer = lamb(1e-3, { weightDecay: 0.01 });
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.lamb
 */
export const lamb = (
  learningRate: ArrayLike | Schedule,
  { weightDecay = 0, mask = true, eps = 1e-6, ...options }: LambOptions = {},
): GradientTransformation<readonly [AdamState, DecayState, EmptyState, LearningRateState]> =>
  chain(
    scaleByAdam({ eps, ...options }),
    addDecayedWeights(weightDecay, { mask }),
    scaleByTrustRatio(),
    scaleByLearningRate(learningRate),
  );
