import type { HKT, Kind, Kind2, URIS, URIS2 } from "fp-ts/HKT.js";
import type { Applicative, Applicative1, Applicative2, Applicative2C } from "fp-ts/lib/Applicative.js";
import type { Eq } from "fp-ts/lib/Eq.js";
import type { Foldable1 } from "fp-ts/lib/Foldable.js";
import type { FunctorWithIndex1 } from "fp-ts/lib/FunctorWithIndex.js";
import type { Monoid } from "fp-ts/lib/Monoid.js";
import type { PipeableTraverse1, Traversable1 } from "fp-ts/lib/Traversable.js";
import { type FlattenOptions, flatten, leafPaths, unflatten } from "./flatten.ts";
import type { Path } from "./paths.ts";
import type { TreeDef } from "./treedef.ts";
import type { Leaf, MapLeaves, PyTree } from "./types.ts";

/**
 * A tree as fp-ts sees it: a structure with a value of type `A` at each leaf.
 *
 * A raw tree is no lawful functor. Mapping its leaves to arrays makes more structure, so that mapping twice isn't
 * mapping once with the composed function. Here the structure is held apart, and an `A` may be anything.
 */
export interface Tree<A> {
  readonly treedef: TreeDef;
  readonly leaves: readonly A[];
}

/** The name of `Tree` among fp-ts's type constructors. */
export const URI = "Tree";
export type URI = typeof URI;

declare module "fp-ts/HKT.js" {
  interface URItoKind<A> {
    readonly Tree: Tree<A>;
  }
}

/**
 * A raw tree as a `Tree` of its leaves.
 *
 * @example
 * tree.fp.toPytree(tree.fp.fromPytree({ a: 1, b: [2] })); // { a: 1, b: [2] }
 */
export const fromPytree = <T>(tree: T, options?: FlattenOptions): Tree<Leaf<T>> => {
  const [leaves, treedef] = flatten(tree, options);
  return { treedef, leaves };
};

/**
 * The raw tree that `tree` stands for.
 *
 * @example
 * tree.fp.toPytree(tree.fp.fromPytree({ a: 1, b: [2] })); // { a: 1, b: [2] }
 */
export const toPytree = <A>(tree: Tree<A>): PyTree<A> => unflatten(tree.treedef, tree.leaves) as PyTree<A>;

/**
 * The same structure with `f` of each leaf.
 *
 * @example
 * tree.fp.toPytree(tree.fp.map((x: number) => x + 1)(tree.fp.fromPytree({ a: 1, b: 2 }))); // { a: 2, b: 3 }
 */
export const map =
  <A, B>(f: (a: A) => B) =>
  (fa: Tree<A>): Tree<B> => ({ treedef: fa.treedef, leaves: fa.leaves.map((a) => f(a)) });

/**
 * The same structure with `f` of each leaf and its path.
 *
 * @example
 * const deep = tree.fp.mapWithIndex((path, x: number) => path.length + x);
 * tree.fp.toPytree(deep(tree.fp.fromPytree({ a: 1, b: [2] }))); // { a: 2, b: [4] }
 */
export const mapWithIndex =
  <A, B>(f: (path: Path, a: A) => B) =>
  (fa: Tree<A>): Tree<B> => {
    const paths = leafPaths(fa.treedef);
    return { treedef: fa.treedef, leaves: fa.leaves.map((a, i) => f(paths[i] as Path, a)) };
  };

/**
 * Combine the leaves from the first to the last.
 *
 * @example
 * tree.fp.reduce(0, (sum: number, x: number) => sum + x)(tree.fp.fromPytree({ a: 1, b: 2 })); // 3
 */
export const reduce =
  <A, B>(b: B, f: (b: B, a: A) => B) =>
  (fa: Tree<A>): B =>
    fa.leaves.reduce((result, a) => f(result, a), b);

/**
 * Combine the leaves from the last to the first.
 *
 * @example
 * tree.fp.reduceRight(0, (x: number, rest: number) => x - rest)(tree.fp.fromPytree({ a: 1, b: 2 })); // -1
 */
export const reduceRight =
  <A, B>(b: B, f: (a: A, b: B) => B) =>
  (fa: Tree<A>): B =>
    fa.leaves.reduceRight((result, a) => f(a, result), b);

/**
 * The sum, in a monoid, of `f` of the leaves.
 *
 * @example
 * const sum = { empty: 0, concat: (x: number, y: number) => x + y };
 * tree.fp.foldMap(sum)((x: number) => x * x)(tree.fp.fromPytree({ a: 1, b: 2 })); // 5
 */
export const foldMap =
  <M>(M: Monoid<M>) =>
  <A>(f: (a: A) => M) =>
  (fa: Tree<A>): M =>
    fa.leaves.reduce((sum, a) => M.concat(sum, f(a)), M.empty);

