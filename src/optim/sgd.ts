import type { ArrayLike } from "../array/index.ts";
import { chain, identity } from "./chain.ts";
import { type LearningRateState, scaleByLearningRate } from "./scale.ts";
import { type TraceOptions, type TraceState, trace } from "./trace.ts";
import type { EmptyState, GradientTransformation, Schedule } from "./transformation.ts";

/** Options of `sgd`. */
export interface SgdOptions extends TraceOptions {
  /** How much of the sum of gradients stays from step to step; default: no momentum. */
  readonly momentum?: ArrayLike | null;
}

/**
 * Gradient descent, of gradients as they come or with momentum.
 *
 * @param learningRate a number, or a function of how many steps were done.
 * @example
 * const optimizer = sgd(0.1, { momentum: 0.9 });
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.sgd
 */
export const sgd = (
  learningRate: ArrayLike | Schedule,
  { momentum = null, ...options }: SgdOptions = {},
): GradientTransformation<readonly [TraceState | EmptyState, LearningRateState]> => {
  const first: GradientTransformation<TraceState | EmptyState> =
    momentum === null ? identity() : trace(momentum, options);
  return chain(first, scaleByLearningRate(learningRate));
};
