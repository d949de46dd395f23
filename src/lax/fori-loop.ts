import {
  type ArrayLike,
  ConcreteArray,
  isInteger,
  NDArray,
  scalarArray,
  storedScalar,
} from "../array/index.ts";
import { scanPrimitive } from "../calls/scan.ts";
import { whilePrimitive } from "../calls/while.ts";
import {
  aval,
  bind,
  type ClosedJaxpr,
  DTypeError,
  describeAval,
  evalJaxpr,
  ShapeError,
  traceToJaxpr,
} from "../core/index.ts";
import { add } from "../primitives/elementwise/add.ts";
import { lt } from "../primitives/elementwise/comparison.ts";
import { scalarLike } from "../primitives/rules.ts";
import { flattenArrays } from "../transforms/flatten-function.ts";
import { type Arrays, structure, unflatten } from "../tree/index.ts";
import { type AnyFunction, type Returned, requireFunction, type TracedTurn, traceTurn } from "./carry.ts";

/**
 * `body(i, carry)` for each whole number `i` from `lower` up to, and without, `upper`. With bounds that are known while
 * tracing (numbers, or arrays with values) this is a `scan`, and both modes differentiate it; with traced bounds it is a
 * `whileLoop`, and reverse mode is refused. `i` is int32, or has the dtype of the bounds.
 *
 * @throws DTypeError or ShapeError for bounds that are no whole numbers; TreeError, ShapeError or DTypeError that shows
 *   both trees if the carry changes.
 * @example
 * lax.foriLoop(0, 5, (i, sum) => sum.add(i.mul(i)), np.array(0, { dtype: "int32" })); // 30
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.fori_loop.html
 */
export const foriLoop = <const C>(
  lower: ArrayLike,
  upper: ArrayLike,
  body: (i: NDArray, carry: Arrays<C>) => Returned<C>,
  init: C,
): Arrays<C> => {
  requireFunction("foriLoop", "body", body);
  const [from, to] = bounds(lower, upper);
  const [leaves, tree] = flattenArrays<unknown>(init, "foriLoop, init");
  const swapped = (carry: never, i: never): unknown => (body as AnyFunction)(i, carry);
  const index = aval([], from.dtype);
  const turn = traceTurn(
    "foriLoop",
    swapped,
    { leaves, tree },
    [{ leaves: [index], tree: structure(0) }],
    (outTree) => outTree,
  );
  const results =
    from instanceof ConcreteArray && to instanceof ConcreteArray
      ? countedLoop(from, Math.max(0, Number(to.item()) - Number(from.item())), turn)
      : openLoop(from, to, turn);
  return unflatten(tree, results) as Arrays<C>;
};

/** The inputs of a turn, in the order in which its function was traced, from those of a loop that counts first. */
const turnWithCount = (
  { closed, hoisted, carry }: TracedTurn,
  inputs: readonly NDArray[],
): readonly NDArray[] => {
  const count = inputs[inputs.length - carry.length - 1] as NDArray;
  const consts = inputs.slice(0, hoisted.length);
  const results = evalJaxpr(closed.jaxpr, closed.consts, [
    ...consts,
    ...inputs.slice(-carry.length || inputs.length),
    count,
  ]);
  return [add(count, scalarLike(count, 1)), ...results];
};

/** A scan that counts in its carry. */
const countedLoop = (from: NDArray, length: number, turn: TracedTurn): readonly NDArray[] => {
  const { closed, hoisted, carry } = turn;
  const { inAvals } = closed;
  const count = inAvals[inAvals.length - 1] as (typeof inAvals)[number];
  const jaxpr = traceToJaxpr(
    (...inputs) => turnWithCount(turn, inputs),
    [...inAvals.slice(0, hoisted.length), count, ...inAvals.slice(hoisted.length, -1)],
    "foriLoop",
  );
  const results = bind(scanPrimitive, [...hoisted, from, ...carry], {
    jaxpr,
    length,
    reverse: false,
    numConsts: hoisted.length,
    numCarry: carry.length + 1,
  });
  return results.slice(1);
};

/** A `while` loop that counts, with the upper bound as a constant of its condition. */
const openLoop = (from: NDArray, to: NDArray, turn: TracedTurn): readonly NDArray[] => {
  const { closed, hoisted, carry } = turn;
  const { inAvals } = closed;
  const count = aval([], from.dtype);
  const carryAvals = inAvals.slice(hoisted.length, -1);
  const bodyJaxpr = traceToJaxpr(
    (...inputs) => turnWithCount(turn, inputs),
    [...inAvals.slice(0, hoisted.length), count, ...carryAvals],
    "foriLoop",
  );
  const condJaxpr: ClosedJaxpr = traceToJaxpr(
    (upper, i) => [lt(i as NDArray, upper as NDArray)],
    [count, count, ...carryAvals],
    "foriLoop",
  );
  const results = bind(whilePrimitive, [to, ...hoisted, from, ...carry], {
    condJaxpr,
    condNconsts: 1,
    bodyJaxpr,
    bodyNconsts: hoisted.length,
  });
  return results.slice(1);
};

/** Both bounds as scalars of one integer dtype. */
const bounds = (lower: ArrayLike, upper: ArrayLike): readonly [NDArray, NDArray] => {
  const given = [lower, upper].find((x) => x instanceof NDArray) as NDArray | undefined;
  const dtype = given?.dtype ?? "int32";
  const bound = (name: string, x: ArrayLike): NDArray => {
    if (!(x instanceof NDArray)) {
      const counter = isInteger(dtype) ? dtype : "int32";
      if (typeof x === "number" && storedScalar(x, counter) === x) return scalarArray(x, counter);
      throw new DTypeError(`foriLoop: ${name} must be a whole number that ${dtype} holds; got ${String(x)}.`);
    }
    if (x.ndim > 0) throw new ShapeError(`foriLoop: ${name} must be a scalar; got ${describeAval(x)}.`);
    if (!isInteger(x.dtype))
      throw new DTypeError(`foriLoop: ${name} must be an integer; got ${describeAval(x)}.`);
    return x;
  };
  const [from, to] = [bound("lower", lower), bound("upper", upper)];
  if (from.dtype === to.dtype) return [from, to];
  throw new DTypeError(`foriLoop: the bounds must have one dtype; got ${from.dtype} and ${to.dtype}.`);
};
