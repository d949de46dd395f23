import { rowMajorStrides } from "../../array/index.ts";
import type { Aval } from "../../core/index.ts";
import type { Operand } from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { copyRun, copyWindow, plus, settled, times } from "../../kernel/strided.ts";
import { clampedIndex } from "./window-nest.ts";

/** The place in the operand where the window starts: each index, if need be, moved so that the window lies inside. */
const windowStart = (
  nest: NestBuilder,
  indices: readonly Buffer[],
  operand: Aval,
  sizes: readonly number[],
): Operand => {
  const strides = rowMajorStrides(operand.shape);
  const place = operand.shape.reduce(
    (sum: Operand, n, axis) =>
      plus(
        sum,
        times(
          clampedIndex(nest, indices[axis] as Buffer, 0, n - (sizes[axis] as number)),
          strides[axis] as number,
        ),
      ),
    0,
  );
  return settled(nest, place);
};

/** The loops of `dynamicSlice`. */
export const buildDynamicSlice = (
  nest: NestBuilder,
  sliceSizes: readonly number[],
  [operand]: readonly Aval[],
): void => {
  const [from, ...indices] = nest.inputs as readonly [Buffer, ...Buffer[]];
  const to = nest.outputs[0] as Buffer;
  if (to.size === 0) return;
  const { shape } = operand as Aval;
  const start = windowStart(nest, indices, operand as Aval, sliceSizes);
  copyWindow(
    nest,
    { buffer: from, start, strides: rowMajorStrides(shape) },
    { buffer: to, start: 0, strides: rowMajorStrides(sliceSizes) },
    sliceSizes,
  );
};

/** The loops of `dynamicUpdateSlice`. */
export const buildDynamicUpdateSlice = (nest: NestBuilder, [operand, update]: readonly Aval[]): void => {
  const [from, window, ...indices] = nest.inputs as readonly [Buffer, Buffer, ...Buffer[]];
  const to = nest.outputs[0] as Buffer;
  // An update as large as the operand leaves nothing of it.
  if (window.size < to.size) copyRun(nest, from, 0, to, 0, to.size);
  if (window.size === 0) return;
  const sizes = (update as Aval).shape;
  const start = windowStart(nest, indices, operand as Aval, sizes);
  copyWindow(
    nest,
    { buffer: window, start: 0, strides: rowMajorStrides(sizes) },
    { buffer: to, start, strides: rowMajorStrides((operand as Aval).shape) },
    sizes,
  );
};
