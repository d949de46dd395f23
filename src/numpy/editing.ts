import {
  type ArrayLike,
  arrayFrom,
  ConcreteArray,
  denseData,
  isFloat,
  NDArray,
  normalizeAxes,
  normalizeAxis,
  type Slice,
  sizeOf,
} from "../array/index.ts";
import {
  ArgumentError,
  ConcretizationError,
  DTypeError,
  describeAval,
  inNameOf,
  ShapeError,
} from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { isSlice, sliceRange } from "./indexing/slice.ts";
import { takeAxis } from "./indexing/take.ts";
import { concatenate } from "./joining.ts";
import { operand } from "./operands.ts";
import { nonzero } from "./searching.ts";
import { broadcastTo, moveaxis, ravel } from "./shaping.ts";

/** Positions that are known: a number, a list, a slice, or a concrete array. */
export type Positions = number | readonly number[] | Slice | NDArray;

/** Positions along an axis of length `n`, counted from the front; up to `most` is allowed. */
const positionsOf = (name: string, given: Positions, n: number, most: number): number[] => {
  let list: readonly number[];
  if (typeof given === "number") list = [given];
  else if (isSlice(given)) {
    const { start, step, length } = sliceRange(given, n);
    list = prim.range(length).map((i) => start + i * step);
  } else if (given instanceof NDArray) {
    if (!(given instanceof ConcreteArray)) {
      throw new ConcretizationError(
        `${name}: positions must be known; got ${describeAval(given)}, which is being traced.`,
      );
    }
    if (isFloat(given.dtype))
      throw new DTypeError(`${name}: positions must be integers; got ${describeAval(given)}.`);
    const data = Array.from(denseData(given));
    list = given.dtype === "bool" ? data.flatMap((isTrue, i) => (isTrue ? [i] : [])) : data;
  } else list = given;
  return list.map((position) => {
    if (!Number.isInteger(position) || position < -n || position > most) {
      throw new RangeError(`${name}: position ${position} is out of range for an axis of length ${n}.`);
    }
    return position < 0 ? position + n : position;
  });
};

const alongOrFlat = (name: string, x: ArrayLike, axis: number | null): readonly [NDArray, number] => {
  const array = operand(x, name);
  return axis === null ? [ravel(array), 0] : [array, normalizeAxis(axis, array.ndim, name)];
};

/**
 * `x` without the elements at some positions along `axis`, or of the flattened array.
 *
 * @example
 * np.delete(np.array([1, 2, 3]), 1); // [1, 3]
 */
const delete_ = (x: ArrayLike, positions: Positions, axis: number | null = null): NDArray => {
  const [array, along] = alongOrFlat("delete", x, axis);
  const n = array.shape[along] as number;
  const gone = new Set(positionsOf("delete", positions, n, n - 1));
  const kept = prim.range(n).filter((i) => !gone.has(i));
  return takeAxis("delete", array, arrayFrom(kept, "int32"), along, { mode: "promise_in_bounds" });
};

export { delete_ as delete };

/**
 * `x` with values put in before some positions along `axis`, or into the flattened array. One position takes all
 * values; several take one each.
 *
 * @example
 * np.insert(np.array([1, 2, 3]), 1, 9); // [1, 9, 2, 3]
 */
export const insert = (
  x: ArrayLike,
  positions: Positions,
  values: ArrayLike,
  axis: number | null = null,
): NDArray => {
  const [array, along] = alongOrFlat("insert", x, axis);
  const n = array.shape[along] as number;
  const list = positionsOf("insert", positions, n, n);
  let given = prim.convertElementType(operand(values, "insert"), array.dtype);
  given = prim.reshape(given, [
    ...new Array<number>(Math.max(0, array.ndim - given.ndim)).fill(1),
    ...given.shape,
  ]);
  if (typeof positions === "number") given = moveaxis(given, 0, along);
  const count = list.length === 1 ? (given.shape[along] as number) : list.length;
  const target = array.shape.map((m, a) => (a === along ? count : m));
  const pieces = broadcastTo(given, target);
  const places = list.length === 1 ? new Array<number>(count).fill(list[0] as number) : list;
  // Each place of the result says where its element comes from, old elements first in the joined array.
  const order = prim
    .range(n + count)
    .map((i) => ({ source: i, key: i < n ? i : (places[i - n] as number) - 0.5 }))
    .sort((a, b) => a.key - b.key)
    .map(({ source }) => source);
  const joined = concatenate([array, pieces], along);
  return takeAxis("insert", joined, arrayFrom(order, "int32"), along, { mode: "promise_in_bounds" });
};

/** Where `trimZeros` takes zeros away: at the front, at the back, or at both (default). */
export type TrimmedEnds = "f" | "b" | "fb" | "bf";

/**
 * An array without the zeros at its front ("f" in `trim`), its back ("b") or both: along each of the axes the slices in front of
 * the first and behind the last that has an element other than 0. How many there are must be known, so that this is refused
 * while a function is traced.
 *
 * @param axis one axis or several; all by default.
 * @example
 * np.trimZeros(np.array([0, 1, 0, 2, 0])); // [1, 0, 2]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.trim_zeros.html
 */
export const trimZeros = (
  x: ArrayLike,
  trim: TrimmedEnds = "fb",
  axis: number | readonly number[] | null = null,
): NDArray => {
  if (!/^[fb]{0,2}$/.test(trim))
    throw new ArgumentError(`trimZeros: trim is "f" (front), "b" (back) or "fb" (both); got "${trim}".`);
  const array = operand(x, "trimZeros");
  const places = inNameOf("trimZeros", () => nonzero(array));
  return normalizeAxes(axis, array.ndim, "trimZeros").reduce((rest, along) => {
    const taken = Array.from((places[along] as NDArray).toTypedArray());
    const length = array.shape[along] as number;
    if (taken.length === 0) return prim.sliceInDim(rest, 0, 0, along);
    const start = trim.includes("f") ? taken.reduce((a, b) => Math.min(a, b)) : 0;
    const end = trim.includes("b") ? taken.reduce((a, b) => Math.max(a, b)) + 1 : length;
    return prim.sliceInDim(rest, start, end, along);
  }, array);
};

/**
 * The elements of `x`, row by row, repeated as often as needed to fill `newShape`.
 *
 * @example
 * np.resize(np.array([1, 2, 3]), [5]); // [1, 2, 3, 1, 2]
 */
export const resize = (x: ArrayLike, newShape: number | readonly number[]): NDArray => {
  const flat = ravel(operand(x, "resize"));
  const shape = typeof newShape === "number" ? [newShape] : newShape;
  if (shape.some((n) => !Number.isInteger(n) || n < 0)) {
    throw new ArgumentError(
      `resize: a shape holds whole numbers of at least 0; got ${JSON.stringify(shape)}.`,
    );
  }
  const size = sizeOf(shape);
  if (flat.size === 0 && size > 0) throw new ShapeError("resize: there are no elements to repeat.");
  const copies = flat.size === 0 ? 0 : Math.ceil(size / flat.size);
  const repeated = copies === 0 ? flat : prim.concatenate(new Array<NDArray>(copies).fill(flat), 0);
  return prim.reshape(prim.sliceInDim(repeated, 0, size, 0), shape);
};
