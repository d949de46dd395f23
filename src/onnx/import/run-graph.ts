import { NDArray } from "../../array/index.ts";
import { shown } from "../decode-model.ts";
import type { GraphProto, NodeProto } from "../model.ts";
import { OnnxError } from "../onnx-error.ts";
import { CONTROL } from "./control.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { INDEXING_OPERATORS } from "./indexing.ts";
import { NETWORK } from "./network.ts";
import { describeNode, Operation, type Operator } from "./operation.ts";
import { REDUCTIONS } from "./reductions.ts";
import { SHAPE_OPERATORS } from "./shape.ts";
import { checkSize, type ImportedValue, valueOfTensor } from "./value.ts";

const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  [CONTROL, ELEMENTWISE, INDEXING_OPERATORS, NETWORK, REDUCTIONS, SHAPE_OPERATORS].flatMap((table) =>
    Object.entries(table),
  ),
);

/** The names of the operators that are read. */
export const operatorNames = (): readonly string[] => [...OPERATORS.keys()].sort();

/** What names stand for, in a graph and in those around it. */
export class Scope {
  readonly #values = new Map<string, ImportedValue>();
  readonly #outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.#outer = outer;
  }

  get(name: string): ImportedValue | undefined {
    return this.#values.get(name) ?? this.#outer?.get(name);
  }

  set(name: string, value: ImportedValue): void {
    if (this.#values.has(name)) throw new OnnxError("bad-graph", `the name "${shown(name)}" is given twice.`);
    this.#values.set(name, value);
  }
}

/** The operator of a node. */
const operatorOf = (node: NodeProto): Operator => {
  const operator = node.domain === "" ? OPERATORS.get(node.opType) : undefined;
  if (operator !== undefined) return operator;
  const name = node.domain === "" ? node.opType : `${node.domain}.${node.opType}`;
  throw new OnnxError(
    "unknown-operator",
    `the operator ${shown(name)} is not known; ${OPERATORS.size} operators of the standard set are.`,
  );
};

/** Refuses graphs that cannot be run, before anything is: unknown operators, names that no node before gives. */
export const checkGraph = (graph: GraphProto, known: ReadonlySet<string>): void => {
  const names = new Set(known);
  for (const { name } of [...graph.initializers, ...graph.inputs]) names.add(name);
  for (const node of graph.nodes) {
    operatorOf(node);
    for (const input of node.inputs) {
      if (input === "" || names.has(input)) continue;
      throw new OnnxError(
        "bad-graph",
        `${describeNode(node)} reads "${shown(input)}", which no node before it gives: it is missing, or the nodes go in a ` +
          "circle.",
      );
    }
    for (const attribute of Object.values(node.attributes))
      if (attribute.kind === "graph") checkGraph(attribute.value, names);
    for (const output of node.outputs) if (output !== "") names.add(output);
  }
  const missing = graph.outputs.find(({ name }) => !names.has(name));
  if (missing !== undefined)
    throw new OnnxError("bad-graph", `no node gives the output "${shown(missing.name)}".`);
};

/** Applies the nodes of a graph to its inputs, and gives its outputs. */
export const runGraph = (
  graph: GraphProto,
  inputs: readonly ImportedValue[],
  version: number,
  scope: Scope,
): readonly ImportedValue[] => {
  if (inputs.length !== graph.inputs.length)
    throw new OnnxError("bad-graph", `a graph of ${graph.inputs.length} inputs is given ${inputs.length}.`);
  graph.inputs.forEach(({ name }, i) => void scope.set(name, inputs[i] as ImportedValue));
  for (const tensor of graph.initializers)
    if (scope.get(tensor.name) === undefined) scope.set(tensor.name, valueOfTensor(tensor));
  for (const node of graph.nodes) applyNode(node, version, scope);
  return graph.outputs.map(({ name }) => scope.get(name) as ImportedValue);
};

const applyNode = (node: NodeProto, version: number, scope: Scope): void => {
  const operator = operatorOf(node);
  const operands = node.inputs.map((name) => (name === "" ? undefined : scope.get(name)));
  const run = (graph: GraphProto, inputs: readonly ImportedValue[]): readonly ImportedValue[] =>
    runGraph(graph, inputs, version, new Scope(scope));
  const free = node.clamped && scope.get(node.clamped.name);
  const clamped = node.clamped && free && { value: free, last: node.clamped.last };
  const op = new Operation(node, version, operands, run, clamped);
  const results = resultsOf(op, operator);
  for (const [i, name] of node.outputs.entries()) {
    if (name === "") continue;
    const value =
      results[i] ?? op.fail("bad-graph", `it gives ${results.length} results, not ${node.outputs.length}.`);
    scope.set(name, value);
  }
};

/** What an operator gives. Whatever it refuses is refused in the name of its node. */
const resultsOf = (op: Operation, operator: Operator): readonly ImportedValue[] => {
  try {
    const found = operator(op);
    const results = Array.isArray(found) ? (found as readonly ImportedValue[]) : [found as ImportedValue];
    op.checkAttributes();
    for (const value of results) if (value instanceof NDArray) checkSize(value.shape);
    return results;
  } catch (error) {
    if (error instanceof OnnxError || !(error instanceof Error)) throw error;
    throw new OnnxError("bad-operands", `${describeNode(op.node)}: ${error.message}`, { cause: error });
  }
};
