import type { ArrayLike } from "../array/index.ts";
import { chain, identity } from "./chain.ts";
import { type RmsOptions, type RmsState, type StddevState, scaleByRms, scaleByStddev } from "./rms.ts";
import { type LearningRateState, scaleByLearningRate } from "./scale.ts";
import { type TraceState, trace } from "./trace.ts";
import type { EmptyState, GradientTransformation, Schedule } from "./transformation.ts";

/** Options of `rmsprop`. */
export interface RmspropOptions extends RmsOptions {
  /** Divide by the standard deviation of gradients rather than by the root of the mean square. Default false. */
  readonly centered?: boolean;
  /** How much of the sum of updates stays from step to step; default: no momentum. */
  readonly momentum?: ArrayLike | null;
  /** Look one step ahead, as Nesterov's momentum does; only with `momentum`. Default false. */
  readonly nesterov?: boolean;
}

/** The state of `rmsprop`. */
export type RmspropState = readonly [RmsState | StddevState, LearningRateState, TraceState | EmptyState];

/**
 * RMSProp: gradients over the root of the running mean of their squares.
 * (T. Tieleman and G. Hinton, "RMSProp: divide the gradient by a running average of its recent magnitude", 2012;
 * `centered`: A. Graves, "Generating sequences with recurrent neural networks", 2013.)
 *
 * @param learningRate a number, or a function of how many steps were done.
 * @example
 * const optimizer = rmsprop(1e-3, { momentum: 0.9 });
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.rmsprop
 */
export const rmsprop = (
  learningRate: ArrayLike | Schedule,
  { centered = false, momentum = null, nesterov = false, ...options }: RmspropOptions = {},
): GradientTransformation<RmspropState> => {
  const first: GradientTransformation<RmsState | StddevState> = centered
    ? scaleByStddev(options)
    : scaleByRms(options);
  const last: GradientTransformation<TraceState | EmptyState> =
    momentum === null ? identity() : trace(momentum, { nesterov });
  return chain(first, scaleByLearningRate(learningRate), last);
};
