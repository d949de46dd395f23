import type { Shape } from "../../array/index.ts";
import type { ViewAxis } from "../../core/index.ts";
import {
  array,
  binary,
  broadcast,
  concatenate,
  iota,
  reshape,
  reverse,
  sliceAxis,
  transpose,
} from "./ops.ts";
import type { TensorType, Value } from "./types.ts";
import type { Writer } from "./writer.ts";

/*
 * Views: every element of the result is an element of the operand, by an affine map of indices. Axis by axis they are
 * slices, turned round where they run backwards; an axis that moves with two of the result's is slices side by side.
 */

/** Beyond so many slices side by side a gather is shorter. */
const MAX_SLICES = 64;

/** A view of `x`, each of whose axes is read where `axes` says, with `shape`. */
export const writeView = (w: Writer, x: Value, axes: readonly ViewAxis[], shape: Shape): Value => {
  const named = axes.flatMap(({ terms }) => terms.map(({ axis }) => axis));
  const slices = axes.map(({ terms }) => {
    const lengths = terms.map(({ axis }) => shape[axis] as number).sort((a, b) => a - b);
    return lengths.slice(0, -1).reduce((n, length) => n * length, 1);
  });
  if (new Set(named).size !== named.length || slices.some((n) => n > MAX_SLICES))
    return gatherView(w, x, axes, shape);
  let value = x;
  let at = 0;
  const order: number[] = [];
  for (const { offset, terms } of axes) {
    // The longest axis is the one that slices run along.
    const sorted = [...terms].sort((a, b) => (shape[b.axis] as number) - (shape[a.axis] as number));
    value = spread(w, value, at, offset, sorted, shape);
    order.push(...sorted.map(({ axis }) => axis));
    at += sorted.length;
  }
  const sorted = [...order].sort((a, b) => a - b);
  const arranged = transpose(
    w,
    value,
    sorted.map((axis) => order.indexOf(axis)),
  );
  return broadcast(w, arranged, shape, sorted);
};

/** Axis `at` of `x` made an axis for each term; the first term's is the first of them. */
const spread = (
  w: Writer,
  x: Value,
  at: number,
  offset: number,
  terms: ViewAxis["terms"],
  shape: Shape,
): Value => {
  const last = terms.at(-1);
  if (last === undefined) {
    const element = sliceAxis(w, x, at, offset, offset + 1);
    return reshape(w, element, element.shape.toSpliced(at, 1));
  }
  const length = shape[last.axis] as number;
  if (terms.length === 1) {
    const { scale } = last;
    if (scale === 0) {
      const element = sliceAxis(w, x, at, offset, offset + 1);
      return broadcast(
        w,
        element,
        element.shape.with(at, length),
        element.shape.map((_, i) => i),
      );
    }
    const end = offset + (length - 1) * scale;
    const [low, high] = scale > 0 ? [offset, end] : [end, offset];
    const taken = sliceAxis(w, x, at, low, high + 1, Math.abs(scale));
    return scale > 0 ? taken : reverse(w, taken, [at]);
  }
  const rest = terms.slice(0, -1);
  const place = at + rest.length;
  const parts = Array.from({ length }, (_, k) => {
    const part = spread(w, x, at, offset + k * last.scale, rest, shape);
    return reshape(w, part, part.shape.toSpliced(place, 0, 1));
  });
  return concatenate(w, parts, place);
};

/** The same by computing the place of every element. */
const gatherView = (w: Writer, x: Value, axes: readonly ViewAxis[], shape: Shape): Value => {
  const type: TensorType = { shape, element: "i32" };
  let place = w.splat(0, type);
  let stride = 1;
  for (let i = axes.length - 1; i >= 0; i--) {
    const { offset, terms } = axes[i] as ViewAxis;
    place = binary(w, "stablehlo.add", place, w.splat(offset * stride, type));
    for (const { axis, scale } of terms) {
      const moved = binary(w, "stablehlo.multiply", iota(w, type, axis), w.splat(scale * stride, type));
      place = binary(w, "stablehlo.add", place, moved);
    }
    stride *= x.shape[i] as number;
  }
  return w.op1(
    "stablehlo.gather",
    [reshape(w, x, [stride]), reshape(w, place, [...shape, 1])],
    { shape, element: x.element },
    "dimension_numbers = #stablehlo.gather<collapsed_slice_dims = [0], start_index_map = [0], " +
      `index_vector_dim = ${shape.length}>, slice_sizes = ${array([1])}, indices_are_sorted = false`,
  );
};
