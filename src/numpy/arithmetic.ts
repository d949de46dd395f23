import { type ArrayLike, dtypeInfo, isFloat, isInteger, isUnsigned, NDArray } from "../array/index.ts";
import { DTypeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import {
  binary,
  binaryPair,
  broadcastOperands,
  describe,
  operand,
  toInexact,
  toNumeric,
  unary,
} from "./operands.ts";

/**
 * `x + y`, element by element; of booleans, whether either is true.
 *
 * @example
 * np.add(np.array([1, 2]), 10); // [11, 12]
 */
export const add = binary("add", (x, y) => (x.dtype === "bool" ? prim.or(x, y) : prim.add(x, y)));

/**
 * `x - y`, element by element. Booleans have no difference.
 *
 * @example
 * np.subtract(np.array([1, 2]), 10); // [-9, -8]
 */
export const subtract = binary("subtract", (x, y) => {
  if (x.dtype === "bool") {
    throw new DTypeError(
      "subtract: booleans have no difference; use logicalXor, or convert them to int32 first (astype).",
    );
  }
  return prim.sub(x, y);
});

/**
 * `x * y`, element by element; of booleans, whether both are true.
 *
 * @example
 * np.multiply(np.array([1, 2]), 10); // [10, 20]
 */
export const multiply = binary("multiply", (x, y) => (x.dtype === "bool" ? prim.and(x, y) : prim.mul(x, y)));

/**
 * `x / y`, element by element; integers are divided as float32.
 *
 * @example
 * np.divide(np.array([1, 2]), 10); // [0.1, 0.2]
 */
export const divide = binary("divide", prim.div, toInexact);

/** `divide` under NumPy's other name. */
export const trueDivide = divide;

/** Where a remainder is not 0 and its sign is not that of the divisor, rounding down differs from truncating. */
const signsDiffer = (remainder: NDArray, y: NDArray): NDArray => {
  const zero = prim.scalarLike(remainder, 0);
  return prim.and(prim.ne(prim.lt(remainder, zero), prim.lt(y, zero)), prim.ne(remainder, zero));
};

/** An integer divisor with 1 in place of 0, so that the remainder is 0 there, as in JAX. */
const withoutZeros = (y: NDArray): NDArray =>
  isInteger(y.dtype) ? prim.select(prim.eq(y, prim.scalarLike(y, 0)), prim.scalarLike(y, 1), y) : y;

const remainderOf = (x: NDArray, y: NDArray): NDArray => {
  const divisor = withoutZeros(y);
  const remainder = prim.rem(x, divisor);
  if (isUnsigned(x.dtype)) return remainder;
  return prim.select(signsDiffer(remainder, divisor), prim.add(remainder, divisor), remainder);
};

/** The quotient of floats rounded down, from the exact remainder, so that `x = y * quotient + remainder`. */
const floatDivmod = (x: NDArray, y: NDArray): readonly [quotient: NDArray, remainder: NDArray] => {
  const truncated = prim.rem(x, y);
  // The remainder of a division by 0 is NaN, the quotient infinite.
  const dividend = prim.select(prim.eq(y, prim.scalarLike(y, 0)), x, prim.sub(x, truncated));
  const quotient = prim.div(dividend, y);
  const down = signsDiffer(truncated, y);
  return [
    prim.round(prim.select(down, prim.sub(quotient, prim.scalarLike(x, 1)), quotient)),
    prim.select(down, prim.add(truncated, y), truncated),
  ];
};

const floorQuotient = (x: NDArray, y: NDArray): NDArray => {
  if (isFloat(x.dtype)) return floatDivmod(x, y)[0];
  const quotient = prim.div(x, y);
  if (isUnsigned(x.dtype)) return quotient;
  const isInexact = prim.ne(prim.rem(x, y), prim.scalarLike(x, 0));
  const down = prim.and(prim.ne(prim.sign(x), prim.sign(y)), isInexact);
  return prim.select(down, prim.sub(quotient, prim.scalarLike(x, 1)), quotient);
};

/**
 * `x / y` rounded down, element by element.
 *
 * @example
 * np.floorDivide(np.array([7, -7]), 2); // [3, -4]
 */
export const floorDivide = binary("floorDivide", floorQuotient, toNumeric);

/**
 * The remainder of `floorDivide`, which has the sign of `y`, element by element.
 *
 * @example
 * np.remainder(np.array([7, -7]), 3); // [1, 2]
 */
export const remainder = binary("remainder", remainderOf, toNumeric);

/** `remainder` under NumPy's other name. */
export const mod = remainder;

/**
 * The remainder of division rounded towards zero, which has the sign of `x`, element by element.
 *
 * @example
 * np.fmod(np.array([7, -7]), 3); // [1, -1]
 */
export const fmod = binary("fmod", (x, y) => prim.rem(x, withoutZeros(y)), toNumeric);

/**
 * `[floorDivide(x, y), remainder(x, y)]`.
 *
 * @example
 * np.divmod(np.array([7, -7]), 3); // [[2, -3], [1, 2]]
 */
export const divmod = binaryPair<readonly [quotient: NDArray, remainder: NDArray]>(
  "divmod",
  (x, y) => (isFloat(x.dtype) ? floatDivmod(x, y) : [floorQuotient(x, y), remainderOf(x, y)]),
  toNumeric,
);

/**
 * `-x`. Booleans have no negative.
 *
 * @example
 * np.negative(np.array([1, -2])); // [-1, 2]
 */
export const negative = unary("negative", (x) => {
  if (x.dtype === "bool") throw new DTypeError("negative: booleans have no negative; use logicalNot.");
  return prim.neg(x);
});

/**
 * `x` itself, as an array.
 *
 * @example
 * np.positive(np.array([1, -2])); // [1, -2]
 */
export const positive = unary("positive", (x) => x);

/**
 * `1 / x`, element by element.
 *
 * @example
 * np.reciprocal(np.array([2, 4])); // [0.5, 0.25]
 */
export const reciprocal = unary("reciprocal", (x) => prim.div(prim.scalarLike(x, 1), x), toInexact);

/**
 * The absolute value, element by element. Its derivative at 0 is 1, as in JAX.
 *
 * @example
 * np.abs(np.array([1, -2])); // [1, 2]
 */
export const abs = unary("abs", (x) => (x.dtype === "bool" || isUnsigned(x.dtype) ? x : prim.abs(x)));

/** `abs` under NumPy's other name. */
export const absolute = abs;

/**
 * `abs` in floating point.
 *
 * @example
 * np.fabs(np.array([1, -2])); // [1, 2]
 */
export const fabs = unary("fabs", prim.abs, toInexact);

/**
 * −1, 0 or 1, element by element; NaN for NaN.
 *
 * @example
 * np.sign(np.array([3, 0, -2])); // [1, 0, -1]
 */
export const sign = unary("sign", (x) => {
  if (x.dtype === "bool")
    throw new DTypeError("sign: booleans have no sign; convert to int32 first (astype).");
  return prim.sign(x);
});

/**
 * `x * x`, element by element.
 *
 * @example
 * np.square(np.array([1, -2])); // [1, 4]
 */
export const square = unary("square", prim.square, toNumeric);

/**
 * The square root, element by element; NaN of negative numbers.
 *
 * @example
 * np.sqrt(np.array([4, 9])); // [2, 3]
 */
export const sqrt = unary("sqrt", prim.sqrt, toInexact);

/**
 * The cube root, element by element.
 *
 * @example
 * np.cbrt(np.array([8, -27])); // [2, -3]
 */
export const cbrt = unary("cbrt", prim.cbrt, toInexact);

/** Exponents that are unrolled into multiplications. */
const isSmallInteger = (y: ArrayLike): y is number =>
  typeof y === "number" && Number.isInteger(y) && Math.abs(y) < 2 ** 31;

/** Powers of integers by squaring; of exponents the lowest six bits count, as in JAX, since others overflow. */
const integerPower = (x: NDArray, y: NDArray): NDArray => {
  const zero = prim.scalarLike(y, 0);
  const one = prim.scalarLike(x, 1);
  let result = prim.select(prim.and(prim.eq(x, zero), prim.ne(y, zero)), zero, one);
  let base = x;
  let rest = y;
  for (let bit = 0; bit < 6; bit++) {
    const isSet = prim.ne(prim.and(rest, one), zero);
    result = prim.select(isSet, prim.mul(result, base), result);
    base = prim.mul(base, base);
    rest = prim.shiftRightLogical(rest, one);
  }
  return result;
};

const powerOf = binary(
  "power",
  (x, y) => (isInteger(x.dtype) ? integerPower(x, y) : prim.pow(x, y)),
  toNumeric,
);

/** Powers of floats with exponents of integers, which keep their dtype so that derivatives at 0 exist. */
const wholePower = (x: NDArray, y: NDArray): NDArray => {
  const [base, exponent] = broadcastOperands("power", [x, operand(y, "power", toNumeric)]) as readonly [
    NDArray,
    NDArray,
  ];
  return prim.pow(base, exponent);
};

/**
 * `x` to the power `y`, element by element. A whole JavaScript number as the exponent means repeated multiplication,
 * and so does an exponent of integers for a base of integers, which have no negative powers.
 *
 * @example
 * np.power(np.array([1, 2, 3]), 2); // [1, 4, 9]
 */
export const power = (x: ArrayLike, y: ArrayLike): NDArray => {
  if (isSmallInteger(y)) {
    const base = operand(x, "power", toNumeric);
    if (y < 0 && isInteger(base.dtype)) {
      throw new RangeError(
        `power: integers have no negative powers; got ${describe(x)} and ${y}. Convert to a float first (astype).`,
      );
    }
    return prim.integerPow(base, y);
  }
  if (
    x instanceof NDArray &&
    y instanceof NDArray &&
    isFloat(x.dtype) &&
    dtypeInfo(y.dtype).kind !== "float"
  ) {
    return wholePower(x, y);
  }
  return powerOf(x, y);
};

/** `power` under its other name. */
export const pow = power;

/**
 * `power` in floating point.
 *
 * @example
 * np.floatPower(np.array([4, 9], "int32"), 0.5); // [2, 3]
 */
export const floatPower = binary("floatPower", prim.pow, toInexact);
