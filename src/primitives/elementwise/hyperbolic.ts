import type { NDArray } from "../../array/index.ts";
import { bind1, NO_PARAMS, type Primitive } from "../../core/index.ts";
import * as math from "../../kernel/math/index.ts";
import { scalarLike } from "../rules.ts";
import { add } from "./add.ts";
import { div, mul, sub } from "./arithmetic.ts";
import { rsqrt, square } from "./exponential.ts";
import { defineSmooth } from "./unary.ts";

export const sinhPrimitive: Primitive = defineSmooth("sinh", Math.sinh, math.sinh, (t, _, x) =>
  mul(t, cosh(x)),
);

/** The hyperbolic sine. */
export const sinh = (x: NDArray): NDArray => bind1(sinhPrimitive, [x], NO_PARAMS);

export const coshPrimitive: Primitive = defineSmooth("cosh", Math.cosh, math.cosh, (t, _, x) =>
  mul(t, sinh(x)),
);

/** The hyperbolic cosine. */
export const cosh = (x: NDArray): NDArray => bind1(coshPrimitive, [x], NO_PARAMS);

/** (1 − z)(1 + z), which is 1 − z² with the digits kept near ±1. */
const oneMinusSquare = (z: NDArray): NDArray => {
  const one = scalarLike(z, 1);
  return mul(sub(one, z), add(one, z));
};

export const tanhPrimitive: Primitive = defineSmooth("tanh", Math.tanh, math.tanh, (t, out) =>
  mul(t, oneMinusSquare(out)),
);

/** The hyperbolic tangent. */
export const tanh = (x: NDArray): NDArray => bind1(tanhPrimitive, [x], NO_PARAMS);

export const asinhPrimitive: Primitive = defineSmooth("asinh", Math.asinh, math.asinh, (t, _, x) =>
  mul(t, rsqrt(add(square(x), scalarLike(x, 1)))),
);

/** The inverse of the hyperbolic sine. */
export const asinh = (x: NDArray): NDArray => bind1(asinhPrimitive, [x], NO_PARAMS);

export const acoshPrimitive: Primitive = defineSmooth(
  "acosh",
  Math.acosh,
  math.acosh,
  (t, _, x) => {
    const one = scalarLike(x, 1);
    return mul(t, rsqrt(mul(sub(x, one), add(x, one))));
  },
  { min: 1.2, max: 4 },
);

/** The inverse, at least 0, of the hyperbolic cosine; NaN below 1. */
export const acosh = (x: NDArray): NDArray => bind1(acoshPrimitive, [x], NO_PARAMS);

export const atanhPrimitive: Primitive = defineSmooth(
  "atanh",
  Math.atanh,
  math.atanh,
  (t, _, x) => div(t, oneMinusSquare(x)),
  {
    min: -0.8,
    max: 0.8,
  },
);

/** The inverse of the hyperbolic tangent; infinite at ±1, NaN beyond. */
export const atanh = (x: NDArray): NDArray => bind1(atanhPrimitive, [x], NO_PARAMS);
