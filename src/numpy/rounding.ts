import { type ArrayLike, isFloat, type NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { operand, toInexact, unary } from "./operands.ts";

/** A rounding of floats that leaves other arrays as they are. */
const rounding = (name: string, apply: (x: NDArray) => NDArray): ((x: ArrayLike) => NDArray) =>
  unary(name, (x) => (isFloat(x.dtype) ? apply(x) : x));

/**
 * The greatest whole number that is not greater, element by element.
 *
 * @example
 * np.floor(np.array([1.5, -1.5])); // [1, -2]
 */
export const floor = rounding("floor", prim.floor);

/**
 * The least whole number that is not less, element by element.
 *
 * @example
 * np.ceil(np.array([1.5, -1.5])); // [2, -1]
 */
export const ceil = rounding("ceil", prim.ceil);

/**
 * The whole part, rounded towards zero, element by element.
 *
 * @example
 * np.trunc(np.array([1.5, -1.5])); // [1, -1]
 */
export const trunc = rounding("trunc", (x) =>
  prim.select(prim.lt(x, prim.scalarLike(x, 0)), prim.ceil(x), prim.floor(x)),
);

/** `trunc` by its other name. */
export const fix = trunc;

const toEven = (x: NDArray): NDArray => prim.round(x, "TO_NEAREST_EVEN");

/**
 * The nearest whole number, halves to the even one, element by element. Integers become float32.
 *
 * @example
 * np.rint(np.array([0.5, 1.5])); // [0, 2]
 */
export const rint = unary("rint", toEven, toInexact);

/**
 * `x` rounded to `decimals` places after the point (before it if negative), halves to the even digit. Integers are
 * left as they are.
 *
 * @example
 * np.round(3.14159, 2); // 3.14
 */
export const round = (x: ArrayLike, decimals = 0): NDArray => {
  const array = operand(x, "round");
  if (!Number.isInteger(decimals)) {
    throw new ArgumentError(`round: decimals must be a whole number; got ${decimals}.`);
  }
  if (!isFloat(array.dtype)) {
    if (decimals >= 0) return array;
    const scaled = round(prim.convertElementType(array, "float64"), decimals);
    return prim.convertElementType(scaled, array.dtype, array.weakType);
  }
  if (decimals === 0) return toEven(array);
  const factor = prim.scalarLike(array, 10 ** Math.abs(decimals));
  const rounded =
    decimals > 0
      ? prim.div(toEven(prim.mul(array, factor)), factor)
      : prim.mul(toEven(prim.div(array, factor)), factor);
  // Of numbers so large that the scaling overflows every digit asked for is zero already.
  return decimals > 0 ? prim.select(prim.isFinite(rounded), rounded, array) : rounded;
};

/** `round` by its other name. */
export const around = round;

/**
 * The fractional and the whole part, both with the sign of `x`.
 *
 * @example
 * np.modf(np.array([1.5, -1.5])); // [[0.5, -0.5], [1, -1]]
 */
export const modf = (x: ArrayLike): readonly [fraction: NDArray, whole: NDArray] => {
  const array = operand(x, "modf", toInexact);
  const whole = trunc(array);
  return [prim.sub(array, whole), whole];
};
