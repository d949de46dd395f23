import { type ArrayLike, type NDArray, normalizeAxis } from "../array/index.ts";
import { inNameOf } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { operand } from "./operands.ts";

/** Options of `sort`. */
export interface LaxSortOptions {
  /** How many operands, from the first, decide the order. */
  readonly numKeys?: number;
}

/**
 * The elements in increasing order along an axis; several operands are put in the order of the first ones.
 *
 * @example
 * lax.sort(np.array([3, 1, 2])); // [1, 2, 3]
 */
export function sort(x: ArrayLike, dimension?: number, options?: LaxSortOptions): NDArray;
export function sort(
  xs: readonly ArrayLike[],
  dimension?: number,
  options?: LaxSortOptions,
): readonly NDArray[];
export function sort(
  x: ArrayLike | readonly ArrayLike[],
  dimension = -1,
  { numKeys = 1 }: LaxSortOptions = {},
): NDArray | readonly NDArray[] {
  const isList = Array.isArray(x);
  const list = (isList ? (x as readonly ArrayLike[]) : [x as ArrayLike]).map((y) => operand(y, "sort"));
  const rank = list[0]?.ndim ?? 0;
  const sorted = prim.sort(list, rank === 0 ? dimension : normalizeAxis(dimension, rank, "sort"), numKeys);
  return isList ? sorted : (sorted[0] as NDArray);
}

/**
 * Keys in increasing order along an axis, and the values that go with them.
 *
 * @example
 * lax.sortKeyVal(np.array([3, 1, 2]), np.array([30, 10, 20])); // [[1, 2, 3], [10, 20, 30]]
 */
export const sortKeyVal = (
  keys: ArrayLike,
  values: ArrayLike,
  dimension = -1,
): readonly [NDArray, NDArray] => {
  const [k, v] = inNameOf("sortKeyVal", () => sort([keys, values], dimension));
  return [k as NDArray, v as NDArray];
};

/**
 * The `k` greatest elements along an axis (default: the last), greatest first, and their positions.
 *
 * @example
 * lax.topK(np.array([3, 1, 2]), 2); // [[3, 2], [0, 2]]
 */
export const topK = (
  x: ArrayLike,
  k: number,
  axis: number | { readonly axis?: number } = -1,
): readonly [values: NDArray, indices: NDArray] => {
  const array = operand(x, "topK");
  const along = normalizeAxis(typeof axis === "number" ? axis : (axis.axis ?? -1), array.ndim, "topK");
  const last = array.ndim - 1;
  if (along === last) return prim.topK(array, k);
  const [values, indices] = prim.topK(prim.moveAxis(array, along, last), k);
  return [prim.moveAxis(values, last, along), prim.moveAxis(indices, last, along)];
};
