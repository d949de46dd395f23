import { asArray, describeValue, isArrayLike, type NDArray } from "../array/index.ts";
import { describeAval, type FlatFunction, LeakedTracerError, Tracer, TreeError } from "../core/index.ts";
import {
  checkSameStructure,
  flatten,
  flattenWithPath,
  formatPath,
  type MismatchContext,
  type TreeDef,
  unflatten,
} from "../tree/index.ts";

/*
 * Transforms work on flat lists of arrays. Here trees are taken apart on the way in and put together on the way out,
 * with the errors that people meet at that border.
 */

/** The arrays of a tree and its structure. Throws a TreeError for a leaf that is no array. */
export const flattenArrays = <T>(tree: T, where: string): [leaves: NDArray[], treedef: TreeDef<T>] => {
  const [leaves, treedef] = flatten(tree);
  const arrays = new Array<NDArray>(leaves.length);
  for (let i = 0; i < leaves.length; i++) {
    const leaf: unknown = leaves[i];
    if (!isArrayLike(leaf)) throw leafError(tree, where);
    arrays[i] = asArray(leaf, where);
  }
  return [arrays, treedef];
};

const leafError = (tree: unknown, where: string): TreeError => {
  const [paths] = flattenWithPath(tree);
  const [path, leaf] = paths.find(([, x]) => !isArrayLike(x)) ?? [[], undefined];
  const name = formatPath(path);
  return new TreeError(
    `${where}: every leaf must be an array, a number or a boolean; the leaf ${name === "" ? "" : `at ${name} `}is ` +
      `${describeValue(leaf)}. Pass what is not an array by closing over it, or list it in staticArgnums of jit.`,
  );
};

/** Throws a TreeError that shows the first difference unless two structures are equal. */
export const requireSameStructure = (a: TreeDef, b: TreeDef, context: MismatchContext): void =>
  asTreeError(() => checkSameStructure(a, b, context));

/** Run a check of trees; what it throws comes out as a TreeError. */
export const asTreeError = (check: () => void): void => {
  try {
    check();
  } catch (error) {
    throw new TreeError(error instanceof Error ? error.message : String(error), { cause: error });
  }
};

/** A function of trees as a function of flat lists, and the structure of its result once it has run. */
export interface FlattenedFunction {
  readonly fun: FlatFunction;
  /** The structure of the latest result. */
  outTree(): TreeDef;
}

/** `f`, called with `inTree` of arguments, as a function of flat lists of arrays. */
export const flattenFunction = (
  f: (...args: never[]) => unknown,
  inTree: TreeDef,
  where: string,
): FlattenedFunction => {
  let outTree: TreeDef | undefined;
  return {
    fun: (...leaves) => {
      const args = unflatten(inTree, leaves) as never[];
      const [outputs, tree] = flattenResult(f(...args), where);
      outTree = tree;
      return outputs;
    },
    outTree: () => {
      if (outTree === undefined) throw new TreeError(`${where}: the function has not run.`);
      return outTree;
    },
  };
};

/** The arrays that a traced function returned. */
export const flattenResult = <T>(result: T, where: string): [leaves: NDArray[], treedef: TreeDef<T>] => {
  if (result instanceof Promise) {
    // Its body goes on after this refusal, and what it throws then has nobody else to hear it.
    result.catch(() => undefined);
    throw new TypeError(
      `${where}: the function is async and returned a Promise. Transforms trace a function while it runs, so it must ` +
        "return arrays at once: await what it needs first, and pass that as arguments.",
    );
  }
  const flat = flattenArrays(result, `${where}, result of the function`);
  for (const x of flat[0]) {
    if (x instanceof Tracer && !x.trace.alive) {
      throw new LeakedTracerError(
        `${where}: the function returned an array of ${describeAval(x)} that was traced by an earlier ` +
          `${x.trace.transform}, which is done. Functions must not keep arrays in variables outside.`,
      );
    }
  }
  return flat;
};

/** A short name for a user's function in messages and jaxprs. */
export const functionName = (f: { readonly name: string }): string => (f.name === "" ? "anonymous" : f.name);
