import { type ArrayLike, describeValue, type NDArray, normalizeAxis } from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { operand } from "./operands.ts";

/** Where to divide: into so many parts, or before each of these positions. */
export type Divisions = number | readonly number[];

/** Positions counted from the front and held within the axis. */
const cutAt = (positions: readonly number[], n: number): number[] => {
  const clipped = positions.map((p) => Math.min(Math.max(p < 0 ? p + n : p, 0), n));
  return [0, ...clipped, n];
};

const sections = (name: string, count: number): number => {
  if (!Number.isInteger(count) || count < 1) {
    throw new ArgumentError(
      `${name}: the number of parts must be a whole number of at least 1; got ${count}.`,
    );
  }
  return count;
};

const cut = (x: NDArray, edges: readonly number[], axis: number): NDArray[] =>
  edges
    .slice(0, -1)
    .map((start, i) => prim.sliceInDim(x, start, Math.max(start, edges[i + 1] as number), axis));

const divide = (name: string, x: ArrayLike, divisions: Divisions, axis: number, even: boolean): NDArray[] => {
  const array = operand(x, name);
  const along = normalizeAxis(axis, array.ndim, name);
  const n = array.shape[along] as number;
  if (typeof divisions !== "number" && !Array.isArray(divisions)) {
    throw new TypeError(
      `${name}: takes a number of parts or a list of positions; got ${describeValue(divisions)}.`,
    );
  }
  if (typeof divisions !== "number") return cut(array, cutAt(divisions, n), along);
  const count = sections(name, divisions);
  if (even && n % count !== 0) {
    throw new ShapeError(
      `${name}: axis ${along} of ${describeAval(array)} has length ${n}, which is not divisible into ${count} equal ` +
        "parts; use arraySplit, or give the positions to divide at.",
    );
  }
  const longer = n % count;
  const length = Math.floor(n / count);
  const edges = prim.range(count + 1).map((i) => i * length + Math.min(i, longer));
  return cut(array, edges, along);
};

/**
 * The parts of an array along an axis: equally many elements in each, or divided at given positions.
 *
 *     split(x, 2);      // of float32[4]: two float32[2]
 *     split(x, [1, 3]); // of float32[4]: float32[1], float32[2], float32[1]
 *
 * @example
 * np.split(np.arange(4), 2); // [[0, 1], [2, 3]]
 */
export const split = (x: ArrayLike, indicesOrSections: Divisions, axis = 0): readonly NDArray[] =>
  divide("split", x, indicesOrSections, axis, true);

/**
 * `split`, where the first parts may be longer by one.
 *
 * @example
 * np.arraySplit(np.arange(3), 2); // [[0, 1], [2]]
 */
export const arraySplit = (x: ArrayLike, indicesOrSections: Divisions, axis = 0): readonly NDArray[] =>
  divide("arraySplit", x, indicesOrSections, axis, false);

const splitAlong =
  (name: string, axisOf: (rank: number) => number, least: number) =>
  (x: ArrayLike, indicesOrSections: Divisions): readonly NDArray[] => {
    const array = operand(x, name);
    if (array.ndim < least) {
      throw new ShapeError(`${name}: needs at least ${least} axes; got ${describeAval(array)}.`);
    }
    return divide(name, array, indicesOrSections, axisOf(array.ndim), true);
  };

/**
 * `split` along the second axis; of vectors along the only one.
 *
 * @example
 * np.hsplit(np.array([[1, 2], [3, 4]]), 2); // [[[1], [3]], [[2], [4]]]
 */
export const hsplit = splitAlong("hsplit", (rank) => (rank === 1 ? 0 : 1), 1);
/**
 * `split` along the first axis.
 *
 * @example
 * np.vsplit(np.array([[1, 2], [3, 4]]), 2); // [[[1, 2]], [[3, 4]]]
 */
export const vsplit = splitAlong("vsplit", () => 0, 2);
/**
 * `split` along the third axis.
 *
 * @example
 * np.dsplit(np.zeros([1, 2, 4]), 2)[0]; // float32[1, 2, 2]
 */
export const dsplit = splitAlong("dsplit", () => 2, 3);

/**
 * The sub-arrays along an axis, in order, without that axis.
 *
 * @example
 * np.unstack(np.array([[1, 2], [3, 4]])); // [[1, 2], [3, 4]]
 */
export const unstack = (x: ArrayLike, axis = 0): readonly NDArray[] => {
  const array = operand(x, "unstack");
  if (array.ndim === 0) throw new ShapeError("unstack: a scalar has no axis to take apart.");
  const along = normalizeAxis(axis, array.ndim, "unstack");
  const shape = prim.without(array.shape, along);
  return prim
    .range(array.shape[along] as number)
    .map((i) => prim.reshape(prim.sliceInDim(array, i, i + 1, along), shape));
};
