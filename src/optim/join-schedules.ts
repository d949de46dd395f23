import { asArray, type NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import type { Schedule } from "./transformation.ts";

/**
 * Schedules one after another: each begins to count at its boundary.
 *
 * @param boundaries the steps at which the second and later ones begin.
 * @throws ArgumentError unless there is a boundary between any two schedules.
 * @example
 * joinSchedules([linearSchedule(0, 1, 100), exponentialDecay(1, 50, 0.9)], [100]);
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_schedules.html#optax.join_schedules
 */
export const joinSchedules = (schedules: readonly Schedule[], boundaries: readonly number[]): Schedule => {
  const [first, ...others] = schedules;
  if (first === undefined || others.length !== boundaries.length) {
    throw new ArgumentError(
      `joinSchedules: needs one boundary less than schedules, and at least one schedule; got ${schedules.length} schedules and ${boundaries.length} boundaries.`,
    );
  }
  return (count) =>
    others.reduce<NDArray>(
      (value, schedule, i) => {
        const begin = boundaries[i] as number;
        return np.where(np.less(count, begin), value, schedule(np.subtract(count, begin)));
      },
      asArray(first(count), "joinSchedules"),
    );
};
