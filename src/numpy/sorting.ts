import { type ArrayLike, isFloat, type NDArray, normalizeAxis, scalarArray } from "../array/index.ts";
import { ArgumentError, describeAval, inNameOf, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { takeAxis } from "./indexing/take.ts";
import { operand, promote } from "./operands.ts";
import { alongAxis } from "./reducing.ts";
import { ravel } from "./shaping.ts";

/** Options of `sort` and `argsort`. */
export interface SortOptions {
  /** From the greatest to the least; equal elements keep their order in `argsort`. */
  readonly descending?: boolean;
  /** Sorting is always stable. */
  readonly stable?: boolean;
}

/**
 * The elements in increasing order along `axis` (default: the last; `null`: flattened). NaN comes last.
 *
 * @example
 * np.sort(np.array([3, 1, 2])); // [1, 2, 3]
 */
export const sort = (
  x: ArrayLike,
  axis: number | null = -1,
  { descending = false }: SortOptions = {},
): NDArray => {
  const [array, along] = alongAxis("sort", x, axis);
  const sorted = prim.sort([array], along)[0] as NDArray;
  return descending ? prim.rev(sorted, [along]) : sorted;
};

/**
 * The positions that put the elements in increasing order along `axis` (default: the last; `null`: flattened).
 *
 * @example
 * np.argsort(np.array([3, 1, 2])); // [1, 2, 0]
 */
export const argsort = (
  x: ArrayLike,
  axis: number | null = -1,
  { descending = false }: SortOptions = {},
): NDArray => {
  const [array, along] = alongAxis("argsort", x, axis);
  const positions = prim.iota(array.shape, "int32", along);
  if (!descending) return prim.sort([array, positions], along)[1] as NDArray;
  // Backwards twice, so that equal elements keep their order.
  const reversed = [array, positions].map((z) => prim.rev(z, [along]));
  return prim.rev(prim.sort(reversed, along)[1] as NDArray, [along]);
};

/**
 * The positions that put several keys in order: by the last key, where it is equal by the one before, and so on.
 *
 * @example
 * np.lexsort([np.array([2, 1, 0]), np.array([0, 0, -1])]); // [2, 1, 0]
 */
export const lexsort = (keys: readonly ArrayLike[] | NDArray, axis = -1): NDArray => {
  const list = [...keys].map((key) => operand(key, "lexsort")).reverse();
  const [first] = list;
  if (first === undefined) throw new ArgumentError("lexsort: needs at least one key.");
  const along = normalizeAxis(axis, first.ndim, "lexsort");
  const positions = prim.iota(first.shape, "int32", along);
  return inNameOf("lexsort", () => prim.sort([...list, positions], along, list.length)).at(-1) as NDArray;
};

/** Whether `x` stands before `y` in sorted order, where NaN is last. */
const isBefore = (x: NDArray, y: NDArray): NDArray => {
  const less = prim.lt(x, y);
  if (!isFloat(x.dtype)) return less;
  return prim.or(less, prim.and(prim.ne(y, y), prim.eq(x, x)));
};

/**
 * Where elements of `v` would be put into the sorted vector `a` to keep its order: before equal elements, or with
 * `side: "right"` after them. NaN counts as greater than all numbers.
 *
 * @example
 * np.searchsorted(np.array([1, 3, 5]), np.array([3, 4])); // [1, 2]
 */
export const searchsorted = (
  a: ArrayLike,
  v: ArrayLike,
  { side = "left" }: { readonly side?: "left" | "right" } = {},
): NDArray => {
  const [sorted, values] = promote("searchsorted", [a, v]) as [NDArray, NDArray];
  if (sorted.ndim !== 1) {
    throw new ShapeError(`searchsorted: the sorted array must be a vector; got ${describeAval(sorted)}.`);
  }
  const n = sorted.size;
  const flat = ravel(values);
  const int = (value: number): NDArray => scalarArray(value, "int32");
  let low = prim.broadcastInDim(int(0), flat.shape, []);
  let high = prim.broadcastInDim(int(n), flat.shape, []);
  // Each step halves the range in which the place lies.
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    const middle = prim.shiftRightArithmetic(prim.add(low, high), int(1));
    const element = takeAxis("searchsorted", sorted, middle, 0, { mode: "clip" });
    const goesAfter = side === "left" ? isBefore(element, flat) : prim.not(isBefore(flat, element));
    const open = prim.lt(low, high);
    low = prim.select(prim.and(open, goesAfter), prim.add(middle, int(1)), low);
    high = prim.select(prim.and(open, prim.not(goesAfter)), middle, high);
  }
  return prim.reshape(low, values.shape);
};

const checkPlace = (name: string, kth: number, n: number): void => {
  if (!Number.isInteger(kth) || kth < -n || kth >= n) {
    throw new RangeError(`${name}: position ${kth} is out of range for an axis of length ${n}.`);
  }
};

/**
 * The elements along `axis`, the one at `kth` where sorting would put it, none before it greater and none behind it
 * less. They are sorted altogether here.
 *
 * @example
 * np.partition(np.array([3, 1, 2]), 1); // [1, 2, 3]
 */
export const partition = (x: ArrayLike, kth: number, axis = -1): NDArray => {
  const array = operand(x, "partition");
  checkPlace("partition", kth, array.shape[normalizeAxis(axis, array.ndim, "partition")] as number);
  return sort(array, axis);
};

/**
 * The positions of the elements as `partition` puts them.
 *
 * @example
 * np.argpartition(np.array([3, 1, 2]), 1); // [1, 2, 0]
 */
export const argpartition = (x: ArrayLike, kth: number, axis = -1): NDArray => {
  const array = operand(x, "argpartition");
  checkPlace("argpartition", kth, array.shape[normalizeAxis(axis, array.ndim, "argpartition")] as number);
  return argsort(array, axis);
};
