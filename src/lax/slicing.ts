import {
  type ArrayLike,
  isInteger,
  isUnsigned,
  type NDArray,
  normalizeAxis,
  scalarArray,
} from "../array/index.ts";
import { DTypeError, describeAval, inNameOf, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { asIndex, operand, operands } from "./operands.ts";

export type {
  GatherDimensionNumbers,
  GatherMode,
  GatherOptions,
  ScatterDimensionNumbers,
  ScatterMode,
  ScatterOptions,
} from "../primitives/index.ts";

/**
 * The elements from `startIndices` up to `limitIndices`, in steps.
 *
 * @example
 * lax.slice(np.arange(5), [1], [4]); // [1, 2, 3]
 */
export const slice = (
  x: ArrayLike,
  startIndices: readonly number[],
  limitIndices: readonly number[],
  strides?: readonly number[] | null,
): NDArray =>
  prim.slice(operand(x, "slice"), startIndices, limitIndices, strides ?? startIndices.map(() => 1));

/**
 * A slice of one axis; `null` for its ends, negative positions count from the end.
 *
 * @example
 * lax.sliceInDim(np.arange(5), 1, 4); // [1, 2, 3]
 */
export const sliceInDim = (
  x: ArrayLike,
  startIndex: number | null,
  limitIndex: number | null,
  stride = 1,
  axis = 0,
): NDArray => {
  const array = operand(x, "sliceInDim");
  const along = normalizeAxis(axis, array.ndim, "sliceInDim");
  const n = array.shape[along] as number;
  const place = (i: number | null, otherwise: number): number => (i === null ? otherwise : i < 0 ? i + n : i);
  return inNameOf("sliceInDim", () =>
    prim.sliceInDim(array, place(startIndex, 0), place(limitIndex, n), along, stride),
  );
};

/**
 * The element of an axis at a fixed position.
 *
 * @example
 * lax.indexInDim(np.array([[1, 2], [3, 4]]), 1, 0, false); // [3, 4]
 */
export const indexInDim = (x: ArrayLike, index: number, axis = 0, keepdims = true): NDArray => {
  const array = operand(x, "indexInDim");
  const along = normalizeAxis(axis, array.ndim, "indexInDim");
  const n = array.shape[along] as number;
  const position = index < 0 ? index + n : index;
  if (!(Number.isInteger(position) && position >= 0 && position < n)) {
    throw new RangeError(
      `indexInDim: index ${index} is out of range for axis ${along} of ${describeAval(array)}.`,
    );
  }
  const taken = prim.sliceInDim(array, position, position + 1, along);
  return keepdims ? taken : prim.reshape(taken, prim.without(array.shape, along));
};

/** A start of a window as int32; one that is negative counts from the end, as in JAX. */
const startOf = (name: string, index: ArrayLike, n: number): NDArray => {
  if (typeof index === "number") return asIndex(index < 0 ? index + n : index, name);
  const start = asIndex(index, name);
  if (!isInteger(start.dtype)) {
    throw new DTypeError(
      `${name}: an index must be a whole number or an integer array; got ${describeAval(start)}.`,
    );
  }
  if (start.dtype !== "int32") {
    const wide = prim.convertElementType(start, "int32");
    return isUnsigned(start.dtype) ? wide : startOf(name, wide, n);
  }
  const zero = scalarArray(0, "int32");
  return prim.select(prim.lt(start, zero), prim.add(start, scalarArray(n, "int32")), start);
};

/** The starts of a window that is moved along one axis only. */
const startsAlong = (name: string, x: NDArray, start: ArrayLike, axis: number): NDArray[] =>
  x.shape.map((n, a) => (a === axis ? startOf(name, start, n) : scalarArray(0, "int32")));

/**
 * A window at a computed place, moved inside the array where it would stick out.
 *
 * @example
 * lax.dynamicSlice(np.arange(5), [3], [2]); // [3, 4]
 */
export const dynamicSlice = (
  x: ArrayLike,
  startIndices: readonly ArrayLike[],
  sliceSizes: readonly number[],
): NDArray => {
  const array = operand(x, "dynamicSlice");
  const starts = startIndices.map((index, axis) => startOf("dynamicSlice", index, array.shape[axis] ?? 0));
  return prim.dynamicSlice(array, starts, sliceSizes);
};

/**
 * `dynamicSlice` along one axis.
 *
 * @example
 * lax.dynamicSliceInDim(np.arange(5), 3, 2); // [3, 4]
 */
export const dynamicSliceInDim = (
  x: ArrayLike,
  startIndex: ArrayLike,
  sliceSize: number,
  axis = 0,
): NDArray => {
  const array = operand(x, "dynamicSliceInDim");
  const along = normalizeAxis(axis, array.ndim, "dynamicSliceInDim");
  const sizes = array.shape.map((n, a) => (a === along ? sliceSize : n));
  return inNameOf("dynamicSliceInDim", () =>
    prim.dynamicSlice(array, startsAlong("dynamicSliceInDim", array, startIndex, along), sizes),
  );
};

/**
 * The element of an axis at a computed position, held within the axis.
 *
 * @example
 * lax.dynamicIndexInDim(np.arange(5), 3, 0, false); // 3
 */
export const dynamicIndexInDim = (x: ArrayLike, index: ArrayLike, axis = 0, keepdims = true): NDArray => {
  const array = operand(x, "dynamicIndexInDim");
  const along = normalizeAxis(axis, array.ndim, "dynamicIndexInDim");
  const taken = inNameOf("dynamicIndexInDim", () => dynamicSliceInDim(array, index, 1, along));
  return keepdims ? taken : prim.reshape(taken, prim.without(array.shape, along));
};

/**
 * `x` with a window at a computed place overwritten, moved inside the array where it would stick out.
 *
 * @example
 * lax.dynamicUpdateSlice(np.zeros([4]), np.array([1, 2]), [1]); // [0, 1, 2, 0]
 */
export const dynamicUpdateSlice = (
  x: ArrayLike,
  update: ArrayLike,
  startIndices: readonly ArrayLike[],
): NDArray => {
  const [array, values] = operands("dynamicUpdateSlice", [x, update]) as readonly [NDArray, NDArray];
  const starts = startIndices.map((index, axis) =>
    startOf("dynamicUpdateSlice", index, array.shape[axis] ?? 0),
  );
  return prim.dynamicUpdateSlice(array, values, starts);
};

/**
 * `dynamicUpdateSlice` along one axis.
 *
 * @example
 * lax.dynamicUpdateSliceInDim(np.zeros([4]), np.array([1, 2]), 1, 0); // [0, 1, 2, 0]
 */
export const dynamicUpdateSliceInDim = (
  x: ArrayLike,
  update: ArrayLike,
  startIndex: ArrayLike,
  axis: number,
): NDArray => {
  const [array, values] = operands("dynamicUpdateSliceInDim", [x, update]) as readonly [NDArray, NDArray];
  const along = normalizeAxis(axis, array.ndim, "dynamicUpdateSliceInDim");
  return inNameOf("dynamicUpdateSliceInDim", () =>
    prim.dynamicUpdateSlice(array, values, startsAlong("dynamicUpdateSliceInDim", array, startIndex, along)),
  );
};

/**
 * `x` with the element of an axis at a computed position overwritten; the update may lack that axis.
 *
 * @example
 * lax.dynamicUpdateIndexInDim(np.zeros([3]), np.array(7), 1, 0); // [0, 7, 0]
 */
export const dynamicUpdateIndexInDim = (
  x: ArrayLike,
  update: ArrayLike,
  index: ArrayLike,
  axis: number,
): NDArray => {
  const name = "dynamicUpdateIndexInDim";
  const [array, values] = operands(name, [x, update]) as readonly [NDArray, NDArray];
  const along = normalizeAxis(axis, array.ndim, name);
  if (values.ndim !== array.ndim && values.ndim !== array.ndim - 1) {
    throw new ShapeError(
      `${name}: the update must have the axes of the array, with or without axis ${along}; got ${describeAval(values)} ` +
        `for ${describeAval(array)}.`,
    );
  }
  const row =
    values.ndim === array.ndim ? values : prim.reshape(values, prim.inserted(values.shape, along, 1));
  return inNameOf(name, () => dynamicUpdateSliceInDim(array, row, index, along));
};
