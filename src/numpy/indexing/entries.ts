import {
  arrayFrom,
  ConcreteArray,
  denseData,
  type Index,
  isFloat,
  isUnsigned,
  NDArray,
  type Shape,
  scalarArray,
} from "../../array/index.ts";
import {
  ArgumentError,
  ConcretizationError,
  DTypeError,
  describeAval,
  ShapeError,
} from "../../core/index.ts";
import * as prim from "../../primitives/index.ts";
import { nonzero } from "../searching.ts";
import { isSlice, sliceRange } from "./slice.ts";

/*
 * The first step of indexing: each index that a person wrote becomes an entry that says what it does with which axis.
 */

/** A new axis of length 1. */
export interface NewAxisEntry {
  readonly kind: "new";
}

/** One position, whose axis disappears. */
export interface FixedEntry {
  readonly kind: "fixed";
  readonly axis: number;
  readonly position: number;
}

/** Positions from `start` in steps of at least 1; backwards if `reversed`. */
export interface RangeEntry {
  readonly kind: "range";
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly length: number;
  readonly reversed: boolean;
}

/** Positions in an int32 array, counted from the front. */
export interface ArrayEntry {
  readonly kind: "array";
  readonly axis: number;
  readonly index: NDArray;
}

/** What one index does. */
export type Entry = NewAxisEntry | FixedEntry | RangeEntry | ArrayEntry;

const isMask = (index: Index): index is NDArray => index instanceof NDArray && index.dtype === "bool";

/** How many axes an index speaks of. */
const consumed = (index: Index): number => {
  if (index === null || index === "...") return 0;
  return isMask(index) ? index.ndim : 1;
};

/** A position counted from the front; a JavaScript number outside the axis is refused. */
const fixedPosition = (name: string, position: number, axis: number, x: NDArray): number => {
  const n = x.shape[axis] as number;
  if (!Number.isInteger(position)) {
    throw new ArgumentError(`${name}: an index must be a whole number; got ${position} for axis ${axis}.`);
  }
  if (position < -n || position >= n) {
    throw new RangeError(
      `${name}: index ${position} is out of range for axis ${axis} of ${describeAval(x)}, which has length ${n}.`,
    );
  }
  return position < 0 ? position + n : position;
};

/** Negative positions counted from the front. Those that are out of bounds even so are left to the mode. */
export const countedFromFront = (index: NDArray, n: number): NDArray => {
  const signed = prim.convertElementType(index, "int32");
  if (isUnsigned(index.dtype)) return signed;
  if (!(signed instanceof ConcreteArray)) {
    const length = scalarArray(n, "int32");
    return prim.select(prim.lt(signed, scalarArray(0, "int32")), prim.add(signed, length), signed);
  }
  const data = denseData(signed);
  if (data.every((i: number) => i >= 0)) return signed;
  return new ConcreteArray(
    Int32Array.from(data, (i) => (i < 0 ? i + n : i)),
    signed.shape,
    "int32",
  );
};

const arrayEntry = (name: string, index: NDArray, axis: number, x: NDArray): ArrayEntry => {
  if (isFloat(index.dtype)) {
    throw new DTypeError(
      `${name}: an index array must hold integers or booleans; got ${describeAval(index)} for axis ${axis}. Convert with ` +
        'astype("int32").',
    );
  }
  return { kind: "array", axis, index: countedFromFront(index, x.shape[axis] as number) };
};

const listEntry = (name: string, list: readonly number[], axis: number, x: NDArray): ArrayEntry => ({
  kind: "array",
  axis,
  index: arrayFrom(
    list.map((position) => fixedPosition(name, position, axis, x)),
    "int32",
  ),
});

/** A mask is the positions where it is true, one array an axis. */
const maskEntries = (name: string, mask: NDArray, axis: number, x: NDArray): ArrayEntry[] => {
  mask.shape.forEach((n, i) => {
    if (n !== x.shape[axis + i]) {
      throw new ShapeError(
        `${name}: the mask ${describeAval(mask)} must have the lengths of the axes that it masks, from axis ${axis} of ` +
          `${describeAval(x)}.`,
      );
    }
  });
  if (!(mask instanceof ConcreteArray)) {
    throw new ConcretizationError(
      `${name}: how many elements the mask ${describeAval(mask)} selects is not known while a function is traced, and so ` +
        "neither is the shape of the result. Use where(mask, x, y), or at(mask).set with a scalar, which keep the shape.",
    );
  }
  if (mask.ndim === 0)
    throw new ArgumentError(`${name}: a mask needs at least one axis; use where for a single condition.`);
  return nonzero(mask).map((index, i) => ({ kind: "array", axis: axis + i, index }));
};

const wholeAxis = (axis: number, shape: Shape): RangeEntry => ({
  kind: "range",
  axis,
  start: 0,
  step: 1,
  length: shape[axis] as number,
  reversed: false,
});

/** What each index does, in order; axes that none speaks of are taken as a whole. */
export const parseIndices = (name: string, x: NDArray, indices: readonly Index[]): readonly Entry[] => {
  const named = indices.reduce<number>((sum, index) => sum + consumed(index), 0);
  if (named > x.ndim) {
    throw new ShapeError(`${name}: ${named} axes are indexed, but ${describeAval(x)} has only ${x.ndim}.`);
  }
  if (indices.filter((index) => index === "...").length > 1) {
    throw new ArgumentError(`${name}: "..." may stand only once among the indices.`);
  }
  const entries: Entry[] = [];
  let axis = 0;
  const takeWhole = (count: number): void => {
    for (let i = 0; i < count; i++) entries.push(wholeAxis(axis++, x.shape));
  };
  for (const index of indices) {
    if (index === null) entries.push({ kind: "new" });
    else if (index === "...") takeWhole(x.ndim - named);
    else if (typeof index === "number") {
      entries.push({ kind: "fixed", axis, position: fixedPosition(name, index, axis, x) });
      axis++;
    } else if (isSlice(index)) {
      const { start, step, length } = sliceRange(index, x.shape[axis] as number);
      const first = step < 0 ? start + (length - 1) * step : start;
      const stride = length <= 1 ? 1 : Math.abs(step);
      entries.push({
        kind: "range",
        axis,
        start: length === 0 ? 0 : first,
        step: stride,
        length,
        reversed: step < 0,
      });
      axis++;
    } else if (isMask(index)) {
      entries.push(...maskEntries(name, index, axis, x));
      axis += index.ndim;
    } else if (index instanceof NDArray || Array.isArray(index)) {
      entries.push(
        index instanceof NDArray
          ? arrayEntry(name, index, axis, x)
          : listEntry(name, index as readonly number[], axis, x),
      );
      axis++;
    } else {
      throw new ArgumentError(
        `${name}: an index must be a number, an array, a list of numbers, slice(…), null or "..."; got ${String(index)}.`,
      );
    }
  }
  takeWhole(x.ndim - axis);
  return entries;
};
