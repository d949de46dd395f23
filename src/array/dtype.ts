/**
 * The element types of arrays. Booleans are stored as bytes 0 and 1.
 */
export type DType = "float32" | "float64" | "int32" | "uint32" | "bool";

/** What arithmetic an element type has. */
export type DTypeKind = "float" | "int" | "uint" | "bool";

/** The typed arrays that hold elements. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array;

/** Facts about one element type. */
export interface DTypeInfo {
  readonly kind: DTypeKind;
  /** Bytes an element takes. */
  readonly bytes: number;
  /** The short name that jaxprs print, such as `f32`. */
  readonly short: string;
}

const INFO: { readonly [K in DType]: DTypeInfo } = {
  float32: { kind: "float", bytes: 4, short: "f32" },
  float64: { kind: "float", bytes: 8, short: "f64" },
  int32: { kind: "int", bytes: 4, short: "i32" },
  uint32: { kind: "uint", bytes: 4, short: "u32" },
  bool: { kind: "bool", bytes: 1, short: "bool" },
};

/** Every element type, narrowest kind first. */
export const DTYPES: readonly DType[] = ["bool", "uint32", "int32", "float32", "float64"];

/** The type that a number takes when nothing else decides. */
export const DEFAULT_FLOAT: DType = "float32";

/** Facts about `dtype`. */
export const dtypeInfo = (dtype: DType): DTypeInfo => INFO[dtype];

/** Whether `value` names an element type. */
export const isDType = (value: unknown): value is DType =>
  typeof value === "string" && Object.hasOwn(INFO, value);

/** Whether `dtype` is a floating-point type: the types that have derivatives. */
export const isFloat = (dtype: DType): boolean => dtype === "float32" || dtype === "float64";

/** Whether `dtype` is a signed or unsigned integer type. */
export const isInteger = (dtype: DType): boolean => dtype === "int32" || dtype === "uint32";

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
    case "bool":
      return new Uint8Array(size);
  }
};

/** `value` as a typed array of `dtype` stores it: rounded, or wrapped to the bits there are. */
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
    case "bool":
      return value & 255;
  }
};

/** The element type that a typed array holds, or `undefined` for those that no array stores. */
export const dtypeOf = (data: ArrayBufferView): DType | undefined => {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Uint32Array) return "uint32";
  return undefined;
};

/**
 * `value` as an element of `dtype` would hold it: rounded, wrapped to 32 bits, or made 0 or 1.
 * Conversion of floats to integers truncates, saturates at the ends of the range and sends NaN to 0,
 * as XLA does.
 */
export const castScalar = (value: number, dtype: DType): number => {
  switch (dtype) {
    case "float32":
      return Math.fround(value);
    case "float64":
      return value;
    case "int32":
      return Math.min(2147483647, Math.max(-2147483648, value)) | 0;
    case "uint32":
      return Math.min(4294967295, Math.max(0, value)) >>> 0;
    case "bool":
      return value !== 0 ? 1 : 0;
  }
};
