import { type FlattenOptions, flatten } from "./flatten.ts";
import { checkPrefix } from "./mismatch.ts";
import { kindOf } from "./node.ts";
import { nodeTypeOf } from "./registry.ts";
import { sameCustom, type TreeDef } from "./treedef.ts";

/**
 * The subtrees of `tree` that stand where `treedef` has leaves.
 *
 * Throws a TypeError that names the first place where `tree` doesn't begin with the structure `treedef`.
 *
 * @example
 * flattenUpTo(structure({ a: 0, b: 0 }), { a: [1, 2], b: 3 }); // [[1, 2], 3]
 */
export const flattenUpTo = (treedef: TreeDef, tree: unknown): unknown[] => {
  const subtrees: unknown[] = [];
  if (!matchUpTo(treedef, tree, subtrees)) {
    checkPrefix(treedef, flatten(tree)[1], { where: "flattenUpTo", names: ["the structure", "the tree"] });
  }
  return subtrees;
};

/**
 * The leaves of `tree` if its structure is exactly `treedef`, and `undefined` otherwise. It makes no structure of its
 * own, which is quicker than `flatten` for those who have seen a tree like this before.
 *
 * @example
 * tree.flattenLike(tree.structure({ a: 0, b: 0 }), { a: 1, b: 2 }); // [1, 2]
 */
export const flattenLike = (treedef: TreeDef, tree: unknown): unknown[] | undefined => {
  const leaves: unknown[] = [];
  return matchUpTo(treedef, tree, leaves) && leaves.every((leaf) => kindOf(leaf) === "leaf")
    ? leaves
    : undefined;
};

/**
 * The leaves of `prefix`, each as often as the subtree of `full` that stands in its place has leaves: one entry a leaf
 * of `full`. This is how options such as `inAxes` are given for whole subtrees.
 *
 * Throws a TypeError that names the first place where `full` doesn't begin with the structure of `prefix`.
 *
 * @example
 * broadcastPrefix([0, null], [{ w: x, b: y }, z], { isLeaf: (n) => n === null }); // [0, 0, null]
 */
export const broadcastPrefix = (prefix: unknown, full: unknown, options?: FlattenOptions): unknown[] => {
  const [leaves, treedef] = flatten(prefix, options);
  const subtrees: unknown[] = [];
  if (!matchUpTo(treedef, full, subtrees)) {
    checkPrefix(treedef, flatten(full)[1], {
      where: "broadcastPrefix",
      names: ["the prefix", "the full tree"],
    });
  }
  return subtrees.flatMap((subtree, i) => {
    const count = flatten(subtree)[1].numLeaves;
    return new Array<unknown>(count).fill(leaves[i]);
  });
};

/** Append to `subtrees` what stands in `node` where `def` has leaves, or return false if the two don't match. */
export const matchUpTo = (def: TreeDef, node: unknown, subtrees: unknown[]): boolean => {
  if (def.kind === "leaf") {
    subtrees.push(node);
    return true;
  }
  return kindOf(node) === def.kind && matchChildren(def, node as object, subtrees);
};

/** `matchUpTo` below two nodes of one kind. */
const matchChildren = (def: TreeDef, node: object, subtrees: unknown[]): boolean => {
  const { children, keys } = def;
  switch (def.kind) {
    case "array":
      return matchParts(children, node as readonly unknown[], subtrees);
    case "record":
    case "bare":
      if (Object.keys(node).length !== keys.length) return false;
      for (let i = 0; i < keys.length; i++) {
        const key = keys[i] as string;
        if (!Object.prototype.propertyIsEnumerable.call(node, key)) return false;
        if (!matchUpTo(children[i] as TreeDef, (node as Record<string, unknown>)[key], subtrees))
          return false;
      }
      return true;
    case "custom": {
      const type = nodeTypeOf(node);
      if (type === undefined || type !== def.custom?.type) return false;
      const [parts, aux] = type.flatten(node);
      return sameCustom(def.custom, { type, aux }) && matchParts(children, parts, subtrees);
    }
    default:
      return true;
  }
};

const matchParts = (defs: readonly TreeDef[], parts: readonly unknown[], subtrees: unknown[]): boolean => {
  if (parts.length !== defs.length) return false;
  for (let i = 0; i < defs.length; i++) {
    if (!matchUpTo(defs[i] as TreeDef, parts[i], subtrees)) return false;
  }
  return true;
};
