import { type ArrayLike, asArray, type NDArray, scalarArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { checkSameStructure, flatten, unflatten } from "../tree/index.ts";

/**
 * `f` of the arrays that stand at the same place in each of `trees`, whose names serve in messages. They must have one
 * structure, which is also that of the result, a `P`.
 */
export const mapTrees = <P>(
  where: string,
  trees: { readonly [name: string]: unknown },
  f: (...leaves: NDArray[]) => NDArray,
): P => {
  const [first, ...others] = Object.entries(trees).map(([name, tree]) => {
    const [leaves, treedef] = flatten(tree);
    return { name, treedef, arrays: leaves.map((leaf) => asArray(leaf as ArrayLike, `${where}, ${name}`)) };
  });
  if (first === undefined) throw new TypeError(`${where}: needs a tree.`);
  for (const other of others) {
    checkSameStructure(first.treedef, other.treedef, { where, names: [first.name, other.name] });
  }
  const results = first.arrays.map((x, i) => f(x, ...others.map(({ arrays }) => arrays[i] as NDArray)));
  return unflatten(first.treedef, results) as P;
};

/** Zeros like the arrays of a tree. */
export const zerosLikeTree = <T>(where: string, params: unknown): T =>
  mapTrees<T>(where, { params }, (p) => np.zerosLike(p));

/** The count before the first step. */
export const noSteps = (): NDArray => scalarArray(0, "int32");

const GREATEST_COUNT = 2 ** 31 - 1;

/** One more; the greatest count stays. */
export const increment = (count: NDArray): NDArray =>
  np.where(np.less(count, GREATEST_COUNT), np.add(count, 1), count);
