import { rowMajorStrides, type Shape, sizeOf } from "../array/index.ts";
import type { ViewAxis } from "../core/index.ts";
import type { Buffer, Layout } from "./program.ts";

/** A whole buffer, row by row. */
export const denseLayout = (buffer: Buffer, shape: Shape): Layout => ({
  buffer,
  shape,
  strides: rowMajorStrides(shape),
  offset: 0,
});

/** Whether a window is row by row without gaps. */
export const isDenseLayout = ({ shape, strides }: Layout): boolean => {
  if (sizeOf(shape) === 0) return true;
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = shape[axis] as number;
    if (n !== 1 && strides[axis] !== stride) return false;
    stride *= n;
  }
  return true;
};

/** The window that a view of a window is. */
export const viewLayout = (layout: Layout, shape: Shape, axes: readonly ViewAxis[]): Layout => {
  const strides = new Array<number>(shape.length).fill(0);
  let { offset } = layout;
  axes.forEach(({ offset: start, terms }, i) => {
    const stride = layout.strides[i] as number;
    offset += start * stride;
    for (const { axis, scale } of terms) strides[axis] = (strides[axis] as number) + scale * stride;
  });
  return { buffer: layout.buffer, shape, strides, offset };
};

/** An axis of a window. */
interface Run {
  readonly n: number;
  readonly stride: number;
}

/**
 * The window that has the same elements row by row in another shape, or `undefined` if strides cannot express it.
 * Axes of both shapes are paired up in runs of equal size; each run of the operand must be a single stride.
 */
export const reshapeLayout = (layout: Layout, shape: Shape): Layout | undefined => {
  if (isDenseLayout(layout)) return { ...layout, shape, strides: rowMajorStrides(shape) };
  const from = layout.shape.flatMap((n, axis): Run[] =>
    n === 1 ? [] : [{ n, stride: layout.strides[axis] as number }],
  );
  const strides = new Array<number>(shape.length).fill(0);
  // There are as many elements in both shapes, so each run has its end.
  let i = 0;
  let axis = 0;
  while (axis < shape.length) {
    if (shape[axis] === 1) {
      axis++;
      continue;
    }
    let { n: have, stride } = from[i++] as Run;
    let want = shape[axis] as number;
    let end = axis + 1;
    for (;;) {
      while (have < want) {
        const next = from[i++] as Run;
        if (stride !== next.stride * next.n) return undefined;
        have *= next.n;
        stride = next.stride;
      }
      if (have === want) break;
      want *= shape[end++] as number;
    }
    for (let a = end - 1; a >= axis; a--) {
      strides[a] = stride;
      stride *= shape[a] as number;
    }
    axis = end;
  }
  return { buffer: layout.buffer, shape, strides, offset: layout.offset };
};

/** The window that is left of a window at an index of some of its axes. */
export const windowAt = (layout: Layout, axes: readonly number[], index: readonly number[]): Layout => {
  const keep = <T>(list: readonly T[]): T[] => list.filter((_, axis) => !axes.includes(axis));
  const offset = axes.reduce(
    (sum, axis, i) => sum + (layout.strides[axis] as number) * (index[i] as number),
    layout.offset,
  );
  return { buffer: layout.buffer, shape: keep(layout.shape), strides: keep(layout.strides), offset };
};
