import { bfloat16Bits, float16Bits, ofBfloat16Bits, ofFloat16Bits } from "./half.ts";

/** The element types that are computed in as they are. */
export type ComputeDType = "float32" | "float64" | "int32" | "uint32" | "bool";

/** The element types that are kept in memory, and computed in a wider one. */
export type StorageDType = "int8" | "uint8" | "int16" | "uint16" | "float16" | "bfloat16";

/**
 * The element types of arrays. Booleans are stored as bytes 0 and 1, 16-bit floats as their bits.
 */
export type DType = ComputeDType | StorageDType;

/** What arithmetic an element type has. */
export type DTypeKind = "float" | "int" | "uint" | "bool";

/** The typed arrays that hold elements. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array;

/** Facts about one element type. */
export interface DTypeInfo {
  readonly kind: DTypeKind;
  /** Bytes an element takes. */
  readonly bytes: number;
  /** The short name that jaxprs print, such as `f32`. */
  readonly short: string;
  /** The least and the greatest element; of floats, the finite ones. */
  readonly min: number;
  readonly max: number;
  /** The type that its elements are computed in: itself unless it is for storage. */
  readonly compute: ComputeDType;
}

const float = (bytes: number, short: string, max: number, compute: ComputeDType): DTypeInfo => ({
  kind: "float",
  bytes,
  short,
  min: -max,
  max,
  compute,
});

const int = (bits: number): DTypeInfo => ({
  kind: "int",
  bytes: bits / 8,
  short: `i${bits}`,
  min: -(2 ** (bits - 1)),
  max: 2 ** (bits - 1) - 1,
  compute: "int32",
});

const uint = (bits: number): DTypeInfo => ({
  kind: "uint",
  bytes: bits / 8,
  short: `u${bits}`,
  min: 0,
  max: 2 ** bits - 1,
  compute: "uint32",
});

const INFO: { readonly [K in DType]: DTypeInfo } = {
  bool: { kind: "bool", bytes: 1, short: "bool", min: 0, max: 1, compute: "bool" },
  uint8: uint(8),
  uint16: uint(16),
  uint32: uint(32),
  int8: int(8),
  int16: int(16),
  int32: int(32),
  bfloat16: float(2, "bf16", (2 - 2 ** -7) * 2 ** 127, "float32"),
  float16: float(2, "f16", 65504, "float32"),
  float32: float(4, "f32", (2 - 2 ** -23) * 2 ** 127, "float32"),
  float64: float(8, "f64", Number.MAX_VALUE, "float64"),
};

/** Every element type, narrowest kind first. */
export const DTYPES: readonly DType[] = Object.keys(INFO) as DType[];

/** The type that a number takes when nothing else decides. */
export const DEFAULT_FLOAT: DType = "float32";

/** Facts about `dtype`. */
export const dtypeInfo = (dtype: DType): DTypeInfo => INFO[dtype];

/** Whether `value` names an element type. */
export const isDType = (value: unknown): value is DType =>
  typeof value === "string" && Object.hasOwn(INFO, value);

/** Whether `dtype` is a floating-point type: the types that have derivatives. */
export const isFloat = (dtype: DType): boolean => INFO[dtype].kind === "float";

/** Whether `dtype` is a signed or unsigned integer type. */
export const isInteger = (dtype: DType): boolean => isUnsigned(dtype) || INFO[dtype].kind === "int";

/** Whether `dtype` is an unsigned integer type. */
export const isUnsigned = (dtype: DType): boolean => INFO[dtype].kind === "uint";

/** Whether `dtype` is a 16-bit float, which typed arrays hold as bits. */
export const isHalf = (dtype: DType): dtype is "float16" | "bfloat16" =>
  dtype === "float16" || dtype === "bfloat16";

/** The type that elements of `dtype` are computed in: a wider one if it is for storage, else itself. */
export const computeDType = (dtype: DType): ComputeDType => INFO[dtype].compute;

/** Whether elements of `dtype` are computed in a wider type. */
export const isStorage = (dtype: DType): dtype is StorageDType => INFO[dtype].compute !== dtype;

/** Bits of the significands of floats: how large the whole numbers are of which none is left out. */
const DIGITS: { readonly [dtype: string]: number } = { bfloat16: 8, float16: 11, float32: 24, float64: 53 };

/** Whether `dtype` holds every value of `other`. */
export const holdsAllOf = (dtype: DType, other: DType): boolean => {
  const [to, from] = [INFO[dtype], INFO[other]];
  if (dtype === other || other === "bool") return true;
  if (to.kind !== "float") return from.kind !== "float" && to.min <= from.min && to.max >= from.max;
  return from.kind === "float" ? to.bytes > from.bytes : from.max < 2 ** (DIGITS[dtype] as number);
};

/** A zeroed typed array of `size` elements of `dtype`. */
export const allocate = (dtype: DType, size: number): TypedArray => {
  switch (dtype) {
    case "float32":
      return new Float32Array(size);
    case "float64":
      return new Float64Array(size);
    case "int32":
      return new Int32Array(size);
    case "uint32":
      return new Uint32Array(size);
    case "int8":
      return new Int8Array(size);
    case "int16":
      return new Int16Array(size);
    case "uint16":
    case "float16":
    case "bfloat16":
      return new Uint16Array(size);
    case "uint8":
    case "bool":
      return new Uint8Array(size);
  }
};

/** A number that `dtype` holds as typed arrays hold it: the bits of a 16-bit float, else itself. */
export const encodeElement = (value: number, dtype: DType): number =>
  dtype === "bfloat16" ? bfloat16Bits(value) : dtype === "float16" ? float16Bits(value) : value;

/** The number that an element of a typed array is: the inverse of `encodeElement`. */
export const decodeElement = (element: number, dtype: DType): number =>
  dtype === "bfloat16" ? ofBfloat16Bits(element) : dtype === "float16" ? ofFloat16Bits(element) : element;

/** `value` as an array of `dtype` stores it: rounded, or wrapped to the bits there are. */
export const storedScalar = (value: number, dtype: DType): number => {
  switch (dtype) {
    case "float32":
      return Math.fround(value);
    case "float64":
      return value;
    case "int32":
      return value | 0;
    case "uint32":
      return value >>> 0;
    case "int8":
      return (value << 24) >> 24;
    case "int16":
      return (value << 16) >> 16;
    case "uint16":
      return value & 65535;
    case "uint8":
    case "bool":
      return value & 255;
    case "float16":
    case "bfloat16":
      return decodeElement(encodeElement(value, dtype), dtype);
  }
};

/**
 * `value` as an element of `dtype` would hold it: rounded, brought into the range of an integer type, or made 0 or 1.
 * Conversion of floats to integers truncates, saturates at the ends of the range and sends NaN to 0,
 * as XLA does.
 */
export const castScalar = (value: number, dtype: DType): number => {
  const { kind, min, max } = INFO[dtype];
  if (kind === "float") return storedScalar(value, dtype);
  if (kind === "bool") return value !== 0 ? 1 : 0;
  return storedScalar(Math.min(max, Math.max(min, value)), dtype);
};
