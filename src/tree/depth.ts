import { childrenOf } from "./node.ts";
import { formatPath } from "./paths.ts";

/** Deeper trees than this are refused: no real one is, and a tree that contains itself always is. */
export const MAX_DEPTH = 1000;

/** Thrown on the way down a tree that seems to have no end, to be replaced by an error that knows the path. */
export class TooDeep extends Error {}

/**
 * The error for a tree that is deeper than `MAX_DEPTH`: walk down once more, this time remembering the way, to say
 * whether it contains itself and where.
 */
export const explainDepth = (tree: unknown, isLeaf: ((node: unknown) => boolean) | undefined): Error => {
  const ancestors = new Map<unknown, number>();
  const path: (string | number)[] = [];
  const show = (steps: readonly (string | number)[]): string =>
    steps.length <= 12
      ? formatPath(steps, "tree")
      : `${formatPath(steps.slice(0, 6), "tree")} … ${formatPath(steps.slice(-6))}`;
  const visit = (node: unknown): Error | undefined => {
    if (typeof node !== "object" || node === null || isLeaf?.(node)) return undefined;
    const level = ancestors.get(node);
    if (level !== undefined) {
      return new TypeError(
        `flatten: the tree contains itself: ${show(path)} is the same object as ${show(path.slice(0, level))}. ` +
          "A pytree must not have cycles; leave the reference out, or hide it in a class, which is a leaf.",
      );
    }
    if (path.length > MAX_DEPTH) {
      return new RangeError(
        `flatten: the tree is more than ${MAX_DEPTH} levels deep, at ${show(path)}. ` +
          "Keep long sequences in arrays, not in chains of nested nodes.",
      );
    }
    ancestors.set(node, path.length);
    for (const [name, child] of childrenOf(node)) {
      path.push(name);
      const error = visit(child);
      if (error !== undefined) return error;
      path.pop();
    }
    ancestors.delete(node);
    return undefined;
  };
  return visit(tree) ?? new RangeError(`flatten: the tree is more than ${MAX_DEPTH} levels deep.`);
};
