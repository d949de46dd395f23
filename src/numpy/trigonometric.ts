import type { ArrayLike, NDArray } from "../array/index.ts";
import { bindCustomJvp, type CustomJvp } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { binary, operand, toInexact, unary } from "./operands.ts";

/** The sine of an angle in radians, element by element. */
export const sin = unary("sin", prim.sin, toInexact);
/** The cosine of an angle in radians, element by element. */
export const cos = unary("cos", prim.cos, toInexact);
/** The tangent of an angle in radians, element by element. */
export const tan = unary("tan", prim.tan, toInexact);
/** The angle in [−π/2, π/2] whose sine is `x`; NaN outside [−1, 1]. */
export const arcsin = unary("arcsin", prim.asin, toInexact);
/** The angle in [0, π] whose cosine is `x`; NaN outside [−1, 1]. */
export const arccos = unary("arccos", prim.acos, toInexact);
/** The angle in [−π/2, π/2] whose tangent is `x`. */
export const arctan = unary("arctan", prim.atan, toInexact);
/** The angle in [−π, π] of the point with ordinate `y` and abscissa `x`: `arctan2(y, x)`. */
export const arctan2 = binary("arctan2", prim.atan2, toInexact);
/** The hyperbolic sine, element by element. */
export const sinh = unary("sinh", prim.sinh, toInexact);
/** The hyperbolic cosine, element by element. */
export const cosh = unary("cosh", prim.cosh, toInexact);
/** The hyperbolic tangent, element by element. */
export const tanh = unary("tanh", prim.tanh, toInexact);
/** The inverse of the hyperbolic sine. */
export const arcsinh = unary("arcsinh", prim.asinh, toInexact);
/** The inverse, at least 0, of the hyperbolic cosine; NaN below 1. */
export const arccosh = unary("arccosh", prim.acosh, toInexact);
/** The inverse of the hyperbolic tangent; NaN outside [−1, 1]. */
export const arctanh = unary("arctanh", prim.atanh, toInexact);

/** `arcsin` by its other name. */
export const asin = arcsin;
/** `arccos` by its other name. */
export const acos = arccos;
/** `arctan` by its other name. */
export const atan = arctan;
/** `arctan2` by its other name. */
export const atan2 = arctan2;
/** `arcsinh` by its other name. */
export const asinh = arcsinh;
/** `arccosh` by its other name. */
export const acosh = arccosh;
/** `arctanh` by its other name. */
export const atanh = arctanh;

/** Degrees to radians. */
export const deg2rad = unary("deg2rad", (x) => prim.mul(x, prim.scalarLike(x, Math.PI / 180)), toInexact);
/** Radians to degrees. */
export const rad2deg = unary("rad2deg", (x) => prim.mul(x, prim.scalarLike(x, 180 / Math.PI)), toInexact);
/** `deg2rad` by its other name. */
export const radians = deg2rad;
/** `rad2deg` by its other name. */
export const degrees = rad2deg;

/**
 * The length of the hypotenuse of a right triangle with legs `x` and `y`, without overflow. It is infinite if a leg is,
 * whatever the other. At the origin its derivatives are those of `maximum`, one half each, as in JAX.
 */
export const hypot = binary(
  "hypot",
  (x, y) => {
    const [a, b] = [prim.abs(x), prim.abs(y)];
    const [longer, shorter] = [prim.max(a, b), prim.min(a, b)];
    const zero = prim.scalarLike(longer, 0);
    const isZero = prim.eq(longer, zero);
    const one = prim.scalarLike(longer, 1);
    const ratio = prim.div(shorter, prim.select(isZero, one, longer));
    const length = prim.mul(longer, prim.sqrt(prim.add(one, prim.square(ratio))));
    const infinity = prim.scalarLike(longer, Number.POSITIVE_INFINITY);
    const isInfinite = prim.or(prim.eq(a, infinity), prim.eq(b, infinity));
    return prim.select(isInfinite, infinity, prim.select(isZero, longer, length));
  },
  toInexact,
);

/**
 * The `k`-th derivative of sin(y)/y at y = 0: 0 for odd `k`, else (−1)^(k/2) / (k + 1), from the Maclaurin series.
 */
const sincDerivativeAtZero = (k: number): number => (k % 2 === 1 ? 0 : (k % 4 === 0 ? 1 : -1) / (k + 1));

/** The value at 0 of the `k`-th derivative, which differentiates to that of the next. */
const sincAtZero = (x: NDArray, k: number): NDArray => {
  const call: CustomJvp = {
    name: "sincAtZero",
    fun: (z) => [
      prim.broadcastTo(prim.scalarLike(z as NDArray, sincDerivativeAtZero(k)), (z as NDArray).shape),
    ],
    jvp: ([z], [t]) => ({
      outputs: bindCustomJvp(call, [z as NDArray]),
      tangents: [t ? prim.mul(sincAtZero(z as NDArray, k + 1), t) : null],
    }),
  };
  return bindCustomJvp(call, [x])[0] as NDArray;
};

/** sin(πx)/(πx), and 1 at 0, element by element; all its derivatives are right at 0. */
export const sinc = (x: ArrayLike): NDArray => {
  const array = operand(x, "sinc", toInexact);
  const isZero = prim.eq(array, prim.scalarLike(array, 0));
  const angle = prim.mul(prim.scalarLike(array, Math.PI), array);
  const safe = prim.select(isZero, prim.scalarLike(array, 1), angle);
  return prim.select(isZero, sincAtZero(angle, 0), prim.div(prim.sin(safe), safe));
};
