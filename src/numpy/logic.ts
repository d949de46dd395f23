import { type ArrayLike, isFloat, type NDArray } from "../array/index.ts";
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

/** Whether both `x` and `y` are true, element by element. */
export const logicalAnd = logical("logicalAnd", prim.and);
/** Whether `x` or `y` is true, element by element. */
export const logicalOr = logical("logicalOr", prim.or);
/** Whether one of `x` and `y` is true and the other is not, element by element. */
export const logicalXor = logical("logicalXor", prim.xor);
/** Whether `x` is not true, element by element. */
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

/** The bits set in both `x` and `y`; of booleans, `logicalAnd`. */
export const bitwiseAnd = ofBits("bitwiseAnd", prim.and);
/** The bits set in `x` or `y`; of booleans, `logicalOr`. */
export const bitwiseOr = ofBits("bitwiseOr", prim.or);
/** The bits set in one of `x` and `y` only; of booleans, `logicalXor`. */
export const bitwiseXor = ofBits("bitwiseXor", prim.xor);

/** All bits turned over; of booleans, `logicalNot`. */
export const bitwiseNot = (x: ArrayLike): NDArray => {
  const array = operand(x, "bitwiseNot");
  checkBits("bitwiseNot", array);
  return prim.not(array);
};

/** `bitwiseNot` by its other names. */
export const invert = bitwiseNot;
export const bitwiseInvert = bitwiseNot;

/** `x` with its bits moved up by `y`; those beyond 32 are lost. */
export const leftShift = ofBits("leftShift", prim.shiftLeft, toNumeric);
/** `x` with its bits moved down by `y`; int32 keeps its sign. */
export const rightShift = ofBits(
  "rightShift",
  (x, y) => (x.dtype === "uint32" ? prim.shiftRightLogical(x, y) : prim.shiftRightArithmetic(x, y)),
  toNumeric,
);
/** `leftShift` by its other name. */
export const bitwiseLeftShift = leftShift;
/** `rightShift` by its other name. */
export const bitwiseRightShift = rightShift;

/** How many bits are set in the absolute value of each integer, as uint32. */
export const bitwiseCount = (x: ArrayLike): NDArray => {
  const array = operand(x, "bitwiseCount", toNumeric);
  checkBits("bitwiseCount", array);
  const magnitude = array.dtype === "int32" ? prim.abs(array) : array;
  return prim.convertElementType(prim.populationCount(magnitude), "uint32");
};
