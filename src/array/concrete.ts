import {
  allocate,
  castScalar,
  type DType,
  decodeElement,
  dtypeInfo,
  encodeElement,
  isHalf,
  type TypedArray,
} from "./dtype.ts";
import { NDArray, type NestedArray } from "./ndarray.ts";
import { formatArray } from "./print.ts";
import { formatShape, rowMajorStrides, type Shape, sizeOf } from "./shape.ts";

let bufferOf: (array: ConcreteArray) => TypedArray;
let readFirst: (array: ConcreteArray) => number;
let readStrides: (array: ConcreteArray) => readonly number[];
let readOffset: (array: ConcreteArray) => number;

const NO_AXES: Shape = Object.freeze([]);

/**
 * An array with values: a window (`offset`, `strides`) onto a typed array that nobody outside can reach.
 * Several arrays may look onto one typed array, since none of them can ever change. What holds one number, once or
 * repeated, may keep that number instead, and makes a typed array of it when one is asked for: most scalars are read
 * once, and a typed array costs more than their arithmetic.
 */
export class ConcreteArray extends NDArray {
  #storage: TypedArray | number;
  override readonly shape: Shape;
  override readonly dtype: DType;
  override readonly weakType: boolean;
  readonly #strides: readonly number[];
  readonly #offset: number;

