import {
  type ArrayLike,
  ConcreteArray,
  denseData,
  isFloat,
  type NDArray,
  scalarArray,
} from "../array/index.ts";
import { ConcretizationError, describeAval } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { takeAxis } from "./indexing/take.ts";
import { operand, promote } from "./operands.ts";
import { nonzero } from "./searching.ts";
import { ravel, reshape } from "./shaping.ts";
import { searchsorted } from "./sorting.ts";

/** What `unique` gives beside the elements. */
export interface UniqueOptions {
  /** Where each first occurs. */
  readonly returnIndex?: boolean;
  /** For each element of the array, its place in the result. */
  readonly returnInverse?: boolean;
  /** How often each occurs. */
  readonly returnCounts?: boolean;
  /** How many elements are wanted, so that the shape is known while a function is traced. */
  readonly size?: number | null;
  /** What fills up a result that is shorter than `size`; default: the least element. */
  readonly fillValue?: ArrayLike | null;
  /** Whether one NaN equals another (default true). */
  readonly equalNan?: boolean;
}

/** Options of set functions. */
export type SetOptions1d = Pick<UniqueOptions, "size" | "fillValue">;

const int32 = (value: number): NDArray => scalarArray(value, "int32");

/** Where sorted elements differ from the one before. */
const isNew = (sorted: NDArray, equalNan = true): NDArray => {
  const n = sorted.size;
  if (n === 0) return prim.convertElementType(sorted, "bool");
  const [after, before] = [prim.sliceInDim(sorted, 1, n, 0), prim.sliceInDim(sorted, 0, n - 1, 0)];
  const differs = prim.ne(after, before);
  const counts =
    equalNan && isFloat(sorted.dtype)
      ? prim.and(differs, prim.or(prim.eq(after, after), prim.eq(before, before)))
      : differs;
  return prim.concatenate([prim.broadcastInDim(scalarArray(1, "bool"), [1], []), counts], 0);
};

/** How many are true, which must be known unless a size is given. */
const sizeOfTrue = (name: string, mask: NDArray, size: number | null | undefined): number => {
  if (size !== null && size !== undefined) return size;
  if (mask instanceof ConcreteArray) return Array.from(denseData(mask)).reduce((sum, x) => sum + x, 0);
  throw new ConcretizationError(
    `${name}: how many elements the result has is not known while a function is traced (${describeAval(mask)}). Give size.`,
  );
};

const pick = (x: NDArray, positions: NDArray): NDArray =>
  takeAxis("unique", x, positions, 0, { mode: "clip" });

interface Unique {
  readonly values: NDArray;
  readonly index: NDArray;
  readonly inverse: () => NDArray;
  readonly counts: () => NDArray;
}

const uniqueOf = (
  name: string,
  x: NDArray,
  { size, fillValue = null, equalNan = true }: UniqueOptions,
): Unique => {
  const flat = ravel(x);
  const n = flat.size;
  const [sorted, order] = prim.sort([flat, prim.iota([n], "int32", 0)], 0) as [NDArray, NDArray];
  const mask = isNew(sorted, equalNan);
  const count = sizeOfTrue(name, mask, size);
  // One more than wanted: where the group after the last begins.
  const [edges] = nonzero(mask, { size: count + 1, fillValue: n }) as readonly [NDArray];
  const starts = prim.sliceInDim(edges, 0, count, 0);
  const exists = prim.lt(starts, int32(n));
  const safe = prim.select(exists, starts, int32(0));
  const found = n === 0 ? prim.zerosLike({ shape: [count], dtype: flat.dtype }) : pick(sorted, safe);
  const filling =
    fillValue === null ? null : prim.convertElementType(operand(fillValue, name), flat.dtype, true);
  return {
    values: filling === null ? found : prim.select(exists, found, filling),
    index: n === 0 ? safe : pick(order, safe),
    inverse: () => {
      const ranks = prim.sub(prim.cumsum(prim.convertElementType(mask, "int32"), 0), int32(1));
      const inverse = prim.sort([order, ranks], 0)[1] as NDArray;
      return reshape(inverse, x.shape);
    },
    counts: () => prim.sub(prim.sliceInDim(edges, 1, count + 1, 0), starts),
  };
};

