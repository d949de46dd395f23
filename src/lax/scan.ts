import type { NDArray } from "../array/index.ts";
import { ArgumentError, aval, describeAval, ShapeError } from "../core/index.ts";
import { flattenArrays } from "../transforms/flatten-function.ts";
import { type Arrays, formatPath, leafPaths, type TreeDef, unflatten } from "../tree/index.ts";
import { type AnyFunction, pairOf, type Returned, requireFunction, traceTurn } from "./carry.ts";
import { unrolledScan, unrollOf } from "./unroll.ts";

/** Options of `scan`. */
export interface ScanOptions {
  /** The number of turns; needed if `xs` has no leaves. */
  readonly length?: number;
  /** Take `xs` from the last to the first, and put the results in the same places. */
  readonly reverse?: boolean;
  /** How many turns are written out in the body of the loop; `true` writes all out, and no loop is left. */
  readonly unroll?: number | boolean;
}

/**
 * A loop that carries a value along and stacks results: `[carry, y] = f(carry, x)` for each `x` along the leading axis
 * of the arrays in `xs`. `f` is traced once, whatever the length. It must return a carry with the structure, shapes and
 * dtypes of the one it takes; a number given as first carry takes the dtype that a turn gives it. Without `xs`
 * (`null`), give `length`.
 *
 * Forward and reverse mode differentiate it. The reverse pass keeps what the derivative of each turn needs; wrap `f` in
 * `checkpoint` to keep only the carry of each turn and compute the rest again.
 *
 * @returns `[carry, ys]`: the last carry, and the tree of results with a leading axis of the length.
 * @throws ShapeError if leading axes differ; TreeError, ShapeError or DTypeError that shows both trees if the carry
 *   changes; ArgumentError for a length that is none.
 * @example
 * const [total, partialSums] = lax.scan((sum, x) => [sum.add(x), sum], 0, np.array([1, 2, 3])); // 6, [0, 1, 3]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.scan.html
 */
export const scan = <const C, X, const Y>(
  f: (carry: Arrays<C>, x: Arrays<X>) => readonly [carry: Returned<C>, y: Y],
  init: C,
  xs: X,
  options: ScanOptions = {},
): [carry: Arrays<C>, ys: Arrays<Y>] => {
  requireFunction("scan", "f", f);
  const { reverse = false, unroll = 1 } = options;
  const [first, carryTree] = flattenArrays<unknown>(init, "scan, init");
  const [arrays, xsTree] = flattenArrays<unknown>(xs, "scan, xs");
  const length = lengthOf(arrays, xsTree, options.length);
  const turns = unrollOf(unroll, length);
  const slices = arrays.map(({ shape, dtype, weakType }) => aval(shape.slice(1), dtype, weakType));
  const parts = (outTree: TreeDef): readonly [TreeDef, TreeDef] => pairOf("scan", "[carry, y]", outTree);
  const { closed, hoisted, carry, outTree } = traceTurn(
    "scan",
    f as AnyFunction,
    { leaves: first, tree: carryTree },
    [{ leaves: slices, tree: xsTree }],
    (tree) => parts(tree)[0],
  );
  const params = { jaxpr: closed, length, reverse, numConsts: hoisted.length, numCarry: carry.length };
  const results = unrolledScan([...hoisted, ...carry, ...arrays], params, turns);
  return [
    unflatten(carryTree, results.slice(0, carry.length)) as Arrays<C>,
    unflatten(parts(outTree)[1], results.slice(carry.length)) as Arrays<Y>,
  ];
};

/** The number of turns: the length of the leading axes, which must be one. */
const lengthOf = (xs: readonly NDArray[], tree: TreeDef, given: number | undefined): number => {
  if (given !== undefined && !(Number.isInteger(given) && given >= 0))
    throw new ArgumentError(`scan: length must be a whole number from 0; got ${given}.`);
  const name = (i: number): string => formatPath(leafPaths(tree)[i] ?? [], "xs");
  let [length, from] = [given, "length"];
  xs.forEach((x, i) => {
    const n = x.shape[0];
    if (n === undefined) {
      throw new ShapeError(
        `scan: every array of xs needs a leading axis to go along; ${name(i)} is ${describeAval(x)}. Pass what is the ` +
          "same in every turn by closing over it.",
      );
    }
    if (length === undefined) [length, from] = [n, name(i)];
    else if (n !== length) {
      throw new ShapeError(
        `scan: leading axes must have one length; ${from} gives ${length}, ${name(i)} gives ${n} (${describeAval(x)}).`,
      );
    }
  });
  if (length === undefined)
    throw new ArgumentError(
      "scan: xs has no arrays, so that their length does not say how often to turn; give { length }.",
    );
  return length;
};
