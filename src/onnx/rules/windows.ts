import { rowMajorStrides, sizeOf } from "../../array/index.ts";
import type { Aval } from "../../core/index.ts";
import { type OverlapAddParams, overlapAddPrimitive, windowsPrimitive } from "../../primitives/windows.ts";
import type { GraphBuilder, Value } from "../graph-builder.ts";
import { type Rule, ruleFor } from "../rule.ts";
import { convolvedBack } from "./convolution.ts";
import { countAlong, sum } from "./shape.ts";

/** Windows that lie one after another, put together: another shape, and zeros behind the last. */
const unfolded = (
  graph: GraphBuilder,
  x: Value,
  { shape, strides, dilation }: OverlapAddParams,
): Value | undefined => {
  const k = shape.length;
  const b = x.shape.length - 2 * k;
  const widths = x.shape.slice(b + k);
  const isApart = widths.every((n, i) => strides[i] === n && (dilation[i] === 1 || n === 1));
  if (!isApart || sizeOf(x.shape) === 0) return undefined;
  const axes = Array.from({ length: k }, (_, i) => b + i);
  const batch = Array.from({ length: b }, (_, axis) => axis);
  const pairs = graph.transpose(x, [...batch, ...axes.flatMap((axis) => [axis, axis + k])]);
  const long = graph.reshape(pairs, [
    ...x.shape.slice(0, b),
    ...widths.map((n, i) => n * (x.shape[b + i] as number)),
  ]);
  const missing = shape.map((n, i) => n - (long.shape[b + i] as number));
  if (missing.every((n) => n === 0)) return long;
  const none = batch.map(() => 0);
  const edges = graph.list([...none, ...axes.map(() => 0), ...none, ...missing]);
  return graph.node("Pad", [long, edges], { type: x.type, shape: [...x.shape.slice(0, b), ...shape] });
};

/** Windows of arrays, and their sums. */
export const WINDOWS: readonly (readonly [string, Rule])[] = [
  ruleFor(windowsPrimitive, ([x], { windowShape, strides, dilation }, { graph, outAvals }) => {
    const operand = x as Value;
    const { shape } = outAvals[0] as Aval;
    const k = windowShape.length;
    const batchRank = operand.shape.length - k;
    // Each axis becomes a pair, that of the windows and that of the elements, from the last axis on. Windows that lie one
    // after another are another shape; others are gathered.
    let paired = operand;
    for (let i = k - 1; i >= 0; i--) {
      const [count, width] = [shape[batchRank + i] as number, windowShape[i] as number];
      const axis = batchRank + i;
      const [stride, step] = [strides[i] as number, dilation[i] as number];
      if (stride === width && (step === 1 || width === 1)) {
        const whole = graph.slice(paired, [axis], [0], [count * width], [1]);
        paired = graph.reshape(whole, [
          ...whole.shape.slice(0, axis),
          count,
          width,
          ...whole.shape.slice(axis + 1),
        ]);
        continue;
      }
      const places = Array.from(
        { length: count * width },
        (_, at) => Math.floor(at / width) * stride + (at % width) * step,
      );
      paired = graph.gather(paired, graph.constant("int64", places, [count, width]), axis);
    }
    const pairs = Array.from({ length: k }, (_, i) => batchRank + 2 * i);
    const batch = Array.from({ length: batchRank }, (_, axis) => axis);
    return graph.transpose(paired, [...batch, ...pairs, ...pairs.map((axis) => axis + 1)]);
  }),
  ruleFor(overlapAddPrimitive, ([x], params, { graph, outAvals, source }) => {
    const { shape, strides, dilation } = params;
    const operand = x as Value;
    const out = (outAvals[0] as Aval).shape;
    const found = convolvedBack(graph, source(0), params) ?? unfolded(graph, operand, params);
    if (found !== undefined) return found;
    const zeros = graph.filled(operand.type as "float32", 0, [sizeOf(out)]);
    if (sizeOf(operand.shape) === 0) return graph.reshape(zeros, out);
    const steps = rowMajorStrides(out);
    const batchRank = out.length - shape.length;
    const along = (list: readonly number[]): number[] =>
      list.map((n, i) => n * (steps[batchRank + i] as number));
    const distances = [...steps.slice(0, batchRank), ...along(strides), ...along(dilation)];
    const rank = operand.shape.length;
    const parts = operand.shape.map((n, axis) =>
      graph.elementwise("Mul", [
        countAlong(graph, n, axis, rank),
        graph.scalar("int64", distances[axis] as number),
      ]),
    );
    const at = sum(graph, parts);
    const size = [sizeOf(operand.shape)];
    const places = graph.reshape(graph.expand(at, operand.shape), size);
    const sums = graph.node("ScatterElements", [zeros, places, graph.reshape(operand, size)], zeros, {
      axis: 0,
      reduction: "add",
    });
    return graph.reshape(sums, out);
  }),
];
