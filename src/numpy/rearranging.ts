import {
  type ArrayLike,
  type AxisArgument,
  arrayFrom,
  type NDArray,
  normalizeAxes,
  normalizeAxis,
} from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { takeAxis } from "./indexing/take.ts";
import { operand } from "./operands.ts";
import { ravel, swapaxes } from "./shaping.ts";

/**
 * `x` read backwards along `axis` (one, several, or all of them).
 *
 * @example
 * np.flip(np.array([1, 2, 3])); // [3, 2, 1]
 */
export const flip = (x: ArrayLike, axis: AxisArgument = null): NDArray => {
  const array = operand(x, "flip");
  return prim.rev(array, normalizeAxes(axis, array.ndim, "flip"));
};

const flipAxis = (name: string, axis: number, x: ArrayLike): NDArray => {
  const array = operand(x, name);
  if (array.ndim <= axis) {
    throw new ShapeError(`${name}: needs at least ${axis + 1} axes; got ${describeAval(array)}.`);
  }
  return prim.rev(array, [axis]);
};

/**
 * `x` with the order of its columns reversed: along the second axis.
 *
 * @example
 * np.fliplr(np.array([[1, 2], [3, 4]])); // [[2, 1], [4, 3]]
 */
export const fliplr = (x: ArrayLike): NDArray => flipAxis("fliplr", 1, x);

/**
 * `x` with the order of its rows reversed: along the first axis.
 *
 * @example
 * np.flipud(np.array([[1, 2], [3, 4]])); // [[3, 4], [1, 2]]
 */
export const flipud = (x: ArrayLike): NDArray => flipAxis("flipud", 0, x);

/** Elements moved on along one axis, those that fall off the end coming in at the start. */
const rollAxis = (x: NDArray, shift: number, axis: number): NDArray => {
  const n = x.shape[axis] as number;
  const by = n === 0 ? 0 : ((shift % n) + n) % n;
  if (by === 0) return x;
  return prim.concatenate([prim.sliceInDim(x, n - by, n, axis), prim.sliceInDim(x, 0, n - by, axis)], axis);
};

/**
 * Elements moved on by `shift` places along `axis`, those that fall off the end coming in at the start; without an
 * axis, in the flattened array.
 *
 *     roll(arange(4), 1); // [3, 0, 1, 2]
 *
 * @example
 * np.roll(np.array([1, 2, 3]), 1); // [3, 1, 2]
 */
export const roll = (x: ArrayLike, shift: number | readonly number[], axis: AxisArgument = null): NDArray => {
  const array = operand(x, "roll");
  const shifts = typeof shift === "number" ? [shift] : shift;
  if (!shifts.every(Number.isInteger)) {
    throw new ArgumentError(`roll: shifts must be whole numbers; got ${JSON.stringify(shift)}.`);
  }
  if (axis === null) {
    const total = shifts.reduce((sum, s) => sum + s, 0);
    return prim.reshape(rollAxis(ravel(array), total, 0), array.shape);
  }
  const axes = (typeof axis === "number" ? [axis] : axis).map((a) => normalizeAxis(a, array.ndim, "roll"));
  const count = Math.max(axes.length, shifts.length);
  if ((axes.length !== count && axes.length !== 1) || (shifts.length !== count && shifts.length !== 1)) {
    throw new ArgumentError(
      `roll: needs one shift for each axis; got ${shifts.length} shifts and ${axes.length} axes.`,
    );
  }
  const pick = (list: readonly number[], i: number): number =>
    (list.length === 1 ? list[0] : list[i]) as number;
  return prim.range(count).reduce((y, i) => rollAxis(y, pick(shifts, i), pick(axes, i)), array);
};

/**
 * `x` turned `k` times by 90° in the plane of two axes, from the first towards the second.
 *
 * @example
 * np.rot90(np.array([[1, 2], [3, 4]])); // [[2, 4], [1, 3]]
 */
export const rot90 = (x: ArrayLike, k = 1, axes: readonly [number, number] = [0, 1]): NDArray => {
  const array = operand(x, "rot90");
  const [a, b] = axes.map((axis) => normalizeAxis(axis, array.ndim, "rot90")) as [number, number];
  if (a === b) throw new ArgumentError(`rot90: the two axes must differ; got ${JSON.stringify(axes)}.`);
  switch (((k % 4) + 4) % 4) {
    case 0:
      return array;
    case 1:
      return swapaxes(prim.rev(array, [b]), a, b);
    case 2:
      return prim.rev(array, [a, b]);
    default:
      return prim.rev(swapaxes(array, a, b), [b]);
  }
};

const checkCount = (name: string, what: string, n: number): void => {
  if (!Number.isInteger(n) || n < 0) {
    throw new ArgumentError(`${name}: ${what} must be whole numbers of at least 0; got ${n}.`);
  }
};

/**
 * Copies of `x` laid beside one another, `reps` of them along each axis (the last axes if they are fewer).
 *
 * @example
 * np.tile(np.array([1, 2]), 2); // [1, 2, 1, 2]
 */
export const tile = (x: ArrayLike, reps: number | readonly number[]): NDArray => {
  const array = operand(x, "tile");
  const given = typeof reps === "number" ? [reps] : reps;
  for (const n of given) checkCount("tile", "repetitions", n);
  const rank = Math.max(array.ndim, given.length);
  const fill = (list: readonly number[]): number[] => [
    ...new Array<number>(rank - list.length).fill(1),
    ...list,
  ];
  const [shape, counts] = [fill(array.shape), fill(given)];
  const interleaved = shape.flatMap((n, axis) => [counts[axis] as number, n]);
  const repeated = prim.broadcastInDim(
    prim.reshape(array, shape),
    interleaved,
    shape.map((_, axis) => 2 * axis + 1),
  );
  return prim.reshape(
    repeated,
    shape.map((n, axis) => n * (counts[axis] as number)),
  );
};

/**
 * Each element repeated, all equally often or each as often as `repeats` says, along `axis` or in the flattened array.
 *
 *     repeat(arange(3), [2, 0, 1]); // [0, 0, 2]
 *
 * @example
 * np.repeat(np.array([1, 2]), 2); // [1, 1, 2, 2]
 */
export const repeat = (
  x: ArrayLike,
  repeats: number | readonly number[],
  axis: number | null = null,
): NDArray => {
  const original = operand(x, "repeat");
  const array = axis === null ? ravel(original) : original;
  const along = axis === null ? 0 : normalizeAxis(axis, array.ndim, "repeat");
  const n = array.shape[along] as number;
  const counts = typeof repeats === "number" ? [repeats] : repeats;
  for (const count of counts) checkCount("repeat", "repeats", count);
  if (counts.length === 1) {
    const count = counts[0] as number;
    const shape = prim.inserted(array.shape, along + 1, count);
    const kept = prim.range(shape.length).filter((a) => a !== along + 1);
    const merged = array.shape.map((m, a) => (a === along ? m * count : m));
    return prim.reshape(prim.broadcastInDim(array, shape, kept), merged);
  }
  if (counts.length !== n) {
    throw new ShapeError(
      `repeat: needs one number, or one for each of the ${n} elements along axis ${along} of ${describeAval(array)}; ` +
        `got ${counts.length}.`,
    );
  }
  const sources = counts.flatMap((count, i) => new Array<number>(count).fill(i));
  return takeAxis("repeat", array, arrayFrom(sources, "int32"), along, { mode: "promise_in_bounds" });
};
