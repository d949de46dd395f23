import { type ArrayLike, type DType, NDArray } from "../array/index.ts";
import { inNameOf } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { map } from "../tree/index.ts";
import { binary, operand, operands, unary } from "./operands.ts";

/*
 * Elementwise primitives. Operands must have one dtype; their shapes must be equal, or those of scalars.
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
 * The angle of the point with ordinate `y` and abscissa `x`.
 *
 * @example
 * lax.atan2(np.array(1), np.array(-1)); // 2.35619
 */
export const atan2 = binary("atan2", prim.atan2);
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
 * Neither infinite nor NaN.
 *
 * @example
 * lax.isFinite(np.array([1, Infinity])); // [true, false]
 */
const finite = unary("isFinite", prim.isFinite);

export { finite as isFinite };

/**
 * The nearest whole number; halves go away from zero, or to the even one.
 *
 * @example
 * lax.round(np.array([0.5, 1.5])); // [1, 2]
 */
export const round = (x: ArrayLike, roundingMethod: prim.RoundingMethod = "AWAY_FROM_ZERO"): NDArray =>
  prim.round(operand(x, "round"), roundingMethod);

/**
 * `x == y`.
 *
 * @example
 * lax.eq(np.array([1, 2]), np.array([2, 2])); // [false, true]
 */
export const eq = binary("eq", prim.eq);
/**
 * `x != y`.
 *
 * @example
 * lax.ne(np.array([1, 2]), np.array([2, 2])); // [true, false]
 */
export const ne = binary("ne", prim.ne);
/**
 * `x < y`.
 *
 * @example
 * lax.lt(np.array([1, 2]), np.array([2, 2])); // [true, false]
 */
export const lt = binary("lt", prim.lt);
/**
 * `x <= y`.
 *
 * @example
 * lax.le(np.array([1, 2]), np.array([2, 2])); // [true, true]
 */
export const le = binary("le", prim.le);
/**
 * `x > y`.
 *
 * @example
 * lax.gt(np.array([1, 3]), np.array([2, 2])); // [false, true]
 */
export const gt = binary("gt", prim.gt);
/**
 * `x >= y`.
 *
 * @example
 * lax.ge(np.array([1, 2]), np.array([2, 2])); // [false, true]
 */
export const ge = binary("ge", prim.ge);

/**
 * The bits set in both.
 *
 * @example
 * lax.bitwiseAnd(np.array([6], "int32"), np.array([3], "int32")); // [2]
 */
export const bitwiseAnd = binary("bitwiseAnd", (x, y) => inNameOf("bitwiseAnd", () => prim.and(x, y)));
/**
 * The bits set in either.
 *
 * @example
 * lax.bitwiseOr(np.array([6], "int32"), np.array([3], "int32")); // [7]
 */
export const bitwiseOr = binary("bitwiseOr", (x, y) => inNameOf("bitwiseOr", () => prim.or(x, y)));
/**
 * The bits set in one only.
 *
 * @example
 * lax.bitwiseXor(np.array([6], "int32"), np.array([3], "int32")); // [5]
 */
export const bitwiseXor = binary("bitwiseXor", (x, y) => inNameOf("bitwiseXor", () => prim.xor(x, y)));
/**
 * All bits turned over.
 *
 * @example
 * lax.bitwiseNot(np.array([6], "int32")); // [-7]
 */
export const bitwiseNot = unary("bitwiseNot", (x) => inNameOf("bitwiseNot", () => prim.not(x)));
/**
 * `x` with its bits moved up.
 *
 * @example
 * lax.shiftLeft(np.array([3], "int32"), np.array([2], "int32")); // [12]
 */
export const shiftLeft = binary("shiftLeft", prim.shiftLeft);
/**
 * `x` with its bits moved down, zeros coming in.
 *
 * @example
 * lax.shiftRightLogical(np.array([-1], "int32"), np.array([28], "int32")); // [15]
 */
export const shiftRightLogical = binary("shiftRightLogical", prim.shiftRightLogical);
/**
 * `x` with its bits moved down, copies of the highest coming in.
 *
 * @example
 * lax.shiftRightArithmetic(np.array([-8], "int32"), np.array([1], "int32")); // [-4]
 */
export const shiftRightArithmetic = binary("shiftRightArithmetic", prim.shiftRightArithmetic);
/**
 * How many bits are set.
 *
 * @example
 * lax.populationCount(np.array([7, 8], "int32")); // [3, 1]
 */
export const populationCount = unary("populationCount", prim.populationCount);
/**
 * How many bits are 0 before the first that is set.
 *
 * @example
 * lax.clz(np.array([1, 8], "int32")); // [31, 28]
 */
export const clz = unary("clz", prim.clz);

/**
 * `x` no less than `low` and no more than `high`.
 *
 * @example
 * lax.clamp(np.array(-1), np.array([-2, 0.5, 2]), np.array(1)); // [-1, 0.5, 1]
 */
export const clamp = (low: ArrayLike, x: ArrayLike, high: ArrayLike): NDArray => {
  const [a, b, c] = operands("clamp", [low, x, high]) as readonly [NDArray, NDArray, NDArray];
  return prim.clamp(a, b, c);
};

/**
 * `onTrue` where `pred` is true, `onFalse` elsewhere; `pred` has their shape or is a scalar.
 *
 * @example
 * lax.select(np.array([true, false]), np.array([1, 2]), np.array([3, 4])); // [1, 4]
 */
export const select = (pred: ArrayLike, onTrue: ArrayLike, onFalse: ArrayLike): NDArray => {
  const [x, y] = operands("select", [onTrue, onFalse]) as readonly [NDArray, NDArray];
  return inNameOf("select", () => prim.select(operand(pred, "select"), x, y));
};

/**
 * `cases[which]`, element by element; `which` is int32, or bool for two cases.
 *
 * @example
 * lax.selectN(np.array([1, 0], "int32"), np.array([1, 2]), np.array([3, 4])); // [3, 2]
 */
export const selectN = (which: ArrayLike, ...cases: readonly ArrayLike[]): NDArray =>
  prim.selectN(operand(which, "selectN"), ...operands("selectN", cases));

/**
 * The same numbers in another dtype.
 *
 * @example
 * lax.convertElementType(np.array([1.7, -1.7]), "int32"); // [1, -1]
 */
export const convertElementType = (x: ArrayLike, newDtype: DType): NDArray =>
  prim.convertElementType(operand(x, "convertElementType"), newDtype);

/**
 * The same bits read as another dtype of the same width.
 *
 * @example
 * lax.bitcastConvertType(np.array([1]), "int32"); // [1065353216]
 */
export const bitcastConvertType = (x: ArrayLike, newDtype: DType): NDArray =>
  prim.bitcastConvertType(operand(x, "bitcastConvertType"), newDtype);

/**
 * `x` rounded to a floating-point format with so many bits of exponent and mantissa.
 *
 * @example
 * lax.reducePrecision(np.array([1.1]), 8, 7); // [1.10156]
 */
export const reducePrecision = (x: ArrayLike, exponentBits: number, mantissaBits: number): NDArray =>
  prim.reducePrecision(operand(x, "reducePrecision"), exponentBits, mantissaBits);

/**
 * `x`, an array or a tree of arrays, which counts as a constant when differentiated.
 *
 * @example
 * grad((x: NDArray) => x.mul(lax.stopGradient(x)))(3); // 3
 */
export const stopGradient = <T>(x: T): T =>
  (x instanceof NDArray
    ? prim.stopGradient(x)
    : map((leaf: unknown) => prim.stopGradient(operand(leaf as ArrayLike, "stopGradient")), x)) as T;
