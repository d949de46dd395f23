import {
  computeDType,
  type DType,
  dtypeInfo,
  isInteger,
  isStorage,
  type NDArray,
  type StorageDType,
  scalarArray,
} from "../../array/index.ts";
import { bind1, type ElementRange, NO_PARAMS, type Primitive } from "../../core/index.ts";
import * as kernel from "../../kernel/expr.ts";
import * as bits from "../../kernel/math/bits.ts";
import { sub } from "./arithmetic.ts";
import { BITS, elementwiseArgs, INTEGER } from "./base.ts";
import { convertElementType } from "./conversion.ts";
import { defineElementwise } from "./define.ts";

/*
 * Operations on the bits of integers, which for booleans are those of logic. JavaScript's operators give signed
 * 32-bit results; stored in an array of unsigned integers they wrap into place.
 */

const INTEGERS: readonly DType[] = ["int32", "uint32"];
const BITS_DTYPES: readonly DType[] = ["int32", "uint32", "bool"];
const ANY_BITS: ElementRange = { min: 0, max: 1000 };

const defineBitwise = (
  name: string,
  scalar: (x: number, y: number) => number,
  expr: (x: kernel.Expr, y: kernel.Expr) => kernel.Expr,
): Primitive =>
  defineElementwise({
    name,
    kinds: BITS,
    scalar,
    expr,
    derivatives: [null, null],
    args: elementwiseArgs([ANY_BITS, ANY_BITS], NO_PARAMS, { otherDTypes: BITS_DTYPES, noFloats: true }),
  });

export const andPrimitive: Primitive = defineBitwise("and", (x, y) => x & y, kernel.and);
export const orPrimitive: Primitive = defineBitwise("or", (x, y) => x | y, kernel.or);
export const xorPrimitive: Primitive = defineBitwise("xor", (x, y) => x ^ y, kernel.xor);

/** Every bit turned over; for booleans, logical negation. */
export const notPrimitive: Primitive = defineElementwise({
  name: "not",
  kinds: BITS,
  scalar: { float: (x) => ~x, bool: (x) => 1 - x },
  expr: kernel.not,
  derivatives: [null],
  args: elementwiseArgs([ANY_BITS], NO_PARAMS, { otherDTypes: BITS_DTYPES, noFloats: true }),
});

/** Bitwise, or for booleans logical, `x and y`. */
export const and = (x: NDArray, y: NDArray): NDArray => bind1(andPrimitive, [x, y], NO_PARAMS);

/** Bitwise, or for booleans logical, `x or y`. */
export const or = (x: NDArray, y: NDArray): NDArray => bind1(orPrimitive, [x, y], NO_PARAMS);

/** Bitwise, or for booleans logical, `x` exclusive-or `y`. */
export const xor = (x: NDArray, y: NDArray): NDArray => bind1(xorPrimitive, [x, y], NO_PARAMS);

/** Bitwise, or for booleans logical, negation. */
export const not = (x: NDArray): NDArray => bind1(notPrimitive, [x], NO_PARAMS);

/** Shifts by 32 bits and more, and by negative amounts, shift everything out, as in XLA. */
const inRange = (amount: number): boolean => amount >= 0 && amount < 32;

const defineShift = (
  name: string,
  scalar: (x: number, amount: number) => number,
  expr: (x: kernel.Expr, amount: kernel.Expr) => kernel.Expr,
): Primitive =>
  defineElementwise({
    name,
    kinds: INTEGER,
    scalar,
    expr,
    derivatives: [null, null],
    args: elementwiseArgs([ANY_BITS, { min: 0, max: 40 }], NO_PARAMS, {
      otherDTypes: INTEGERS,
      noFloats: true,
    }),
  });

export const shiftLeftPrimitive: Primitive = defineShift(
  "shiftLeft",
  (x, amount) => (inRange(amount) ? x << amount : 0),
  bits.shiftLeft,
);
export const shiftRightLogicalPrimitive: Primitive = defineShift(
  "shiftRightLogical",
  (x, amount) => (inRange(amount) ? x >>> amount : 0),
  bits.shiftRightLogical,
);
export const shiftRightArithmeticPrimitive: Primitive = defineShift(
  "shiftRightArithmetic",
  (x, amount) => x >> (inRange(amount) ? amount : 31),
  bits.shiftRightArithmetic,
);

/**
 * Apply a function of 32 bits to integers of less, with zeros or with copies of the highest bit above them: what comes
 * in from there is not what a sign extends to.
 */
const extended =
  (by: "zeros" | "sign", apply: (...xs: NDArray[]) => NDArray) =>
  (...xs: NDArray[]): NDArray => {
    const { dtype } = xs[0] as NDArray;
    if (!isInteger(dtype) || !isStorage(dtype)) return apply(...xs);
    const width = 8 * dtypeInfo(dtype).bytes;
    const narrow = `${by === "zeros" ? "uint" : "int"}${width}` as StorageDType;
    const wide = xs.map((x) => convertElementType(convertElementType(x, narrow), computeDType(narrow)));
    return convertElementType(apply(...wide), dtype);
  };

/** `x` with its bits moved up by `amount`, zeros coming in. */
export const shiftLeft: (x: NDArray, amount: NDArray) => NDArray = extended("zeros", (...xs) =>
  bind1(shiftLeftPrimitive, xs, NO_PARAMS),
);

/** `x` with its bits moved down by `amount`, zeros coming in. */
export const shiftRightLogical: (x: NDArray, amount: NDArray) => NDArray = extended("zeros", (...xs) =>
  bind1(shiftRightLogicalPrimitive, xs, NO_PARAMS),
);

/** `x` with its bits moved down by `amount`, copies of the highest bit coming in. */
export const shiftRightArithmetic: (x: NDArray, amount: NDArray) => NDArray = extended("sign", (...xs) =>
  bind1(shiftRightArithmeticPrimitive, xs, NO_PARAMS),
);

const countOnes = (x: number): number => {
  let count = 0;
  // Each step clears the lowest bit that is set.
  for (let rest = x | 0; rest !== 0; rest &= rest - 1) count++;
  return count;
};

/** How many bits are set. */
export const populationCountPrimitive: Primitive = defineElementwise({
  name: "populationCount",
  kinds: INTEGER,
  scalar: countOnes,
  expr: bits.populationCount,
  derivatives: [null],
  args: elementwiseArgs([ANY_BITS], NO_PARAMS, { otherDTypes: INTEGERS, noFloats: true }),
});

/** How many of the bits of each element are set. */
export const populationCount: (x: NDArray) => NDArray = extended("zeros", (...xs) =>
  bind1(populationCountPrimitive, xs, NO_PARAMS),
);

/** How many zeros stand above the highest bit that is set. */
export const clzPrimitive: Primitive = defineElementwise({
  name: "clz",
  kinds: INTEGER,
  scalar: (x) => Math.clz32(x),
  expr: bits.leadingZeros,
  derivatives: [null],
  args: elementwiseArgs([ANY_BITS], NO_PARAMS, { otherDTypes: INTEGERS, noFloats: true }),
});

/** How many of the bits of each element are zero before the first that is set; all of them for 0. */
export const clz = (x: NDArray): NDArray => {
  const above = 32 - 8 * dtypeInfo(x.dtype).bytes;
  const count = countZeros(x);
  return above > 0 ? sub(count, scalarArray(above, x.dtype, true)) : count;
};

const countZeros: (x: NDArray) => NDArray = extended("zeros", (...xs) => bind1(clzPrimitive, xs, NO_PARAMS));
