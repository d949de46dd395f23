import { type Either, right } from "fp-ts/lib/Either.js";
import {
  type ArrayLike,
  asArray,
  ConcreteArray,
  formatShape,
  type NDArray,
  sameShape,
  withWeakType,
} from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import { flatten, leafPaths, unflatten } from "../tree/index.ts";
import { type IoError, refuse } from "./io-error.ts";

/** The name of a leaf: its path, with points between. */
const names = (where: string, tree: unknown): readonly string[] => {
  const paths = leafPaths(flatten(tree)[1]).map((path) => path.join("."));
  const twice = paths.find((name, i) => paths.indexOf(name) !== i);
  if (twice === undefined) return paths;
  throw new ArgumentError(
    `${where}: two arrays of the tree would both be called "${twice}"; leave points out of keys.`,
  );
};

/**
 * The arrays of a tree by name, the path of each with points between.
 *
 * @throws ArgumentError if two have one name.
 * @example
 * io.namedArrays({ layers: [{ kernel }] }); // Map { "layers.0.kernel" → kernel }
 */
export const namedArrays = (tree: unknown): ReadonlyMap<string, NDArray> => {
  const all = names("namedArrays", tree);
  const [leaves] = flatten(tree);
  return new Map(leaves.map((x, i) => [all[i] as string, asArray(x as ArrayLike, "namedArrays")]));
};

/**
 * A tree like `like`, with the named arrays at its leaves: the reverse of `namedArrays`.
 *
 * @returns the tree, or which array is missing, left over, or of another shape or dtype.
 * @example
 * io.treeOfNamed({ layers: [{ w: np.zeros([2]) }] }, new Map([["layers.0.w", np.array([1, 2])]]));
 * // { _tag: "Right", right: { layers: [{ w: [1, 2] }] } }
 */
export const treeOfNamed = <T>(like: T, arrays: ReadonlyMap<string, NDArray>): Either<IoError, T> => {
  const where = "treeOfNamed";
  const all = names(where, like);
  const [leaves, treedef] = flatten(like);
  const known = new Set(all);
  const extra = [...arrays.keys()].find((name) => !known.has(name));
  if (extra !== undefined) {
    return refuse(where, "mismatch", `there is an array "${extra}", but the tree has no such place.`);
  }
  const found: NDArray[] = [];
  for (const [i, leaf] of leaves.entries()) {
    const name = all[i] as string;
    const expected = asArray(leaf as ArrayLike, where);
    const x = arrays.get(name);
    if (x === undefined) return refuse(where, "mismatch", `the array "${name}" is missing.`);
    if (x.dtype !== expected.dtype || !sameShape(x.shape, expected.shape)) {
      return refuse(
        where,
        "mismatch",
        `"${name}" is ${x.dtype}${formatShape(x.shape)}, but the tree has ${expected.dtype}${formatShape(expected.shape)} there.`,
      );
    }
    found.push(x instanceof ConcreteArray ? withWeakType(x, expected.weakType) : x);
  }
  return right(unflatten(treedef, found) as T);
};
