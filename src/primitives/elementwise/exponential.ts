import type { NDArray } from "../../array/index.ts";
import { bind1, NO_PARAMS, type Primitive } from "../../core/index.ts";
import * as kernel from "../../kernel/expr.ts";
import * as math from "../../kernel/math/index.ts";
import { scalarLike } from "../rules.ts";
import { add } from "./add.ts";
import { div, mul, sub } from "./arithmetic.ts";
import { elementwiseArgs, NUMBER } from "./base.ts";
import { defineElementwise } from "./define.ts";
import { defineSmooth } from "./unary.ts";

/*
 * Exponentials, logarithms and roots. Derivatives are expressed by the output where that is as accurate.
 */

export const expPrimitive: Primitive = defineSmooth("exp", Math.exp, math.exp, (t, out) => mul(t, out));

/** e to the power `x`. */
export const exp = (x: NDArray): NDArray => bind1(expPrimitive, [x], NO_PARAMS);

export const exp2Primitive: Primitive = defineSmooth(
  "exp2",
  (x) => 2 ** x,
  math.exp2,
  (t, out) => mul(mul(t, out), scalarLike(out, Math.LN2)),
);

/** 2 to the power `x`. */
export const exp2 = (x: NDArray): NDArray => bind1(exp2Primitive, [x], NO_PARAMS);

// Not by the output: adding 1 to what is nearly −1 would lose the digits.
export const expm1Primitive: Primitive = defineSmooth("expm1", Math.expm1, math.expm1, (t, _, x) =>
  mul(t, exp(x)),
);

/** e to the power `x`, less 1, accurate near 0. */
export const expm1 = (x: NDArray): NDArray => bind1(expm1Primitive, [x], NO_PARAMS);

export const logPrimitive: Primitive = defineSmooth("log", Math.log, math.log, (t, _, x) => div(t, x), {
  min: 0.2,
  max: 4,
});

/** The natural logarithm; −∞ at 0, NaN below. */
export const log = (x: NDArray): NDArray => bind1(logPrimitive, [x], NO_PARAMS);

export const log1pPrimitive: Primitive = defineSmooth(
  "log1p",
  Math.log1p,
  math.log1p,
  (t, _, x) => div(t, add(x, scalarLike(x, 1))),
  { min: -0.8 },
);

/** The natural logarithm of 1 + `x`, accurate near 0. */
export const log1p = (x: NDArray): NDArray => bind1(log1pPrimitive, [x], NO_PARAMS);

const sigmoid = (x: number): number => {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
};

export const logisticPrimitive: Primitive = defineSmooth("logistic", sigmoid, math.logistic, (t, out) =>
  mul(t, mul(out, sub(scalarLike(out, 1), out))),
);

/** The logistic function, 1 / (1 + exp(−x)). */
export const logistic = (x: NDArray): NDArray => bind1(logisticPrimitive, [x], NO_PARAMS);

export const sqrtPrimitive: Primitive = defineSmooth(
  "sqrt",
  Math.sqrt,
  kernel.sqrt,
  (t, out) => mul(t, div(scalarLike(out, 0.5), out)),
  { min: 0.2, max: 4 },
);

/** The square root; NaN of negative numbers. */
export const sqrt = (x: NDArray): NDArray => bind1(sqrtPrimitive, [x], NO_PARAMS);

export const rsqrtPrimitive: Primitive = defineSmooth(
  "rsqrt",
  (x) => 1 / Math.sqrt(x),
  math.rsqrt,
  (t, out, x) => mul(t, mul(scalarLike(out, -0.5), div(out, x))),
  { min: 0.3, max: 4 },
);

/** One divided by the square root. */
export const rsqrt = (x: NDArray): NDArray => bind1(rsqrtPrimitive, [x], NO_PARAMS);

export const cbrtPrimitive: Primitive = defineSmooth(
  "cbrt",
  Math.cbrt,
  math.cbrt,
  (t, out) => mul(t, div(scalarLike(out, 1 / 3), square(out))),
  { avoid: [0], margin: 0.3 },
);

/** The cube root, negative for negative numbers. */
export const cbrt = (x: NDArray): NDArray => bind1(cbrtPrimitive, [x], NO_PARAMS);

export const squarePrimitive: Primitive = defineElementwise({
  name: "square",
  kinds: NUMBER,
  scalar: { float: (x) => x * x, int: (x) => Math.imul(x, x) },
  expr: (x) => kernel.mul(x, x),
  derivatives: [(t, _, x) => mul(t, mul(scalarLike(x, 2), x))],
  args: elementwiseArgs([{}], NO_PARAMS, { otherDTypes: ["int32", "uint32"] }),
});

/** `x` times itself. */
export const square = (x: NDArray): NDArray => bind1(squarePrimitive, [x], NO_PARAMS);
