import { type FlattenOptions, flatten, leafPaths, unflatten } from "./flatten.ts";
import { checkPrefix } from "./mismatch.ts";
import type { Path } from "./paths.ts";
import { matchUpTo } from "./prefix.ts";
import type { TreeDef } from "./treedef.ts";
import type { Leaf, LeavesUpTo, MapLeaves, PyTree } from "./types.ts";

/** The types of what stands in the trees `R` at the leaves of a tree of type `T`. */
export type RestLeaves<T, R extends readonly unknown[]> = { [K in keyof R]: LeavesUpTo<T, R[K]> };

/**
 * A tree like `tree` whose leaves are `f` of its leaves. With `rest`, `f` also receives what stands at the same place
 * in each of the other trees, which must have the structure of the first or begin with it (a leaf of the first may be
 * a whole subtree of another).
 *
 * Throws a TypeError that names the first place where a tree of `rest` differs, and shows both structures.
 *
 * @example
 * map((p, g) => p.sub(g.mul(0.1)), params, grads); // one step of gradient descent
 */
export const map = <T, B, R extends readonly unknown[]>(
  f: (leaf: Leaf<T>, ...rest: RestLeaves<T, R>) => B,
  tree: T,
  ...rest: R
): MapLeaves<T, B> => {
  const [leaves, treedef] = flatten(tree);
  return unflatten(treedef, applyToLeaves(f as Callback<B>, leaves, treedef, rest, "map"));
};

/**
 * `map` with options first: `isLeaf` makes whole subtrees into leaves. The types of such leaves are the caller's to
 * know: annotate the parameters of `f`.
 *
 * @example
 * mapWithOptions({ isLeaf: (n) => n === null }, (x: number | null) => x ?? 0, [1, null]); // [1, 0]
 */
export const mapWithOptions = <L, B>(
  options: FlattenOptions,
  f: (leaf: L, ...rest: L[]) => B,
  tree: unknown,
  ...rest: readonly unknown[]
): PyTree<B> => {
  const [leaves, treedef] = flatten(tree, options);
  return unflatten(
    treedef,
    applyToLeaves(f as Callback<B>, leaves, treedef, rest, "mapWithOptions"),
  ) as PyTree<B>;
};

/**
 * `map` whose function also receives, first, the path of the leaf; `formatPath` makes it readable.
 *
 * @example
 * mapWithPath((path, x) => `${formatPath(path)} has shape ${x.shape}`, params);
 */
export const mapWithPath = <T, B, R extends readonly unknown[]>(
  f: (path: Path, leaf: Leaf<T>, ...rest: RestLeaves<T, R>) => B,
  tree: T,
  ...rest: R
): MapLeaves<T, B> => {
  const [leaves, treedef] = flatten(tree);
  const paths = leafPaths(treedef);
  const g = f as (path: Path, ...values: unknown[]) => B;
  let next = 0;
  const results = applyToLeaves(
    (...values) => g(paths[next++] as Path, ...values),
    leaves,
    treedef,
    rest,
    "mapWithPath",
  );
  return unflatten(treedef, results);
};

type Callback<B> = (...values: unknown[]) => B;

/** `f` of every leaf and of what stands in its place in each tree of `rest`, in the order of the leaves. */
const applyToLeaves = <B>(
  f: Callback<B>,
  leaves: readonly unknown[],
  treedef: TreeDef,
  rest: readonly unknown[],
  where: string,
): B[] => {
  if (rest.length === 0) return leaves.map((leaf) => f(leaf));
  const columns = rest.map((tree, i) => {
    const subtrees: unknown[] = [];
    if (!matchUpTo(treedef, tree, subtrees)) {
      checkPrefix(treedef, flatten(tree)[1], { where, names: ["the first tree", `tree ${i + 2}`] });
    }
    return subtrees;
  });
  return leaves.map((leaf, i) => f(leaf, ...columns.map((column) => column[i])));
};
