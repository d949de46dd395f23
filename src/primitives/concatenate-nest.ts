import { sizeOf } from "../array/index.ts";
import type { Aval } from "../core/index.ts";
import type { Operand } from "../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../kernel/nest.ts";
import { copyRun, plus, settled, times } from "../kernel/strided.ts";

/**
 * The loops of `concatenate`: seen as matrices, the operands stand side by side in the result. It is written row by row, so
 * that no part of memory is gone to more than once, however many and narrow the operands are.
 */
export const buildConcatenate = (
  nest: NestBuilder,
  dimension: number,
  inputs: readonly Aval[],
  [output]: readonly Aval[],
): void => {
  const { shape } = output as Aval;
  const to = nest.outputs[0] as Buffer;
  const rows = sizeOf(shape.slice(0, dimension));
  const width = sizeOf(shape.slice(dimension));
  if (rows * width === 0) return;
  const writeRow = (row: Operand): void => {
    const start = settled(nest, times(row, width));
    let left = 0;
    inputs.forEach((input, i) => {
      const inputWidth = sizeOf(input.shape.slice(dimension));
      copyRun(nest, nest.inputs[i] as Buffer, times(row, inputWidth), to, plus(start, left), inputWidth);
      left += inputWidth;
    });
  };
  if (rows === 1) writeRow(0);
  else nest.for(rows, writeRow);
};
