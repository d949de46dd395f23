import type { Aval } from "../../core/index.ts";
import { broadcastInDimPrimitive } from "../../primitives/broadcast.ts";
import { concatenatePrimitive } from "../../primitives/concatenate.ts";
import { iotaPrimitive } from "../../primitives/iota.ts";
import { padPrimitive, slicePrimitive } from "../../primitives/padding.ts";
import { reshapePrimitive, revPrimitive, transposePrimitive } from "../../primitives/shape.ts";
import type { GraphBuilder, Value } from "../graph-builder.ts";
import { type Rule, ruleFor } from "../rule.ts";

/** Whole numbers along one axis of a shape, as int64; 1 long along the others. */
export const countAlong = (graph: GraphBuilder, length: number, axis: number, rank: number): Value =>
  graph.reshape(
    graph.count(length),
    Array.from({ length: rank }, (_, a) => (a === axis ? length : 1)),
  );

/** The sum of whole numbers, broadcast. */
export const sum = (graph: GraphBuilder, parts: readonly Value[]): Value =>
  parts.length === 0 ? graph.scalar("int64", 0) : parts.reduce((a, b) => graph.elementwise("Add", [a, b]));

/** Copies of a value between the elements along an axis. */
const spread = (graph: GraphBuilder, x: Value, filling: Value, axis: number, interior: number): Value => {
  const n = x.shape[axis] as number;
  if (interior === 0 || n <= 1) return x;
  const outer = x.shape.slice(0, axis);
  const inner = x.shape.slice(axis + 1);
  const block = graph.reshape(x, [...outer, n, 1, ...inner]);
  const fill = graph.expand(
    graph.reshape(
      filling,
      block.shape.map(() => 1),
    ),
    [...outer, n, interior, ...inner],
  );
  const joined = graph.concat([block, fill], axis + 1);
  const long = graph.reshape(joined, [...outer, n * (interior + 1), ...inner]);
  return graph.slice(long, [axis], [0], [(n - 1) * (interior + 1) + 1], [1]);
};

/** How arrays are rearranged. */
export const SHAPE: readonly (readonly [string, Rule])[] = [
  ruleFor(reshapePrimitive, ([x], { shape }, { graph }) => graph.reshape(x as Value, shape)),
  ruleFor(transposePrimitive, ([x], { permutation }, { graph }) => graph.transpose(x as Value, permutation)),
  ruleFor(broadcastInDimPrimitive, ([x], { shape, broadcastDimensions }, { graph }) => {
    const operand = x as Value;
    const ranked = shape.map(() => 1);
    broadcastDimensions.forEach((axis, i) => {
      ranked[axis] = operand.shape[i] as number;
    });
    // Leading axes of length 1 need no writing out: expanding makes them.
    const first = Math.min(...broadcastDimensions, shape.length);
    const isTrailing = broadcastDimensions.every((axis, i) => axis === first + i);
    const reshaped = isTrailing && first + broadcastDimensions.length === shape.length;
    return graph.expand(reshaped ? operand : graph.reshape(operand, ranked), shape);
  }),
  ruleFor(revPrimitive, ([x], { dimensions }, { graph }) => {
    const operand = x as Value;
    const lengths = dimensions.map((axis) => operand.shape[axis] as number);
    const starts = lengths.map((n) => n - 1);
    const ends = lengths.map((n) => -n - 1);
    return graph.node(
      "Slice",
      [operand, ...[starts, ends, dimensions, dimensions.map(() => -1)].map((list) => graph.list(list))],
      operand,
    );
  }),
  ruleFor(slicePrimitive, ([x], { startIndices, limitIndices, strides }, { graph }) =>
    graph.slice(
      x as Value,
      startIndices.map((_, axis) => axis),
      startIndices,
      limitIndices,
      strides,
    ),
  ),
  ruleFor(concatenatePrimitive, (inputs, { dimension }, { graph }) =>
    graph.concat(
      inputs.filter(({ shape }) => shape[dimension] !== 0),
      dimension,
    ),
  ),
  ruleFor(padPrimitive, ([x, filling], { paddingConfig }, { graph, outAvals }) => {
    const [operand, value] = [x as Value, filling as Value];
    const shape = (outAvals[0] as Aval).shape;
    if (operand.shape.includes(0)) return graph.expand(value, shape);
    const wide = paddingConfig.reduce(
      (sofar, [, , interior], axis) => spread(graph, sofar, value, axis, interior),
      operand,
    );
    // Negative edges are cut off first: what is left may be nothing.
    const starts = paddingConfig.map(([low]) => Math.max(0, -low));
    const ends = paddingConfig.map(([, high], axis) => (wide.shape[axis] as number) - Math.max(0, -high));
    if (starts.some((start, axis) => start >= (ends[axis] as number))) return graph.expand(value, shape);
    const cut = graph.slice(
      wide,
      paddingConfig.map((_, axis) => axis),
      starts,
      ends,
      paddingConfig.map(() => 1),
    );
    const edges = [0, 1].flatMap((side) =>
      paddingConfig.map((config) => Math.max(0, config[side] as number)),
    );
    if (edges.every((n) => n === 0)) return cut;
    return graph.node(
      "Pad",
      [cut, graph.list(edges), value],
      { type: cut.type, shape },
      { mode: "constant" },
    );
  }),
  ruleFor(iotaPrimitive, (_inputs, { shape, dtype, dimension }, { graph }) => {
    const along = countAlong(graph, shape[dimension] as number, dimension, shape.length);
    return graph.expand(graph.cast(along, dtype), shape);
  }),
];
