import { rowMajorStrides, type Shape, sizeOf } from "../../array/index.ts";
import { and, convert, type Expr, le, max, min, type Operand, select } from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { forEachPlace, plus, settled, times } from "../../kernel/strided.ts";
import { type Windows, windowAxes } from "./dimension-numbers.ts";

/*
 * What the loops of gather and scatter have in common: how windows lie in the operand and in the result or updates
 * ("windowed"), and where each of them starts.
 */

/** The element of `indices` at `place`, moved to lie from 0 to `last`. */
export const clampedIndex = (nest: NestBuilder, indices: Buffer, place: Operand, last: number): Operand => {
  if (last === 0) return 0;
  const index = nest.load(indices, place);
  // The unsigned minimum leaves no number that is negative as int32.
  return index.type === "u32" ? convert(min(index, last), "i32") : max(min(index, last), 0);
};

/** How windows lie in memory; strides count elements. */
export interface WindowLayout {
  /** Lengths of the windows' axes. */
  readonly window: Shape;
  readonly windowInOperand: readonly number[];
  readonly windowInWindowed: readonly number[];
  /** Lengths of the axes along which index vectors stand. */
  readonly batch: Shape;
  readonly batchInWindowed: readonly number[];
  /** How far each axis of index vectors moves a window by itself: not at all, unless it is a batch of the operand. */
  readonly batchInOperand: readonly number[];
  /** How far apart index vectors stand. */
  readonly batchInIndices: readonly number[];
  /** For each component of an index vector: how far it moves the window, and the greatest index that is inside. */
  readonly components: readonly { readonly stride: number; readonly last: number }[];
  /** Whether the windows' axes are axes that no index points into, so that each of their elements goes its own way. */
  readonly isIndependent: boolean;
}

const pick = (list: readonly number[], at: readonly number[]): number[] => at.map((i) => list[i] as number);

/** Lay out the windows of a gather or scatter. */
export const layOut = (operand: Shape, indices: Shape, windowed: Shape, windows: Windows): WindowLayout => {
  const { windowDims, indexMap, operandBatchingDims, indicesBatchingDims, sliceSizes } = windows;
  const operandStrides = rowMajorStrides(operand);
  const windowedStrides = rowMajorStrides(windowed);
  const axes = windowAxes(operand.length, windows);
  const batch = indices.slice(0, -1);
  const batchDims = windowed.map((_, axis) => axis).filter((axis) => !windowDims.includes(axis));
  return {
    window: pick(sliceSizes, axes),
    windowInOperand: pick(operandStrides, axes),
    windowInWindowed: pick(windowedStrides, windowDims),
    batch,
    batchInWindowed: pick(windowedStrides, batchDims),
    batchInOperand: batch.map((_, axis) => {
      const i = indicesBatchingDims.indexOf(axis);
      return i < 0 ? 0 : (operandStrides[operandBatchingDims[i] as number] as number);
    }),
    batchInIndices: rowMajorStrides(batch).map((stride) => stride * indexMap.length),
    components: indexMap.map((axis) => ({
      stride: operandStrides[axis] as number,
      last: (operand[axis] as number) - (sliceSizes[axis] as number),
    })),
    isIndependent: axes.every((axis) => sliceSizes[axis] === 1 || !indexMap.includes(axis)),
  };
};

/** The least distance between neighbours along the axes that are longer than 1. */
const leastStride = (shape: Shape, strides: readonly number[]): number =>
  Math.min(...strides.filter((_, axis) => (shape[axis] as number) > 1));

/**
 * Whether neighbours in the result or the updates belong to different windows, so that index vectors make the better
 * inner loop.
 */
export const hasInterleavedWindows = (layout: WindowLayout): boolean =>
  sizeOf(layout.window) > 1 &&
  leastStride(layout.batch, layout.batchInWindowed) < leastStride(layout.window, layout.windowInWindowed);

/** Where a window starts in the operand, and whether it lies inside; left out if it is known to. */
export interface WindowStart {
  readonly start: Operand;
  readonly isInside?: Expr;
}

/** Work out where the window of the index vector at `vector` starts; `base` is where the batch alone puts it. */
const windowStart = (
  nest: NestBuilder,
  indices: Buffer,
  { components }: WindowLayout,
  vector: Operand,
  base: Operand,
  clamp: boolean,
): WindowStart => {
  let start = base;
  let isInside: Expr | undefined;
  components.forEach(({ stride, last }, c) => {
    const place = plus(vector, c);
    if (clamp) {
      start = plus(start, times(clampedIndex(nest, indices, place, last), stride));
      return;
    }
    const index = nest.load(indices, place);
    // As an unsigned number, a negative index is greater than all others.
    const fits = le(convert(index, "u32"), last);
    isInside = isInside === undefined ? fits : and(isInside, fits);
    start = plus(start, times(convert(index, "i32"), stride));
  });
  return { start: settled(nest, start), ...(isInside !== undefined && { isInside: nest.let(isInside) }) };
};

/**
 * Runs `body` for every index vector, row by row, with the start of its window, the place of that window in the result
 * or updates, and the vector's number.
 */
export const forEachWindow = (
  nest: NestBuilder,
  indices: Buffer,
  layout: WindowLayout,
  clamp: boolean,
  body: (window: WindowStart, inWindowed: Operand, vector: Operand) => void,
): void => {
  const { batch, batchInIndices, batchInWindowed, batchInOperand } = layout;
  const strides = [batchInIndices, batchInWindowed, batchInOperand, rowMajorStrides(batch)];
  forEachPlace(nest, batch, strides, [0, 0, 0, 0], (at, inWindowed, base, vector) => {
    const window = windowStart(nest, indices, layout, at, base, clamp);
    body(window, inWindowed, vector);
  });
};

/** Where windows start, for loops that need it more than once: `numbers[i]` for vector i, -1 for one outside. */
export const storedStarts = (
  nest: NestBuilder,
  indices: Buffer,
  layout: WindowLayout,
  clamp: boolean,
): Buffer => {
  const starts = nest.scratch("i32", sizeOf(layout.batch));
  forEachWindow(nest, indices, layout, clamp, ({ start, isInside }, _place, vector) => {
    nest.store(starts, vector, isInside === undefined ? start : select(isInside, start, -1));
  });
  return starts;
};