  static {
    bufferOf = (array) => {
      const storage = array.#storage;
      if (typeof storage !== "number") return storage;
      const buffer = allocate(array.dtype, 1);
      buffer[0] = encodeElement(storage, array.dtype);
      array.#storage = buffer;
      return buffer;
    };
    readFirst = (array) => {
      const storage = array.#storage;
      return typeof storage === "number"
        ? storage
        : decodeElement(storage[array.#offset] as number, array.dtype);
    };
    readStrides = (array) => array.#strides;
    readOffset = (array) => array.#offset;
  }

  /** Takes ownership of a typed array: the caller must not keep it. A number must be one that `dtype` holds. */
  constructor(
    storage: TypedArray | number,
    shape: Shape,
    dtype: DType,
    weakType = false,
    strides: readonly number[] = shape.length === 0 ? NO_AXES : rowMajorStrides(shape),
    offset = 0,
  ) {
    super();
    this.#storage = storage;
    // The engine takes a while to tell whether an array is frozen.
    if (shape.length === 0) this.shape = NO_AXES;
    else this.shape = Object.isFrozen(shape) ? shape : Object.freeze(shape.slice());
    this.dtype = dtype;
    this.weakType = weakType;
    this.#strides = strides;
    this.#offset = offset;
  }

  override toArray(): NestedArray {
    const data = numbersOf(this);
    const isBool = this.dtype === "bool";
    let next = 0;
    const build = (axis: number): NestedArray => {
      if (axis === this.shape.length) {
        const value = data[next++] as number;
        return isBool ? value !== 0 : value;
      }
      return Array.from({ length: this.shape[axis] as number }, () => build(axis + 1));
    };
    return build(0);
  }

  override item(): number | boolean {
    if (this.size !== 1) {
      throw new TypeError(
        `item: only an array of size 1 is a single value; this one has shape ${formatShape(this.shape)}. ` +
          "Index it first (x.at(i).get()) or use toArray().",
      );
    }
    const value = readFirst(this);
    return this.dtype === "bool" ? value !== 0 : value;
  }

  override toTypedArray(): TypedArray {
    return isHalf(this.dtype) ? numbersOf(this) : denseData(this).slice();
  }

  override [Symbol.toPrimitive](hint: "number" | "string" | "default"): number | boolean | string {
    if (hint === "string") return this.toString();
    if (this.size === 1) return this.item();
    throw new TypeError(
      `An array of shape ${formatShape(this.shape)} is not a single number, so JavaScript's operators (+, *, <, …) ` +
        "cannot take it. Use its methods (x.add(y), x.less(y)) or the functions of numpy.",
    );
  }

  /** A drawing for people: rounded, aligned, abbreviated when large. */
  override toString(): string {
    return formatArray(numbersOf(this), this.shape, this.dtype);
  }

  /** What Node's console prints. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `NDArray ${dtypeInfo(this.dtype).short}${formatShape(this.shape)} ${this.toString()}`;
  }

  toJSON(): NestedArray {
    return this.toArray();
  }
}

/** Distances between neighbours along each axis, in elements of the storage; 0 where an axis is repeated. */
export const stridesOf = (array: ConcreteArray): readonly number[] => readStrides(array);

/** Where the first element stands in the storage. */
export const offsetOf = (array: ConcreteArray): number => readOffset(array);

/** Whether the elements of `array` stand row by row without gaps. */
export const isDense = (array: ConcreteArray): boolean => {
  let stride = 1;
  for (let axis = array.shape.length - 1; axis >= 0; axis--) {
    const n = array.shape[axis] as number;
    if (n !== 1 && readStrides(array)[axis] !== stride) return false;
    stride *= n;
  }
  return true;
};

/**
 * The elements of `array` row by row, 16-bit floats as their bits. It may be the array's own storage: read it, never
 * write it, never hand it to a user.
 */
export const denseData = (array: ConcreteArray): TypedArray => {
  const buffer = bufferOf(array);
  const size = sizeOf(array.shape);
  if (isDense(array)) {
    return readOffset(array) === 0 && buffer.length === size
      ? buffer
      : buffer.subarray(readOffset(array), readOffset(array) + size);
  }
  const out = allocate(array.dtype, size);
  copyStrided(buffer, array.shape, readStrides(array), readOffset(array), out);
  return out;
};

/** 16-bit floats as numbers. */
export const decoded = (data: TypedArray, dtype: DType): Float32Array =>
  Float32Array.from(data, (bits: number) => decodeElement(bits, dtype));

/** The elements of `array` row by row as numbers: `denseData`, unless that holds the bits of 16-bit floats. */
export const numbersOf = (array: ConcreteArray): TypedArray => {
  const data = denseData(array);
  return isHalf(array.dtype) ? decoded(data, array.dtype) : data;
};

/** Write the elements of a window row by row into `out`. */
const copyStrided = (
  buffer: TypedArray,
  shape: Shape,
  strides: readonly number[],
  offset: number,
  out: TypedArray,
): void => {
  if (out.length === 0) return;
  const last = shape.length - 1;
  const inner = shape[last] as number;
  const innerStride = strides[last] as number;
  const index = new Array<number>(last).fill(0);
  let from = offset;
  for (let to = 0; to < out.length; ) {
    for (let i = 0, at = from; i < inner; i++, at += innerStride) out[to++] = buffer[at] as number;
    for (let axis = last - 1; axis >= 0; axis--) {
      const i = (index[axis] as number) + 1;
      from += strides[axis] as number;
      if (i < (shape[axis] as number)) {
        index[axis] = i;
        break;
      }
      from -= i * (strides[axis] as number);
      index[axis] = 0;
    }
  }
};

/** Another window onto the storage of `array`. */
export const viewOf = (
  array: ConcreteArray,
  shape: Shape,
  strides: readonly number[],
  offset: number = readOffset(array),
): ConcreteArray => new ConcreteArray(bufferOf(array), shape, array.dtype, array.weakType, strides, offset);

/** `array` with another weak-type mark and the same storage. */
export const withWeakType = (array: ConcreteArray, weakType: boolean): ConcreteArray =>
  array.weakType === weakType
    ? array
    : new ConcreteArray(
        bufferOf(array),
        array.shape,
        array.dtype,
        weakType,
        readStrides(array),
        readOffset(array),
      );

/** A scalar array; `value` is rounded as `dtype` stores it, or saturated. */
export const scalarArray = (value: number, dtype: DType, weakType = false): ConcreteArray =>
  new ConcreteArray(castScalar(value, dtype), NO_AXES, dtype, weakType, NO_AXES);

/** An array of `shape` with `value` everywhere; it stores one element. */
export const filledArray = (shape: Shape, value: number, dtype: DType, weakType = false): ConcreteArray =>
  new ConcreteArray(
    castScalar(value, dtype),
    shape,
    dtype,
    weakType,
    new Array<number>(shape.length).fill(0),
  );

/** The value of a scalar or of the first element, as a number (booleans as 0 and 1). */
export const firstElement = (array: ConcreteArray): number => readFirst(array);
