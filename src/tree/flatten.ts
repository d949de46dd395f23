import { explainDepth, MAX_DEPTH, TooDeep } from "./depth.ts";
import { kindOf, sortedKeys } from "./node.ts";
import type { Path } from "./paths.ts";
import { nodeTypeOf, type PytreeNodeType } from "./registry.ts";
import { abbreviate, flatArray, LEAF, NULL, TreeDef, UNDEFINED } from "./treedef.ts";
import type { Leaf, MapLeaves } from "./types.ts";

/** Options of the functions that take a tree apart. */
export interface FlattenOptions {
  /** Asked at every node, before its children: whether to treat it as a leaf. */
  readonly isLeaf?: ((node: unknown) => boolean) | undefined;
}

/**
 * The leaves of `tree`, in order, and its structure. Plain objects (keys sorted), arrays and classes given to
 * `registerPytreeNode` are nodes; `null` and `undefined` have no leaves; everything else is a leaf, `NDArray`s above
 * all. Only own enumerable properties with string keys count.
 *
 * Throws a TypeError if the tree contains itself and a RangeError if it is more than 1000 levels deep.
 *
 * @example
 * const [leaves, treedef] = flatten({ w: 1, b: [2, null] });
 * // leaves: [2, 1]; treedef: {b: [*, null], w: *}
 */
export const flatten = <T>(tree: T, options?: FlattenOptions): [leaves: Leaf<T>[], treedef: TreeDef<T>] => {
  const leaves: unknown[] = [];
  const isLeaf = options?.isLeaf;
  try {
    const treedef = collect(tree, leaves, isLeaf, 0);
    return [leaves as Leaf<T>[], treedef as TreeDef<T>];
  } catch (error) {
    throw error instanceof TooDeep ? explainDepth(tree, isLeaf) : error;
  }
};

/**
 * The leaves of `tree` and where each stands; `formatPath` makes a path readable.
 *
 * @example
 * tree.flattenWithPath({ a: [1, 2] })[0]; // [[["a", 0], 1], [["a", 1], 2]]
 */
export const flattenWithPath = <T>(
  tree: T,
  options?: FlattenOptions,
): [leaves: [path: Path, leaf: Leaf<T>][], treedef: TreeDef<T>] => {
  const [leaves, treedef] = flatten(tree, options);
  const paths = leafPaths(treedef);
  return [leaves.map((leaf, i) => [paths[i] as Path, leaf]), treedef];
};

/**
 * Where the leaves of a structure stand, in the order of the leaves.
 *
 * @example
 * tree.leafPaths(tree.structure({ a: [1, 2] })); // [["a", 0], ["a", 1]]
 */
export const leafPaths = (treedef: TreeDef): Path[] => {
  const paths: Path[] = [];
  const walk = (def: TreeDef, path: Path): void => {
    if (def.kind === "leaf") paths.push(path);
    else def.children.forEach((child, i) => void walk(child, [...path, def.childName(i)]));
  };
  walk(treedef, []);
  return paths;
};

type IsLeaf = FlattenOptions["isLeaf"];

/** Append the leaves of `node` to `leaves` and return its structure. */
const collect = (node: unknown, leaves: unknown[], isLeaf: IsLeaf, depth: number): TreeDef => {
  const kind = isLeaf?.(node) ? "leaf" : kindOf(node);
  if (depth > MAX_DEPTH) throw new TooDeep();
  switch (kind) {
    case "leaf":
      leaves.push(node);
      return LEAF;
    case "null":
      return NULL;
    case "undefined":
      return UNDEFINED;
    case "array":
      return collectArray(node as readonly unknown[], leaves, isLeaf, depth);
    case "record":
    case "bare": {
      const keys = sortedKeys(node as object);
      const children = new Array<TreeDef>(keys.length);
      for (let i = 0; i < keys.length; i++) {
        children[i] = collect(
          (node as Record<string, unknown>)[keys[i] as string],
          leaves,
          isLeaf,
          depth + 1,
        );
      }
      return new TreeDef(kind, children, keys);
    }
    case "custom": {
      const type = nodeTypeOf(node as object) as PytreeNodeType;
      const [parts, aux] = type.flatten(node);
      const children = parts.map((part) => collect(part, leaves, isLeaf, depth + 1));
      return new TreeDef(kind, children, undefined, { type, aux });
    }
  }
};

/** An array of nothing but leaves, which is the usual case, needs no new structure. */
const collectArray = (
  node: readonly unknown[],
  leaves: unknown[],
  isLeaf: IsLeaf,
  depth: number,
): TreeDef => {
  const count = node.length;
  let children: TreeDef[] | undefined;
  for (let i = 0; i < count; i++) {
    const child = collect(node[i], leaves, isLeaf, depth + 1);
    if (children === undefined) {
      if (child === LEAF) continue;
      children = new Array<TreeDef>(count).fill(LEAF, 0, i);
    }
    children[i] = child;
  }
  return children === undefined ? flatArray(count) : new TreeDef("array", children);
};

/**
 * The tree with structure `treedef` and these leaves, in the order that `flatten` gives.
 *
 * Throws a TypeError if there are more or fewer leaves than the structure has places.
 *
 * @example
 * unflatten(structure({ w: 0, b: 0 }), [1, 2]); // { b: 1, w: 2 }
 */
export function unflatten<T>(treedef: TreeDef<T>, leaves: readonly Leaf<T>[]): T;
export function unflatten<T, B>(treedef: TreeDef<T>, leaves: readonly B[]): MapLeaves<T, B>;
export function unflatten(treedef: TreeDef, leaves: readonly unknown[]): unknown {
  if (leaves.length !== treedef.numLeaves) {
    throw new TypeError(
      `unflatten: got ${leaves.length} leaves for a structure with ${treedef.numLeaves}: ${abbreviate(treedef)}.`,
    );
  }
  return build(treedef, leaves, 0);
}

/** The subtree with structure `def` whose first leaf is `leaves[at]`. */
const build = (def: TreeDef, leaves: readonly unknown[], at: number): unknown => {
  const { children, keys } = def;
  switch (def.kind) {
    case "leaf":
      return leaves[at];
    case "null":
      return null;
    case "undefined":
      return undefined;
    case "record":
    case "bare": {
      const node: Record<string, unknown> = def.kind === "bare" ? Object.create(null) : {};
      let next = at;
      for (let i = 0; i < children.length; i++) {
        const child = children[i] as TreeDef;
        setOwn(node, keys[i] as string, build(child, leaves, next));
        next += child.numLeaves;
      }
      return node;
    }
    case "array":
    case "custom": {
      const parts = new Array<unknown>(children.length);
      let next = at;
      for (let i = 0; i < children.length; i++) {
        const child = children[i] as TreeDef;
        parts[i] = build(child, leaves, next);
        next += child.numLeaves;
      }
      return def.custom === undefined ? parts : def.custom.type.unflatten(def.custom.aux, parts);
    }
  }
};

/** Give a fresh object an own property. Keys that its prototype knows, such as `__proto__`, must not be assigned. */
const setOwn = (node: Record<string, unknown>, key: string, value: unknown): void => {
  if (key in node)
    Object.defineProperty(node, key, { value, writable: true, enumerable: true, configurable: true });
  else node[key] = value;
};
