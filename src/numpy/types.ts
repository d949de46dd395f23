import {
  type ArrayLike,
  DTYPES,
  type DType,
  dtypeInfo,
  holdsAllOf,
  isDType,
  isInteger,
  NDArray,
  type Promotable,
  promoteTypes,
  resultType as resultTypeOf,
} from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import { convertElementType } from "../primitives/index.ts";
import { operand } from "./operands.ts";

export { promoteTypes };

/** A dtype as functions that make arrays take it: in its place, or in an options object. */
export type DTypeOption = DType | null | undefined | { readonly dtype?: DType | null | undefined };

/** The dtype that an option names; refuses what is none, naming the function. */
export const dtypeOption = (option: DTypeOption, name: string): DType | undefined => {
  const dtype: unknown = typeof option === "object" && option !== null ? option.dtype : option;
  if (dtype === undefined || dtype === null) return undefined;
  if (isDType(dtype)) return dtype;
  throw new ArgumentError(
    `${name}: dtype must be one of ${DTYPES.map((known) => JSON.stringify(known)).join(", ")}; got ${JSON.stringify(dtype)}.`,
  );
};

/** `x` in the dtype that an option asks for, if it does. */
export const inDType = (x: NDArray, dtype: DType | null | undefined, name: string): NDArray => {
  const wanted = dtypeOption(dtype, name);
  return wanted === undefined ? x : convertElementType(x, wanted);
};

/**
 * The elements of `x` as `dtype`: floats become integers by truncation, everything but 0 is true.
 *
 * @example
 * np.astype(np.array([1.7, -1.7]), "int32"); // [1, -1]
 */
export const astype = (x: ArrayLike, dtype: DType): NDArray => {
  const target = dtypeOption(dtype, "astype");
  if (target === undefined) throw new ArgumentError("astype: needs the dtype to convert to.");
  return convertElementType(operand(x, "astype"), target);
};

/**
 * The dtype of a result of several arrays, scalars and dtypes, by the rules of promotion.
 *
 *     resultType("int32", "float32"); // "float32"
 *     resultType(x, 2);               // the dtype of x
 *
 * @example
 * np.resultType(np.array([1], "int32"), 2.5); // "float32"
 */
export const resultType = (...args: readonly (ArrayLike | DType)[]): DType =>
  resultTypeOf(...args.map((x): Promotable => (typeof x === "string" ? { dtype: x, weakType: false } : x)))
    .dtype;

/** The limits of a floating-point dtype. */
export interface FloatInfo {
  readonly dtype: DType;
  readonly bits: number;
  /** The distance from 1 to the next number. */
  readonly eps: number;
  readonly epsneg: number;
  readonly max: number;
  readonly min: number;
  /** The least positive number of full precision. */
  readonly tiny: number;
  readonly smallestNormal: number;
  readonly smallestSubnormal: number;
  /** Decimal digits that survive. */
  readonly precision: number;
  readonly resolution: number;
  /** Bits of the exponent and of the mantissa. */
  readonly nexp: number;
  readonly nmant: number;
  readonly maxexp: number;
  readonly minexp: number;
}

/** The limits of a format with so many bits of exponent and mantissa, and decimal digits that survive. */
const floatInfo = (dtype: DType, nexp: number, nmant: number, precision: number): FloatInfo => {
  const maxexp = 2 ** (nexp - 1);
  const { bytes, max } = dtypeInfo(dtype);
  const tiny = 2 ** (2 - maxexp);
  return Object.freeze({
    dtype,
    bits: 8 * bytes,
    eps: 2 ** -nmant,
    epsneg: 2 ** -(nmant + 1),
    max,
    min: -max,
    tiny,
    smallestNormal: tiny,
    smallestSubnormal: tiny * 2 ** -nmant,
    precision,
    resolution: Number(`1e-${precision}`),
    nexp,
    nmant,
    maxexp,
    minexp: 2 - maxexp,
  });
};

const FLOAT_INFO: { readonly [dtype: string]: FloatInfo } = {
  bfloat16: floatInfo("bfloat16", 8, 7, 2),
  float16: floatInfo("float16", 5, 10, 3),
  float32: floatInfo("float32", 8, 23, 6),
  float64: floatInfo("float64", 11, 52, 15),
};

/**
 * The limits of a floating-point dtype, or of an array's.
 *
 * @example
 * np.finfo("float32").eps; // 1.19209e-7
 */
export const finfo = (dtype: DType | NDArray): FloatInfo => {
  const name = dtype instanceof NDArray ? dtype.dtype : dtype;
  const info = FLOAT_INFO[name];
  if (info !== undefined) return info;
  throw new ArgumentError(
    `finfo: takes one of ${Object.keys(FLOAT_INFO).join(", ")}; got ${JSON.stringify(name)}. For integers use iinfo.`,
  );
};

