import type { NDArray } from "../../array/index.ts";
import { bind1, NO_PARAMS, type Primitive } from "../../core/index.ts";
import * as math from "../../kernel/math/index.ts";
import { scalarLike } from "../rules.ts";
import { add } from "./add.ts";
import { div, mul, neg, sub } from "./arithmetic.ts";
import { elementwiseArgs, FLOAT } from "./base.ts";
import { defineElementwise } from "./define.ts";
import { rsqrt, square } from "./exponential.ts";
import { defineSmooth } from "./unary.ts";

export const sinPrimitive: Primitive = defineSmooth("sin", Math.sin, math.sin, (t, _, x) => mul(t, cos(x)));

/** The sine of an angle in radians. */
export const sin = (x: NDArray): NDArray => bind1(sinPrimitive, [x], NO_PARAMS);

export const cosPrimitive: Primitive = defineSmooth("cos", Math.cos, math.cos, (t, _, x) =>
  neg(mul(t, sin(x))),
);

/** The cosine of an angle in radians. */
export const cos = (x: NDArray): NDArray => bind1(cosPrimitive, [x], NO_PARAMS);

export const tanPrimitive: Primitive = defineSmooth(
  "tan",
  Math.tan,
  math.tan,
  (t, out) => mul(t, add(scalarLike(out, 1), square(out))),
  { min: -1.1, max: 1.1 },
);

/** The tangent of an angle in radians. */
export const tan = (x: NDArray): NDArray => bind1(tanPrimitive, [x], NO_PARAMS);

/** 1 / √(1 − x²), the difference factored because 1 − x² would lose digits near ±1. */
const inverseSlope = (x: NDArray): NDArray => {
  const one = scalarLike(x, 1);
  return rsqrt(mul(sub(one, x), add(one, x)));
};

export const asinPrimitive: Primitive = defineSmooth(
  "asin",
  Math.asin,
  math.asin,
  (t, _, x) => mul(t, inverseSlope(x)),
  {
    min: -0.8,
    max: 0.8,
  },
);

/** The angle from −π/2 to π/2 whose sine is `x`; NaN outside [−1, 1]. */
export const asin = (x: NDArray): NDArray => bind1(asinPrimitive, [x], NO_PARAMS);

export const acosPrimitive: Primitive = defineSmooth(
  "acos",
  Math.acos,
  math.acos,
  (t, _, x) => neg(mul(t, inverseSlope(x))),
  {
    min: -0.8,
    max: 0.8,
  },
);

/** The angle from 0 to π whose cosine is `x`; NaN outside [−1, 1]. */
export const acos = (x: NDArray): NDArray => bind1(acosPrimitive, [x], NO_PARAMS);

export const atanPrimitive: Primitive = defineSmooth("atan", Math.atan, math.atan, (t, _, x) =>
  div(t, add(scalarLike(x, 1), square(x))),
);

/** The angle from −π/2 to π/2 whose tangent is `x`. */
export const atan = (x: NDArray): NDArray => bind1(atanPrimitive, [x], NO_PARAMS);

export const atan2Primitive: Primitive = defineElementwise({
  name: "atan2",
  kinds: FLOAT,
  scalar: (y, x) => Math.atan2(y, x),
  expr: math.atan2,
  derivatives: [
    (t, _, y, x) => mul(t, div(x, add(square(y), square(x)))),
    (t, _, y, x) => neg(mul(t, div(y, add(square(y), square(x))))),
  ],
  args: elementwiseArgs([{}, { min: 0.4 }], NO_PARAMS),
});

/** The angle from −π to π of the point (`x`, `y`), the ordinate given first. */
export const atan2 = (y: NDArray, x: NDArray): NDArray => bind1(atan2Primitive, [y, x], NO_PARAMS);
