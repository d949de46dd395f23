import type { Aval } from "../../../core/index.ts";
import * as prim from "../../../primitives/index.ts";
import {
  binary,
  concatenate,
  dynamicSlice,
  dynamicUpdateSlice,
  iota,
  type Padding,
  pad,
  reshape,
  signedIndices,
  sliceAxis,
  transpose,
} from "../ops.ts";
import { scalar, typeOf, type Value } from "../types.ts";
import type { Writer } from "../writer.ts";
import { type Rule, rule } from "./rule.ts";

/*
 * Primitives that move elements, and those that put windows together.
 */

/** Beyond so many terms side by side a loop is shorter. */
const MAX_TERMS = 64;

/** Windows along axis `at`, whose elements stand along axis `within`, added up to an axis of `length`. */
const overlapAxis = (
  w: Writer,
  x: Value,
  at: number,
  within: number,
  length: number,
  stride: number,
  dilation: number,
): Value => {
  // As many terms as the shorter axis has elements; the other is spread by its own distance.
  const [count, size] = [x.shape[at] as number, x.shape[within] as number];
  const byElement = size <= count;
  const [taken, step, spread] = byElement ? [within, dilation, stride] : [at, stride, dilation];
  const kept = byElement ? count : size;
  // What is kept of the two axes goes to where the axis of windows stood.
  const rest = [...x.shape.keys()].slice(0, -1).filter((axis) => axis !== (byElement ? at : within - 1));
  const order = rest.toSpliced(at, 0, byElement ? at : within - 1);
  const zero = w.splat(0, scalar(x.element));
  const terms = Array.from({ length: byElement ? size : count }, (_, k) => {
    const slice = sliceAxis(w, x, taken, k, k + 1);
    const part = reshape(w, slice, slice.shape.toSpliced(taken, 1));
    const low = k * step;
    const config = part.shape.map(
      (_n, axis): Padding =>
        axis === at ? [low, length - low - (kept - 1) * spread - 1, spread - 1] : [0, 0, 0],
    );
    return pad(w, transpose(w, part, order), zero, config);
  });
  return terms.reduce((sum, term) => binary(w, "stablehlo.add", sum, term));
};

const overlapTerms = ({ shape }: Value, axes: number): number[] => {
  const batch = shape.length - 2 * axes;
  return Array.from({ length: axes }, (_, i) =>
    Math.min(shape[batch + i] as number, shape[batch + axes + i] as number),
  );
};

export const ARRAYS: readonly Rule[] = [
  rule(
    prim.iotaPrimitive,
    (w, _inputs, { dimension }, [output]) => [iota(w, typeOf(output as Aval), dimension)],
    { applies: (_inputs, { dtype }) => dtype !== "bool" },
  ),
  rule(prim.padPrimitive, (w, [x, value], { paddingConfig }) => [
    pad(w, x as Value, value as Value, paddingConfig),
  ]),
  rule(prim.concatenatePrimitive, (w, inputs, { dimension }) => [concatenate(w, inputs, dimension)]),
  rule(prim.dynamicSlicePrimitive, (w, [x, ...starts], { sliceSizes }) => [
    dynamicSlice(
      w,
      x as Value,
      starts.map((i) => signedIndices(w, i)),
      sliceSizes,
    ),
  ]),
  rule(prim.dynamicUpdateSlicePrimitive, (w, [x, update, ...starts]) => [
    dynamicUpdateSlice(
      w,
      x as Value,
      update as Value,
      starts.map((i) => signedIndices(w, i)),
    ),
  ]),
  rule(
    prim.overlapAddPrimitive,
    (w, [x], { shape, strides, dilation }) => {
      const axes = shape.length;
      const batch = (x as Value).shape.length - 2 * axes;
      let value = x as Value;
      shape.forEach((length, i) => {
        const [stride, apart] = [strides[i] as number, dilation[i] as number];
        value = overlapAxis(w, value, batch + i, batch + axes, length, stride, apart);
      });
      return [value];
    },
    {
      applies: ([x], { shape }) =>
        overlapTerms(x as Value, shape.length).every((n) => n > 0 && n <= MAX_TERMS),
    },
  ),
];
