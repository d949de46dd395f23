import type { Attributes, GraphProto, NodeProto } from "./model.ts";

/*
 * The last step of an export. How a graph came about leaves no trace in it: what nobody reads is dropped, and names count
 * what is left, so that programs of the same operations are the same bytes.
 */

/** The graph without nodes and constants that nobody reads, its values called by where they are first met. */
export const tidied = (graph: GraphProto): GraphProto => {
  const live = new Set<string>();
  const { nodes } = pruned(graph, live);
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const kept = { ...graph, nodes };
  const names = numbered(kept, constants);
  const initializers = [...names.keys()].flatMap((name) => constants.get(name) ?? []);
  return renameValues({ ...kept, initializers }, names);
};

/** Whether a graph stands among the attributes. */
export const hasGraph = (attributes: Attributes): boolean =>
  Object.values(attributes).some(({ kind }) => kind === "graph");

/** The nodes that call functions, the first of each function, in the order in which they stand. */
export const calledFunctions = (graph: GraphProto): readonly NodeProto[] => {
  const called = new Map<string, NodeProto>();
  const walk = ({ nodes }: GraphProto): void => {
    for (const node of nodes) {
      const key = `${node.opType} ${node.overload}`;
      if (node.domain !== "" && !called.has(key)) called.set(key, node);
      for (const attribute of Object.values(node.attributes))
        if (attribute.kind === "graph") walk(attribute.value);
    }
  };
  walk(graph);
  return [...called.values()];
};

/** A graph with values called by other names, in graphs inside too. */
export const renameValues = (graph: GraphProto, names: ReadonlyMap<string, string>): GraphProto => {
  const rename = (name: string): string => names.get(name) ?? name;
  const renamed = <T extends { readonly name: string }>(value: T): T => ({
    ...value,
    name: rename(value.name),
  });
  const inside = (inner: GraphProto): GraphProto => ({
    ...inner,
    initializers: inner.initializers.map(renamed),
    inputs: inner.inputs.map(renamed),
    outputs: inner.outputs.map(renamed),
    nodes: inner.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
      attributes: mapGraphs(node.attributes, inside),
    })),
  });
  return inside(graph);
};

/** A graph without nodes that nobody reads. `live` gets all names that are read: they differ throughout a model. */
const pruned = (graph: GraphProto, live: Set<string>): GraphProto => {
  for (const { name } of graph.outputs) live.add(name);
  const kept: NodeProto[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((name) => live.has(name))) continue;
    for (const name of node.inputs) live.add(name);
    kept.push({ ...node, attributes: mapGraphs(node.attributes, (inner) => pruned(inner, live)) });
  }
  return { ...graph, nodes: kept.reverse() };
};

/** New names: c0, c1, … of constants, v0, v1, … of other values. Inputs and outputs of the model keep theirs. */
const numbered = (
  graph: GraphProto,
  constants: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, string> => {
  const fixed = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name));
  const names = new Map<string, string>();
  const counts = { c: 0, v: 0 };
  const meet = (name: string): void => {
    if (name === "" || fixed.has(name) || names.has(name)) return;
    const prefix = constants.has(name) ? "c" : "v";
    let next = `${prefix}${counts[prefix]++}`;
    while (fixed.has(next)) next = `${prefix}${counts[prefix]++}`;
    names.set(name, next);
  };
  const walk = ({ nodes }: GraphProto): void => {
    for (const node of nodes) {
      node.inputs.forEach(meet);
      for (const attribute of Object.values(node.attributes)) {
        if (attribute.kind !== "graph") continue;
        for (const { name } of attribute.value.inputs) meet(name);
        walk(attribute.value);
      }
      node.outputs.forEach(meet);
    }
  };
  walk(graph);
  return names;
};

/** Attributes with the graphs among them changed. */
export const mapGraphs = (attributes: Attributes, change: (graph: GraphProto) => GraphProto): Attributes => {
  if (!hasGraph(attributes)) return attributes;
  return Object.fromEntries(
    Object.entries(attributes).map(([name, attribute]) => [
      name,
      attribute.kind === "graph" ? { ...attribute, value: change(attribute.value) } : attribute,
    ]),
  );
};
