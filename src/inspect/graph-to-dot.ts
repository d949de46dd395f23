import { edgeText } from "./format.ts";
import { describeNode, type GraphNode, type NodeKind, type ProgramGraph } from "./program-graph.ts";

const STYLES: Readonly<Record<NodeKind, string>> = {
  parameter: 'shape=box, style="rounded,filled", fillcolor="#dcebff"',
  data: 'shape=box, style="rounded,filled", fillcolor="#f3f5f7"',
  constant: 'shape=box, style="rounded,dashed"',
  gate: "shape=ellipse",
  loop: "shape=box",
  branch: "shape=box",
  fold: "shape=box, peripheries=2",
  output: 'shape=ellipse, style=filled, fillcolor="#f3f5f7"',
};

/** A string of the DOT language: lines are kept, and nothing in it means anything to Graphviz. */
const quoted = (text: string): string =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;

const nodeLines = (node: GraphNode, prefix: string, indent: string): readonly string[] => {
  const id = `${prefix}${node.id}`;
  const label = [node.label, node.detail].filter((line) => line !== undefined).join("\n");
  const line = `${indent}${id} [label=${quoted(label)}, tooltip=${quoted(describeNode(node))}, ${STYLES[node.kind]}];`;
  const inner = node.inside.flatMap(({ title, graph }, i) => [
    `${indent}subgraph cluster_${id}_${i} {`,
    `${indent}  label=${quoted(`${node.label}: ${title}`)};`,
    ...graphLines(graph, `${id}_${i}_`, `${indent}  `),
    `${indent}}`,
  ]);
  return [line, ...inner];
};

const graphLines = (graph: ProgramGraph, prefix: string, indent: string): readonly string[] => {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const edges = graph.edges.map((edge) => {
    const { value, gradient } = edgeText(edge, byId.get(edge.from) as GraphNode);
    const label = [value, gradient === "" ? "" : `∇ ${gradient}`].filter((line) => line !== "").join("\n");
    return `${indent}${prefix}${edge.from} -> ${prefix}${edge.to}${label === "" ? "" : ` [label=${quoted(label)}]`};`;
  });
  return [...graph.nodes.flatMap((node) => nodeLines(node, prefix, indent)), ...edges];
};

/**
 * A graph in the language of Graphviz: each edge with its value and, behind ∇, its gradient. Programs inside loops and
 * branches are clusters beside their node.
 *
 * @example
 * graphToDot(circuit((x: NDArray) => np.sin(x))(1)).startsWith("digraph"); // true
 * @see https://graphviz.org/doc/info/lang.html
 */
export const graphToDot = (graph: ProgramGraph): string =>
  ["digraph circuit {", "  rankdir=LR;", ...graphLines(graph, "n", "  "), "}", ""].join("\n");
