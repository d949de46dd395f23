import type { NDArray } from "../array/index.ts";
import { type Aval, DTypeError, describeAval, ShapeError, sameAval, TreeError } from "../core/index.ts";
import { checkSameStructure, formatPath, leafPaths, type TreeDef } from "../tree/index.ts";

/*
 * Loops and branches demand that two trees of arrays are alike. Where they are not, people see both side by side.
 */

/** A tree of arrays by its structure and the shapes and dtypes of its leaves. */
export interface TreeOfAvals {
  /** What it is called, as the head of a column. */
  readonly name: string;
  readonly tree: TreeDef;
  readonly avals: readonly Aval[];
}

/** At most this many leaves that are alike are shown. */
const MOST_ALIKE = 12;

const NOTHING = "-";

/** Leaves by the text of their path. */
const leavesByPath = ({ tree, avals }: TreeOfAvals, root: string): Map<string, Aval> =>
  new Map(leafPaths(tree).map((path, i) => [formatPath(path, root), avals[i] as Aval]));

/** A table with one line a leaf of either tree; `*` marks those that differ. Also the paths of these. */
const sideBySide = (
  left: TreeOfAvals,
  right: TreeOfAvals,
  root: string,
): { readonly table: string; readonly paths: readonly string[] } => {
  const [a, b] = [leavesByPath(left, root), leavesByPath(right, root)];
  const paths: string[] = [];
  let alike = 0;
  const rows = [...new Set([...a.keys(), ...b.keys()])].flatMap((path) => {
    const [x, y] = [a.get(path), b.get(path)];
    const differs = x === undefined || y === undefined || !sameAval(x, y);
    if (differs) paths.push(path);
    else if (++alike > MOST_ALIKE) return [];
    const show = (value: Aval | undefined): string => (value === undefined ? NOTHING : describeAval(value));
    return [[differs ? "*" : " ", path, show(x), show(y)]];
  });
  const all = [[" ", "leaf", left.name, right.name], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => (row[column] as string).length)));
  const lines = all.map((row) =>
    row
      .map((cell, k) => cell.padEnd(widths[k] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  const more = alike > MOST_ALIKE ? [`   … ${alike - MOST_ALIKE} more leaves that are alike`] : [];
  return { table: [...lines, ...more].join("\n"), paths };
};

/**
 * Refuse two trees of arrays that are not alike.
 *
 * @param rule what they must be, as the beginning of the message.
 * @param root what paths begin with.
 * @param advice what to do, as its end.
 * @throws TreeError, ShapeError or DTypeError that shows both trees side by side, and the paths at which they differ.
 */
export const requireAlike = (
  left: TreeOfAvals,
  right: TreeOfAvals,
  { rule, root, advice }: { readonly rule: string; readonly root: string; readonly advice: string },
): void => {
  const sameTree = left.tree.equals(right.tree);
  if (sameTree && left.avals.every((a, i) => sameAval(a, right.avals[i] as Aval))) return;
  const { table, paths } = sideBySide(left, right, root);
  const where =
    paths.length > 0
      ? ` They differ at ${paths.slice(0, 8).join(", ")}${paths.length > 8 ? ", …" : ""}:`
      : "";
  const message = `${rule}${where}\n${table}\n${advice}`;
  if (!sameTree) throw new TreeError(`${message}${structureNote(left, right)}`);
  const sameDTypes = left.avals.every((a, i) => a.dtype === right.avals[i]?.dtype);
  throw sameDTypes ? new ShapeError(message) : new DTypeError(message);
};

/** The first place where two structures differ, and both of them, as the end of a message. */
const structureNote = (left: TreeOfAvals, right: TreeOfAvals): string => {
  try {
    checkSameStructure(left.tree, right.tree, { where: "structure", names: [left.name, right.name] });
    return "";
  } catch (error) {
    return `\n${error instanceof Error ? error.message : String(error)}`;
  }
};

/** Arrays as a tree for comparison. */
export const treeOf = (name: string, tree: TreeDef, avals: readonly (Aval | NDArray)[]): TreeOfAvals => ({
  name,
  tree,
  avals,
});
