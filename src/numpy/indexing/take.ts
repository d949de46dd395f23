import {
  type ArrayLike,
  arrayFrom,
  describeValue,
  isFloat,
  NDArray,
  normalizeAxis,
  scalarArray,
} from "../../array/index.ts";
import { ArgumentError, DTypeError, describeAval, ShapeError } from "../../core/index.ts";
import * as prim from "../../primitives/index.ts";
import { remainder } from "../arithmetic.ts";
import { commonShape, operand, withType } from "../operands.ts";
import { ravel } from "../shaping.ts";
import { countedFromFront, type Entry } from "./entries.ts";
import { readEntries } from "./read.ts";

/** What positions outside an axis give: a fill value (default), the nearest element, or the element modulo the length. */
export type TakeMode = "fill" | "clip" | "wrap" | "promise_in_bounds";

/** Options of `take` and `takeAlongAxis`. */
export interface TakeOptions {
  readonly mode?: TakeMode | undefined;
  /** In place of elements that do not exist; default: NaN, for integers the least (int32) or greatest (uint32). */
  readonly fillValue?: number | undefined;
}

/** Positions as an array; a JavaScript number that does not exist is refused. */
const positions = (
  name: string,
  indices: ArrayLike | readonly number[],
  n: number,
  mode: TakeMode,
): NDArray => {
  if (indices instanceof NDArray) {
    if (isFloat(indices.dtype) || indices.dtype === "bool") {
      throw new DTypeError(
        `${name}: indices must be integers; got ${describeAval(indices)}. Convert with astype.`,
      );
    }
    return indices;
  }
  if (typeof indices !== "number" && !Array.isArray(indices)) {
    throw new TypeError(
      `${name}: indices must be a whole number, a list of them or an integer array; got ${describeValue(indices)}.`,
    );
  }
  const list = typeof indices === "number" ? [indices] : indices;
  for (const i of list) {
    if (!Number.isInteger(i))
      throw new ArgumentError(`${name}: indices must be whole numbers; got ${String(i)}.`);
    if (mode !== "clip" && mode !== "wrap" && (i < -n || i >= n)) {
      throw new RangeError(`${name}: index ${i} is out of range for an axis of length ${n}.`);
    }
  }
  const array = arrayFrom(list, "int32");
  return typeof indices === "number" ? prim.reshape(array, []) : array;
};

/** Positions counted from the front, by the mode. */
const resolve = (name: string, index: NDArray, n: number, mode: TakeMode): NDArray => {
  switch (mode) {
    case "fill":
    case "promise_in_bounds":
      return countedFromFront(index, n);
    case "clip": {
      const signed = prim.convertElementType(index, "int32");
      return prim.clamp(scalarArray(0, "int32"), signed, scalarArray(Math.max(0, n - 1), "int32"));
    }
    case "wrap":
      return remainder(prim.convertElementType(index, "int32"), scalarArray(Math.max(1, n), "int32"));
    default:
      throw new ArgumentError(
        `${name}: mode must be "fill", "clip", "wrap" or "promise_in_bounds"; got ${String(mode)}.`,
      );
  }
};

const gatherMode = (mode: TakeMode): prim.GatherMode => (mode === "wrap" ? "promise_in_bounds" : mode);

/** `take` with the name of the function that people called. */
export const takeAxis = (
  name: string,
  x: NDArray,
  indices: ArrayLike | readonly number[],
  axis: number,
  { mode = "fill", fillValue }: TakeOptions = {},
): NDArray => {
  const n = x.shape[axis] as number;
  const index = resolve(name, positions(name, indices, n, mode), n, mode);
  const entries = x.shape.map(
    (length, a): Entry =>
      a === axis
        ? { kind: "array", axis: a, index }
        : { kind: "range", axis: a, start: 0, step: 1, length, reversed: false },
  );
  return readEntries(name, x, entries, {
    mode: gatherMode(mode),
    ...(fillValue !== undefined && { fillValue }),
  });
};

/**
 * Elements at positions along `axis`, or in the flattened array: the axis is replaced by the axes of `indices`.
 *
 *     take(x, [2, 0], 1); // columns 2 and 0
 *
 * @example
 * np.take(np.array([10, 20, 30]), [2, 0]); // [30, 10]
 */
