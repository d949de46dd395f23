import { rowMajorStrides } from "../array/index.ts";
import type { Aval } from "../core/index.ts";
import type { Operand } from "../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../kernel/nest.ts";
import { copyRun, copyWindow, fillRun, plus, settled, times } from "../kernel/strided.ts";
import type { PaddingDimension } from "./padding-reference.ts";

/** One axis of a pad: how it lies in the operand and in the result. */
interface PaddedAxis {
  readonly length: number;
  readonly outLength: number;
  readonly low: number;
  readonly interior: number;
}

/** The elements of an axis that are not cut off: the first, how many, and where the first of them goes. */
const keptPart = ({ length, outLength, low, interior }: PaddedAxis) => {
  const step = interior + 1;
  const first = Math.ceil(Math.max(0, -low) / step);
  const last = Math.min(length - 1, Math.floor((outLength - 1 - low) / step));
  return { first, count: Math.max(0, last - first + 1), to: low + first * step, step };
};

/** Neighbouring axes are one where the inner one is neither padded nor cut: then it only makes the elements longer. */
const merged = (axes: readonly PaddedAxis[]): readonly PaddedAxis[] => {
  const list: PaddedAxis[] = [];
  for (const inner of axes) {
    const outer = list.at(-1);
    const isWhole = inner.low === 0 && inner.interior === 0 && inner.length === inner.outLength;
    if (outer === undefined || !isWhole || outer.interior > 0) list.push(inner);
    else {
      const n = inner.length;
      list[list.length - 1] = {
        length: outer.length * n,
        outLength: outer.outLength * n,
        low: outer.low * n,
        interior: 0,
      };
    }
  }
  return list;
};

/**
 * The loops of `pad`. Padding of edges is written around each row as the row is copied; with padding between elements
 * everything is filled first.
 */
export const buildPad = (
  nest: NestBuilder,
  paddingConfig: readonly PaddingDimension[],
  [x]: readonly Aval[],
  [output]: readonly Aval[],
): void => {
  const [from, filling] = nest.inputs as readonly [Buffer, Buffer];
  const to = nest.outputs[0] as Buffer;
  if (to.size === 0) return;
  const value = nest.load(filling, 0);
  const axes = merged(
    paddingConfig.map(([low, , interior], axis) => ({
      length: (x as Aval).shape[axis] as number,
      outLength: (output as Aval).shape[axis] as number,
      low,
      interior,
    })),
  );
  const kept = axes.map(keptPart);
  const isNothing = kept.some(({ count }) => count === 0);
  const fromStrides = rowMajorStrides(axes.map(({ length }) => length));
  const toStrides = rowMajorStrides(axes.map(({ outLength }) => outLength));

  if (isNothing || axes.some(({ interior }) => interior > 0)) {
    fillRun(nest, to, 0, to.size, value);
    if (isNothing) return;
    const sum = (places: readonly number[], strides: readonly number[]): number =>
      places.reduce((total, place, axis) => total + place * (strides[axis] as number), 0);
    copyWindow(
      nest,
      {
        buffer: from,
        start: sum(
          kept.map(({ first }) => first),
          fromStrides,
        ),
        strides: fromStrides,
      },
      {
        buffer: to,
        start: sum(
          kept.map((part) => part.to),
          toStrides,
        ),
        strides: toStrides.map((stride, axis) => stride * (kept[axis]?.step as number)),
      },
      kept.map(({ count }) => count),
    );
    return;
  }

  const copyAxis = (axis: number, fromStart: Operand, toStart: Operand): void => {
    const part = kept[axis];
    if (part === undefined) {
      copyRun(nest, from, fromStart, to, toStart, 1);
      return;
    }
    const [step, toStep] = [fromStrides[axis] as number, toStrides[axis] as number];
    const first = plus(fromStart, part.first * step);
    const place = plus(toStart, part.to * toStep);
    const end = part.to + part.count;
    fillRun(nest, to, toStart, part.to * toStep, value);
    if (axis === kept.length - 1) copyRun(nest, from, first, to, place, part.count);
    else if (part.count === 1) copyAxis(axis + 1, first, place);
    else {
      nest.for(part.count, (i) =>
        copyAxis(
          axis + 1,
          settled(nest, plus(first, times(i, step))),
          settled(nest, plus(place, times(i, toStep))),
        ),
      );
    }
    const after = ((axes[axis] as PaddedAxis).outLength - end) * toStep;
    fillRun(nest, to, plus(toStart, end * toStep), after, value);
  };
  copyAxis(0, 0, 0);
};
