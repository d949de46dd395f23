import type { NDArray } from "../../array/index.ts";
import { formatShape } from "../../array/index.ts";
import { shown } from "../decode-model.ts";
import type { AttributeValue, GraphProto, NodeProto, TensorProto } from "../model.ts";
import { OnnxError, type OnnxReason } from "../onnx-error.ts";
import { arrayOf, type ImportedValue, knownNumbers } from "./value.ts";

/** One node while it is applied: its operands, and its attributes, of which each must be asked for. */
export class Operation {
  readonly node: NodeProto;
  /** The version of the standard operators. */
  readonly version: number;
  readonly #inputs: readonly (ImportedValue | undefined)[];
  readonly #run: (graph: GraphProto, inputs: readonly ImportedValue[]) => readonly ImportedValue[];
  readonly #asked = new Set<string>();
  /** Operand 1 before it was moved to where it lies between 0 and `last`, if it was. */
  readonly clamped: { readonly value: ImportedValue; readonly last: number } | undefined;

  constructor(
    node: NodeProto,
    version: number,
    inputs: readonly (ImportedValue | undefined)[],
    run: (graph: GraphProto, inputs: readonly ImportedValue[]) => readonly ImportedValue[],
    clamped?: { readonly value: ImportedValue; readonly last: number },
  ) {
    this.clamped = clamped;
    this.node = node;
    this.version = version;
    // Operands that are left out at the end may be named by nothing.
    this.#inputs = inputs.slice(0, inputs.findLastIndex((input) => input !== undefined) + 1);
    this.#run = run;
  }

  get inputCount(): number {
    return this.#inputs.length;
  }

  /** How many results are wanted: those at the end that have no name are not. */
  get outputCount(): number {
    return this.node.outputs.findLastIndex((output) => output !== "") + 1;
  }

  fail(reason: OnnxReason, what: string): never {
    throw new OnnxError(reason, `${describeNode(this.node)}: ${what}`);
  }

  /** The operand at a place, if there is one. */
  optional(i: number): ImportedValue | undefined {
    return this.#inputs[i];
  }

  value(i: number): ImportedValue {
    return this.#inputs[i] ?? this.fail("bad-operands", `operand ${i} is missing.`);
  }

  /** All operands. */
  values(from = 0): ImportedValue[] {
    return Array.from({ length: this.#inputs.length - from }, (_, i) => this.value(from + i));
  }

  array(i: number): NDArray {
    return arrayOf(this.value(i));
  }

  /** Operands as arrays of one dtype, `least` of them or more. */
  arrays(from = 0, least = 1): NDArray[] {
    if (this.#inputs.length < from + least) this.value(from + least - 1);
    const arrays = this.values(from).map(arrayOf);
    const [first] = arrays;
    if (first === undefined) return this.fail("bad-operands", "it has no operands.");
    const other = arrays.find(({ dtype }) => dtype !== first.dtype);
    if (other === undefined) return arrays;
    return this.fail("bad-operands", `operands must have one type; got ${first.dtype} and ${other.dtype}.`);
  }

  /** A list of whole numbers that must be known while tracing: a shape, axes. */
  integers(i: number): readonly number[] {
    const numbers = knownNumbers(this.value(i));
    if (numbers?.every(Number.isSafeInteger)) return numbers;
    return this.fail(
      "unsupported",
      `operand ${i} must be known whole numbers: shapes cannot depend on values.`,
    );
  }

  optionalIntegers(i: number): readonly number[] | undefined {
    return this.#inputs[i] === undefined ? undefined : this.integers(i);
  }

  #attribute(name: string): AttributeValue | undefined {
    this.#asked.add(name);
    return this.node.attributes[name];
  }

  #wrongKind(name: string, expected: string, { kind }: AttributeValue): never {
    return this.fail("bad-attribute", `"${name}" must be of kind ${expected}; it is of kind ${kind}.`);
  }

  int(name: string): number | undefined;
  int(name: string, otherwise: number): number;
  int(name: string, otherwise?: number): number | undefined {
    const found = this.#attribute(name);
    if (found === undefined) return otherwise;
    return found.kind === "int" ? found.value : this.#wrongKind(name, "int", found);
  }

  flag(name: string, otherwise = false): boolean {
    return this.int(name, Number(otherwise)) !== 0;
  }

  float(name: string): number | undefined;
  float(name: string, otherwise: number): number;
  float(name: string, otherwise?: number): number | undefined {
    const found = this.#attribute(name);
    if (found === undefined) return otherwise;
    return found.kind === "float" ? found.value : this.#wrongKind(name, "float", found);
  }

  floats(name: string): readonly number[] | undefined {
    const found = this.#attribute(name);
    if (found === undefined) return undefined;
    return found.kind === "floats" ? found.value : this.#wrongKind(name, "floats", found);
  }

  ints(name: string): readonly number[] | undefined {
    const found = this.#attribute(name);
    if (found === undefined) return undefined;
    return found.kind === "ints" ? found.value : this.#wrongKind(name, "ints", found);
  }

  text(name: string, otherwise: string): string {
    const found = this.#attribute(name);
    if (found === undefined) return otherwise;
    return found.kind === "string" ? found.value : this.#wrongKind(name, "string", found);
  }

  tensor(name: string): TensorProto | undefined {
    const found = this.#attribute(name);
    if (found === undefined) return undefined;
    return found.kind === "tensor" ? found.value : this.#wrongKind(name, "tensor", found);
  }

  graph(name: string): GraphProto {
    const found = this.#attribute(name);
    if (found === undefined) return this.fail("bad-attribute", `it has no graph "${name}".`);
    return found.kind === "graph" ? found.value : this.#wrongKind(name, "graph", found);
  }

  /** The outputs of an inner graph; it sees the values around it. */
  run(graph: GraphProto, inputs: readonly ImportedValue[]): readonly ImportedValue[] {
    return this.#run(graph, inputs);
  }

  /** Refuses attributes that nobody asked for: what they say would be passed over. */
  checkAttributes(): void {
    const unknown = Object.keys(this.node.attributes).find((name) => !this.#asked.has(name));
    if (unknown !== undefined) this.fail("bad-attribute", `the attribute "${shown(unknown)}" is not known.`);
  }

  /** An axis counted from the front. */
  axis(axis: number, rank: number): number {
    if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
    return this.fail("bad-operands", `there is no axis ${axis} among ${rank}.`);
  }

  axes(axes: readonly number[], rank: number): number[] {
    const places = axes.map((axis) => this.axis(axis, rank));
    if (new Set(places).size === places.length) return places;
    return this.fail("bad-operands", `axes ${formatShape(axes.slice(0, 12))} must differ.`);
  }
}

/** A node as messages show it. */
export const describeNode = ({ opType, name, outputs }: NodeProto): string => {
  const result = outputs.find((output) => output !== "") ?? name;
  return `the node ${shown(opType)}${result === "" ? "" : ` that gives "${shown(result)}"`}`;
};

/** What an operator does. */
export type Operator = (op: Operation) => ImportedValue | readonly ImportedValue[];
