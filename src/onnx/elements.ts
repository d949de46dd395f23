import { allocate, ConcreteArray, type DType, denseData, sizeOf, type TypedArray } from "../array/index.ts";
import { bytesOf, type ElementType, type TensorProto } from "./model.ts";

/*
 * Elements of arrays as files hold them: row by row, least byte first.
 */

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The same bytes with those of each element turned round, on machines that store the greatest first. */
const littleEndian = (bytes: Uint8Array, width: number): Uint8Array => {
  if (isLittleEndian || width === 1) return bytes;
  const turned = bytes.slice();
  for (let at = 0; at < turned.length; at += width) turned.subarray(at, at + width).reverse();
  return turned;
};

/** The bytes of typed elements. */
export const bytesOfElements = (data: TypedArray | BigInt64Array | BigUint64Array): Uint8Array =>
  littleEndian(new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice(), data.BYTES_PER_ELEMENT);

/** A constant of a model with the elements of an array. */
export const tensorOf = (name: string, x: ConcreteArray): TensorProto => ({
  name,
  type: x.dtype,
  dims: x.shape,
  data: bytesOfElements(denseData(x)),
});

/** The bytes of a constant with its axes in another order. */
export const transposedElements = (
  { type, dims, data }: TensorProto,
  permutation: readonly number[],
): Uint8Array => {
  const width = bytesOf(type);
  const strides = dims.map((_, axis) => sizeOf(dims.slice(axis + 1)));
  const out = new Uint8Array(data.length);
  let to = 0;
  const copy = (from: number, axis: number): void => {
    if (axis === permutation.length) {
      out.set(data.subarray(from * width, (from + 1) * width), to);
      to += width;
      return;
    }
    const source = permutation[axis] as number;
    for (let i = 0; i < (dims[source] as number); i++) copy(from + i * (strides[source] as number), axis + 1);
  };
  copy(0, 0);
  return out;
};

/** Typed elements of a dtype of ours, from bytes as files hold them. */
export const elementsOf = (dtype: DType, size: number, bytes: Uint8Array): TypedArray => {
  const out = allocate(dtype, size);
  new Uint8Array(out.buffer).set(littleEndian(bytes, bytesOf(dtype)));
  return out;
};

/** The array that a constant of a dtype of ours holds. */
export const arrayOfTensor = ({ type, dims, data }: TensorProto & { readonly type: DType }): ConcreteArray =>
  new ConcreteArray(elementsOf(type, sizeOf(dims), data), dims, type);

/** The elements of a 64-bit integer constant. */
export const integersOf = ({ data }: TensorProto): BigInt64Array => {
  const aligned = littleEndian(data, 8).slice();
  return new BigInt64Array(aligned.buffer, 0, aligned.length / 8);
};

/** A typed array of an element type, from numbers. */
export const elementsFrom = (
  type: Exclude<ElementType, "string">,
  values: readonly (number | bigint | boolean)[],
): TypedArray | BigInt64Array | BigUint64Array => {
  if (type === "int64") return BigInt64Array.from(values, BigInt);
  if (type === "uint64") return BigUint64Array.from(values, BigInt);
  const out = allocate(type, values.length);
  values.forEach((value, i) => {
    out[i] = Number(value);
  });
  return out;
};
