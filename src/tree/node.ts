import { NDArray } from "../array/ndarray.ts";
import { nodeTypeOf } from "./registry.ts";

/** What may stand at one place of a tree. A `record` is a plain object, a `bare` one has no prototype. */
export type NodeKind = "leaf" | "null" | "undefined" | "array" | "record" | "bare" | "custom";

/** What `node` is to a tree. This is the one place that says what is a leaf. */
export const kindOf = (node: unknown): NodeKind => {
  if (node === null) return "null";
  if (node === undefined) return "undefined";
  if (typeof node !== "object" || node instanceof NDArray) return "leaf";
  const prototype: unknown = Object.getPrototypeOf(node);
  if (prototype === Object.prototype) return "record";
  if (prototype === Array.prototype) return Array.isArray(node) ? "array" : "leaf";
  if (prototype === null) return "bare";
  return nodeTypeOf(node) === undefined ? "leaf" : "custom";
};

/** The own enumerable string keys of `node` in the order of their UTF-16 code units. */
export const sortedKeys = (node: object): string[] => {
  const keys = Object.keys(node);
  for (let i = 1; i < keys.length; i++) {
    if ((keys[i - 1] as string) > (keys[i] as string)) return keys.sort();
  }
  return keys;
};

/** The children of a node with their names, one level down; none if it is a leaf. */
export const childrenOf = (node: unknown): readonly (readonly [string | number, unknown])[] => {
  switch (kindOf(node)) {
    case "array":
      return [...(node as readonly unknown[]).entries()];
    case "record":
    case "bare":
      return sortedKeys(node as object).map((key) => [key, (node as Record<string, unknown>)[key]]);
    case "custom": {
      const type = nodeTypeOf(node as object);
      const [children, aux] = type?.flatten(node) ?? [[], undefined];
      const names = type?.keys(aux);
      return children.map((child, i) => [names?.[i] ?? i, child]);
    }
    default:
      return [];
  }
};