export const take = (
  x: ArrayLike,
  indices: ArrayLike | readonly number[],
  axis: number | null = null,
  options: TakeOptions = {},
): NDArray => {
  const array = operand(x, "take");
  if (axis === null) return takeAxis("take", ravel(array), indices, 0, options);
  return takeAxis("take", array, indices, normalizeAxis(axis, array.ndim, "take"), options);
};

/** Operand and indices with all axes but one broadcast together. */
const alignAlong = (name: string, x: NDArray, index: NDArray, axis: number): readonly [NDArray, NDArray] => {
  if (index.ndim !== x.ndim) {
    throw new ShapeError(
      `${name}: the array and the indices must have equally many axes; got ${describeAval(x)} and ${describeAval(index)}.`,
    );
  }
  const without = (z: NDArray): { readonly shape: number[] } => ({ shape: prim.without(z.shape, axis) });
  const others = commonShape(name, [without(x), without(index)]);
  const spread = (z: NDArray): NDArray =>
    prim.broadcastTo(z, prim.inserted(others, axis, z.shape[axis] as number));
  return [spread(x), spread(index)];
};

/** The numbers of a gather of one element for each index, along `axis`, at the same place along all others. */
const alongNumbers = (rank: number, axis: number): prim.GatherDimensionNumbers => {
  const others = prim.without(prim.range(rank), axis);
  return {
    offsetDims: [],
    collapsedSliceDims: [axis],
    startIndexMap: [axis],
    operandBatchingDims: others,
    startIndicesBatchingDims: others,
  };
};

/**
 * For each index the element that has that position along `axis` and the same place along all other axes.
 *
 *     takeAlongAxis(x, argsort(x), -1); // x sorted
 *
 * @example
 * np.takeAlongAxis(np.array([[1, 2], [3, 4]]), np.array([[1], [0]], "int32"), 1); // [[2], [3]]
 */
export const takeAlongAxis = (
  x: ArrayLike,
  indices: ArrayLike,
  axis: number | null = -1,
  { mode = "fill", fillValue }: TakeOptions = {},
): NDArray => {
  const name = "takeAlongAxis";
  const given = operand(x, name);
  const array = axis === null ? ravel(given) : given;
  const along = axis === null ? 0 : normalizeAxis(axis, array.ndim, name);
  const n = array.shape[along] as number;
  const index = resolve(name, positions(name, indices, n, mode), n, mode);
  const [a, i] = alignAlong(name, array, index, along);
  return prim.gather(
    a,
    prim.reshape(i, [...i.shape, 1]),
    alongNumbers(a.ndim, along),
    a.shape.map((m) => Math.min(1, m)),
    { mode: gatherMode(mode), ...(fillValue !== undefined && { fillValue }) },
  );
};

/**
 * A copy of `x` in which the elements that `takeAlongAxis` would read are replaced by `values` (broadcast).
 *
 * @example
 * np.putAlongAxis(np.array([[1, 2], [3, 4]]), np.array([[1], [0]], "int32"), 9, 1); // [[1, 9], [9, 4]]
 */
export const putAlongAxis = (
  x: ArrayLike,
  indices: ArrayLike,
  values: ArrayLike,
  axis: number | null = -1,
): NDArray => {
  const name = "putAlongAxis";
  const given = operand(x, name);
  const array = axis === null ? ravel(given) : given;
  const along = axis === null ? 0 : normalizeAxis(axis, array.ndim, name);
  const n = array.shape[along] as number;
  const index = resolve(name, positions(name, indices, n, "fill"), n, "fill");
  const [a, i] = alignAlong(name, array, index, along);
  if (a.size !== array.size) {
    throw new ShapeError(
      `${name}: ${describeAval(index)} does not broadcast to ${describeAval(array)} along other axes.`,
    );
  }
  const updates = prim.broadcastTo(withType(values, array, name), i.shape);
  const written = prim.scatter(
    a,
    prim.reshape(i, [...i.shape, 1]),
    updates,
    prim.scatterDimensionsOf(alongNumbers(a.ndim, along)),
    { mode: "drop" },
  );
  return prim.reshape(written, given.shape);
};
