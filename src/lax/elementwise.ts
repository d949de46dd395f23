import { type ArrayLike, type DType, NDArray } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { map } from "../tree/index.ts";
import { binary, operand, operands, unary } from "./operands.ts";

/*
 * Elementwise primitives. Operands must have one dtype; their shapes must be equal, or those of scalars.
 */

/** `x + y`. */
export const add = binary("add", prim.add);
/** `x - y`. */
export const sub = binary("sub", prim.sub);
/** `x * y`. */
export const mul = binary("mul", prim.mul);
/** `x / y`; integers are truncated. */
export const div = binary("div", prim.div);
/** The remainder of `div`, with the sign of `x`. */
export const rem = binary("rem", prim.rem);
/** The greater of `x` and `y`. */
export const max = binary("max", prim.max);
/** The lesser of `x` and `y`. */
export const min = binary("min", prim.min);
/** The angle of the point with ordinate `y` and abscissa `x`. */
export const atan2 = binary("atan2", prim.atan2);
/** The number next to `x` in the direction of `y`. */
export const nextafter = binary("nextafter", prim.nextafter);

/** `x` to the power `y`: a float to a power of its dtype or of integers. A JavaScript number becomes a float. */
export const pow = binary("pow", prim.pow);

/** `x` to a fixed whole power. */
export const integerPow = (x: ArrayLike, y: number): NDArray => prim.integerPow(operand(x, "integerPow"), y);

/** `-x`. */
export const neg = unary("neg", prim.neg);
/** The absolute value. */
export const abs = unary("abs", prim.abs);
/** −1, 0 or 1. */
export const sign = unary("sign", prim.sign);
/** `x * x`. */
export const square = unary("square", prim.square);
/** The square root. */
export const sqrt = unary("sqrt", prim.sqrt);
/** One divided by the square root. */
export const rsqrt = unary("rsqrt", prim.rsqrt);
/** The cube root. */
export const cbrt = unary("cbrt", prim.cbrt);
/** `1 / x`. */
export const reciprocal = unary("reciprocal", (x) => prim.div(prim.scalarLike(x, 1), x));
/** e to the power `x`. */
export const exp = unary("exp", prim.exp);
/** 2 to the power `x`. */
export const exp2 = unary("exp2", prim.exp2);
/** `exp(x) - 1`. */
export const expm1 = unary("expm1", prim.expm1);
/** The natural logarithm. */
export const log = unary("log", prim.log);
/** `log(1 + x)`. */
export const log1p = unary("log1p", prim.log1p);
/** `1 / (1 + exp(-x))`. */
export const logistic = unary("logistic", prim.logistic);
/** The sine. */
export const sin = unary("sin", prim.sin);
/** The cosine. */
export const cos = unary("cos", prim.cos);
/** The tangent. */
export const tan = unary("tan", prim.tan);
/** The inverse of the sine. */
export const asin = unary("asin", prim.asin);
/** The inverse of the cosine. */
export const acos = unary("acos", prim.acos);
/** The inverse of the tangent. */
export const atan = unary("atan", prim.atan);
/** The hyperbolic sine. */
export const sinh = unary("sinh", prim.sinh);
/** The hyperbolic cosine. */
export const cosh = unary("cosh", prim.cosh);
/** The hyperbolic tangent. */
export const tanh = unary("tanh", prim.tanh);
/** The inverse of the hyperbolic sine. */
export const asinh = unary("asinh", prim.asinh);
/** The inverse of the hyperbolic cosine. */
export const acosh = unary("acosh", prim.acosh);
/** The inverse of the hyperbolic tangent. */
export const atanh = unary("atanh", prim.atanh);
/** The error function. */
export const erf = unary("erf", prim.erf);
/** `1 - erf(x)`. */
export const erfc = unary("erfc", prim.erfc);
/** The inverse of the error function. */
export const erfInv = unary("erfInv", prim.erfInv);
/** The logarithm of the absolute value of the gamma function. */
export const lgamma = unary("lgamma", prim.lgamma);
/** The derivative of `lgamma`. */
export const digamma = unary("digamma", prim.digamma);
/** The derivative of order `m + 1` of `lgamma` at `x`. */
export const polygamma = binary("polygamma", prim.polygamma);
/** The Hurwitz zeta function. */
export const zeta = binary("zeta", prim.zeta);
/** The regularized lower incomplete gamma function at `a` and `x`. */
export const igamma = binary("igamma", prim.igamma);
/** `1 - igamma(a, x)`. */
export const igammac = binary("igammac", prim.igammac);
/** The derivative of `igamma(a, x)` with respect to `a`. */
export const igammaGradA = binary("igammaGradA", prim.igammaGradA);
/** How a sample `x` of the gamma distribution with shape `a` moves with `a`. */
export const randomGammaGrad = binary("randomGammaGrad", prim.randomGammaGrad);
/** The regularized incomplete beta function at `a`, `b` and `x`. */
export const betainc = (a: ArrayLike, b: ArrayLike, x: ArrayLike): NDArray => {
  const [p, q, at] = operands("betainc", [a, b, x]) as readonly [NDArray, NDArray, NDArray];
  return prim.betainc(p, q, at);
};
/** exp(−|x|) I₀(x). */
export const besselI0e = unary("besselI0e", prim.besselI0e);
/** exp(−|x|) I₁(x). */
export const besselI1e = unary("besselI1e", prim.besselI1e);
/** Rounding down. */
export const floor = unary("floor", prim.floor);
/** Rounding up. */
export const ceil = unary("ceil", prim.ceil);
/** Neither infinite nor NaN. */
const finite = unary("isFinite", prim.isFinite);

