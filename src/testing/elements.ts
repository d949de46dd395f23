import {
  allocate,
  ConcreteArray,
  castArray,
  type DType,
  denseData,
  dtypeInfo,
  isFloat,
  isHalf,
  type Shape,
  sizeOf,
} from "../array/index.ts";
import type { ArgumentSpec, ElementRange } from "../core/index.ts";
import type { Source } from "./tape.ts";

/*
 * The numbers in generated arrays. Floats lie on a grid of binary fractions, so that they are exact in float32 and read
 * well in a counterexample; the grid is fine enough for values to be generic.
 */

/** Distance of neighbours on the grid, unless the range is so narrow or wide that it has to be another. */
const GRID_STEP = 1 / 64;
const FEWEST_VALUES = 32;
const MOST_VALUES = 4096;
const DEFAULT_MARGIN = 0.05;

/** How many bits after the point `x` needs: whole numbers come first, then halves, quarters, … */
const fractionBits = (x: number): number => {
  let bits = 0;
  for (let y = x; !Number.isInteger(y) && bits < 60; y *= 2) bits++;
  return bits;
};

const bySimplicity = (a: number, b: number): number =>
  fractionBits(a) - fractionBits(b) || Math.abs(a) - Math.abs(b) || b - a;

const gridValues = (
  { min = -3, max = 3, avoid = [], margin = DEFAULT_MARGIN }: ElementRange,
  step: number,
): number[] => {
  const values: number[] = [];
  for (let k = Math.ceil(min / step); k * step <= max; k++) {
    const x = k * step;
    if (avoid.every((point) => Math.abs(x - point) >= margin)) values.push(x === 0 ? 0 : x);
  }
  return values.sort(bySimplicity);
};

/** The legal values of a range, the simplest first. */
const legalValues = (range: ElementRange): readonly number[] => {
  const { min = -3, max = 3, margin = DEFAULT_MARGIN, distinct = false } = range;
  let step = distinct ? 2 ** Math.ceil(Math.log2(margin)) : GRID_STEP;
  while (!distinct && (max - min) / step < FEWEST_VALUES && step > 2 ** -40) step /= 2;
  while (!distinct && (max - min) / step > MOST_VALUES) step *= 2;
  const values = gridValues(range, step);
  if (values.length === 0) throw new RangeError(`No number is legal in the range ${JSON.stringify(range)}.`);
  return values;
};

const remembered = new Map<string, readonly number[]>();

const legalValuesOf = (range: ElementRange): readonly number[] => {
  const key = JSON.stringify(range);
  let values = remembered.get(key);
  if (values === undefined) {
    values = legalValues(range);
    remembered.set(key, values);
  }
  return values;
};

const drawFloats = (source: Source, size: number, range: ElementRange, out: ConcreteBuffer): void => {
  const values = legalValuesOf(range);
  if (range.distinct !== true) {
    for (let i = 0; i < size; i++) out[i] = values[source.next(values.length - 1)] as number;
    return;
  }
  if (values.length < size) {
    throw new RangeError(
      `${size} distinct elements were asked for, but the range ${JSON.stringify(range)} has only ${values.length}.`,
    );
  }
  const left = [...values];
  for (let i = 0; i < size; i++) out[i] = left.splice(source.next(left.length - 1), 1)[0] as number;
};

/** The whole numbers from `min` to `max` in the order 0, 1, −1, 2, −2, … */
const integerAt = (k: number, min: number, max: number): number => {
  if (min >= 0) return min + k;
  if (max <= 0) return max - k;
  const both = 2 * Math.min(-min, max);
  if (k <= both) return k % 2 === 1 ? (k + 1) / 2 : -k / 2 + 0;
  return -min > max ? -(k - max) : k + min;
};

