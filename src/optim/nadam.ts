import type { ArrayLike } from "../array/index.ts";
import { type AdamOptions, type AdamState, type AdamWOptions, adam, adamw } from "./adam.ts";
import type { DecayState } from "./decay.ts";
import type { LearningRateState } from "./scale.ts";
import type { GradientTransformation, Schedule } from "./transformation.ts";

/**
 * Adam with Nesterov's momentum.
 * (T. Dozat, "Incorporating Nesterov momentum into Adam", 2016.)
 *
 * @example
 * const optimizer = nadam(1e-3);
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.nadam
 */
export const nadam = (
  learningRate: ArrayLike | Schedule,
  options: AdamOptions = {},
): GradientTransformation<readonly [AdamState, LearningRateState]> =>
  adam(learningRate, { nesterov: true, ...options });

/**
 * `nadam` with decoupled weight decay; `update` needs the parameters.
 *
 * @example
 * const optimizer = nadamw(1e-3, { weightDecay: 0.01 });
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.nadamw
 */
export const nadamw = (
  learningRate: ArrayLike | Schedule,
  options: AdamWOptions = {},
): GradientTransformation<readonly [AdamState, DecayState, LearningRateState]> =>
  adamw(learningRate, { nesterov: true, ...options });
