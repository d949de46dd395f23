import { iotaPrimitive } from "../../primitives/iota.ts";
import { sortPrimitive } from "../../primitives/sort.ts";
import { topKPrimitive } from "../../primitives/top-k.ts";
import type { GraphBuilder, Value } from "../graph-builder.ts";
import { paramsOf, type Rule, ruleFor } from "../rule.ts";
import { orderOf } from "./order.ts";

/** Elements along an axis at places that are given for each. */
const taken = (graph: GraphBuilder, x: Value, places: Value, axis: number): Value =>
  graph.node("GatherElements", [x, places], { type: x.type, shape: places.shape }, { axis });

/** Where the `k` first elements stand, in order. Of equal ones the first comes first. */
const places = (graph: GraphBuilder, keys: Value, axis: number, k: number, largest: boolean): Value => {
  const shape = keys.shape.map((n, a) => (a === axis ? k : n));
  const types = [
    { type: keys.type, shape },
    { type: "int64" as const, shape },
  ];
  const attributes = { axis, largest: Number(largest), sorted: 1 };
  return graph.nodes("TopK", [keys, graph.list([k])], types, attributes)[1] as Value;
};

/** What puts elements in order. */
export const SORTING: readonly (readonly [string, Rule])[] = [
  ruleFor(sortPrimitive, (inputs, { dimension, numKeys }, { graph, source }) => {
    const n = (inputs[0] as Value).shape[dimension] as number;
    // By the last key first: what follows leaves the order of equal elements as it is.
    let order: Value | undefined;
    for (const operand of inputs.slice(0, numKeys).reverse()) {
      const keys = orderOf(graph, operand, "equal");
      const current = order === undefined ? keys : taken(graph, keys, order, dimension);
      const next = places(graph, current, dimension, n, false);
      order = order === undefined ? next : taken(graph, order, next, dimension);
    }
    // Numbers 0, 1, … along with the keys are asked where each stood.
    const isCount = (i: number): boolean => {
      const made = source(i);
      return made !== undefined && paramsOf(made, iotaPrimitive)?.dimension === dimension;
    };
    return inputs.map((operand, i) =>
      isCount(i)
        ? graph.cast(order as Value, operand.type)
        : taken(graph, operand, order as Value, dimension),
    );
  }),
  ruleFor(topKPrimitive, ([x], { k }, { graph }) => {
    const operand = x as Value;
    const axis = operand.shape.length - 1;
    const found = places(graph, orderOf(graph, operand, "apart"), axis, k, true);
    return [taken(graph, operand, found, axis), graph.cast(found, "int32")];
  }),
];