/** The limits of an integer dtype. */
export interface IntegerInfo {
  readonly dtype: DType;
  readonly bits: number;
  readonly max: number;
  readonly min: number;
}

/**
 * The limits of an integer dtype, or of an array's.
 *
 * @example
 * np.iinfo("int32").max; // 2147483647
 */
export const iinfo = (dtype: DType | NDArray): IntegerInfo => {
  const name = dtype instanceof NDArray ? dtype.dtype : dtype;
  if (!isDType(name) || !isInteger(name)) {
    const known = DTYPES.filter(isInteger).join(", ");
    throw new ArgumentError(
      `iinfo: takes one of ${known}; got ${JSON.stringify(name)}. For floats use finfo.`,
    );
  }
  const { bytes, min, max } = dtypeInfo(name);
  return Object.freeze({ dtype: name, bits: 8 * bytes, min, max });
};

/** Kinds of dtypes as the array API standard names them. */
export type DTypeKindName =
  | "bool"
  | "signed integer"
  | "unsigned integer"
  | "integral"
  | "real floating"
  | "complex floating"
  | "numeric";

const KINDS: { readonly [K in DTypeKindName]: readonly string[] } = {
  bool: ["bool"],
  "signed integer": ["int"],
  "unsigned integer": ["uint"],
  integral: ["int", "uint"],
  "real floating": ["float"],
  "complex floating": [],
  numeric: ["int", "uint", "float"],
};

/**
 * Whether `dtype` is of the kind, or one of the kinds or dtypes, given.
 *
 * @example
 * np.isdtype("float32", "real floating"); // true
 */
export const isdtype = (
  dtype: DType | NDArray,
  kind: DTypeKindName | DType | readonly (DTypeKindName | DType)[],
): boolean => {
  const name = dtype instanceof NDArray ? dtype.dtype : dtype;
  const kinds = (typeof kind === "string" ? [kind] : kind) as readonly string[];
  return kinds.some((k) => {
    if (k === name) return true;
    if (isDType(k) && k !== "bool") return false;
    const members = KINDS[k as DTypeKindName];
    if (members === undefined) {
      throw new ArgumentError(
        `isdtype: kind must be a dtype or one of ${Object.keys(KINDS).join(", ")}; got ${k}.`,
      );
    }
    return members.includes(dtypeInfo(name).kind);
  });
};

/** NumPy's names of the classes of dtypes, and the kinds in each. */
const CLASSES: { readonly [name: string]: readonly string[] } = {
  generic: ["bool", "int", "uint", "float"],
  number: KINDS.numeric,
  integer: KINDS.integral,
  signedinteger: ["int"],
  unsignedinteger: ["uint"],
  inexact: ["float"],
  floating: ["float"],
};

/**
 * Whether `dtype` is another dtype or belongs to one of NumPy's classes of dtypes.
 *
 *     issubdtype("float32", "floating"); // true
 *
 * @example
 * np.issubdtype("int32", "integer"); // true
 */
export const issubdtype = (dtype: DType | NDArray, other: string): boolean => {
  const name = dtype instanceof NDArray ? dtype.dtype : dtype;
  if (isDType(other)) return name === other;
  const members = CLASSES[other];
  if (members === undefined) {
    throw new ArgumentError(
      `issubdtype: takes a dtype or one of ${Object.keys(CLASSES).join(", ")}; got ${JSON.stringify(other)}.`,
    );
  }
  return members.includes(dtypeInfo(name).kind);
};

/**
 * Whether `to` holds every value of `from`, so that no cast can lose one: NumPy's casting "safe".
 *
 * @example
 * np.canCast("int32", "float32"); // false
 */
export const canCast = (from: DType | NDArray, to: DType): boolean =>
  holdsAllOf(to, from instanceof NDArray ? from.dtype : from);

/**
 * How many axes `x` has.
 *
 * @example
 * np.ndim(np.zeros([2, 3])); // 2
 */
export const ndim = (x: ArrayLike): number => operand(x, "ndim").ndim;
/**
 * The shape of `x`.
 *
 * @example
 * np.shape(np.zeros([2, 3])); // [2, 3]
 */
export const shape = (x: ArrayLike): readonly number[] => operand(x, "shape").shape;
/**
 * How many elements `x` has, or how long one axis is.
 *
 * @example
 * np.size(np.zeros([2, 3])); // 6
 */
export const size = (x: ArrayLike, axis?: number): number => {
  const array = operand(x, "size");
  if (axis === undefined) return array.size;
  return array.shape[axis < 0 ? axis + array.ndim : axis] ?? 1;
};
/**
 * Whether `x` is a JavaScript scalar or an array without axes.
 *
 * @example
 * np.isscalar(3); // true
 */
export const isscalar = (x: unknown): boolean =>
  typeof x === "number" || typeof x === "boolean" || (x instanceof NDArray && x.ndim === 0);
