import type { NodeKind } from "./node.ts";
import { formatKey } from "./paths.ts";
import type { PytreeNodeType } from "./registry.ts";
import { stableKey } from "./stable-key.ts";

/** A registered class at one place of a structure, with its auxiliary data. */
interface CustomNode {
  readonly type: PytreeNodeType;
  readonly aux: unknown;
}

declare const treeType: unique symbol;

const NONE: readonly never[] = [];

/**
 * The structure of a tree without its leaves. Immutable; `T` is the type of the trees that have it.
 * Made by `flatten` and `structure`.
 */
export class TreeDef<T = unknown> {
  declare readonly [treeType]: T;
  readonly kind: NodeKind;
  readonly children: readonly TreeDef[];
  /** The sorted keys of a plain object, one a child. */
  readonly keys: readonly string[];
  /** The class and auxiliary data of a `custom` node. */
  readonly custom: CustomNode | undefined;
  /** How many leaves a tree of this structure has. */
  readonly numLeaves: number;
  #key: string | undefined;

  constructor(
    kind: NodeKind,
    children: readonly TreeDef[] = NONE,
    keys: readonly string[] = NONE,
    custom: CustomNode | undefined = undefined,
  ) {
    let leaves = kind === "leaf" ? 1 : 0;
    for (let i = 0; i < children.length; i++) leaves += (children[i] as TreeDef).numLeaves;
    this.kind = kind;
    this.children = children;
    this.keys = keys;
    this.custom = custom;
    this.numLeaves = leaves;
  }

  /**
   * A string that two structures share if and only if they are equal: fit to be a key of a Map. It counts on
   * identities that last as long as the program, so it's not for storing.
   */
  get key(): string {
    this.#key ??= keyOf(this);
    return this.#key;
  }

  /** Whether `other` is the same structure: the same containers, keys, classes and auxiliary data. */
  equals(other: TreeDef): boolean {
    if (this === other) return true;
    if (this.kind !== other.kind || this.numLeaves !== other.numLeaves) return false;
    const { children, keys } = this;
    if (children.length !== other.children.length) return false;
    for (let i = 0; i < keys.length; i++) if (keys[i] !== other.keys[i]) return false;
    if (!sameCustom(this.custom, other.custom)) return false;
    for (let i = 0; i < children.length; i++) {
      if (!(children[i] as TreeDef).equals(other.children[i] as TreeDef)) return false;
    }
    return true;
  }

  /** The name of child `index` in paths. */
  childName(index: number): string | number {
    if (this.kind === "custom") return this.custom?.type.keys(this.custom.aux)?.[index] ?? index;
    return this.keys[index] ?? index;
  }

  /** The structure as people read it: `{w: *, b: [*, null]}`, a leaf being `*`. */
  toString(): string {
    const parts = this.children.map((child, i) => {
      const name = this.childName(i);
      return typeof name === "string" ? `${formatKey(name)}: ${child}` : child.toString();
    });
    const body = parts.join(", ");
    switch (this.kind) {
      case "leaf":
        return "*";
      case "null":
      case "undefined":
        return this.kind;
      case "array":
        return `[${body}]`;
      case "record":
        return `{${body}}`;
      case "bare":
        return `[Object: null prototype] {${body}}`;
      case "custom":
        return `${this.custom?.type.name}(${body})`;
    }
  }
}

const auxKeyOf = ({ type, aux }: CustomNode): string =>
  type.auxKey === undefined ? stableKey(aux) : type.auxKey(aux);

/** Whether two nodes are of one class and their auxiliary data is the same. */
export const sameCustom = (a: CustomNode | undefined, b: CustomNode | undefined): boolean => {
  if (a === undefined || b === undefined) return a === b;
  return a.type === b.type && (Object.is(a.aux, b.aux) || auxKeyOf(a) === auxKeyOf(b));
};

/** One letter or pair of brackets for every kind; names are quoted, so that no name can imitate a structure. */
const keyOf = (def: TreeDef): string => {
  const { children, keys, custom } = def;
  switch (def.kind) {
    case "leaf":
      return "*";
    case "null":
      return "n";
    case "undefined":
      return "u";
    case "array":
      return `[${children.map(keyOf).join()}]`;
    case "record":
    case "bare": {
      const entries = children.map((child, i) => `${JSON.stringify(keys[i])}:${keyOf(child)}`);
      return `${def.kind === "bare" ? "~" : ""}{${entries.join()}}`;
    }
    case "custom": {
      const aux = custom === undefined ? "" : JSON.stringify(auxKeyOf(custom));
      return `<${custom?.type.id}:${aux}:${children.map(keyOf).join()}>`;
    }
  }
};

/** The structure of a tree that is a single leaf. */
export const LEAF: TreeDef = new TreeDef("leaf");
/** The structure of `null`. */
export const NULL: TreeDef = new TreeDef("null");
/** The structure of `undefined`. */
export const UNDEFINED: TreeDef = new TreeDef("undefined");

const leavesOnly = (count: number): TreeDef => new TreeDef("array", new Array<TreeDef>(count).fill(LEAF));

const SHORT: readonly TreeDef[] = Array.from({ length: 17 }, (_, count) => leavesOnly(count));

/** The structure of an array of `count` leaves. */
export const flatArray = (count: number): TreeDef => SHORT[count] ?? leavesOnly(count);

/** A structure for an error message: cut short where it's long. */
export const abbreviate = (def: TreeDef): string => {
  const text = def.toString();
  return text.length <= 400 ? text : `${text.slice(0, 300)} … ${text.slice(-60)}`;
};
