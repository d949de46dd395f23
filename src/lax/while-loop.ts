import type { NDArray } from "../array/index.ts";
import { whilePrimitive } from "../calls/while.ts";
import {
  type Aval,
  bind,
  DTypeError,
  describeAval,
  hoistTracers,
  ShapeError,
  TreeError,
  traceToJaxpr,
} from "../core/index.ts";
import { flattenArrays, flattenFunction } from "../transforms/flatten-function.ts";
import { type Arrays, TreeDef, unflatten } from "../tree/index.ts";
import { type AnyFunction, type Returned, requireFunction, traceTurn } from "./carry.ts";

/**
 * `body` applied again and again to a carry, as long as `cond` of it is true. Both are traced once. `body` must return
 * a carry with the structure, shapes and dtypes of the one it takes; a number given as first carry takes the dtype that
 * a turn gives it.
 *
 * Forward mode differentiates it. Reverse mode would have to keep the values of a number of turns that nobody knows
 * beforehand, and is refused: use `scan`, or `foriLoop` with plain numbers as bounds. Under `vmap` the loop goes on
 * until every example is done; those that are done keep their values.
 *
 * @throws DTypeError or ShapeError if `cond` gives no boolean scalar; TreeError, ShapeError or DTypeError that shows
 *   both trees if the carry changes; DifferentiationError in reverse mode.
 * @example
 * lax.whileLoop((n) => n.less(100), (n) => n.mul(2), 3); // 192
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.while_loop.html
 */
export const whileLoop = <const C>(
  cond: (carry: Arrays<C>) => NDArray | boolean,
  body: (carry: Arrays<C>) => Returned<C>,
  init: C,
): Arrays<C> => {
  requireFunction("whileLoop", "cond", cond);
  requireFunction("whileLoop", "body", body);
  const [leaves, tree] = flattenArrays<unknown>(init, "whileLoop, init");
  const turn = traceTurn("whileLoop", body as AnyFunction, { leaves, tree }, [], (outTree) => outTree);
  const condition = flattenFunction(cond as AnyFunction, new TreeDef("array", [tree]), "whileLoop, cond");
  const { closed, hoisted } = hoistTracers(traceToJaxpr(condition.fun, turn.carry, "whileLoop"));
  checkCondition(condition.outTree(), closed.outAvals[0]);
  const results = bind(whilePrimitive, [...hoisted, ...turn.hoisted, ...turn.carry], {
    condJaxpr: closed,
    condNconsts: hoisted.length,
    bodyJaxpr: turn.closed,
    bodyNconsts: turn.hoisted.length,
  });
  return unflatten(tree, results) as Arrays<C>;
};

/** Refuse what is not one boolean scalar. */
const checkCondition = (tree: TreeDef, result: Aval | undefined): void => {
  if (tree.kind !== "leaf" || result === undefined)
    throw new TreeError(`whileLoop: cond must return one boolean scalar; it returned the tree ${tree}.`);
  const message = `whileLoop: cond must return one boolean scalar; it returned ${describeAval(result)}.`;
  if (result.shape.length > 0) throw new ShapeError(`${message} Use np.all or np.any.`);
  if (result.dtype !== "bool") throw new DTypeError(`${message} Compare it, as in x.notEqual(0).`);
};
