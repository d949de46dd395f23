import { rowMajorStrides } from "../../array/index.ts";
import type { Aval } from "../../core/index.ts";
import { add, and, convert, type Expr, ge, max, min, mul, type Operand, or } from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { copyRun, copyWindow, forEachPlace, plus } from "../../kernel/strided.ts";
import { type ScatterDimensionNumbers, scatterWindows } from "./dimension-numbers.ts";
import {
  forEachWindow,
  hasInterleavedWindows,
  layOut,
  storedStarts,
  type WindowLayout,
} from "./window-nest.ts";

/** How updates are put together with what stands in their place; `set` overwrites. */
export type ScatterKind = "set" | "add" | "mul" | "min" | "max";

const COMBINE: { readonly [K in Exclude<ScatterKind, "set">]: (element: Expr, update: Expr) => Expr } = {
  add,
  mul,
  min: (element, update) => (element.type === "bool" ? and(element, update) : min(element, update)),
  max: (element, update) => (element.type === "bool" ? or(element, update) : max(element, update)),
};

/** What a scatter is told, as in `ScatterParams`. */
export interface ScatterNestParams {
  readonly dimensionNumbers: ScatterDimensionNumbers;
  readonly mode: "clip" | "drop" | "promise_in_bounds";
  readonly uniqueIndices: boolean;
}

/**
 * The loops of a scatter. Updates arrive in the order of their index vectors, so that the last one of those that meet
 * wins.
 *
 * Sums and products of float32 are kept in double precision where updates are so many that elements are met more than
 * once on average; where they are few, the memory for that could be many times that of the updates.
 */
export const buildScatter = (
  nest: NestBuilder,
  kind: ScatterKind,
  { dimensionNumbers, mode, uniqueIndices }: ScatterNestParams,
  [operand, indices, updates]: readonly Aval[],
): void => {
  const [from, vectors, values] = nest.inputs as readonly [Buffer, Buffer, Buffer];
  const to = nest.outputs[0] as Buffer;
  if (to.size === 0) return;
  if (values.size === 0) {
    copyRun(nest, from, 0, to, 0, to.size);
    return;
  }
  const { shape } = operand as Aval;
  const written = (updates as Aval).shape;
  const windows = scatterWindows(shape, written, dimensionNumbers);
  const layout = layOut(shape, (indices as Aval).shape, written, windows);
  const accumulates = (kind === "add" || kind === "mul") && to.type === "f32" && !uniqueIndices;
  const scatterInto = (target: Buffer): void =>
    scatterWindowsInto(nest, kind, vectors, values, target, layout, mode === "clip");

  if (accumulates && values.size >= to.size) {
    const wide = nest.scratch("f64", to.size);
    nest.for(to.size, (i) => nest.store(wide, i, convert(nest.load(from, i), "f64")));
    scatterInto(wide);
    nest.for(to.size, (i) => nest.store(to, i, convert(nest.load(wide, i), "f32")));
  } else {
    copyRun(nest, from, 0, to, 0, to.size);
    scatterInto(to);
  }
};

const scatterWindowsInto = (
  nest: NestBuilder,
  kind: ScatterKind,
  vectors: Buffer,
  values: Buffer,
  target: Buffer,
  layout: WindowLayout,
  clamp: boolean,
): void => {
  const { window, windowInOperand, windowInWindowed, batch, batchInWindowed } = layout;
  const put = (at: Operand, place: Operand): void => {
    const update = nest.load(values, at);
    if (kind === "set") nest.store(target, place, update);
    else nest.store(target, place, COMBINE[kind](nest.load(target, place), convert(update, target.type)));
  };

  // Another order of loops meets the same element in the same order only if windows do not overlap sideways.
  if (layout.isIndependent && hasInterleavedWindows(layout)) {
    const starts = storedStarts(nest, vectors, layout, clamp);
    const numbers = rowMajorStrides(batch);
    const isSure = clamp || layout.components.length === 0;
    forEachPlace(nest, window, [windowInOperand, windowInWindowed], [0, 0], (inWindow, first) => {
      forEachPlace(nest, batch, [numbers, batchInWindowed], [0, first], (vector, at) => {
        const start = nest.load(starts, vector);
        const write = (): void => put(at, plus(start, inWindow));
        if (isSure) write();
        else nest.if(ge(start, 0), write);
      });
    });
    return;
  }

  forEachWindow(nest, vectors, layout, clamp, ({ start, isInside }, at) => {
    const write = (): void => {
      const source = { buffer: values, start: at, strides: windowInWindowed };
      const place = { buffer: target, start, strides: windowInOperand };
      if (kind === "set") copyWindow(nest, source, place, window);
      else {
        forEachPlace(nest, window, [source.strides, place.strides], [at, start], (u, t) => put(u, t));
      }
    };
    if (isInside === undefined) write();
    else nest.if(isInside, write);
  });
};
