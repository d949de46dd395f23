import { formatPath, type Path } from "./paths.ts";
import { abbreviate, sameCustom, type TreeDef } from "./treedef.ts";

/** Who compares and what the two trees are to it: `{ where: "jvp", names: ["primals", "tangents"] }`. */
export interface MismatchContext {
  /** The function that people called. */
  readonly where: string;
  /** What the two trees are called; a path is written after the name. */
  readonly names: readonly [string, string];
}

/** A place where two structures differ, and what each has there. */
export interface Mismatch {
  readonly path: Path;
  readonly left: string;
  readonly right: string;
}

/**
 * The first place where two structures differ, going through the leaves in order, or `undefined` if there is none.
 * With `prefix`, `b` may have anything where `a` has a leaf.
 */
export const firstMismatch = (a: TreeDef, b: TreeDef, { prefix = false } = {}): Mismatch | undefined => {
  const visit = (x: TreeDef, y: TreeDef, path: Path): Mismatch | undefined => {
    if (x === y || (prefix && x.kind === "leaf")) return undefined;
    const differ = (left: string, right: string): Mismatch => ({ path, left, right });
    if (x.kind !== y.kind || x.custom?.type !== y.custom?.type) return differ(describe(x), describe(y));
    if (x.kind === "array" && x.children.length !== y.children.length)
      return differ(describe(x), describe(y));
    const onlyX = x.keys.filter((key) => !y.keys.includes(key));
    const onlyY = y.keys.filter((key) => !x.keys.includes(key));
    if (onlyX.length + onlyY.length > 0) return differ(describeKeys(x, onlyX), describeKeys(y, onlyY));
    if (!sameCustom(x.custom, y.custom)) {
      return differ(`${describe(x)} with auxiliary data ${showAux(x)}`, `one with ${showAux(y)}`);
    }
    if (x.children.length !== y.children.length) {
      return differ(`${describe(x)} with ${x.children.length} children`, `one with ${y.children.length}`);
    }
    for (let i = 0; i < x.children.length; i++) {
      const found = visit(x.children[i] as TreeDef, y.children[i] as TreeDef, [...path, x.childName(i)]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return visit(a, b, []);
};

const describe = (def: TreeDef): string => {
  switch (def.kind) {
    case "leaf":
      return "a leaf";
    case "null":
    case "undefined":
      return def.kind;
    case "array":
      return `an array of length ${def.children.length}`;
    case "record":
      return "a plain object";
    case "bare":
      return "an object without a prototype";
    case "custom":
      return `an instance of ${def.custom?.type.name}`;
  }
};

const describeKeys = (def: TreeDef, only: readonly string[]): string =>
  only.length === 0
    ? `${describe(def)} without`
    : `${describe(def)} with the ${only.length === 1 ? "key" : "keys"} ${only.map((k) => JSON.stringify(k)).join(", ")}`;

const showAux = (def: TreeDef): string => {
  const aux = def.custom?.aux;
  try {
    return JSON.stringify(aux) ?? String(aux);
  } catch {
    return String(aux);
  }
};

const mismatchError = (
  a: TreeDef,
  b: TreeDef,
  found: Mismatch,
  rule: string,
  context: MismatchContext,
): TypeError => {
  const [left, right] = context.names;
  const at = found.path.length === 0 ? "at the root" : `at ${formatPath(found.path)}`;
  const width = Math.max(left.length, right.length) + 1;
  return new TypeError(
    `${context.where}: ${rule} They differ ${at}: ${left} has ${found.left}, ${right} has ${found.right}.\n` +
      `  ${`${left}:`.padEnd(width)} ${abbreviate(a)}\n  ${`${right}:`.padEnd(width)} ${abbreviate(b)}`,
  );
};

/**
 * Throws a TypeError unless two structures are equal. It names the first place where they differ and shows both.
 *
 * @example
 * checkSameStructure(structure(primals), structure(tangents), { where: "jvp", names: ["primals", "tangents"] });
 */
export const checkSameStructure = (a: TreeDef, b: TreeDef, context: MismatchContext): void => {
  if (a.equals(b)) return;
  const [left, right] = context.names;
  const found = firstMismatch(a, b) ?? { path: [], left: "one structure", right: "another" };
  throw mismatchError(a, b, found, `${left} and ${right} must have the same structure.`, context);
};

/**
 * Throws a TypeError unless `tree` has the structure `prefix`, with anything at all in the place of its leaves.
 *
 * @example
 * const context = { where: "vmap", names: ["inAxes", "the arguments"] } as const;
 * tree.checkPrefix(tree.structure([0, 0]), tree.structure([{ a: 1 }, 2]), context); // undefined
 */
export const checkPrefix = (prefix: TreeDef, tree: TreeDef, context: MismatchContext): void => {
  const found = firstMismatch(prefix, tree, { prefix: true });
  if (found === undefined) return;
  const [left, right] = context.names;
  throw mismatchError(
    prefix,
    tree,
    found,
    `${right} must have the structure of ${left}, or begin with it.`,
    context,
  );
};