/**
 * The different elements of an array in increasing order; on request, followed by the positions where each first
 * occurs, the places of the array's elements in the result, and the number of occurrences.
 *
 *     unique(array([3, 1, 3]));                         // [1, 3]
 *     unique(array([3, 1, 3]), { returnCounts: true }); // [[1, 3], [1, 2]]
 *
 * @example
 * np.unique(np.array([3, 1, 3])); // [1, 3]
 */
export function unique(
  x: ArrayLike,
  options?: SetOptions1d & { returnIndex?: false; returnInverse?: false; returnCounts?: false },
): NDArray;
export function unique(x: ArrayLike, options: UniqueOptions): readonly NDArray[];
export function unique(x: ArrayLike, options: UniqueOptions = {}): NDArray | readonly NDArray[] {
  const result = uniqueOf("unique", operand(x, "unique"), options);
  const more = [
    ...(options.returnIndex ? [result.index] : []),
    ...(options.returnInverse ? [result.inverse()] : []),
    ...(options.returnCounts ? [result.counts()] : []),
  ];
  return more.length === 0 ? result.values : [result.values, ...more];
}

/** What `uniqueAll` gives. */
export interface UniqueAll {
  /** The different elements, in increasing order. */
  readonly values: NDArray;
  /** Where each first occurs in the flattened array. */
  readonly indices: NDArray;
  /** For each element of the array, its place in `values`. */
  readonly inverseIndices: NDArray;
  /** How often each occurs. */
  readonly counts: NDArray;
}

/** What the array API standard demands: each NaN is an element of its own. */
const standardUnique = (name: string, x: ArrayLike, options: SetOptions1d): Unique =>
  uniqueOf(name, operand(x, name), { ...options, equalNan: false });

/**
 * The different elements as the array API standard has them, each NaN one of its own, with everything that can be told of them.
 *
 * @example
 * np.uniqueAll(np.array([3, 1, 3])).counts; // [1, 2]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.unique_all.html
 */
export const uniqueAll = (x: ArrayLike, options: SetOptions1d = {}): UniqueAll => {
  const { values, index, inverse, counts } = standardUnique("uniqueAll", x, options);
  return { values, indices: index, inverseIndices: inverse(), counts: counts() };
};

/**
 * The different elements, each NaN one of its own, and how often each occurs.
 *
 * @example
 * np.uniqueCounts(np.array([3, 1, 3])).counts; // [1, 2]
 */
export const uniqueCounts = (
  x: ArrayLike,
  options: SetOptions1d = {},
): Pick<UniqueAll, "values" | "counts"> => {
  const { values, counts } = standardUnique("uniqueCounts", x, options);
  return { values, counts: counts() };
};

/**
 * The different elements, each NaN one of its own, and for each element of the array its place among them.
 *
 * @example
 * np.uniqueInverse(np.array([3, 1, 3])).inverseIndices; // [1, 0, 1]
 */
export const uniqueInverse = (
  x: ArrayLike,
  options: SetOptions1d = {},
): Pick<UniqueAll, "values" | "inverseIndices"> => {
  const { values, inverse } = standardUnique("uniqueInverse", x, options);
  return { values, inverseIndices: inverse() };
};

/**
 * The different elements in increasing order, each NaN one of its own.
 *
 * @example
 * np.uniqueValues(np.array([3, 1, 3])); // [1, 3]
 */
export const uniqueValues = (x: ArrayLike, options: SetOptions1d = {}): NDArray =>
  standardUnique("uniqueValues", x, options).values;

/**
 * The different elements of two arrays together, in increasing order.
 *
 * @example
 * np.union1d(np.array([1, 2]), np.array([2, 3])); // [1, 2, 3]
 */
