import { NDArray } from "../../array/index.ts";
import { shown } from "../decode-model.ts";
import type { FunctionProto, GraphProto, NodeProto } from "../model.ts";
import { OnnxError } from "../onnx-error.ts";
import type { Library } from "./library.ts";
import { describeNode, Operation, type Operator } from "./operation.ts";
import { operatorOf } from "./operators.ts";
import { checkSize, type ImportedValue, valueOfTensor } from "./value.ts";

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

  /** Whether the name is given in this graph itself. */
  owns(name: string): boolean {
    return this.#values.has(name);
  }

  set(name: string, value: ImportedValue): void {
    if (this.#values.has(name)) throw new OnnxError("bad-graph", `the name "${shown(name)}" is given twice.`);
    this.#values.set(name, value);
  }
}

/** What nodes mean: the functions that they may call, and the version of the operators. */
interface Meaning {
  readonly library: Library;
  readonly version: number;
  /** Whether the graph is only looked at. What is thrown then is the model's fault, and later that of a transform around. */
  readonly isCheck: boolean;
}

/** Applies the nodes of a graph to its inputs, and gives its outputs. */
export const runGraph = (
  graph: GraphProto,
  inputs: readonly ImportedValue[],
  meaning: Meaning,
  scope: Scope,
): readonly ImportedValue[] => {
  if (inputs.length !== graph.inputs.length)
    throw new OnnxError("bad-graph", `a graph of ${graph.inputs.length} inputs is given ${inputs.length}.`);
  graph.inputs.forEach(({ name }, i) => void scope.set(name, inputs[i] as ImportedValue));
  for (const tensor of graph.initializers)
    if (!scope.owns(tensor.name)) scope.set(tensor.name, valueOfTensor(tensor));
  for (const node of graph.nodes) applyNode(node, meaning, scope);
  return graph.outputs.map(({ name }) => scope.get(name) as ImportedValue);
};

/** A function of the model as an operator: its nodes see nothing but its operands. */
const called =
  (f: FunctionProto, { library, isCheck }: Meaning): Operator =>
  (op) => {
    if (op.inputCount > f.inputs.length || op.outputCount > f.outputs.length)
      return op.fail(
        "bad-graph",
        `the function takes ${f.inputs.length} operands and gives ${f.outputs.length} results.`,
      );
    if (f.attributes.length > 0)
      return op.fail("unsupported", "functions that take attributes are not read; write them out.");
    const scope = new Scope();
    f.inputs.forEach((name, i) => {
      const operand = op.optional(i);
      if (operand !== undefined) scope.set(name, operand);
    });
    const meaning = { library, version: library.versionOf(f), isCheck };
    for (const node of f.nodes) applyNode(node, meaning, scope);
    return f.outputs.map((name) => scope.get(name) as ImportedValue);
  };

const operatorFor = (node: NodeProto, meaning: Meaning): Operator => {
  const operator = operatorOf(node);
  return operator ?? called(meaning.library.functionOf(node) as FunctionProto, meaning);
};

const applyNode = (node: NodeProto, meaning: Meaning, scope: Scope): void => {
  const operator = operatorFor(node, meaning);
  const operands = node.inputs.map((name) => (name === "" ? undefined : scope.get(name)));
  const run = (graph: GraphProto, inputs: readonly ImportedValue[]): readonly ImportedValue[] =>
    runGraph(graph, inputs, meaning, new Scope(scope));
  const free = node.clamped && scope.get(node.clamped.name);
  const clamped = node.clamped && free && { value: free, last: node.clamped.last };
  const op = new Operation(node, meaning.version, operands, run, clamped);
  const results = resultsOf(op, operator, meaning);
  for (const [i, name] of node.outputs.entries()) {
    if (name === "") continue;
    const value =
      results[i] ?? op.fail("bad-graph", `it gives ${results.length} results, not ${node.outputs.length}.`);
    scope.set(name, value);
  }
};

/** What an operator gives. Whatever it refuses is refused in the name of its node. */
const resultsOf = (op: Operation, operator: Operator, { isCheck }: Meaning): readonly ImportedValue[] => {
  try {
    const found = operator(op);
    const results = Array.isArray(found) ? (found as readonly ImportedValue[]) : [found as ImportedValue];
    op.checkAttributes();
    for (const value of results) if (value instanceof NDArray) checkSize(value.shape);
    return results;
  } catch (error) {
    if (!isCheck || error instanceof OnnxError || !(error instanceof Error)) throw error;
    throw new OnnxError("bad-operands", `${describeNode(op.node)}: ${error.message}`, { cause: error });
  }
};
