import * as prim from "../primitives/index.ts";
import { binary, unary } from "./operands.ts";

/*
 * Exponentials, logarithms, trigonometric and hyperbolic functions of elements. Operands must have one dtype; their shapes must be equal, or those
 * of scalars.
 */

/**
 * e to the power `x`.
 *
 * @example
 * lax.exp(np.array(1)); // 2.71828
 */
export const exp = unary("exp", prim.exp);

/**
 * 2 to the power `x`.
 *
 * @example
 * lax.exp2(np.array(3)); // 8
 */
export const exp2 = unary("exp2", prim.exp2);

/**
 * `exp(x) - 1`.
 *
 * @example
 * lax.expm1(np.array(1e-4)); // 0.000100005
 */
export const expm1 = unary("expm1", prim.expm1);

/**
 * The natural logarithm.
 *
 * @example
 * lax.log(np.array(10)); // 2.30259
 */
export const log = unary("log", prim.log);

/**
 * `log(1 + x)`.
 *
 * @example
 * lax.log1p(np.array(1e-4)); // 0.000099995
 */
export const log1p = unary("log1p", prim.log1p);

/**
 * `1 / (1 + exp(-x))`.
 *
 * @example
 * lax.logistic(np.array([0, 1])); // [0.5, 0.731059]
 */
export const logistic = unary("logistic", prim.logistic);

/**
 * The sine.
 *
 * @example
 * lax.sin(np.array(1)); // 0.841471
 */
export const sin = unary("sin", prim.sin);

/**
 * The cosine.
 *
 * @example
 * lax.cos(np.array(1)); // 0.540302
 */
export const cos = unary("cos", prim.cos);

/**
 * The tangent.
 *
 * @example
 * lax.tan(np.array(1)); // 1.55741
 */
export const tan = unary("tan", prim.tan);

/**
 * The inverse of the sine.
 *
 * @example
 * lax.asin(np.array(0.5)); // 0.523599
 */
export const asin = unary("asin", prim.asin);

/**
 * The inverse of the cosine.
 *
 * @example
 * lax.acos(np.array(0.5)); // 1.0472
 */
export const acos = unary("acos", prim.acos);

/**
 * The inverse of the tangent.
 *
 * @example
 * lax.atan(np.array(1)); // 0.785398
 */
export const atan = unary("atan", prim.atan);

/**
 * The angle of the point with ordinate `y` and abscissa `x`.
 *
 * @example
 * lax.atan2(np.array(1), np.array(-1)); // 2.35619
 */
export const atan2 = binary("atan2", prim.atan2);

/**
 * The hyperbolic sine.
 *
 * @example
 * lax.sinh(np.array(1)); // 1.1752
 */
export const sinh = unary("sinh", prim.sinh);

/**
 * The hyperbolic cosine.
 *
 * @example
 * lax.cosh(np.array(1)); // 1.54308
 */
export const cosh = unary("cosh", prim.cosh);

/**
 * The hyperbolic tangent.
 *
 * @example
 * lax.tanh(np.array(1)); // 0.761594
 */
export const tanh = unary("tanh", prim.tanh);

/**
 * The inverse of the hyperbolic sine.
 *
 * @example
 * lax.asinh(np.array(1)); // 0.881374
 */
export const asinh = unary("asinh", prim.asinh);

/**
 * The inverse of the hyperbolic cosine.
 *
 * @example
 * lax.acosh(np.array(2)); // 1.31696
 */
export const acosh = unary("acosh", prim.acosh);

/**
 * The inverse of the hyperbolic tangent.
 *
 * @example
 * lax.atanh(np.array(0.5)); // 0.549306
 */
export const atanh = unary("atanh", prim.atanh);
