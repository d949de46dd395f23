import { castScalar, rowMajorStrides, type Shape, sizeOf } from "../../array/index.ts";
import type { Aval } from "../../core/index.ts";
import type { ScatterParams } from "../../primitives/indexing/define-scatter.ts";
import {
  gatherWindows,
  scatterWindows,
  type Windows,
  windowAxes,
} from "../../primitives/indexing/dimension-numbers.ts";
import {
  dynamicSlicePrimitive,
  dynamicUpdateSlicePrimitive,
} from "../../primitives/indexing/dynamic-slice.ts";
import { defaultFill, gatherPrimitive, scatterAddPrimitive } from "../../primitives/indexing/gather.ts";
import {
  scatterMaxPrimitive,
  scatterMinPrimitive,
  scatterMulPrimitive,
  scatterPrimitive,
} from "../../primitives/indexing/scatter.ts";
import type { NumberType } from "../emit-expr.ts";
import type { GraphBuilder, Value } from "../graph-builder.ts";
import { type Rule, type RuleContext, ruleFor } from "../rule.ts";
import { countAlong, sum } from "./shape.ts";

const times = (graph: GraphBuilder, x: Value, factor: number): Value =>
  factor === 1 ? x : graph.elementwise("Mul", [x, graph.scalar("int64", factor)]);

/** Places among the elements of an array, row by row, of the elements of windows; and which windows lie inside. */
interface Places {
  readonly at: Value;
  /** One for each element, broadcast; `undefined` if all lie inside, or have been moved there. */
  readonly inside: Value | undefined;
}

/** A value with axes of length 1 put in where windows have theirs. */
const spreadOver = (graph: GraphBuilder, x: Value, rank: number, axes: readonly number[]): Value => {
  const shape = new Array<number>(rank).fill(1);
  axes.forEach((axis, i) => {
    shape[axis] = x.shape[i] as number;
  });
  return graph.reshape(x, shape);
};

/** Where windows of an operand lie. Index vectors that point outside are moved inside if `clip` is set. */
const placesOf = (
  graph: GraphBuilder,
  operand: Shape,
  indices: Value,
  windowed: Shape,
  windows: Windows,
  clip: boolean,
): Places => {
  const strides = rowMajorStrides(operand);
  const rank = windowed.length;
  const vectors = graph.cast(indices, "int64");
  const lookupAxes = windowed.map((_, axis) => axis).filter((axis) => !windows.windowDims.includes(axis));
  const inside: Value[] = [];
  const starts = windows.indexMap.map((axis, component) => {
    const last = graph.scalar("int64", (operand[axis] as number) - (windows.sliceSizes[axis] as number));
    const first = graph.scalar("int64", 0);
    const along = vectors.shape.length - 1;
    const one = graph.slice(vectors, [along], [component], [component + 1], [1]);
    const start = graph.reshape(one, vectors.shape.slice(0, -1));
    if (!clip) {
      inside.push(graph.elementwise("GreaterOrEqual", [start, first], "bool"));
      inside.push(graph.elementwise("LessOrEqual", [start, last], "bool"));
    }
    const moved = graph.elementwise("Min", [graph.elementwise("Max", [start, first]), last]);
    return times(graph, moved, strides[axis] as number);
  });
  const lookups = starts.length === 0 ? [] : [spreadOver(graph, sum(graph, starts), rank, lookupAxes)];
  const batches = windows.operandBatchingDims.map((axis, i) => {
    const at = lookupAxes[windows.indicesBatchingDims[i] as number] as number;
    return times(graph, countAlong(graph, operand[axis] as number, at, rank), strides[axis] as number);
  });
  const extents = windowAxes(operand.length, windows).map((axis, i) => {
    const at = windows.windowDims[i] as number;
    return times(graph, countAlong(graph, windowed[at] as number, at, rank), strides[axis] as number);
  });
  const at = graph.expand(sum(graph, [...extents, ...batches, ...lookups]), windowed);
  const all =
    inside.length === 0
      ? undefined
      : spreadOver(
          graph,
          inside.reduce((a, b) => graph.elementwise("And", [a, b])),
          rank,
          lookupAxes,
        );
  return { at, inside: all };
};

const flat = (graph: GraphBuilder, x: Value): Value => graph.reshape(x, [sizeOf(x.shape)]);

/** The axis at whose places a gather takes whole slices, if that is what it does; the places' axes take its place. */
const takenAlong = (windows: Windows, operand: Shape, lookups: number): number | undefined => {
  const [along, ...others] = windows.collapsedDims;
  const isOne =
    along !== undefined &&
    others.length === 0 &&
    windows.indexMap.length === 1 &&
    windows.indexMap[0] === along &&
    windows.operandBatchingDims.length === 0 &&
    operand.every((n, axis) => axis === along || windows.sliceSizes[axis] === n) &&
    windows.windowDims.every((axis, i) => axis === (i < along ? i : lookups + i));
  return isOne ? along : undefined;
};

