import { type ArrayLike, asArray, type DType, type NDArray, scalarArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { checkSameStructure, flatten, leaves, unflatten } from "../tree/index.ts";

/**
 * `f` of the arrays that stand at the same place in each of `trees`, whose names serve in messages. They must have one
 * structure, which is also that of the result, a `P`.
 */
export const mapTrees = <P>(
  where: string,
  trees: { readonly [name: string]: unknown },
  f: (...arrays: NDArray[]) => NDArray,
): P => {
  const [first, ...others] = Object.entries(trees).map(([name, tree]) => {
    const [parts, treedef] = flatten(tree);
    return { name, treedef, arrays: parts.map((leaf) => asArray(leaf as ArrayLike, `${where}, ${name}`)) };
  });
  if (first === undefined) throw new TypeError(`${where}: needs a tree.`);
  for (const other of others) {
    checkSameStructure(first.treedef, other.treedef, { where, names: [first.name, other.name] });
  }
  const results = first.arrays.map((x, i) => f(x, ...others.map(({ arrays }) => arrays[i] as NDArray)));
  return unflatten(first.treedef, results) as P;
};

/** Zeros like the arrays of a tree, in their dtypes or in one. */
export const zerosLikeTree = <T>(where: string, params: unknown, dtype: DType | null = null): T =>
  mapTrees<T>(where, { params }, (p) => np.zerosLike(p, { dtype: dtype ?? p.dtype }));

/** Arrays like those of a tree, full of one number. */
export const fullLikeTree = <T>(where: string, params: unknown, value: ArrayLike): T =>
  mapTrees<T>(where, { params }, (p) => np.fullLike(p, value));

/** The dtype that all arrays of a tree can be converted to without loss; float32 if there is none. */
export const dtypeOfTree = (where: string, tree: unknown): DType => {
  const arrays = leaves(tree).map((leaf) => asArray(leaf as ArrayLike, where));
  return arrays.length === 0 ? "float32" : np.resultType(...arrays);
};

/** The sum of the products of all elements of two trees. */
export const dotTrees = (where: string, trees: { readonly [name: string]: unknown }): NDArray => {
  const products = leaves(mapTrees(where, trees, (x, y) => np.sum(np.multiply(x, y as NDArray))));
  return (products as NDArray[]).reduce(np.add, scalarArray(0, "float32", true));
};

/** The count before the first step. */
export const noSteps = (): NDArray => scalarArray(0, "int32");

const GREATEST_COUNT = 2 ** 31 - 1;

/** One more; the greatest count stays. */
export const increment = (count: NDArray): NDArray =>
  np.where(np.less(count, GREATEST_COUNT), np.add(count, 1), count);
