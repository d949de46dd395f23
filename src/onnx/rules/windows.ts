import { rowMajorStrides, sizeOf } from "../../array/index.ts";
import type { Aval } from "../../core/index.ts";
import { overlapAddPrimitive, windowsPrimitive } from "../../primitives/windows.ts";
import type { Value } from "../graph-builder.ts";
import { type Rule, ruleFor } from "../rule.ts";
import { countAlong, sum } from "./shape.ts";

/** Windows of arrays, and their sums. */
export const WINDOWS: readonly (readonly [string, Rule])[] = [
  ruleFor(windowsPrimitive, ([x], { windowShape, strides, dilation }, { graph, outAvals }) => {
    const operand = x as Value;
    const { shape } = outAvals[0] as Aval;
    const k = windowShape.length;
    const batchRank = operand.shape.length - k;
    // Each axis becomes a pair, that of the windows and that of the elements, from the last axis on.
    let paired = operand;
    for (let i = k - 1; i >= 0; i--) {
      const [count, width] = [shape[batchRank + i] as number, windowShape[i] as number];
      const places = Array.from(
        { length: count * width },
        (_, at) => Math.floor(at / width) * (strides[i] as number) + (at % width) * (dilation[i] as number),
      );
      paired = graph.gather(paired, graph.constant("int64", places, [count, width]), batchRank + i);
    }
    const pairs = Array.from({ length: k }, (_, i) => batchRank + 2 * i);
    const batch = Array.from({ length: batchRank }, (_, axis) => axis);
    return graph.transpose(paired, [...batch, ...pairs, ...pairs.map((axis) => axis + 1)]);
  }),
  ruleFor(overlapAddPrimitive, ([x], { shape, strides, dilation }, { graph, outAvals }) => {
    const operand = x as Value;
    const out = (outAvals[0] as Aval).shape;
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
