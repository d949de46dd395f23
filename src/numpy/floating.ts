import { type ArrayLike, isFloat, isUnsigned, type NDArray } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { binary, operand, toInexact, unary } from "./operands.ts";
import { finfo } from "./types.ts";

const INFINITY = Number.POSITIVE_INFINITY;

const filledLike = (x: NDArray, value: boolean): NDArray =>
  prim.broadcastTo(operand(value, "isfinite"), x.shape);

/** A test of floats that has one answer for everything else. */
const test =
  (name: string, otherwise: boolean, apply: (x: NDArray) => NDArray) =>
  (x: ArrayLike): NDArray => {
    const array = operand(x, name);
    return isFloat(array.dtype) ? apply(array) : filledLike(array, otherwise);
  };

/**
 * Whether each element is neither infinite nor NaN.
 *
 * @example
 * np.isfinite(np.array([1, Infinity, NaN])); // [true, false, false]
 */
export const isfinite = test("isfinite", true, prim.isFinite);
/**
 * Whether each element is NaN.
 *
 * @example
 * np.isnan(np.array([1, Infinity, NaN])); // [false, false, true]
 */
export const isnan = test("isnan", false, (x) => prim.ne(x, x));
/**
 * Whether each element is ∞ or −∞.
 *
 * @example
 * np.isinf(np.array([1, Infinity, NaN])); // [false, true, false]
 */
export const isinf = test("isinf", false, (x) => prim.eq(prim.abs(x), prim.scalarLike(x, INFINITY)));
/**
 * Whether each element is ∞.
 *
 * @example
 * np.isposinf(np.array([Infinity, -Infinity])); // [true, false]
 */
export const isposinf = test("isposinf", false, (x) => prim.eq(x, prim.scalarLike(x, INFINITY)));
/**
 * Whether each element is −∞.
 *
 * @example
 * np.isneginf(np.array([Infinity, -Infinity])); // [false, true]
 */
export const isneginf = test("isneginf", false, (x) => prim.eq(x, prim.scalarLike(x, -INFINITY)));

/**
 * Whether the sign of each element is minus; that of −0 is.
 *
 * @example
 * np.signbit(np.array([-1, 0, -0])); // [true, false, true]
 */
export const signbit = (x: ArrayLike): NDArray => {
  const array = operand(x, "signbit");
  if (array.dtype === "bool" || isUnsigned(array.dtype)) return filledLike(array, false);
  const zero = prim.scalarLike(array, 0);
  if (!isFloat(array.dtype)) return prim.lt(array, zero);
  // A zero shows its sign in the infinity that dividing by it gives.
  const isNegativeZero = prim.lt(prim.div(prim.scalarLike(array, 1), array), zero);
  return prim.or(prim.lt(array, zero), prim.and(prim.eq(array, zero), isNegativeZero));
};

/**
 * The magnitude of `x` with the sign of `y`, element by element.
 *
 * @example
 * np.copysign(3, -1); // -3
 */
export const copysign = binary(
  "copysign",
  (x, y) => {
    const magnitude = prim.abs(x);
    return prim.select(signbit(y), prim.neg(magnitude), magnitude);
  },
  toInexact,
);

/**
 * The number next to `x` in the direction of `y` that the dtype can represent, element by element.
 *
 * @example
 * np.nextafter(1, 2).sub(1); // 1.19209e-7
 */
export const nextafter = binary("nextafter", prim.nextafter, toInexact);

/**
 * 0 where `x` is negative, 1 where it is positive, `y` where it is 0, NaN where it is NaN.
 *
 * @example
 * np.heaviside(np.array([-1, 0, 1]), 0.5); // [0, 0.5, 1]
 */
export const heaviside = binary(
  "heaviside",
  (x, y) => {
    const zero = prim.scalarLike(x, 0);
    const step = prim.select(prim.lt(x, zero), zero, prim.scalarLike(x, 1));
    return prim.select(prim.ne(x, x), x, prim.select(prim.eq(x, zero), y, step));
  },
  toInexact,
);

/**
 * The distance to the next number away from 0 that the dtype can represent, with the sign of `x`; NaN for infinities. It is
 * constant between powers of 2, so its derivative is 0. In float16 it is the distance to the next greater number, as in NumPy,
 * which from −∞ is ∞.
 *
 * @example
 * np.spacing(np.array([1, -8])); // [1.19209e-7, -9.53674e-7]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.spacing.html
 */
export const spacing = unary(
  "spacing",
  (x) => {
    const from = prim.stopGradient(x);
    const infinity = prim.scalarLike(x, Number.POSITIVE_INFINITY);
    const stepFrom = (y: NDArray): NDArray => prim.sub(prim.nextafter(y, infinity), y);
    if (x.dtype === "float16") return stepFrom(from);
    const step = stepFrom(prim.abs(from));
    return prim.select(signbit(from), prim.neg(step), step);
  },
  toInexact,
);

/** What stands in for numbers that are not finite. */
export interface NanToNumOptions {
  readonly nan?: ArrayLike;
  /** In place of ∞; default: the greatest number of the dtype. */
  readonly posinf?: ArrayLike | null;
  /** In place of −∞; default: the least number of the dtype. */
  readonly neginf?: ArrayLike | null;
}

/**
 * `x` with NaN and infinities replaced by numbers.
 *
 * @example
 * np.nanToNum(np.array([1, NaN])); // [1, 0]
 */
export const nanToNum = (
  x: ArrayLike,
  { nan = 0, posinf = null, neginf = null }: NanToNumOptions = {},
): NDArray => {
  const array = operand(x, "nanToNum");
  if (!isFloat(array.dtype)) return array;
  const { max } = finfo(array.dtype);
  const replace = (y: NDArray, where: NDArray, by: ArrayLike): NDArray =>
    pick(where, prim.convertElementType(operand(by, "nanToNum"), array.dtype, true), y);
  const step = replace(array, isnan(array), nan);
  const next = replace(step, isposinf(step), posinf ?? max);
  return replace(next, isneginf(next), neginf ?? -max);
};

const pick = (where: NDArray, x: NDArray, y: NDArray): NDArray =>
  x.shape.length === 0 ? prim.select(where, x, y) : prim.select(where, prim.broadcastTo(x, y.shape), y);
