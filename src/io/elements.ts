import { type Either, right } from "fp-ts/lib/Either.js";
import { allocate, ConcreteArray, type DType, type NDArray } from "../array/index.ts";
import { type IoError, type ReadOptions, refuse } from "./io-error.ts";

/*
 * Elements as files hold them. Five types are ours; the others are read as the next wider one of ours. 64-bit integers
 * are read as 32-bit ones, and refused if one does not fit.
 */

/** The element types of files. */
export type StoredType =
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool";

interface Stored {
  readonly bytes: number;
  /** The dtype it is read as. */
  readonly dtype: DType;
  /** One element; `undefined` if our dtype cannot hold it. */
  read(view: DataView, at: number, littleEndian: boolean): number | undefined;
}

/** The value of the 16 bits of an IEEE half. */
const fromHalf = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
};

const scratch = new DataView(new ArrayBuffer(4));

/** The value of the 16 upper bits of a float32. */
const fromBrain = (bits: number): number => {
  scratch.setUint32(0, bits * 0x10000);
  return scratch.getFloat32(0);
};

const within = (value: bigint, low: bigint, high: bigint): number | undefined =>
  value >= low && value <= high ? Number(value) : undefined;

export const STORED: { readonly [T in StoredType]: Stored } = {
  float16: { bytes: 2, dtype: "float32", read: (v, at, le) => fromHalf(v.getUint16(at, le)) },
  bfloat16: { bytes: 2, dtype: "float32", read: (v, at, le) => fromBrain(v.getUint16(at, le)) },
  float32: { bytes: 4, dtype: "float32", read: (v, at, le) => v.getFloat32(at, le) },
  float64: { bytes: 8, dtype: "float64", read: (v, at, le) => v.getFloat64(at, le) },
  int8: { bytes: 1, dtype: "int32", read: (v, at) => v.getInt8(at) },
  int16: { bytes: 2, dtype: "int32", read: (v, at, le) => v.getInt16(at, le) },
  int32: { bytes: 4, dtype: "int32", read: (v, at, le) => v.getInt32(at, le) },
  int64: {
    bytes: 8,
    dtype: "int32",
    read: (v, at, le) => within(v.getBigInt64(at, le), -(2n ** 31n), 2n ** 31n - 1n),
  },
  uint8: { bytes: 1, dtype: "uint32", read: (v, at) => v.getUint8(at) },
  uint16: { bytes: 2, dtype: "uint32", read: (v, at, le) => v.getUint16(at, le) },
  uint32: { bytes: 4, dtype: "uint32", read: (v, at, le) => v.getUint32(at, le) },
  uint64: {
    bytes: 8,
    dtype: "uint32",
    read: (v, at, le) => within(v.getBigUint64(at, le), 0n, 2n ** 32n - 1n),
  },
  bool: { bytes: 1, dtype: "bool", read: (v, at) => (v.getUint8(at) <= 1 ? v.getUint8(at) : undefined) },
};

/**
 * The number of elements of a shape that bytes claim to hold, or `undefined` unless every length is a whole number >= 0
 * and the product is at most `limit`, so that no product can overflow.
 */
export const countWithin = (shape: readonly number[], limit: number): number | undefined => {
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0)) return undefined;
  if (shape.includes(0)) return 0;
  let count = 1;
  for (const n of shape) {
    count *= n;
    if (count > limit) return undefined;
  }
  return count;
};

/** An array of a checked shape from bytes that hold exactly its elements, row by row. */
export const readElements = (
  where: string,
  type: StoredType,
  shape: readonly number[],
  bytes: Uint8Array,
  littleEndian: boolean,
  { nonFinite = "keep" }: ReadOptions,
): Either<IoError, NDArray> => {
  const { bytes: width, dtype, read } = STORED[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data = allocate(dtype, bytes.byteLength / width);
  for (let i = 0; i < data.length; i++) {
    const value = read(view, i * width, littleEndian);
    if (value === undefined) {
      return refuse(where, "out-of-range", `element ${i} of ${type} does not fit ${dtype}.`);
    }
    if (nonFinite === "refuse" && !Number.isFinite(value)) {
      return refuse(where, "not-finite", `element ${i} is ${value}.`);
    }
    data[i] = value;
  }
  return right(new ConcreteArray(data, shape, dtype));
};

/** The bytes of an array's elements, row by row, little-endian. */
export const writeElements = (x: NDArray): Uint8Array => {
  const data = x.toTypedArray();
  const out = new Uint8Array(data.byteLength);
  const view = new DataView(out.buffer);
  const write: { readonly [D in DType]: (at: number, value: number) => void } = {
    float32: (at, value) => view.setFloat32(at, value, true),
    float64: (at, value) => view.setFloat64(at, value, true),
    int32: (at, value) => view.setInt32(at, value, true),
    uint32: (at, value) => view.setUint32(at, value, true),
    bool: (at, value) => view.setUint8(at, value),
  };
  const put = write[x.dtype];
  const width = data.BYTES_PER_ELEMENT;
  for (let i = 0; i < data.length; i++) put(i * width, data[i] as number);
  return out;
};
