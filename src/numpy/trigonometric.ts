import type { ArrayLike, NDArray } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { binary, operand, toInexact, unary } from "./operands.ts";

/**
 * The sine of an angle in radians, element by element.
 *
 * @example
 * np.sin(1); // 0.841471
 */
export const sin = unary("sin", prim.sin, toInexact);
/**
 * The cosine of an angle in radians, element by element.
 *
 * @example
 * np.cos(1); // 0.540302
 */
export const cos = unary("cos", prim.cos, toInexact);
/**
 * The tangent of an angle in radians, element by element.
 *
 * @example
 * np.tan(1); // 1.55741
 */
export const tan = unary("tan", prim.tan, toInexact);
/**
 * The angle in [−π/2, π/2] whose sine is `x`; NaN outside [−1, 1].
 *
 * @example
 * np.arcsin(0.5); // 0.523599
 */
export const arcsin = unary("arcsin", prim.asin, toInexact);
/**
 * The angle in [0, π] whose cosine is `x`; NaN outside [−1, 1].
 *
 * @example
 * np.arccos(0.5); // 1.0472
 */
export const arccos = unary("arccos", prim.acos, toInexact);
/**
 * The angle in [−π/2, π/2] whose tangent is `x`.
 *
 * @example
 * np.arctan(1); // 0.785398
 */
export const arctan = unary("arctan", prim.atan, toInexact);
/**
 * The angle in [−π, π] of the point with ordinate `y` and abscissa `x`: `arctan2(y, x)`.
 *
 * @example
 * np.arctan2(1, -1); // 2.35619
 */
export const arctan2 = binary("arctan2", prim.atan2, toInexact);
/**
 * The hyperbolic sine, element by element.
 *
 * @example
 * np.sinh(1); // 1.1752
 */
export const sinh = unary("sinh", prim.sinh, toInexact);
/**
 * The hyperbolic cosine, element by element.
 *
 * @example
 * np.cosh(1); // 1.54308
 */
export const cosh = unary("cosh", prim.cosh, toInexact);
/**
 * The hyperbolic tangent, element by element.
 *
 * @example
 * np.tanh(1); // 0.761594
 */
export const tanh = unary("tanh", prim.tanh, toInexact);
/**
 * The inverse of the hyperbolic sine.
 *
 * @example
 * np.arcsinh(1); // 0.881374
 */
export const arcsinh = unary("arcsinh", prim.asinh, toInexact);
/**
 * The inverse, at least 0, of the hyperbolic cosine; NaN below 1.
 *
 * @example
 * np.arccosh(2); // 1.31696
 */
export const arccosh = unary("arccosh", prim.acosh, toInexact);
/**
 * The inverse of the hyperbolic tangent; NaN outside [−1, 1].
 *
 * @example
 * np.arctanh(0.5); // 0.549306
 */
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

/**
 * Degrees to radians.
 *
 * @example
 * np.deg2rad(180); // 3.14159
 */
export const deg2rad = unary("deg2rad", (x) => prim.mul(x, prim.scalarLike(x, Math.PI / 180)), toInexact);
/**
 * Radians to degrees.
 *
 * @example
 * np.rad2deg(Math.PI); // 180
 */
export const rad2deg = unary("rad2deg", (x) => prim.mul(x, prim.scalarLike(x, 180 / Math.PI)), toInexact);
/** `deg2rad` by its other name. */
export const radians = deg2rad;
/** `rad2deg` by its other name. */
export const degrees = rad2deg;

/**
 * The length of the hypotenuse of a right triangle with legs `x` and `y`, without overflow. It is infinite if a leg is,
 * whatever the other. At the origin its derivatives are those of `maximum`, one half each, as in JAX.
 *
 * @example
 * np.hypot(3, 4); // 5
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

/** Up to here sin(y)/y is summed as a power series: its derivatives would be differences of nearly equal numbers. */
const SERIES_UP_TO = 0.5;
const SERIES_TERMS = 10;

/** Σ (−y²)^k / (2k + 1)!, exact to rounding for |y| up to `SERIES_UP_TO`, and so are its first derivatives. */
const sincSeries = (y: NDArray): NDArray => {
  const square = prim.mul(y, y);
  let sum = prim.scalarLike(y, 1);
  for (let k = SERIES_TERMS - 1; k >= 1; k--) {
    const factor = prim.scalarLike(y, -1 / (2 * k * (2 * k + 1)));
    sum = prim.add(prim.mul(prim.mul(sum, square), factor), prim.scalarLike(y, 1));
  }
  return sum;
};

/**
 * sin(πx)/(πx), and 1 at 0, element by element; its derivatives are right at 0 and near it, where JAX's lose their digits.
 *
 * @example
 * np.sinc(np.array([0, 0.5])); // [1, 0.63662]
 */
export const sinc = (x: ArrayLike): NDArray => {
  const array = operand(x, "sinc", toInexact);
  const angle = prim.mul(prim.scalarLike(array, Math.PI), array);
  const isNear = prim.lt(prim.abs(angle), prim.scalarLike(array, SERIES_UP_TO));
  const near = prim.select(isNear, angle, prim.scalarLike(array, 0));
  const far = prim.select(isNear, prim.scalarLike(array, 1), angle);
  return prim.select(isNear, sincSeries(near), prim.div(prim.sin(far), far));
};
