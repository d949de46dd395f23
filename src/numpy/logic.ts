import { type ArrayLike, isFloat, isUnsigned, type NDArray } from "../array/index.ts";
import { DTypeError, describeAval } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { binary, operand, toNumeric, truth } from "./operands.ts";

/** A function of conditions: everything but 0 is true. */
const logical = (
  name: string,
  apply: (x: NDArray, y: NDArray) => NDArray,
): ((x: ArrayLike, y: ArrayLike) => NDArray) => {
  const ofBooleans = binary(name, apply);
  return (x, y) => ofBooleans(truth(x, name), truth(y, name));
};

/**
 * Whether both `x` and `y` are true, element by element.
 *
 * @example
 * np.logicalAnd(np.array([true, false]), true); // [true, false]
 */
export const logicalAnd = logical("logicalAnd", prim.and);
/**
 * Whether `x` or `y` is true, element by element.
 *
 * @example
 * np.logicalOr(np.array([true, false]), true); // [true, true]
 */
export const logicalOr = logical("logicalOr", prim.or);
/**
 * Whether one of `x` and `y` is true and the other is not, element by element.
 *
 * @example
 * np.logicalXor(np.array([true, false]), true); // [false, true]
 */
export const logicalXor = logical("logicalXor", prim.xor);
/**
 * Whether `x` is not true, element by element.
 *
 * @example
 * np.logicalNot(np.array([true, false])); // [false, true]
 */
export const logicalNot = (x: ArrayLike): NDArray => prim.not(truth(x, "logicalNot"));

/** Refuse floats, which have no bits to work on. */
const checkBits = (name: string, x: NDArray): void => {
  if (isFloat(x.dtype)) {
    throw new DTypeError(
      `${name}: takes integers and booleans; got ${describeAval(x)}. Convert with astype, or read the bits of floats ` +
        "with lax.bitcastConvertType.",
    );
  }
};

const ofBits = (
  name: string,
  apply: (x: NDArray, y: NDArray) => NDArray,
  promotion?: typeof toNumeric,
): ((x: ArrayLike, y: ArrayLike) => NDArray) =>
  binary(
    name,
    (x, y) => {
      checkBits(name, x);
      return apply(x, y);
    },
    promotion,
  );

/**
 * The bits set in both `x` and `y`; of booleans, `logicalAnd`.
 *
 * @example
 * np.bitwiseAnd(np.array([6], "int32"), 3); // [2]
 */
export const bitwiseAnd = ofBits("bitwiseAnd", prim.and);
/**
 * The bits set in `x` or `y`; of booleans, `logicalOr`.
 *
 * @example
 * np.bitwiseOr(np.array([6], "int32"), 3); // [7]
 */
export const bitwiseOr = ofBits("bitwiseOr", prim.or);
/**
 * The bits set in one of `x` and `y` only; of booleans, `logicalXor`.
 *
 * @example
 * np.bitwiseXor(np.array([6], "int32"), 3); // [5]
 */
export const bitwiseXor = ofBits("bitwiseXor", prim.xor);

/**
 * All bits turned over; of booleans, `logicalNot`.
 *
 * @example
 * np.bitwiseNot(np.array([6], "int32")); // [-7]
 */
export const bitwiseNot = (x: ArrayLike): NDArray => {
  const array = operand(x, "bitwiseNot");
  checkBits("bitwiseNot", array);
  return prim.not(array);
};

/**
 * `bitwiseNot` by its other names.
 *
 * @example
 * np.invert(np.array([6], "int32")); // [-7]
 */
export const invert = bitwiseNot;
/**
 * ?
 *
 * @example
 * np.bitwiseInvert(np.array([6], "int32")); // [-7]
 */
export const bitwiseInvert = bitwiseNot;

/**
 * `x` with its bits moved up by `y`; those beyond 32 are lost.
 *
 * @example
 * np.leftShift(np.array([3], "int32"), 2); // [12]
 */
export const leftShift = ofBits("leftShift", prim.shiftLeft, toNumeric);
/**
 * `x` with its bits moved down by `y`; int32 keeps its sign.
 *
 * @example
 * np.rightShift(np.array([12], "int32"), 2); // [3]
 */
export const rightShift = ofBits(
  "rightShift",
  (x, y) => (isUnsigned(x.dtype) ? prim.shiftRightLogical(x, y) : prim.shiftRightArithmetic(x, y)),
  toNumeric,
);
/** `leftShift` by its other name. */
export const bitwiseLeftShift = leftShift;
/** `rightShift` by its other name. */
export const bitwiseRightShift = rightShift;

/**
 * How many bits are set in the absolute value of each integer, as uint8.
 *
 * @example
 * np.bitwiseCount(np.array([7, 8], "int32")); // [3, 1]
 */
export const bitwiseCount = (x: ArrayLike): NDArray => {
  const array = operand(x, "bitwiseCount", toNumeric);
  checkBits("bitwiseCount", array);
  const magnitude = isUnsigned(array.dtype) || array.dtype === "bool" ? array : prim.abs(array);
  return prim.convertElementType(prim.populationCount(magnitude), "uint8");
};
