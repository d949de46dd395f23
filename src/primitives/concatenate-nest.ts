import { sizeOf } from "../array/index.ts";
import type { Aval } from "../core/index.ts";
import type { Buffer, NestBuilder } from "../kernel/nest.ts";
import { copyWindow } from "../kernel/strided.ts";

/** The loops of `concatenate`: seen as matrices, the operands stand side by side in the result. */
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
  let left = 0;
  inputs.forEach((input, i) => {
    const inputWidth = sizeOf(input.shape.slice(dimension));
    const buffer = nest.inputs[i] as Buffer;
    copyWindow(
      nest,
      { buffer, start: 0, strides: [inputWidth, 1] },
      { buffer: to, start: left, strides: [width, 1] },
      [rows, inputWidth],
    );
    left += inputWidth;
  });
};
