import { rowMajorStrides } from "../../array/index.ts";
import type { Aval } from "../../core/index.ts";
import { constant, type Expr, ge, max, select } from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { copyWindow, fillRun, fillWindow, forEachPlace, plus } from "../../kernel/strided.ts";
import type { Windows } from "./dimension-numbers.ts";
import {
  forEachWindow,
  hasInterleavedWindows,
  layOut,
  storedStarts,
  type WindowLayout,
} from "./window-nest.ts";

/**
 * The loops of `gather`: windows are copied one after another, in runs where they are contiguous. Where neighbours in
 * the result come from different windows, the loop over windows is the inner one.
 *
 * @param clamp whether windows that stick out are moved inside, not filled with `fill`.
 */
export const buildGather = (
  nest: NestBuilder,
  windows: Windows,
  clamp: boolean,
  fill: number,
  [operand, indices]: readonly Aval[],
  [output]: readonly Aval[],
): void => {
  const [from, vectors] = nest.inputs as readonly [Buffer, Buffer];
  const to = nest.outputs[0] as Buffer;
  const value = constant(to.type, to.type === "bool" ? fill !== 0 : fill);
  if (from.size === 0) {
    fillRun(nest, to, 0, to.size, value);
    return;
  }
  if (to.size === 0) return;
  const layout = layOut((operand as Aval).shape, (indices as Aval).shape, (output as Aval).shape, windows);
  if (hasInterleavedWindows(layout)) {
    gatherAcross(nest, from, vectors, to, layout, clamp, value);
    return;
  }
  const { window, windowInOperand, windowInWindowed } = layout;
  forEachWindow(nest, vectors, layout, clamp, ({ start, isInside }, place) => {
    const target = { buffer: to, start: place, strides: windowInWindowed };
    const copy = (): void =>
      copyWindow(nest, { buffer: from, start, strides: windowInOperand }, target, window);
    if (isInside === undefined) copy();
    else nest.if(isInside, copy, () => fillWindow(nest, target, window, value));
  });
};

/** For each element of a window, that element of all windows. */
const gatherAcross = (
  nest: NestBuilder,
  from: Buffer,
  vectors: Buffer,
  to: Buffer,
  layout: WindowLayout,
  clamp: boolean,
  value: Expr,
): void => {
  const { window, windowInOperand, windowInWindowed, batch, batchInWindowed } = layout;
  const starts = storedStarts(nest, vectors, layout, clamp);
  const numbers = rowMajorStrides(batch);
  forEachPlace(nest, window, [windowInOperand, windowInWindowed], [0, 0], (inWindow, first) => {
    forEachPlace(nest, batch, [numbers, batchInWindowed], [0, first], (vector, place) => {
      const start = nest.load(starts, vector);
      if (clamp || layout.components.length === 0) {
        nest.store(to, place, nest.load(from, plus(start, inWindow)));
        return;
      }
      // At 0 a window always fits, so that something can be read there and dropped.
      const element = nest.load(from, plus(max(start, 0), inWindow));
      nest.store(to, place, select(ge(start, 0), element, value));
    });
  });
};
