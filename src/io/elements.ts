import { type Either, right } from "fp-ts/lib/Either.js";
import {
  allocate,
  ConcreteArray,
  type DType,
  decodeElement,
  dtypeInfo,
  encodeElement,
  type NDArray,
} from "../array/index.ts";
import { type IoError, type ReadOptions, refuse } from "./io-error.ts";

/*
 * Elements as files hold them. All types but two are ours: 64-bit integers are read as 32-bit ones, and refused if one
 * does not fit.
 */

/** The element types of files. */
export type StoredType = DType | "int64" | "uint64";

interface Stored {
  readonly bytes: number;
  /** The dtype it is read as. */
  readonly dtype: DType;
  /** One element as typed arrays hold it; `undefined` if our dtype cannot hold it. */
  read(view: DataView, at: number, littleEndian: boolean): number | undefined;
}

const within = (value: bigint, low: bigint, high: bigint): number | undefined =>
  value >= low && value <= high ? Number(value) : undefined;

export const STORED: { readonly [T in StoredType]: Stored } = {
  float16: { bytes: 2, dtype: "float16", read: (v, at, le) => v.getUint16(at, le) },
  bfloat16: { bytes: 2, dtype: "bfloat16", read: (v, at, le) => v.getUint16(at, le) },
  float32: { bytes: 4, dtype: "float32", read: (v, at, le) => v.getFloat32(at, le) },
  float64: { bytes: 8, dtype: "float64", read: (v, at, le) => v.getFloat64(at, le) },
  int8: { bytes: 1, dtype: "int8", read: (v, at) => v.getInt8(at) },
  int16: { bytes: 2, dtype: "int16", read: (v, at, le) => v.getInt16(at, le) },
  int32: { bytes: 4, dtype: "int32", read: (v, at, le) => v.getInt32(at, le) },
  int64: {
    bytes: 8,
    dtype: "int32",
    read: (v, at, le) => within(v.getBigInt64(at, le), -(2n ** 31n), 2n ** 31n - 1n),
  },
  uint8: { bytes: 1, dtype: "uint8", read: (v, at) => v.getUint8(at) },
  uint16: { bytes: 2, dtype: "uint16", read: (v, at, le) => v.getUint16(at, le) },
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
    if (nonFinite === "refuse" && !Number.isFinite(decodeElement(value, dtype))) {
      return refuse(where, "not-finite", `element ${i} is ${decodeElement(value, dtype)}.`);
    }
    data[i] = value;
  }
  return right(new ConcreteArray(data, shape, dtype));
};

/** The bytes of an array's elements, row by row, little-endian. */
export const writeElements = (x: NDArray): Uint8Array => {
  const data = x.toTypedArray();
  const { bytes, kind } = dtypeInfo(x.dtype);
  const out = new Uint8Array(data.length * bytes);
  const view = new DataView(out.buffer);
  const put = (at: number, value: number): void => {
    if (bytes === 8) view.setFloat64(at, value, true);
    else if (bytes === 2) view.setUint16(at, encodeElement(value, x.dtype), true);
    else if (bytes === 1) view.setUint8(at, value);
    else if (kind === "float") view.setFloat32(at, value, true);
    else view.setUint32(at, value, true);
  };
  for (let i = 0; i < data.length; i++) put(i * bytes, data[i] as number);
  return out;
};
