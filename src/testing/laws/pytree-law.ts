import { type Arbitrary, assert as check, property } from "fast-check";
import { isArrayLike } from "../../array/index.ts";
import { jit } from "../../transforms/jit.ts";
import {
  flatten,
  flattenWithPath,
  formatPath,
  leafPaths,
  map,
  structure,
  unflatten,
} from "../../tree/index.ts";
import { findMismatch } from "../closeness.ts";
import { runOptions } from "./derivative-laws.ts";
import { type LawOptions, LawViolation } from "./law.ts";

const demand = (holds: boolean, what: string): void => {
  if (!holds) throw new LawViolation(what);
};

/**
 * What is true of trees, classes registered with `registerPytreeNode` among them: taking apart and putting together are
 * inverse to each other, `map` keeps the structure, the identity and composition, paths are different and one for each
 * leaf, and trees of arrays go through `jit` as they are.
 *
 * @throws Error with the smallest tree that fails, and what fails there.
 * @example
 * test("my class", () => laws.pytree(fc.tuple(arrays(), arrays()).map(([a, b]) => new Pair(a, b))));
 */
export const pytree = <T>(trees: Arbitrary<T>, options: LawOptions = {}): void => {
  const law = property(trees, (tree) => {
    const [leaves, treedef] = flatten(tree);
    const rebuilt = unflatten(treedef, leaves);
    const [again, sameDef] = flatten(rebuilt);
    demand(
      sameDef.equals(treedef),
      `unflatten(flatten(tree)) has the structure ${sameDef}, the tree ${treedef}`,
    );
    demand(
      again.length === leaves.length && again.every((leaf, i) => Object.is(leaf, leaves[i])),
      "unflatten(flatten(tree)) has other leaves than the tree",
    );
    demand(
      Object.getPrototypeOf(rebuilt ?? 0) === Object.getPrototypeOf(tree ?? 0),
      "unflatten(flatten(tree)) is of another class than the tree",
    );
    const wrap = (x: unknown): unknown => new Marked(x);
    const mapped = map(wrap, tree) as unknown;
    demand(structure(mapped).equals(treedef), "map changes the structure");
    demand(
      (flatten(mapped)[0] as Marked[]).every((leaf, i) => Object.is(leaf.value, leaves[i])),
      "map visits other leaves, or in another order",
    );
    const twice = map((x: unknown) => wrap(wrap(x)), tree) as unknown;
    const composed = map(wrap, mapped) as unknown;
    const innermost = (x: unknown): unknown => (x instanceof Marked ? innermost(x.value) : x);
    demand(
      flatten(twice)[0].every((leaf, i) => Object.is(innermost(leaf), innermost(flatten(composed)[0][i]))),
      "map of a composition is not the composition of maps",
    );
    const paths = leafPaths(treedef).map((path) => formatPath(path));
    demand(new Set(paths).size === leaves.length, `paths are not one for each leaf: ${paths.join(", ")}`);
    demand(
      flattenWithPath(tree)[0].every(([, leaf], i) => Object.is(leaf, leaves[i])),
      "flattenWithPath gives other leaves than flatten",
    );
    if (!leaves.every(isArrayLike)) return;
    const returned: unknown = jit((x: unknown) => x)(tree as never);
    demand(structure(returned).equals(treedef), "jit of the identity changes the structure");
    const mismatch = findMismatch(returned, tree, { rtol: 0, atol: 0 });
    demand(mismatch === undefined, `jit of the identity: ${mismatch}`);
  });
  check(law, runOptions(options));
};

/** Keeps what it holds from being taken for a part of the tree. */
class Marked {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}
