import { NDArray } from "../array/ndarray.ts";
import { type FlattenOptions, flatten } from "./flatten.ts";
import type { TreeDef } from "./treedef.ts";
import type { Leaf } from "./types.ts";

/**
 * The leaves of `tree`, in order.
 *
 * @example
 * tree.leaves({ b: 1, a: [2, null] }); // [2, 1]
 */
export const leaves = <T>(tree: T, options?: FlattenOptions): Leaf<T>[] => flatten(tree, options)[0];

/**
 * The structure of `tree`.
 *
 * @example
 * String(tree.structure({ b: 1, a: [2, null] })); // "{a: [*, null], b: *}"
 */
export const structure = <T>(tree: T, options?: FlattenOptions): TreeDef<T> => flatten(tree, options)[1];

/**
 * Combine the leaves of `tree` one after the other: `f(f(f(init, leaf0), leaf1), leaf2)`.
 *
 * @example
 * reduce((count, x) => count + x.size, params, 0); // how many parameters there are
 */
export const reduce = <T, A>(
  f: (accumulated: A, leaf: Leaf<T>) => A,
  tree: T,
  init: A,
  options?: FlattenOptions,
): A => {
  let accumulated = init;
  for (const leaf of flatten(tree, options)[0]) accumulated = f(accumulated, leaf);
  return accumulated;
};

/**
 * Whether every leaf of `tree` is true; so it is if there are none. An array counts by its one element, as
 * `np.all(x)` gives it; one of another size throws.
 *
 * @example
 * tree.all({ a: true, b: np.array(false) }); // false
 */
export const all = (tree: unknown, options?: FlattenOptions): boolean =>
  flatten(tree, options)[0].every((leaf) => Boolean(leaf instanceof NDArray ? leaf.item() : leaf));
