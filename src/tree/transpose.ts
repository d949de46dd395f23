import { unflatten } from "./flatten.ts";
import { flattenUpTo } from "./prefix.ts";
import type { TreeDef } from "./treedef.ts";
import type { Leaf, MapLeaves } from "./types.ts";

/**
 * A tree of trees turned inside out: `tree` has structure `outer` and at each of its leaves a subtree of structure
 * `inner`; the result has structure `inner` and at each of its leaves a subtree of structure `outer`.
 *
 * Throws a TypeError that names the place where `tree` has another structure.
 *
 * @example
 * transpose(structure([0, 0]), structure({ a: 0 }), [{ a: 1 }, { a: 2 }]); // { a: [1, 2] }
 */
export const transpose = <O, I, T>(
  outer: TreeDef<O>,
  inner: TreeDef<I>,
  tree: T,
): MapLeaves<I, MapLeaves<O, Leaf<T>>> => {
  const rows = flattenUpTo(outer, tree).map((subtree) => flattenUpTo(inner, subtree) as Leaf<T>[]);
  const columns = Array.from({ length: inner.numLeaves }, (_, i) =>
    unflatten<O, Leaf<T>>(
      outer,
      rows.map((row) => row[i] as Leaf<T>),
    ),
  );
  return unflatten<I, MapLeaves<O, Leaf<T>>>(inner, columns);
};
