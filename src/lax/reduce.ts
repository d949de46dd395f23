import { type NDArray, sizeOf } from "../array/index.ts";
import { aval, type ClosedJaxpr, describeAval, ShapeError, traceToJaxpr } from "../core/index.ts";
import { broadcastTo } from "../primitives/broadcast.ts";
import { concatenate } from "../primitives/concatenate.ts";
import * as prim from "../primitives/index.ts";
import { range } from "../primitives/rules.ts";
import { flattenArrays, flattenFunction } from "../transforms/flatten-function.ts";
import { vmap } from "../transforms/vmap.ts";
import { type Arrays, TreeDef, unflatten } from "../tree/index.ts";
import { type AnyFunction, type Returned, requireFunction } from "./carry.ts";
import { requireAlike } from "./compare-results.ts";

/**
 * Arrays reduced over some axes by any associative function: `computation` combines two trees of scalars, and
 * `initValues` are combined with the results. Neighbours are combined first, then their results, and so on, so the
 * order of evaluation is not that of a loop. Sums, products, extrema and logical reductions are recognized.
 *
 * @param operands a tree of arrays of one shape.
 * @param initValues a tree of scalars, one for each array and in its dtype.
 * @throws ShapeError, TreeError or DTypeError if the three trees do not fit one another.
 * @example
 * lax.reduce(np.array([[1, 2], [3, 4]]), 1, np.multiply, [1]); // [2, 12]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.reduce.html
 */
export const reduce = <const T>(
  operands: T,
  initValues: Returned<T>,
  computation: (a: Arrays<T>, b: Arrays<T>) => Returned<T>,
  dimensions: readonly number[],
): Arrays<T> => {
  requireFunction("reduce", "computation", computation);
  const [arrays, tree] = flattenArrays<unknown>(operands, "reduce, operands");
  const [given, initTree] = flattenArrays<unknown>(initValues, "reduce, initValues");
  const [first] = arrays;
  if (first === undefined) return unflatten(tree, []) as Arrays<T>;
  const inits = given.map((x, i) => {
    const like = arrays[i];
    return like !== undefined && x.weakType ? prim.convertElementType(x, like.dtype) : x;
  });
  const scalars = arrays.map(({ dtype }) => aval([], dtype));
  requireAlike(
    { name: "needed", tree, avals: scalars },
    { name: "given", tree: initTree, avals: inits },
    {
      rule: "reduce: initValues must hold one scalar for each operand, in its dtype.",
      root: "initValues",
      advice: "Convert with astype where dtypes differ.",
    },
  );
  const odd = arrays.find((x) => x.shape.join() !== first.shape.join());
  if (odd !== undefined)
    throw new ShapeError(
      `reduce: operands must have one shape; got ${describeAval(first)} and ${describeAval(odd)}.`,
    );
  const axes = axesOf(dimensions, first);

  const flat = flattenFunction(
    computation as AnyFunction,
    new TreeDef("array", [tree, tree]),
    "reduce, computation",
  );
  const traced = traceToJaxpr(flat.fun, [...scalars, ...scalars], "reduce");
  requireAlike(
    { name: "taken", tree, avals: scalars },
    { name: "returned", tree: flat.outTree(), avals: traced.outAvals },
    {
      rule: "reduce: computation must return a tree of scalars like those it takes.",
      root: "result",
      advice: "Convert with astype where dtypes differ.",
    },
  );
  const known = arrays.length === 1 ? knownReduction(traced) : undefined;
  const combine = elementwise(flat.fun, arrays.length);
  const reduced = known === undefined ? pairwise(arrays, axes, combine) : [known(first, axes)];
  const results = inits.map((init, i) => broadcastTo(init, shapeWithout(arrays[i] as NDArray, axes)));
  return unflatten(tree, reduced === undefined ? results : combine(results, reduced)) as Arrays<T>;
};

const shapeWithout = (x: NDArray, axes: readonly number[]): number[] =>
  x.shape.filter((_, axis) => !axes.includes(axis));

const axesOf = (dimensions: readonly number[], x: NDArray): readonly number[] => {
  const axes = [...dimensions].sort((a, b) => a - b);
  const areAxes = axes.every(
    (axis, i) => Number.isInteger(axis) && axis >= 0 && axis < x.ndim && axis !== axes[i - 1],
  );
  if (areAxes) return axes;
  throw new ShapeError(
    `reduce: dimensions [${dimensions.join(", ")}] must be different axes of ${describeAval(x)}.`,
  );
};

type Reduce = (x: NDArray, axes: readonly number[]) => NDArray;

const REDUCTIONS: ReadonlyMap<string, Reduce> = new Map([
  ["add", prim.reduceSum],
  ["mul", prim.reduceProd],
  ["max", prim.reduceMax],
  ["min", prim.reduceMin],
  ["and", prim.reduceAnd],
  ["or", prim.reduceOr],
  ["xor", prim.reduceXor],
]);

/** The reduction by a function that is one operation on its two arguments. */
const knownReduction = ({ jaxpr }: ClosedJaxpr): Reduce | undefined => {
  const [equation, ...more] = jaxpr.equations;
  if (equation === undefined || more.length > 0 || equation.outputs[0] !== jaxpr.outputs[0]) return undefined;
  const takesBoth = jaxpr.inputs.every((v) => equation.inputs.includes(v));
  return takesBoth ? REDUCTIONS.get(equation.primitive.name) : undefined;
};

type Combine = (a: readonly NDArray[], b: readonly NDArray[]) => readonly NDArray[];

/** A function of scalars applied to the elements of arrays of one shape. */
const elementwise =
  (fun: (...xs: readonly NDArray[]) => readonly NDArray[], count: number): Combine =>
  (a, b) => {
    const shape = (a[0] as NDArray).shape;
    const rows = [...a, ...b].map((x) => prim.reshape(x, [sizeOf(shape)]));
    const results = vmap((...xs: NDArray[]) => fun(...xs))(...rows) as readonly NDArray[];
    return results.slice(0, count).map((x) => prim.reshape(x, shape));
  };

/** Reduce by combining neighbours until one element is left; `undefined` if there is none to begin with. */
const pairwise = (
  arrays: readonly NDArray[],
  axes: readonly number[],
  combine: Combine,
): readonly NDArray[] | undefined => {
  const kept = (x: NDArray): number[] => range(x.ndim).filter((axis) => !axes.includes(axis));
  const rows = arrays.map((x) => {
    const shape = shapeWithout(x, axes);
    const count = axes.reduce((n, axis) => n * (x.shape[axis] as number), 1);
    return prim.reshape(prim.transpose(x, [...axes, ...kept(x)]), [count, ...shape]);
  });
  let xs = rows;
  for (let n = rows[0]?.shape[0] ?? 0; n !== 1; ) {
    if (n === 0) return undefined;
    const even = n - (n % 2);
    const part = (from: number): NDArray[] => xs.map((x) => prim.sliceInDim(x, from, even, 0, 2));
    const combined = combine(part(0), part(1));
    xs =
      even === n
        ? [...combined]
        : xs.map((x, i) => concatenate([combined[i] as NDArray, prim.sliceInDim(x, even, n, 0)], 0));
    n = Math.ceil(n / 2);
  }
  return xs.map((x) => prim.reshape(x, x.shape.slice(1)));
};
