import type { ArrayLike, NDArray } from "../array/index.ts";
import { inNameOf } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { binary, operand, unary } from "./operands.ts";

/*
 * Arithmetic, powers and rounding of elements. Operands must have one dtype; their shapes must be equal, or those
 * of scalars.
 */

/**
 * `x + y`.
 *
 * @example
 * lax.add(np.array([1, 2]), np.array([3, 4])); // [4, 6]
 */
export const add = binary("add", prim.add);

/**
 * `x - y`.
 *
 * @example
 * lax.sub(np.array([1, 2]), np.array([3, 5])); // [-2, -3]
 */
export const sub = binary("sub", prim.sub);

/**
 * `x * y`.
 *
 * @example
 * lax.mul(np.array([1, 2]), np.array([3, 4])); // [3, 8]
 */
export const mul = binary("mul", prim.mul);

/**
 * `x / y`; integers are truncated.
 *
 * @example
 * lax.div(np.array([7, -7], "int32"), np.array([2, 2], "int32")); // [3, -3]
 */
export const div = binary("div", prim.div);

/**
 * The remainder of `div`, with the sign of `x`.
 *
 * @example
 * lax.rem(np.array([7, -7]), np.array([3, 3])); // [1, -1]
 */
export const rem = binary("rem", prim.rem);

/**
 * The greater of `x` and `y`.
 *
 * @example
 * lax.max(np.array([1, 5]), np.array([3, 3])); // [3, 5]
 */
export const max = binary("max", prim.max);

/**
 * The lesser of `x` and `y`.
 *
 * @example
 * lax.min(np.array([1, 5]), np.array([3, 3])); // [1, 3]
 */
export const min = binary("min", prim.min);

/**
 * The number next to `x` in the direction of `y`.
 *
 * @example
 * lax.nextafter(np.array(1), np.array(2)).sub(1); // 1.19209e-7
 */
export const nextafter = binary("nextafter", prim.nextafter);

/**
 * `x` to the power `y`: a float to a power of its dtype or of integers. A JavaScript number becomes a float.
 *
 * @example
 * lax.pow(np.array([2, 3]), np.array([3, 2])); // [8, 9]
 */
export const pow = binary("pow", prim.pow);

/**
 * `x` to a fixed whole power.
 *
 * @example
 * lax.integerPow(np.array([2, 3]), 3); // [8, 27]
 */
export const integerPow = (x: ArrayLike, y: number): NDArray => prim.integerPow(operand(x, "integerPow"), y);

/**
 * `-x`.
 *
 * @example
 * lax.neg(np.array([1, -2])); // [-1, 2]
 */
export const neg = unary("neg", prim.neg);

/**
 * The absolute value.
 *
 * @example
 * lax.abs(np.array([1, -2])); // [1, 2]
 */
export const abs = unary("abs", prim.abs);

/**
 * −1, 0 or 1.
 *
 * @example
 * lax.sign(np.array([3, 0, -2])); // [1, 0, -1]
 */
export const sign = unary("sign", prim.sign);

/**
 * `x * x`.
 *
 * @example
 * lax.square(np.array([1, -2])); // [1, 4]
 */
export const square = unary("square", prim.square);

/**
 * The square root.
 *
 * @example
 * lax.sqrt(np.array([4, 9])); // [2, 3]
 */
export const sqrt = unary("sqrt", prim.sqrt);

/**
 * One divided by the square root.
 *
 * @example
 * lax.rsqrt(np.array([4, 16])); // [0.5, 0.25]
 */
export const rsqrt = unary("rsqrt", prim.rsqrt);

/**
 * The cube root.
 *
 * @example
 * lax.cbrt(np.array([8, -27])); // [2, -3]
 */
export const cbrt = unary("cbrt", prim.cbrt);

/**
 * `1 / x`.
 *
 * @example
 * lax.reciprocal(np.array([2, 4])); // [0.5, 0.25]
 */
export const reciprocal = unary("reciprocal", (x) =>
  inNameOf("reciprocal", () => prim.div(prim.scalarLike(x, 1), x)),
);

/**
 * Rounding down.
 *
 * @example
 * lax.floor(np.array([1.5, -1.5])); // [1, -2]
 */
export const floor = unary("floor", prim.floor);

/**
 * Rounding up.
 *
 * @example
 * lax.ceil(np.array([1.5, -1.5])); // [2, -1]
 */
export const ceil = unary("ceil", prim.ceil);

/**
 * The nearest whole number; halves go away from zero, or to the even one.
 *
 * @example
 * lax.round(np.array([0.5, 1.5])); // [1, 2]
 */
export const round = (x: ArrayLike, roundingMethod: prim.RoundingMethod = "AWAY_FROM_ZERO"): NDArray =>
  prim.round(operand(x, "round"), roundingMethod);
