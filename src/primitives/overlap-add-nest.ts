import { rowMajorStrides, type Shape, sizeOf } from "../array/index.ts";
import { add, convert } from "../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../kernel/nest.ts";
import { forEachPlace, plus, settled, times } from "../kernel/strided.ts";

/** What `overlapAdd` is told, as in `OverlapAddParams`. */
export interface OverlapAddNestParams {
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly dilation: readonly number[];
}

/** Whether no two windows share an element; `input` is the shape of the windows. */
export const areApart = ({ shape, strides, dilation }: OverlapAddNestParams, input: Shape): boolean => {
  const k = shape.length;
  const counts = input.slice(input.length - 2 * k);
  const windowShape = input.slice(input.length - k);
  return shape.every(
    (_, i) =>
      counts[i] === 1 || (strides[i] as number) > ((windowShape[i] as number) - 1) * (dilation[i] as number),
  );
};

/**
 * The loops of `overlapAdd`: the windows of one member of the batch after another are added into their places, those of
 * float32 in double precision unless no two windows share an element.
 */
export const buildOverlapAdd = (
  nest: NestBuilder,
  { shape, strides, dilation }: OverlapAddNestParams,
  input: Shape,
): void => {
  const from = nest.inputs[0] as Buffer;
  const to = nest.outputs[0] as Buffer;
  const lengths = input.slice(input.length - 2 * shape.length);
  const size = sizeOf(shape);
  const windowed = sizeOf(lengths);
  if (to.size === 0) return;
  const isApart = areApart({ shape, strides, dilation }, input);
  const wide = to.type === "f32" && !isApart ? nest.scratch("f64", size) : undefined;
  const sums = wide ?? to;
  const steps = rowMajorStrides(shape);
  const along = (list: readonly number[]): number[] => steps.map((step, i) => step * (list[i] as number));
  const places = [...along(strides), ...along(dilation)];

  nest.for(to.size / size, (member) => {
    const first = settled(nest, times(member, windowed));
    const target = settled(nest, times(member, size));
    const base = wide === undefined ? target : 0;
    nest.for(size, (i) => nest.store(sums, plus(base, i), 0));
    forEachPlace(nest, lengths, [rowMajorStrides(lengths), places], [first, base], (at, place) => {
      nest.store(sums, place, add(nest.load(sums, place), convert(nest.load(from, at), sums.type)));
    });
    if (wide !== undefined) {
      nest.for(size, (i) => nest.store(to, plus(target, i), convert(nest.load(wide, i), to.type)));
    }
  });
};
