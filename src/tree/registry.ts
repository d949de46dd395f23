import { NDArray } from "../array/ndarray.ts";

/** How a class takes part in trees; see `registerPytreeNode`. */
export interface PytreeNodeOptions<T, Aux> {
  /**
   * The children (trees of any kind) and whatever else is needed to rebuild the object. The auxiliary data is
   * part of the tree's structure, so it must never change once handed out.
   */
  readonly flatten: (node: T) => readonly [children: readonly unknown[], aux: Aux];
  /** The object rebuilt. The children may be anything (tracers, placeholders), so it must not inspect them. */
  readonly unflatten: (aux: Aux, children: readonly unknown[]) => T;
  /** Names of the children, shown in paths; their positions if absent. */
  readonly keys?: readonly string[] | ((aux: Aux) => readonly string[]);
  /**
   * A string that tells auxiliary data apart: two are the same if and only if their strings are. By default plain
   * data is compared by content, and functions and class instances by identity.
   */
  readonly auxKey?: (aux: Aux) => string;
}

/** A class that has been registered, as tree definitions hold it. */
export interface PytreeNodeType {
  /** Different for every registered class, also for classes of one name. */
  readonly id: number;
  readonly name: string;
  readonly flatten: (node: unknown) => readonly [children: readonly unknown[], aux: unknown];
  readonly unflatten: (aux: unknown, children: readonly unknown[]) => unknown;
  readonly keys: (aux: unknown) => readonly string[] | undefined;
  readonly auxKey: ((aux: unknown) => string) | undefined;
}

const types = new WeakMap<object, PytreeNodeType>();
let registered = 0;

const describe = (value: unknown): string =>
  typeof value === "function" ? value.name || "an anonymous class" : String(value);

/**
 * Make instances of `Class` nodes of trees, so that transforms and optimizers look inside them. Subclasses are not
 * included: each is registered for itself. Unregistered classes are leaves.
 *
 * Throws a TypeError if the class is registered already, is built in to trees (`Object`, `Array`) or is an array.
 *
 * @example
 * class Linear { constructor(readonly w: NDArray, readonly b: NDArray) {} }
 * registerPytreeNode(Linear, {
 *   flatten: (x) => [[x.w, x.b], null],
 *   unflatten: (_, [w, b]) => new Linear(w as NDArray, b as NDArray),
 *   keys: ["w", "b"],
 * });
 */
export const registerPytreeNode = <T extends object, Aux>(
  Class: abstract new (...args: never[]) => T,
  options: PytreeNodeOptions<T, Aux>,
): void => {
  const prototype: unknown = typeof Class === "function" ? Class.prototype : undefined;
  if (typeof prototype !== "object" || prototype === null) {
    throw new TypeError(`registerPytreeNode: expected a class; got ${describe(Class)}.`);
  }
  const name = describe(Class);
  if (prototype === Object.prototype || prototype === Array.prototype) {
    throw new TypeError(`registerPytreeNode: ${name} is a node of trees already.`);
  }
  if (prototype === NDArray.prototype || prototype instanceof NDArray) {
    throw new TypeError(`registerPytreeNode: ${name} is an array, and arrays are always leaves.`);
  }
  if (types.has(prototype)) {
    throw new TypeError(`registerPytreeNode: ${name} is registered already; register a class once.`);
  }
  const { flatten, unflatten, keys, auxKey } = options;
  types.set(prototype, {
    id: registered++,
    name: Class.name || "(anonymous)",
    flatten: (node) => {
      const parts = flatten(node as T);
      if (Array.isArray(parts) && Array.isArray(parts[0])) return parts;
      throw new TypeError(`flatten of ${name}: expected [children, aux] with an array of children.`);
    },
    unflatten: (aux, children) => unflatten(aux as Aux, children),
    keys: typeof keys === "function" ? (aux) => keys(aux as Aux) : () => keys,
    auxKey: auxKey === undefined ? undefined : (aux) => auxKey(aux as Aux),
  });
};

/** What was registered for the class of `node`, if anything was. */
export const nodeTypeOf = (node: object): PytreeNodeType | undefined => {
  const prototype: object | null = Object.getPrototypeOf(node);
  return prototype === null ? undefined : types.get(prototype);
};