/** As the `traverse` of fp-ts's `ReadonlyArray`, which takes longer to import than all of cotangent. */
const traverseLeaves = <F, A, B>(
  F: Applicative<F>,
  leaves: readonly A[],
  f: (a: A) => HKT<F, B>,
): HKT<F, readonly B[]> =>
  leaves.reduce(
    (gathered: HKT<F, readonly B[]>, a) =>
      F.ap(
        F.map(gathered, (bs) => (b: B) => [...bs, b]),
        f(a),
      ),
    F.of([]),
  );

/**
 * `f` of each leaf, from the first to the last, with the effects of an applicative functor gathered around the whole
 * tree: a tree of `Option`s becomes an `Option` of a tree.
 *
 * @example
 * const positive = (x: number) => (x > 0 ? right(x) : left("not positive"));
 * tree.fp.traverse(Applicative)(positive)(tree.fp.fromPytree({ a: 1, b: -2 }));
 * // { _tag: "Left", left: "not positive" }
 */
export const traverse: PipeableTraverse1<URI> =
  <F>(F: Applicative<F>) =>
  <A, B>(f: (a: A) => HKT<F, B>) =>
  (ta: Tree<A>): HKT<F, Tree<B>> =>
    F.map(traverseLeaves(F, ta.leaves, f), (leaves) => ({ treedef: ta.treedef, leaves }));

/**
 * `traverse` where the effects are at the leaves already.
 *
 * @example
 * tree.fp.sequence(Applicative)(tree.fp.map((x: number) => right<string, number>(x))(tree.fp.fromPytree({ a: 1 })))._tag;
 * // "Right"
 */
export const sequence: Traversable1<URI>["sequence"] =
  <F>(F: Applicative<F>) =>
  <A>(ta: Tree<HKT<F, A>>): HKT<F, Tree<A>> =>
    F.map(
      traverseLeaves(F, ta.leaves, (effect) => effect),
      (leaves) => ({ treedef: ta.treedef, leaves }),
    );

/**
 * `traverse` on raw trees, keeping their types: check or load every leaf, and get the whole tree or the failure.
 *
 * @example
 * traversePytree(E.Applicative)((x: NDArray) => (x.size > 0 ? E.right(x) : E.left("empty")))(params);
 */
export function traversePytree<F extends URIS2>(
  F: Applicative2<F>,
): <A, E, B>(f: (a: A) => Kind2<F, E, B>) => <T>(tree: T) => Kind2<F, E, MapLeaves<T, B>>;
export function traversePytree<F extends URIS2, E>(
  F: Applicative2C<F, E>,
): <A, B>(f: (a: A) => Kind2<F, E, B>) => <T>(tree: T) => Kind2<F, E, MapLeaves<T, B>>;
export function traversePytree<F extends URIS>(
  F: Applicative1<F>,
): <A, B>(f: (a: A) => Kind<F, B>) => <T>(tree: T) => Kind<F, MapLeaves<T, B>>;
export function traversePytree<F>(
  F: Applicative<F>,
): <A, B>(f: (a: A) => HKT<F, B>) => <T>(tree: T) => HKT<F, MapLeaves<T, B>>;
export function traversePytree<F>(F: Applicative<F>) {
  return <A, B>(f: (a: A) => HKT<F, B>) =>
    <T>(tree: T): HKT<F, MapLeaves<T, B>> => {
      const [leaves, treedef] = flatten(tree);
      return F.map(traverseLeaves(F, leaves as readonly A[], f), (results) =>
        unflatten<T, B>(treedef, results),
      );
    };
}

/**
 * Two trees are equal if their structures are and, place by place, their leaves.
 *
 * @example
 * const same = tree.fp.getEq({ equals: (x: number, y: number) => x === y });
 * same.equals(tree.fp.fromPytree({ a: 1 }), tree.fp.fromPytree({ a: 2 })); // false
 */
export const getEq = <A>(E: Eq<A>): Eq<Tree<A>> => ({
  equals: (x, y) =>
    x === y || (x.treedef.equals(y.treedef) && x.leaves.every((leaf, i) => E.equals(leaf, y.leaves[i] as A))),
});

export const Functor: FunctorWithIndex1<URI, Path> = {
  URI,
  map: (fa, f) => map(f)(fa),
  mapWithIndex: (fa, f) => mapWithIndex(f)(fa),
};

export const Foldable: Foldable1<URI> = {
  URI,
  reduce: (fa, b, f) => reduce(b, f)(fa),
  foldMap: (M) => (fa, f) => foldMap(M)(f)(fa),
  reduceRight: (fa, b, f) => reduceRight(b, f)(fa),
};

export const Traversable: Traversable1<URI> = {
  ...Functor,
  ...Foldable,
  traverse: <F>(F: Applicative<F>) => {
    const traverseF = traverse(F);
    return <A, B>(ta: Tree<A>, f: (a: A) => HKT<F, B>): HKT<F, Tree<B>> => traverseF(f)(ta);
  },
  sequence,
};