const drawIntegers = (
  source: Source,
  size: number,
  { min = -3, max = 3, avoid = [], distinct = false }: ElementRange,
  dtype: DType,
  out: ConcreteBuffer,
): void => {
  const limits = dtypeInfo(dtype);
  const low = Math.ceil(Math.max(limits.min, min));
  const high = Math.max(low, Math.floor(Math.min(limits.max, max)));
  const used = new Set<number>(avoid);
  if (distinct && high - low + 1 < size) {
    throw new RangeError(`${size} distinct integers were asked for between ${low} and ${high}.`);
  }
  for (let i = 0; i < size; i++) {
    let k = source.next(high - low);
    // The next one that is free; there is one unless everything is avoided.
    for (let tries = 0; used.has(integerAt(k, low, high)) && tries <= high - low; tries++)
      k = (k + 1) % (high - low + 1);
    const value = integerAt(k, low, high);
    if (distinct) used.add(value);
    out[i] = value;
  }
};

type ConcreteBuffer = ReturnType<typeof allocate>;

/** Draw the diagonals of a stack of matrices anew. */
const drawDiagonals = (
  source: Source,
  { shape, dtype }: ArgumentSpec,
  diagonal: ElementRange,
  out: ConcreteBuffer,
): void => {
  const [rows = 0, columns = 0] = shape.slice(-2);
  const length = Math.min(rows, columns);
  const count = sizeOf(shape.slice(0, -2));
  const drawn = denseData(drawArray(source, { shape: [count, length], dtype, elements: diagonal }));
  for (let matrix = 0; matrix < count; matrix++) {
    for (let k = 0; k < length; k++)
      out[(matrix * rows + k) * columns + k] = drawn[matrix * length + k] as number;
  }
};

/** Draw an array of the given shape and dtype with elements from its range. */
export const drawArray = (
  source: Source,
  { shape, dtype, elements = {}, diagonal }: ArgumentSpec,
): ConcreteArray => {
  if (isHalf(dtype)) {
    const drawn = drawArray(source, { shape, dtype: "float32", elements, ...(diagonal && { diagonal }) });
    return castArray(drawn, dtype);
  }
  const size = sizeOf(shape);
  const out = allocate(dtype, size);
  if (dtype === "bool") for (let i = 0; i < size; i++) out[i] = source.next(1);
  else if (isFloat(dtype)) drawFloats(source, size, elements, out);
  else drawIntegers(source, size, elements, dtype, out);
  if (diagonal !== undefined) drawDiagonals(source, { shape, dtype }, diagonal, out);
  return new ConcreteArray(out, shape, dtype);
};

/**
 * Tangents and cotangents: small enough that a finite step in their direction stays within the margins of ranges, and
 * no zeros, which would hide errors.
 */
const DIRECTIONS: ElementRange = { min: -1.5, max: 1.5, avoid: [0] };

/** Draw a tangent or cotangent of the given shape and dtype. */
export const drawDirection = (
  source: Source,
  x: { readonly shape: Shape; readonly dtype: DType },
): ConcreteArray => drawArray(source, { shape: x.shape, dtype: x.dtype, elements: DIRECTIONS });

/** The same array stored apart: axes in another order, one of them backwards, with gaps and an offset. */
export const storedApart = (x: ConcreteArray): ConcreteArray => {
  const { shape, dtype } = x;
  const rank = shape.length;
  const size = sizeOf(shape);
  const data = denseData(x);
  const strides = new Array<number>(rank);
  let stride = 2;
  for (let axis = 0; axis < rank; axis++) {
    strides[axis] = stride;
    stride *= Math.max(1, shape[axis] as number);
  }
  let offset = 1;
  if (rank > 0 && size > 0) {
    offset += ((shape[0] as number) - 1) * (strides[0] as number);
    strides[0] = -(strides[0] as number);
  }
  const buffer = allocate(dtype, 2 * Math.max(1, size) + 1).fill(1);
  const index = new Array<number>(rank).fill(0);
  for (let i = 0; i < size; i++) {
    let at = offset;
    for (let axis = 0; axis < rank; axis++) at += (index[axis] as number) * (strides[axis] as number);
    buffer[at] = data[i] as number;
    for (let axis = rank - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      index[axis] = 0;
    }
  }
  return new ConcreteArray(buffer, shape, dtype, x.weakType, strides, offset);
};
