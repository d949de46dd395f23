import type { NDArray } from "../../array/index.ts";
import { bind1, isLinearInput, NO_PARAMS, type Primitive } from "../../core/index.ts";
import * as kernel from "../../kernel/expr.ts";
import { elementwiseArgs, NUMBER, unbroadcast } from "./base.ts";
import { defineElementwise } from "./define.ts";

/** Negation. */
export const negPrimitive: Primitive = defineElementwise({
  name: "neg",
  kinds: NUMBER,
  scalar: (x) => -x,
  expr: kernel.neg,
  derivatives: [(t) => neg(t)],
  transpose: ([ct]) => [ct ? neg(ct) : null],
  args: elementwiseArgs([{}], NO_PARAMS, { otherDTypes: ["int32", "uint32"] }),
});

/** `-x`. */
export const neg = (x: NDArray): NDArray => bind1(negPrimitive, [x], NO_PARAMS);

/** Subtraction. */
export const subPrimitive: Primitive = defineElementwise({
  name: "sub",
  kinds: NUMBER,
  scalar: (x, y) => x - y,
  expr: kernel.sub,
  derivatives: [(t) => t, (t) => neg(t)],
  transpose: ([ct], [x, y]) => [
    ct && x && isLinearInput(x) ? unbroadcast(ct, x.aval.shape) : null,
    ct && y && isLinearInput(y) ? unbroadcast(neg(ct), y.aval.shape) : null,
  ],
  args: elementwiseArgs([{}, {}], NO_PARAMS, { otherDTypes: ["int32", "uint32"] }),
});

/** `x - y`. */
export const sub = (x: NDArray, y: NDArray): NDArray => bind1(subPrimitive, [x, y], NO_PARAMS);

/** Multiplication; integers keep the low 32 bits of the product. */
export const mulPrimitive: Primitive = defineElementwise({
  name: "mul",
  kinds: NUMBER,
  scalar: { float: (x, y) => x * y, int: (x, y) => Math.imul(x, y) },
  expr: kernel.mul,
  derivatives: [(t, _, _x, y) => mul(t, y), (t, _, x) => mul(x, t)],
  transpose: ([ct], [x, y]) => {
    if (!ct || !x || !y) return [null, null];
    if (isLinearInput(x))
      return isLinearInput(y) ? [null, null] : [unbroadcast(mul(ct, y), x.aval.shape), null];
    return isLinearInput(y) ? [null, unbroadcast(mul(x, ct), y.aval.shape)] : [null, null];
  },
  args: elementwiseArgs([{}, {}], NO_PARAMS, { otherDTypes: ["int32", "uint32"] }),
});

/** `x * y`. */
export const mul = (x: NDArray, y: NDArray): NDArray => bind1(mulPrimitive, [x, y], NO_PARAMS);

/**
 * Division. Integers are truncated towards zero; a quotient that does not exist (by zero) is −1 in two's complement,
 * as XLA has it.
 */
export const divPrimitive: Primitive = defineElementwise({
  name: "div",
  kinds: NUMBER,
  scalar: { float: (x, y) => x / y, int: (x, y) => (y === 0 ? -1 : Math.trunc(x / y)) },
  expr: kernel.div,
  derivatives: [(t, _, _x, y) => div(t, y), (t, out, _x, y) => neg(mul(div(out, y), t))],
  transpose: ([ct], [x, y]) => [
    ct && x && y && isLinearInput(x) && !isLinearInput(y) ? unbroadcast(div(ct, y), x.aval.shape) : null,
    null,
  ],
  args: elementwiseArgs([{}, { min: 0.5, max: 3 }], NO_PARAMS, {
    otherDTypes: ["int32", "uint32"],
    otherRanges: [
      { min: -9, max: 9 },
      { min: 1, max: 5 },
    ],
  }),
});

/** `x / y`; truncating for integers. */
export const div = (x: NDArray, y: NDArray): NDArray => bind1(divPrimitive, [x, y], NO_PARAMS);