export const union1d = (x: ArrayLike, y: ArrayLike, options: SetOptions1d = {}): NDArray => {
  const [a, b] = promote("union1d", [x, y]).map(ravel) as [NDArray, NDArray];
  return uniqueOf("union1d", prim.concatenate([a, b], 0), options).values;
};

/**
 * For each element of `x`, whether it is among those of `testElements`; with `invert`, whether it is not.
 *
 * @example
 * np.isin(np.array([1, 2]), np.array([2, 3])); // [false, true]
 */
export const isin = (
  x: ArrayLike,
  testElements: ArrayLike,
  { invert = false }: { readonly invert?: boolean } = {},
): NDArray => {
  const [array, tests] = promote("isin", [x, testElements]) as [NDArray, NDArray];
  const result = contains(ravel(tests), array);
  return invert ? prim.not(result) : result;
};

/** Whether each element of `x` is among `tests`. NaN is not. */
const contains = (tests: NDArray, x: NDArray): NDArray => {
  if (tests.size === 0) return prim.broadcastTo(scalarArray(0, "bool"), x.shape);
  const sorted = prim.sort([tests], 0)[0] as NDArray;
  return prim.eq(takeAxis("isin", sorted, searchsorted(sorted, x), 0, { mode: "clip" }), x);
};

/** Elements of a vector where a mask is true, as many as there are or as are wanted. */
const filtered = (
  name: string,
  x: NDArray,
  mask: NDArray,
  { size, fillValue = null }: SetOptions1d,
): NDArray => {
  const count = sizeOfTrue(name, mask, size);
  const [positions] = nonzero(mask, { size: count, fillValue: x.size }) as readonly [NDArray];
  if (x.size === 0) return prim.zerosLike({ shape: [count], dtype: x.dtype });
  const filling =
    fillValue === null
      ? prim.scalarLike(x, 0)
      : prim.convertElementType(operand(fillValue, name), x.dtype, true);
  return prim.select(prim.lt(positions, int32(x.size)), pick(x, positions), filling);
};

/**
 * The different elements of `x` that are not in `y`, in increasing order.
 *
 * @example
 * np.setdiff1d(np.array([1, 2]), np.array([2, 3])); // [1]
 */
export const setdiff1d = (x: ArrayLike, y: ArrayLike, options: SetOptions1d = {}): NDArray => {
  const [a, b] = promote("setdiff1d", [x, y]).map(ravel) as [NDArray, NDArray];
  const [sorted] = prim.sort([a], 0) as [NDArray];
  return filtered("setdiff1d", sorted, prim.and(isNew(sorted), prim.not(contains(b, sorted))), options);
};

/**
 * The different elements that `x` and `y` have in common, in increasing order.
 *
 * @example
 * np.intersect1d(np.array([1, 2]), np.array([2, 3])); // [2]
 */
export const intersect1d = (x: ArrayLike, y: ArrayLike, options: SetOptions1d = {}): NDArray => {
  const [a, b] = promote("intersect1d", [x, y]).map(ravel) as [NDArray, NDArray];
  const [sorted] = prim.sort([a], 0) as [NDArray];
  return filtered("intersect1d", sorted, prim.and(isNew(sorted), contains(b, sorted)), options);
};

/**
 * The elements that are in one of `x` and `y` only, in increasing order.
 *
 * @example
 * np.setxor1d(np.array([1, 2]), np.array([2, 3])); // [1, 3]
 */
export const setxor1d = (x: ArrayLike, y: ArrayLike, options: SetOptions1d = {}): NDArray => {
  const [a, b] = promote("setxor1d", [x, y]).map(ravel) as [NDArray, NDArray];
  const [sorted] = prim.sort([prim.concatenate([a, b], 0)], 0) as [NDArray];
  const isOnlyInOne = prim.xor(contains(a, sorted), contains(b, sorted));
  return filtered("setxor1d", sorted, prim.and(isNew(sorted), isOnlyInOne), options);
};