export { finite as isFinite };

/** The nearest whole number; halves go away from zero, or to the even one. */
export const round = (x: ArrayLike, roundingMethod: prim.RoundingMethod = "AWAY_FROM_ZERO"): NDArray =>
  prim.round(operand(x, "round"), roundingMethod);

/** `x == y`. */
export const eq = binary("eq", prim.eq);
/** `x != y`. */
export const ne = binary("ne", prim.ne);
/** `x < y`. */
export const lt = binary("lt", prim.lt);
/** `x <= y`. */
export const le = binary("le", prim.le);
/** `x > y`. */
export const gt = binary("gt", prim.gt);
/** `x >= y`. */
export const ge = binary("ge", prim.ge);

/** The bits set in both. */
export const bitwiseAnd = binary("bitwiseAnd", prim.and);
/** The bits set in either. */
export const bitwiseOr = binary("bitwiseOr", prim.or);
/** The bits set in one only. */
export const bitwiseXor = binary("bitwiseXor", prim.xor);
/** All bits turned over. */
export const bitwiseNot = unary("bitwiseNot", prim.not);
/** `x` with its bits moved up. */
export const shiftLeft = binary("shiftLeft", prim.shiftLeft);
/** `x` with its bits moved down, zeros coming in. */
export const shiftRightLogical = binary("shiftRightLogical", prim.shiftRightLogical);
/** `x` with its bits moved down, copies of the highest coming in. */
export const shiftRightArithmetic = binary("shiftRightArithmetic", prim.shiftRightArithmetic);
/** How many bits are set. */
export const populationCount = unary("populationCount", prim.populationCount);
/** How many bits are 0 before the first that is set. */
export const clz = unary("clz", prim.clz);

/** `x` no less than `low` and no more than `high`. */
export const clamp = (low: ArrayLike, x: ArrayLike, high: ArrayLike): NDArray => {
  const [a, b, c] = operands("clamp", [low, x, high]) as readonly [NDArray, NDArray, NDArray];
  return prim.clamp(a, b, c);
};

/** `onTrue` where `pred` is true, `onFalse` elsewhere; `pred` has their shape or is a scalar. */
export const select = (pred: ArrayLike, onTrue: ArrayLike, onFalse: ArrayLike): NDArray => {
  const [x, y] = operands("select", [onTrue, onFalse]) as readonly [NDArray, NDArray];
  return prim.select(operand(pred, "select"), x, y);
};

/** `cases[which]`, element by element; `which` is int32, or bool for two cases. */
export const selectN = (which: ArrayLike, ...cases: readonly ArrayLike[]): NDArray =>
  prim.selectN(operand(which, "selectN"), ...operands("selectN", cases));

/** The same numbers in another dtype. */
export const convertElementType = (x: ArrayLike, newDtype: DType): NDArray =>
  prim.convertElementType(operand(x, "convertElementType"), newDtype);

/** The same bits read as another dtype of the same width. */
export const bitcastConvertType = (x: ArrayLike, newDtype: DType): NDArray =>
  prim.bitcastConvertType(operand(x, "bitcastConvertType"), newDtype);

/** `x` rounded to a floating-point format with so many bits of exponent and mantissa. */
export const reducePrecision = (x: ArrayLike, exponentBits: number, mantissaBits: number): NDArray =>
  prim.reducePrecision(operand(x, "reducePrecision"), exponentBits, mantissaBits);

/** `x`, an array or a tree of arrays, which counts as a constant when differentiated. */
export const stopGradient = <T>(x: T): T =>
  (x instanceof NDArray
    ? prim.stopGradient(x)
    : map((leaf: unknown) => prim.stopGradient(operand(leaf as ArrayLike, "stopGradient")), x)) as T;
