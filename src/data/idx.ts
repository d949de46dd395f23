/**
 * The IDX file format of the MNIST pages (yann.lecun.com/exdb/mnist, "THE IDX FILE FORMAT"):
 *
 *     byte 0, 1   zero
 *     byte 2      the code of the element type
 *     byte 3      the number of dimensions, n
 *     then        n sizes, each a big-endian uint32
 *     then        the elements, row-major, big-endian
 */
import { type Either, left, right } from "fp-ts/lib/Either.js";

/** An array read from IDX bytes; `dtype` tells which typed array `data` is. */
export type IdxArray =
  | IdxArrayOf<"uint8", Uint8Array>
  | IdxArrayOf<"int8", Int8Array>
  | IdxArrayOf<"int16", Int16Array>
  | IdxArrayOf<"int32", Int32Array>
  | IdxArrayOf<"float32", Float32Array>
  | IdxArrayOf<"float64", Float64Array>;

interface IdxArrayOf<Dtype extends string, Data> {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** The elements in row-major order: a fresh copy that shares no memory with the bytes read. */
  readonly data: Data;
}

/** Why bytes were refused. */
export interface IdxError {
  readonly reason: "truncated-header" | "bad-magic" | "unknown-type" | "wrong-length";
  /** What is wrong, in words. */
  readonly message: string;
}

/** The element types: code to name and width in bytes. */
const elementTypes: ReadonlyMap<number, { readonly dtype: IdxArray["dtype"]; readonly width: number }> =
  new Map([
    [0x08, { dtype: "uint8", width: 1 }],
    [0x09, { dtype: "int8", width: 1 }],
    [0x0b, { dtype: "int16", width: 2 }],
    [0x0c, { dtype: "int32", width: 4 }],
    [0x0d, { dtype: "float32", width: 4 }],
    [0x0e, { dtype: "float64", width: 8 }],
  ]);

const refuse = (reason: IdxError["reason"], message: string): Either<IdxError, never> =>
  left({ reason, message: `parseIdx: ${message}` });

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;

/** The number of elements of `shape`, or undefined where it is more than `limit`, so that no product can overflow. */
function countWithin(shape: readonly number[], limit: number): number | undefined {
  if (shape.includes(0)) return 0;
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (count > limit) return undefined;
  }
  return count;
}

/** Reads `count` elements from a view that starts at the first of them. */
function readElements(
  dtype: IdxArray["dtype"],
  shape: readonly number[],
  count: number,
  view: DataView,
): IdxArray {
  switch (dtype) {
    case "uint8":
      return { dtype, shape, data: new Uint8Array(view.buffer, view.byteOffset, count).slice() };
    case "int8":
      return { dtype, shape, data: new Int8Array(view.buffer, view.byteOffset, count).slice() };
    case "int16":
      return { dtype, shape, data: Int16Array.from({ length: count }, (_, i) => view.getInt16(2 * i)) };
    case "int32":
      return { dtype, shape, data: Int32Array.from({ length: count }, (_, i) => view.getInt32(4 * i)) };
    case "float32":
      return { dtype, shape, data: Float32Array.from({ length: count }, (_, i) => view.getFloat32(4 * i)) };
    case "float64":
      return { dtype, shape, data: Float64Array.from({ length: count }, (_, i) => view.getFloat64(8 * i)) };
  }
}

/**
 * Reads an array from the bytes of an IDX file, trusting nothing: the header must be whole, its type known, and
 * the file exactly as long as the header says. Sizes of 0 are legal; no dimensions means one element.
 *
 *     const labels = parseIdx(readFileSync("train-labels-idx1-ubyte"));
 *     if (isRight(labels)) labels.right.shape; // [60000]
 *
 * @returns the array, or why the bytes were refused; it never throws on a Uint8Array.
 * @example
 * const parsed = data.parseIdx(new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]));
 * isRight(parsed) && parsed.right.shape; // [2]
 */
export function parseIdx(bytes: Uint8Array): Either<IdxError, IdxArray> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) {
    return refuse("truncated-header", `the header needs at least 4 bytes, but there are ${bytes.length}.`);
  }
  if (view.getUint16(0) !== 0) {
    const start = `${hex(view.getUint8(0))} ${hex(view.getUint8(1))}`;
    return refuse(
      "bad-magic",
      `an IDX file starts with two zero bytes, but these are ${start}; is it still compressed?`,
    );
  }
  const code = view.getUint8(2);
  const type = elementTypes.get(code);
  if (type === undefined) {
    const known = [...elementTypes].map(([c, t]) => `${hex(c)} (${t.dtype})`).join(", ");
    return refuse("unknown-type", `the element type is ${hex(code)}, but only ${known} exist.`);
  }

  const ndim = view.getUint8(3);
  const header = 4 + 4 * ndim;
  if (bytes.length < header) {
    return refuse(
      "truncated-header",
      `a header of ${ndim} dimensions has ${header} bytes, but there are ${bytes.length}.`,
    );
  }
  const shape = Array.from({ length: ndim }, (_, axis) => view.getUint32(4 + 4 * axis));
  const available = bytes.length - header;
  const count = countWithin(shape, available);
  if (count === undefined || count * type.width !== available) {
    return refuse(
      "wrong-length",
      `${type.dtype}[${shape.join(",")}] does not fill the ${available} bytes after the header: the file is ` +
        `${count === undefined || count * type.width > available ? "cut short" : "too long"}.`,
    );
  }
  return right(readElements(type.dtype, shape, count, new DataView(bytes.buffer, bytes.byteOffset + header)));
}
