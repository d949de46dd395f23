import { MAX_NODES, shown } from "../decode-model.ts";
import type { FunctionProto, GraphProto, ModelProto, NodeProto } from "../model.ts";
import { OnnxError } from "../onnx-error.ts";
import { describeNode } from "./operation.ts";
import { operatorNames, operatorOf } from "./operators.ts";

/** Versions of the standard operators that are read. */
const OLDEST = 11;
const NEWEST = 26;

const checkedVersion = (version: number | undefined, what: string): number => {
  if (version !== undefined && version >= OLDEST && version <= NEWEST) return version;
  throw new OnnxError(
    "bad-version",
    `${what} uses version ${version ?? "none"} of the standard operators; versions ${OLDEST} to ${NEWEST} are read.`,
  );
};

/** How deep functions may call one another. */
const MAX_CALLS = 100;

/** The names that nodes may read, and those of the graphs around them. */
class Names {
  readonly #own: Set<string>;
  readonly #outer: Names | undefined;

  constructor(own: readonly string[], outer?: Names) {
    this.#own = new Set(own);
    this.#outer = outer;
  }

  has(name: string): boolean {
    return this.#own.has(name) || (this.#outer?.has(name) ?? false);
  }

  add(name: string): void {
    this.#own.add(name);
  }
}

const keyOf = (domain: string, name: string, overload: string): string =>
  JSON.stringify([domain, name, overload]);

/** The functions of a model, and the version of the standard operators that its nodes mean. */
export class Library {
  readonly version: number;
  readonly #functions = new Map<string, FunctionProto>();
  /** How many nodes a function comes to; `undefined` while it is looked at. */
  readonly #sizes = new Map<FunctionProto, number | undefined>();
  #calls = 0;

  constructor({ opsets, functions }: ModelProto) {
    this.version = checkedVersion(opsets.get(""), "the model");
    for (const f of functions) {
      const key = keyOf(f.domain, f.name, f.overload);
      if (this.#functions.has(key))
        throw new OnnxError("bad-graph", `the function ${shown(f.name)} is given twice.`);
      this.#functions.set(key, f);
    }
  }

  /** The function that a node calls, if it calls one. */
  functionOf({ domain, opType, overload }: NodeProto): FunctionProto | undefined {
    return this.#functions.get(keyOf(domain, opType, overload));
  }

  /** The version of the standard operators that the nodes of a function mean. */
  versionOf({ name, opsets }: FunctionProto): number {
    return checkedVersion(opsets.get("") ?? this.version, `the function ${shown(name)}`);
  }

  /** Refuses graphs that cannot be run, before anything is: unknown operators, names that no node before gives. */
  check(graph: GraphProto): void {
    const inputs = [...graph.initializers, ...graph.inputs].map(({ name }) => name);
    const outputs = graph.outputs.map(({ name }) => name);
    if (this.#check(graph.nodes, inputs, outputs) <= MAX_NODES) return;
    throw new OnnxError("too-large", `the functions of the model come to more than ${MAX_NODES} nodes.`);
  }

  /** How many nodes there are, those of functions included wherever they are called. */
  #check(
    nodes: readonly NodeProto[],
    inputs: readonly string[],
    outputs: readonly string[],
    outer?: Names,
  ): number {
    const names = new Names(inputs, outer);
    let size = nodes.length;
    for (const node of nodes) {
      size += this.#sizeOfCall(node);
      for (const input of node.inputs) {
        if (input === "" || names.has(input)) continue;
        throw new OnnxError(
          "bad-graph",
          `${describeNode(node)} reads "${shown(input)}", which no node before it gives: it is missing, or the nodes go in a ` +
            "circle.",
        );
      }
      for (const { kind, value } of Object.values(node.attributes)) {
        if (kind !== "graph") continue;
        const inside = [...value.initializers, ...value.inputs].map(({ name }) => name);
        size += this.#check(
          value.nodes,
          inside,
          value.outputs.map(({ name }) => name),
          names,
        );
      }
      for (const output of node.outputs) if (output !== "") names.add(output);
    }
    const missing = outputs.find((name) => !names.has(name));
    if (missing !== undefined)
      throw new OnnxError("bad-graph", `no node gives the output "${shown(missing)}".`);
    return size;
  }

  #sizeOfCall(node: NodeProto): number {
    if (operatorOf(node) !== undefined) return 0;
    const f = this.functionOf(node);
    if (f === undefined) {
      const name = node.domain === "" ? node.opType : `${node.domain}.${node.opType}`;
      throw new OnnxError(
        "unknown-operator",
        `the operator ${shown(name)} is not known; ${operatorNames().length} operators of the standard set are.`,
      );
    }
    if (this.#sizes.has(f)) {
      const size = this.#sizes.get(f);
      if (size !== undefined) return size;
      throw new OnnxError("bad-graph", `the function ${shown(f.name)} calls itself.`);
    }
    if (this.#calls >= MAX_CALLS)
      throw new OnnxError("too-large", `functions call one another more than ${MAX_CALLS} deep.`);
    this.#sizes.set(f, undefined);
    this.versionOf(f);
    this.#calls++;
    const size = this.#check(f.nodes, f.inputs, f.outputs);
    this.#calls--;
    this.#sizes.set(f, size);
    return size;
  }
}
