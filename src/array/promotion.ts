import type { DType } from "./dtype.ts";
import type { NDArray } from "./ndarray.ts";

/** What promotion needs to know of an array: its dtype, and whether that yields to others. */
export interface Typed {
  readonly dtype: DType;
  readonly weakType: boolean;
}

/** What takes part in type promotion: an array, its type alone, or a weakly typed JavaScript scalar. */
export type Promotable = NDArray | Typed | number | boolean;

/**
 * The types from the one that always yields to the one that always wins; a result has the type of the operand
 * that stands last. This is JAX's lattice restricted to our dtypes, where it is a chain:
 *
 *     bool → weak int → uint32 → int32 → weak float → float32 → float64
 *
 * Two entries need a word. JAX promotes uint32 with int32 to int64 and, where 64-bit integers are off, that to
 * int32; we have no int64, so int32 stands above uint32. A weak float beats every integer and stays weak: a weak
 * float32 with an int32 array gives a weak float32.
 */
const CHAIN: readonly Typed[] = (
  [
    ["bool", false],
    ["uint32", true],
    ["int32", true],
    ["uint32", false],
    ["int32", false],
    ["float32", true],
    ["float64", true],
    ["float32", false],
    ["float64", false],
  ] as const
).map(([dtype, weakType]) => Object.freeze({ dtype, weakType }));

const WEAK_INT = 2;
const WEAK_FLOAT = 5;

/** Where a type stands in `CHAIN`. A bool is never weak: nothing yields to it. */
const rankOf = (dtype: DType, weakType: boolean): number => {
  switch (dtype) {
    case "float32":
      return weakType ? WEAK_FLOAT : 7;
    case "float64":
      return weakType ? 6 : 8;
    case "int32":
      return weakType ? WEAK_INT : 4;
    case "uint32":
      return weakType ? 1 : 3;
    case "bool":
      return 0;
  }
};

/** The rank of one operand. A whole JavaScript number counts as a weak int. */
const rankOfOperand = (operand: Promotable): number => {
  if (typeof operand === "object" && operand !== null) return rankOf(operand.dtype, operand.weakType);
  if (typeof operand === "number") return Number.isInteger(operand) ? WEAK_INT : WEAK_FLOAT;
  if (typeof operand === "boolean") return 0;
  throw new TypeError(
    `resultType: type promotion is between arrays, numbers and booleans; got ${
      operand === null ? "null" : `a value of type ${typeof operand}`
    }.`,
  );
};

/**
 * The dtype that holds values of both `a` and `b`, as JAX chooses it.
 *
 *     promoteTypes("int32", "float32"); // "float32"
 *     promoteTypes("uint32", "int32");  // "int32": there is no int64 here
 *
 * @example
 * np.promoteTypes("int32", "float32"); // "float32"
 */
export const promoteTypes = (a: DType, b: DType): DType =>
  a === b || rankOf(a, false) >= rankOf(b, false) ? a : b;

/** `resultType` of two operands: no allocation. */
export const resultType2 = (a: Promotable, b: Promotable): Typed => {
  const rankA = rankOfOperand(a);
  const rankB = rankOfOperand(b);
  const onlyNumbers = typeof a === "number" && typeof b === "number";
  const rank = onlyNumbers ? WEAK_FLOAT : Math.max(rankA, rankB);
  return CHAIN[rank] as Typed;
};

/**
 * The type of a result of several operands, and whether it is weak.
 *
 * JavaScript scalars are weak, so that `x.mul(2)` keeps the dtype of `x`. A boolean counts as bool. A whole number
 * counts as an int where integers or booleans are among the operands, any other number (NaN and infinities too) as
 * a float; and where all operands are numbers the result is a weak float32, since JavaScript has but one kind of
 * number.
 *
 *     resultType(int32Array, 2);   // { dtype: "int32", weakType: false }
 *     resultType(int32Array, 0.5); // { dtype: "float32", weakType: true }
 *
 * The order of the operands does not matter. The objects returned are shared and frozen.
 */
export const resultType = (...operands: readonly Promotable[]): Typed => {
  if (operands.length === 0) throw new TypeError("resultType: at least one operand is needed; got none.");
  let rank = 0;
  let onlyNumbers = true;
  for (const operand of operands) {
    if (typeof operand !== "number") onlyNumbers = false;
    const own = rankOfOperand(operand);
    if (own > rank) rank = own;
  }
  return CHAIN[onlyNumbers ? WEAK_FLOAT : rank] as Typed;
};