const scatter =
  (reduction: "none" | "add" | "mul" | "min" | "max") =>
  ([x, i, u]: readonly Value[], { dimensionNumbers, mode }: ScatterParams, { graph }: RuleContext): Value => {
    if (sizeOf((u as Value).shape) === 0) return x as Value;
    // Booleans are combined as 0 and 1: there are no kernels for them. What is cast back is one of the two.
    const type = (x as Value).type === "bool" ? "uint8" : ((x as Value).type as NumberType);
    const [operand, indices, updates] = [
      graph.cast(x as Value, type),
      i as Value,
      graph.cast(u as Value, type),
    ];
    const windows = scatterWindows(operand.shape, updates.shape, dimensionNumbers);
    const { at, inside } = placesOf(graph, operand.shape, indices, updates.shape, windows, mode === "clip");
    const size = sizeOf(operand.shape);
    const data = flat(graph, operand);
    const write = (into: Value, places: Value, elements: Value): Value =>
      graph.node("ScatterElements", [into, flat(graph, places), flat(graph, elements)], into, {
        axis: 0,
        ...(reduction !== "none" && { reduction }),
      });
    const isExtreme = reduction === "min" || reduction === "max";
    const written = (into: Value, places: Value): Value => {
      const result = write(into, places, updates);
      if (!isExtreme || (type !== "float32" && type !== "float64")) return result;
      // The operator passes over NaN: where there was one is found out beside it. Of -1 and 0, or 1 and 0, these are the extremes.
      const sign = graph.scalar("int32", reduction === "min" ? -1 : 1);
      const mark = (x: Value): Value =>
        graph.elementwise("Mul", [graph.cast(graph.elementwise("IsNaN", [x], "bool"), "int32"), sign]);
      const marked = graph.cast(write(mark(into), places, mark(updates)), "bool");
      return graph.where(marked, graph.scalar(type, Number.NaN), result);
    };
    if (inside === undefined) return graph.reshape(written(data, at), operand.shape);
    // What is dropped is written behind the last element, and cut off.
    const longer = graph.concat([data, graph.constant(type, [0], [1])], 0);
    const places = graph.where(inside, at, graph.scalar("int64", size));
    const result = written(longer, places);
    return graph.reshape(graph.slice(result, [0], [0], [size], [1]), operand.shape);
  };

/** Where windows start, one number an axis, moved so that they lie inside. */
const clampedStarts = (
  graph: GraphBuilder,
  indices: readonly Value[],
  operand: Shape,
  window: Shape,
): readonly Value[] =>
  indices.map((index, axis) => {
    const last = graph.scalar("int64", (operand[axis] as number) - (window[axis] as number));
    const start = graph.elementwise("Max", [graph.cast(index, "int64"), graph.scalar("int64", 0)]);
    return graph.elementwise("Min", [start, last]);
  });

/** What reads and writes at places that are computed. */
export const INDEXING: readonly (readonly [string, Rule])[] = [
  ruleFor(gatherPrimitive, ([x, i], params, { graph, outAvals }) => {
    const [operand, indices] = [x as Value, i as Value];
    const { dimensionNumbers, sliceSizes, mode } = params;
    const { shape, dtype } = outAvals[0] as Aval;
    const type = operand.type as NumberType;
    const fill = graph.scalar(type, castScalar(params.fillValue ?? defaultFill(dtype), dtype));
    if (sizeOf(operand.shape) === 0) return graph.expand(fill, shape);
    const windows = gatherWindows(dimensionNumbers, sliceSizes);
    const isClipped = mode !== "fill";
    const along = takenAlong(windows, operand.shape, indices.shape.length - 1);
    if (isClipped && along !== undefined) {
      const rows = graph.cast(graph.reshape(indices, indices.shape.slice(0, -1)), "int64");
      const last = graph.scalar("int64", (operand.shape[along] as number) - 1);
      const moved = graph.elementwise("Max", [rows, graph.scalar("int64", 0)]);
      return graph.gather(operand, graph.elementwise("Min", [moved, last]), along);
    }
    const { at, inside } = placesOf(graph, operand.shape, indices, shape, windows, isClipped);
    const found = graph.gather(flat(graph, operand), at, 0);
    return inside === undefined ? found : graph.where(inside, found, fill);
  }),
  ruleFor(scatterPrimitive, scatter("none")),
  ruleFor(scatterAddPrimitive, scatter("add")),
  ruleFor(scatterMulPrimitive, scatter("mul")),
  ruleFor(scatterMinPrimitive, scatter("min")),
  ruleFor(scatterMaxPrimitive, scatter("max")),
  ruleFor(dynamicSlicePrimitive, ([x, ...indices], { sliceSizes }, { graph }) => {
    const operand = x as Value;
    // By its elements' numbers along each axis: a slice with a computed start would have no shape that can be read off.
    return clampedStarts(graph, indices, operand.shape, sliceSizes).reduce((sofar, start, axis) => {
      const size = sliceSizes[axis] as number;
      if (size === sofar.shape[axis]) return sofar;
      return graph.gather(sofar, graph.elementwise("Add", [graph.count(size), start]), axis);
    }, operand);
  }),
  ruleFor(dynamicUpdateSlicePrimitive, ([x, u, ...indices], _params, { graph }) => {
    const [operand, update] = [x as Value, u as Value];
    if (indices.length === 0) return update;
    if (sizeOf(update.shape) === 0) return operand;
    const strides = rowMajorStrides(operand.shape);
    const rank = operand.shape.length;
    const starts = clampedStarts(graph, indices, operand.shape, update.shape).map((start, axis) =>
      times(graph, start, strides[axis] as number),
    );
    const extents = update.shape.map((n, axis) =>
      times(graph, countAlong(graph, n, axis, rank), strides[axis] as number),
    );
    const at = graph.expand(sum(graph, [...extents, sum(graph, starts)]), update.shape);
    const data = flat(graph, operand);
    const written = graph.node("ScatterElements", [data, flat(graph, at), flat(graph, update)], data, {
      axis: 0,
    });
    return graph.reshape(written, operand.shape);
  }),
];
