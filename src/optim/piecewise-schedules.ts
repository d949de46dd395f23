import type { ArrayLike, NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import { requireWhole } from "./requirements.ts";
import { floatCount } from "./schedules.ts";
import type { Schedule } from "./transformation.ts";

/** What a value is multiplied by, by the step at which that happens. */
export interface BoundariesAndScales {
  readonly [boundary: number]: number;
}

/** Boundaries in ascending order with their factors. */
const sortedBoundaries = (where: string, scales: BoundariesAndScales): [boundary: number, scale: number][] =>
  Object.entries(scales)
    .map(([key, scale]): [number, number] => {
      const boundary = Number(key);
      requireWhole(where, "a boundary", boundary, 0);
      if (!(scale >= 0)) {
        throw new ArgumentError(`${where}: factors must not be negative; got ${scale} at step ${key}.`);
      }
      return [boundary, scale];
    })
    .sort(([a], [b]) => a - b);

/**
 * A value that is multiplied by a factor at each of some steps.
 *
 * @throws ArgumentError for a negative factor, or a boundary that is no whole number.
 * @example
 * sgd(piecewiseConstantSchedule(0.1, { 1000: 0.1, 2000: 0.1 }));
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html#optax.piecewise_constant_schedule
 */
export const piecewiseConstantSchedule = (
  initValue: ArrayLike,
  boundariesAndScales: BoundariesAndScales = {},
): Schedule => {
  const steps = sortedBoundaries("piecewiseConstantSchedule", boundariesAndScales);
  return (count) =>
    steps.reduce<ArrayLike>(
      (value, [boundary, scale]) => np.where(np.less(count, boundary), value, np.multiply(scale, value)),
      initValue,
    );
};

/**
 * A value that is multiplied by a factor between each two of some steps, along lines or halves of waves.
 *
 * @throws ArgumentError for another type of interpolation, a negative factor, or a boundary that is no whole number.
 * @example
 * sgd(piecewiseInterpolateSchedule("linear", 0.1, { 1000: 0.1 }));
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html#optax.piecewise_interpolate_schedule
 */
export const piecewiseInterpolateSchedule = (
  interpolateType: "linear" | "cosine",
  initValue: ArrayLike,
  boundariesAndScales: BoundariesAndScales = {},
): Schedule => {
  const where = "piecewiseInterpolateSchedule";
  if (interpolateType !== "linear" && interpolateType !== "cosine") {
    throw new ArgumentError(
      `${where}: interpolateType must be "linear" or "cosine"; got ${String(interpolateType)}.`,
    );
  }
  /** What part of the way is done, from the part of the time that is. */
  const progress = (part: NDArray): NDArray =>
    interpolateType === "linear"
      ? part
      : np.multiply(0.5, np.subtract(1, np.cos(np.multiply(Math.PI, part))));
  const steps = sortedBoundaries(where, boundariesAndScales);
  return (count) => {
    const time = floatCount(count, initValue);
    let [begin, from]: [number, ArrayLike] = [0, initValue];
    const pieces = steps.map(([end, scale]) => {
      const to = np.multiply(scale, from);
      const part = np.divide(np.subtract(time, begin), Math.max(end - begin, 1));
      const value = np.add(np.multiply(np.subtract(to, from), progress(part)), from);
      [begin, from] = [end, to];
      return { end, value };
    });
    return pieces.reduceRight<ArrayLike>(
      (later, { end, value }) => np.where(np.less(count, end), value, later),
      from,
    );
  };
};

/** Options of `cosineOnecycleSchedule`. */
export interface CosineOnecycleOptions {
  /** At what part of the steps the peak is; default 0.3. */
  readonly pctStart?: number;
  /** The peak over the first value; default 25. */
  readonly divFactor?: number;
  /** The first value over the last; default 10000. */
  readonly finalDivFactor?: number;
}

/** Options of `linearOnecycleSchedule`. */
export interface LinearOnecycleOptions extends CosineOnecycleOptions {
  /** At what part of the steps the first value is reached again; default 0.85. */
  readonly pctFinal?: number;
}

/**
 * Up to the peak along a line, down to the first value, and down to the last.
 * (L. N. Smith and N. Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2017.)
 *
 * @throws ArgumentError unless `transitionSteps` is a positive whole number.
 * @example
 * sgd(linearOnecycleSchedule(1000, 0.1));
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html#optax.linear_onecycle_schedule
 */
export const linearOnecycleSchedule = (
  transitionSteps: number,
  peakValue: ArrayLike,
  { pctStart = 0.3, pctFinal = 0.85, divFactor = 25, finalDivFactor = 1e4 }: LinearOnecycleOptions = {},
): Schedule => {
  requireWhole("linearOnecycleSchedule", "transitionSteps", transitionSteps, 1);
  return piecewiseInterpolateSchedule("linear", np.divide(peakValue, divFactor), {
    [Math.trunc(pctStart * transitionSteps)]: divFactor,
    [Math.trunc(pctFinal * transitionSteps)]: 1 / divFactor,
    [transitionSteps]: 1 / finalDivFactor,
  });
};

/**
 * Up to the peak along half a wave, and down to the last value along another.
 * (L. N. Smith and N. Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2017.)
 *
 * @throws ArgumentError unless `transitionSteps` is a positive whole number.
 * @example
 * sgd(cosineOnecycleSchedule(1000, 0.1));
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html#optax.cosine_onecycle_schedule
 */
export const cosineOnecycleSchedule = (
  transitionSteps: number,
  peakValue: ArrayLike,
  { pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4 }: CosineOnecycleOptions = {},
): Schedule => {
  requireWhole("cosineOnecycleSchedule", "transitionSteps", transitionSteps, 1);
  return piecewiseInterpolateSchedule("cosine", np.divide(peakValue, divFactor), {
    [Math.trunc(pctStart * transitionSteps)]: divFactor,
    [transitionSteps]: 1 / (divFactor * finalDivFactor),
  });
};
