import { type ArrayLike, NDArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { type EmptyState, type GradientTransformation, type Schedule, stateless } from "./transformation.ts";
import { increment, mapTrees, noSteps } from "./trees.ts";

/** How many steps were done. */
export interface ScheduleState {
  /** int32[] */
  readonly count: NDArray;
}

/**
 * Multiplies gradients by a number.
 *
 * @example
 * const transform = scale(-0.1);
 * transform.update({ w: np.array([1, 2]) }, transform.init({ w: np.zeros([2]) }))[0]; // { w: [-0.1, -0.2] }
 */
export const scale = (stepSize: ArrayLike): GradientTransformation<EmptyState> =>
  stateless((gradients) => mapTrees("scale", { gradients }, (g) => np.multiply(stepSize, g)));

/**
 * Multiplies gradients by a number that depends on how many steps were done.
 *
 * @example
 * scaleBySchedule((count) => np.power(0.99, count));
 */
export const scaleBySchedule = (stepSize: Schedule): GradientTransformation<ScheduleState> => ({
  init: () => ({ count: noSteps() }),
  update: (gradients, { count }) => {
    const size = stepSize(count);
    const updates = mapTrees<typeof gradients>("scaleBySchedule", { gradients }, (g) =>
      np.multiply(size instanceof NDArray ? np.astype(size, g.dtype) : size, g),
    );
    return [updates, { count: increment(count) }];
  },
});

/** The state of a learning rate: how many steps were done, if it depends on that. */
export type LearningRateState = EmptyState | ScheduleState;

/** Options of `scaleByLearningRate`. */
export interface LearningRateOptions {
  /** Whether to go against the gradient, as for minimization. Default true. */
  readonly flipSign?: boolean;
}

/**
 * Multiplies gradients by a learning rate, a number or a function of how many steps were done, and flips their sign.
 *
 * @example
 * const transform = scaleByLearningRate(0.1);
 * transform.update({ w: np.array([1, 2]) }, transform.init({ w: np.zeros([2]) }))[0]; // { w: [-0.1, -0.2] }
 */
export const scaleByLearningRate = (
  learningRate: ArrayLike | Schedule,
  { flipSign = true }: LearningRateOptions = {},
): GradientTransformation<LearningRateState> => {
  const signed = (rate: ArrayLike): ArrayLike =>
    !flipSign ? rate : typeof rate === "number" ? -rate : np.negative(rate);
  return typeof learningRate === "function"
    ? scaleBySchedule((count) => signed(learningRate(count)))
    : scale(signed(learningRate));
};
