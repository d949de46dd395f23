import type { ArrayLike } from "../array/index.ts";
import { scaleByTrustRatio } from "./block-norms.ts";
import { chain } from "./chain.ts";
import { addDecayedWeights, type DecayState } from "./decay.ts";
import type { MaskOrFunction } from "./mask.ts";
import { type MaskedState, masked } from "./masked.ts";
import { type LearningRateState, scaleByLearningRate } from "./scale.ts";
import { type TraceState, trace } from "./trace.ts";
import type { EmptyState, GradientTransformation, Schedule } from "./transformation.ts";

/** Options of `lars`. */
export interface LarsOptions {
  /** How much of each parameter is added to its gradient; default 0. */
  readonly weightDecay?: ArrayLike | Schedule;
  /** Which parameters decay. Default: all. */
  readonly weightDecayMask?: MaskOrFunction;
  /** The length of an update over that of its parameter, before the learning rate; default 0.001. */
  readonly trustCoefficient?: ArrayLike;
  /** What is added to the length of the gradient; default 0. */
  readonly eps?: ArrayLike;
  /** Which parameters have updates in proportion to their length. Default: all. */
  readonly trustRatioMask?: MaskOrFunction;
  /** How much of the sum of updates stays from step to step; default 0.9. */
  readonly momentum?: ArrayLike;
  /** Look one step ahead, as Nesterov's momentum does. Default false. */
  readonly nesterov?: boolean;
}

/** The state of `lars`. */
export type LarsState = readonly [DecayState, MaskedState<EmptyState>, LearningRateState, TraceState];

/**
 * LARS: momentum of updates that are in proportion to the length of their parameter. `update` needs the parameters.
 * (Y. You et al., "Large batch training of convolutional networks", 2017.)
 *
 * @param learningRate a number, or a function of how many steps were done.
 * @example
 * const optimizer = lars(0.1, { weightDecay: 1e-4 });
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.lars
 */
export const lars = (
  learningRate: ArrayLike | Schedule,
  {
    weightDecay = 0,
    weightDecayMask = true,
    trustCoefficient = 0.001,
    eps = 0,
    trustRatioMask = true,
    momentum = 0.9,
    nesterov = false,
  }: LarsOptions = {},
): GradientTransformation<LarsState> =>
  chain(
    addDecayedWeights(weightDecay, { mask: weightDecayMask }),
    masked(scaleByTrustRatio({ trustCoefficient, eps }), trustRatioMask),
    scaleByLearningRate(learningRate),
    trace(momentum, { nesterov }),
  );
