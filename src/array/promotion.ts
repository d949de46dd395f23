import { DTYPES, type DType, dtypeInfo, isFloat, isInteger } from "./dtype.ts";
import type { NDArray } from "./ndarray.ts";

/** What promotion needs to know of an array: its dtype, and whether that yields to others. */
export interface Typed {
  readonly dtype: DType;
  readonly weakType: boolean;
}

/** What takes part in type promotion: an array, its type alone, or a weakly typed JavaScript scalar. */
export type Promotable = NDArray | Typed | number | boolean;

const typed = (dtype: DType, weakType: boolean): Typed => Object.freeze({ dtype, weakType });

/** Every type, weak ones included; a bool is never weak: nothing yields to it. */
const STRONG = Object.fromEntries(DTYPES.map((dtype) => [dtype, typed(dtype, false)])) as Types;
const WEAK = Object.fromEntries(DTYPES.map((dtype) => [dtype, typed(dtype, dtype !== "bool")])) as Types;
type Types = { readonly [K in DType]: Typed };

/** What whole numbers, other numbers and booleans count as. */
const WEAK_INT = WEAK.int32;
const WEAK_FLOAT = WEAK.float32;

/** Whether floats, then integers, then booleans. */
const classOf = (dtype: DType): number => (isFloat(dtype) ? 2 : isInteger(dtype) ? 1 : 0);

/** The type that holds what two types of one class hold. */
const wider = (a: DType, b: DType): DType => {
  if (a === b) return a;
  const [x, y] = [dtypeInfo(a), dtypeInfo(b)];
  if (x.kind === y.kind) return x.bytes === y.bytes ? "float32" : x.bytes > y.bytes ? a : b;
  // A signed and an unsigned integer: the signed one if it is the wider, else one twice as wide as the other.
  const [signed, unsigned] = x.kind === "int" ? [a, y] : [b, x];
  if (dtypeInfo(signed).bytes > unsigned.bytes) return signed;
  return unsigned.bytes === 1 ? "int16" : "int32";
};

/**
 * The least type that two types yield to. This is JAX's lattice restricted to our dtypes:
 *
 *     bool → weak int → the integers → weak float → float16 and bfloat16 → float32 → float64
 *
 * Among integers uint8, uint16, uint32 and int8, int16, int32 are chains, and each unsigned type yields to the signed
 * one that is twice as wide. JAX promotes uint32 with a signed type to int64 and, where 64-bit integers are off, that
 * to int32; we have no int64, so it is int32 at once. A weak float beats every integer and stays weak: a weak float32
 * with an int32 array gives a weak float32.
 */
const join = (a: Typed, b: Typed): Typed => {
  const difference = classOf(a.dtype) - classOf(b.dtype);
  if (difference !== 0) return difference > 0 ? a : b;
  if (a.weakType !== b.weakType) return a.weakType ? b : a;
  return (a.weakType ? WEAK : STRONG)[wider(a.dtype, b.dtype)];
};

/** `join`, worked out once for each pair. */
const joins = new Map<Typed, Map<Typed, Typed>>();

const joined = (a: Typed, b: Typed): Typed => {
  if (a === b) return a;
  let row = joins.get(a);
  if (row === undefined) {
    row = new Map();
    joins.set(a, row);
  }
  let type = row.get(b);
  if (type === undefined) {
    type = join(a, b);
    row.set(b, type);
  }
  return type;
};

/** The type of one operand. A whole JavaScript number counts as a weak int. */
const typeOf = (operand: Promotable): Typed => {
  if (typeof operand === "object" && operand !== null)
    return (operand.weakType ? WEAK : STRONG)[operand.dtype];
  if (typeof operand === "number") return Number.isInteger(operand) ? WEAK_INT : WEAK_FLOAT;
  if (typeof operand === "boolean") return STRONG.bool;
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
export const promoteTypes = (a: DType, b: DType): DType => (a === b ? a : joined(STRONG[a], STRONG[b]).dtype);

/** `resultType` of two operands: no allocation. */
export const resultType2 = (a: Promotable, b: Promotable): Typed =>
  typeof a === "number" && typeof b === "number" ? WEAK_FLOAT : joined(typeOf(a), typeOf(b));

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
  if (operands.every((operand) => typeof operand === "number")) return WEAK_FLOAT;
  return operands.map(typeOf).reduce(joined);
};
