import { ArgumentError } from "../core/index.ts";
import { broadcastPrefix, checkPrefix, flatten, type PyTree, unflatten } from "../tree/index.ts";

/** Which parameters: a tree of booleans like the parameters or the upper part of it, such as `{ w: true, b: false }`. */
export type Mask = PyTree<boolean>;

/** A mask, or a function that makes one of the parameters (or of gradients, whose tree is the same). */
export type MaskOrFunction = Mask | ((params: unknown) => Mask);

/** The entry of `prefix` that stands for each leaf of `tree`. */
export const leavesOfPrefix = (where: string, name: string, prefix: unknown, tree: unknown): unknown[] => {
  checkPrefix(flatten(prefix)[1], flatten(tree)[1], { where, names: [name, "params"] });
  return broadcastPrefix(prefix, tree);
};

/** The flag of each leaf of `tree`. */
export const maskFlags = (where: string, mask: MaskOrFunction, tree: unknown): boolean[] => {
  const flags = leavesOfPrefix(where, "mask", typeof mask === "function" ? mask(tree) : mask, tree);
  const wrong = flags.find((flag) => typeof flag !== "boolean");
  if (wrong !== undefined) {
    throw new ArgumentError(`${where}: a mask holds booleans; got ${String(wrong)}.`);
  }
  return flags as boolean[];
};

/** A tree without the leaves whose flag is false: null, which is a tree without leaves, stands in their place. */
export const keepLeaves = (tree: unknown, flags: readonly boolean[]): unknown => {
  const [leaves, treedef] = flatten(tree);
  return unflatten(
    treedef,
    leaves.map((leaf, i) => (flags[i] ? leaf : null)),
  );
};

/** `tree` with the leaves of `kept`, which `keepLeaves` made of a tree like it, in the places whose flag is true. */
export const replaceLeaves = <P>(tree: P, kept: unknown, flags: readonly boolean[]): P => {
  const [leaves, treedef] = flatten(tree);
  const replacements = flatten(kept)[0];
  let next = 0;
  const merged = leaves.map((leaf, i) => (flags[i] ? replacements[next++] : leaf));
  return unflatten(treedef, merged) as P;
};
