import { broadcastShapes, type ConcreteArray, formatShape, type Shape, sizeOf } from "../array/index.ts";
import { ShapeError } from "../core/index.ts";
import { bytesOfElements, elementsFrom, tensorOf, transposedElements } from "./elements.ts";
import {
  type Attributes,
  type AttributeValue,
  ELEMENT,
  type ElementType,
  FUNCTION_DOMAIN,
  type FunctionProto,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfo,
} from "./model.ts";
import { calledFunctions, hasGraph, renameValues, tidied } from "./tidy-graph.ts";

/** A value of a graph: what a node reads and gives. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
}

/** What is known of a result before it has a name. */
export type ValueType = Omit<Value, "name">;

/** Attributes as plain values: whole numbers are ints. Floats, which could be whole by chance, are given whole. */
export type PlainAttributes = {
  readonly [name: string]: number | string | readonly number[] | AttributeValue;
};

const attributeOf = (value: PlainAttributes[string]): AttributeValue => {
  if (typeof value === "number") return { kind: "int", value };
  if (typeof value === "string") return { kind: "string", value };
  return "kind" in value ? value : { kind: "ints", value };
};

const attributesOf = (plain: PlainAttributes): Attributes =>
  Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, attributeOf(value)]));

/** A function of the model that is called: its name, what tells it from others of that name, and its attributes. */
export interface Callee {
  readonly name: string;
  readonly overload: string;
  readonly attributes: PlainAttributes;
}

/** A function without the version of the operators that it is made of. */
export type WrittenFunction = Omit<FunctionProto, "opsets">;

/** What the graphs of one model share: names, functions, and constants, which all stand in the outermost graph. */
class Names {
  readonly functions = new Map<string, WrittenFunction>();
  readonly constants = new Map<string, TensorProto>();
  /** What a reshaped value was before, by its name. */
  readonly reshaped = new Map<string, Value>();
  /** What a value was before its bits were taken for another type, by its name. */
  readonly recast = new Map<string, Value>();
  readonly #known = new Map<string, Value>();
  readonly #taken = new Set<string>();
  #next = 0;

  /** A name that nothing else has. */
  fresh(prefix: string): string {
    for (;;) {
      const name = `${prefix}${this.#next++}`;
      if (this.take(name)) return name;
    }
  }

  /** Whether the name was free; it is taken now. */
  take(name: string): boolean {
    if (this.#taken.has(name)) return false;
    this.#taken.add(name);
    return true;
  }

  /** A constant; equal ones are one. */
  constant({ type, dims, data }: Omit<TensorProto, "name">): Value {
    // Large ones are not compared: a key as long as they are would cost more than what is saved.
    const key = data.length <= 256 ? `${type}[${dims}]${data}` : undefined;
    const known = key === undefined ? undefined : this.#known.get(key);
    if (known !== undefined) return known;
    const value: Value = { name: this.fresh("c"), type, shape: dims };
    this.constants.set(value.name, { name: value.name, type, dims, data });
    if (key !== undefined) this.#known.set(key, value);
    return value;
  }
}

/**
 * Writes a graph node by node. Equal nodes become one. A graph inside a node (the body of a loop, a branch) reads the
 * values of those around it.
 */
export class GraphBuilder {
  readonly #names: Names;
  readonly #outer: GraphBuilder | undefined;
  readonly #nodes: NodeProto[] = [];
  readonly #inputs: ValueInfo[] = [];
  readonly #results = new Map<string, readonly Value[]>();

  constructor(outer?: GraphBuilder) {
    this.#outer = outer;
    this.#names = outer === undefined ? new Names() : outer.#names;
  }

  /** Keep names for inputs and outputs: no other value takes them. */
  reserve(names: readonly string[]): void {
    for (const name of names) this.#names.take(name);
  }

  /** An input. Its name must be reserved; without one, any is taken. */
  input({ type, shape }: ValueType, name = this.#names.fresh("v")): Value {
    this.#inputs.push({ name, type, shape });
    return { name, type, shape };
  }

  /** The results of a node, one for each of `types`. */
  nodes(
    opType: string,
    inputs: readonly (Value | undefined)[],
    types: readonly ValueType[],
    plain: PlainAttributes = {},
    overload?: string,
  ): readonly Value[] {
    const attributes = attributesOf(plain);
    const names = inputs.map((value) => value?.name ?? "");
    const key = hasGraph(attributes)
      ? undefined
      : `${opType}${overload ?? ""}(${names})${JSON.stringify(plain)}${types.length}`;
    const known = key === undefined ? undefined : this.#find(key);
    if (known !== undefined) return known;
    const outputs = types.map((type) => ({ ...type, name: this.#names.fresh("v") }));
    this.#nodes.push({
      opType,
      domain: overload === undefined ? "" : FUNCTION_DOMAIN,
      overload: overload ?? "",
      name: "",
      inputs: names,
      outputs: outputs.map(({ name }) => name),
      attributes,
    });
    if (key !== undefined) this.#results.set(key, outputs);
    return outputs;
  }

  /** The only result of a node. */
  node(
    opType: string,
    inputs: readonly (Value | undefined)[],
    type: ValueType,
    attributes: PlainAttributes = {},
  ): Value {
    return this.nodes(opType, inputs, [type], attributes)[0] as Value;
  }

  /** An elementwise node; operands broadcast. Its result has the first operand's type unless another is given. */
  elementwise(
    opType: string,
    inputs: readonly Value[],
    type: ElementType = (inputs[0] as Value).type,
    attributes: PlainAttributes = {},
  ): Value {
    return this.node(opType, inputs, { type, shape: commonShape(inputs) }, attributes);
  }

  /** A constant array of numbers. */
  constant(
    type: Exclude<ElementType, "string">,
    values: readonly (number | bigint | boolean)[],
    shape: Shape,
  ): Value {
    return this.#names.constant({ type, dims: shape, data: bytesOfElements(elementsFrom(type, values)) });
  }

  /** A constant array. */
  array(x: ConcreteArray): Value {
    return this.#names.constant(tensorOf("", x));
  }

  /** What a constant holds, if the value is one. */
  constantBehind(x: Value): TensorProto | undefined {
    return this.#names.constants.get(x.name);
  }

  scalar(type: Exclude<ElementType, "string">, value: number | bigint | boolean): Value {
    return this.constant(type, [value], []);
  }

  /** A list of whole numbers, as the operands that say shapes and axes are. */
  list(values: readonly number[]): Value {
    return this.constant("int64", values, [values.length]);
  }

  /** The same numbers in another type. */
  cast(x: Value, type: ElementType): Value {
    if (x.type === type) return x;
    return this.node("Cast", [x], { type, shape: x.shape }, { to: ELEMENT[type] });
  }

  /** The same bits in another type of the same width. */
  bitcast(x: Value, type: ElementType): Value {
    if (x.type === type) return x;
    const known = this.constantBehind(x);
    if (known !== undefined) return this.#names.constant({ ...known, type });
    const before = this.#names.recast.get(x.name);
    if (before !== undefined) return this.bitcast(before, type);
    const made = this.node("BitCast", [x], { type, shape: x.shape }, { to: ELEMENT[type] });
    this.#names.recast.set(made.name, x);
    return made;
  }

  reshape(x: Value, shape: Shape): Value {
    if (sameList(x.shape, shape)) return x;
    const known = this.constantBehind(x);
    if (known !== undefined) return this.#names.constant({ ...known, dims: shape });
    const before = this.#names.reshaped.get(x.name);
    if (before !== undefined) return this.reshape(before, shape);
    const made = this.node("Reshape", [x, this.list(shape)], { type: x.type, shape }, { allowzero: 1 });
    this.#names.reshaped.set(made.name, x);
    return made;
  }

  transpose(x: Value, permutation: readonly number[]): Value {
    if (permutation.every((axis, i) => axis === i)) return x;
    const shape = permutation.map((axis) => x.shape[axis] as number);
    const known = this.constantBehind(x);
    if (known !== undefined) {
      return this.#names.constant({ ...known, dims: shape, data: transposedElements(known, permutation) });
    }
    return this.node("Transpose", [x], { type: x.type, shape }, { perm: permutation });
  }

  /** The operand repeated along axes of length 1 and new leading ones. */
  expand(x: Value, shape: Shape): Value {
    if (sameList(x.shape, shape)) return x;
    return this.node("Expand", [x, this.list(shape)], { type: x.type, shape });
  }

  /** The elements from `starts` up to, and without, `ends`, in steps; a negative step goes backwards. */
  slice(
    x: Value,
    axes: readonly number[],
    starts: readonly number[],
    ends: readonly number[],
    steps: readonly number[],
  ): Value {
    const kept = axes
      .map((_, i) => i)
      .filter((i) => {
        const n = x.shape[axes[i] as number] as number;
        return !(starts[i] === 0 && steps[i] === 1 && (ends[i] as number) >= n);
      });
    if (kept.length === 0) return x;
    const of = (list: readonly number[]): number[] => kept.map((i) => list[i] as number);
    const shape = [...x.shape];
    for (const i of kept) {
      const [start, step] = [starts[i] as number, steps[i] as number];
      // An end before the first element, of a slice that goes backwards, is a large negative number.
      const end = Math.max(ends[i] as number, -1);
      shape[axes[i] as number] = Math.max(0, Math.ceil((end - start) / step));
    }
    return this.node("Slice", [x, ...[starts, ends, axes, steps].map((list) => this.list(of(list)))], {
      type: x.type,
      shape,
    });
  }

  concat(parts: readonly Value[], axis: number): Value {
    const [first] = parts as readonly [Value];
    if (parts.length === 1) return first;
    const length = parts.reduce((sum, { shape }) => sum + (shape[axis] as number), 0);
    const shape = first.shape.map((n, a) => (a === axis ? length : n));
    return this.node("Concat", parts, { type: first.type, shape }, { axis });
  }

  /** Elements at places along an axis; the places' axes take its place. */
  gather(x: Value, places: Value, axis: number): Value {
    const shape = [...x.shape.slice(0, axis), ...places.shape, ...x.shape.slice(axis + 1)];
    return this.node("Gather", [x, places], { type: x.type, shape }, { axis });
  }

  /** Each `onTrue` or `onFalse`. Kernels are only there for some types; for the others the bits are chosen. */
  where(condition: Value, onTrue: Value, onFalse: Value): Value {
    const { type } = onTrue;
    if (type === "bool") {
      const yes = this.elementwise("And", [condition, onTrue]);
      const no = this.elementwise("And", [this.elementwise("Not", [condition]), onFalse]);
      return this.elementwise("Or", [yes, no]);
    }
    const through = type === "uint32" ? "int32" : type === "uint64" ? "int64" : type;
    const shape = commonShape([condition, onTrue, onFalse]);
    const inputs = [condition, this.bitcast(onTrue, through), this.bitcast(onFalse, through)];
    return this.bitcast(this.node("Where", inputs, { type: through, shape }), type);
  }

  /** An array of one number. */
  filled(type: Exclude<ElementType, "string">, value: number | bigint | boolean, shape: Shape): Value {
    if (sizeOf(shape) === 0) return this.constant(type, [], shape);
    return this.expand(this.scalar(type, value), shape);
  }

  /** 0, 1, … as int64. */
  count(length: number): Value {
    const [from, to, step] = [0, length, 1].map((n) => this.scalar("int64", n)) as [Value, Value, Value];
    return this.node("Range", [from, to, step], { type: "int64", shape: [length] });
  }

  /** The results of a function, which is written, as a graph that sees only its operands, when it is first called. */
  call(
    { name, overload, attributes }: Callee,
    inputs: readonly Value[],
    types: readonly ValueType[],
    write: (body: GraphBuilder, inputs: readonly Value[]) => readonly Value[],
  ): readonly Value[] {
    const { functions } = this.#names;
    const key = functionKey(name, overload);
    if (!functions.has(key)) {
      const body = new GraphBuilder();
      const [inputNames, outputNames] = [inputs.map((_, i) => `x${i}`), types.map((_, i) => `y${i}`)];
      body.reserve([...inputNames, ...outputNames]);
      const operands = inputs.map((value, i) => body.input(value, inputNames[i]));
      const { nodes, initializers } = body.finish(name, write(body, operands), outputNames);
      const constants = initializers.map(
        (tensor): NodeProto => ({
          opType: "Constant",
          domain: "",
          overload: "",
          name: "",
          inputs: [],
          outputs: [tensor.name],
          attributes: { value: { kind: "tensor", value: { ...tensor, name: "" } } },
        }),
      );
      functions.set(key, {
        domain: FUNCTION_DOMAIN,
        name,
        overload,
        inputs: inputNames,
        outputs: outputNames,
        attributes: Object.keys(attributes),
        nodes: [...constants, ...nodes],
      });
    }
    return this.nodes(name, inputs, types, attributes, overload);
  }

  /** The functions that a graph calls. */
  functionsOf(graph: GraphProto): readonly WrittenFunction[] {
    return calledFunctions(graph).map(
      ({ opType, overload }) => this.#names.functions.get(functionKey(opType, overload)) as WrittenFunction,
    );
  }

  /** A graph to stand inside a node: what `write` returns are its outputs. */
  inner(name: string, write: (graph: GraphBuilder) => readonly Value[]): AttributeValue {
    const graph = new GraphBuilder(this);
    const outputs = write(graph);
    return {
      kind: "graph",
      value: graph.#finish(
        name,
        outputs.map((value) => graph.#own(value)),
      ),
    };
  }

  /** The whole graph; `names[i]`, which is reserved, is what output `i` is called. */
  finish(name: string, outputs: readonly Value[], names: readonly string[]): GraphProto {
    const renamed = new Map<string, string>();
    const made = new Set(this.#nodes.flatMap((node) => node.outputs));
    const results = outputs.map((value, i) => {
      const wanted = names[i] as string;
      if (made.has(value.name) && !renamed.has(value.name)) {
        renamed.set(value.name, wanted);
        return { ...value, name: wanted };
      }
      this.#nodes.push({
        opType: "Identity",
        domain: "",
        overload: "",
        name: "",
        inputs: [value.name],
        outputs: [wanted],
        attributes: {},
      });
      return { ...value, name: wanted };
    });
    const graph = { ...this.#finish(name, results), initializers: [...this.#names.constants.values()] };
    return tidied(renameValues(graph, renamed));
  }

  #finish(name: string, outputs: readonly Value[]): GraphProto {
    return { name, nodes: this.#nodes, initializers: [], inputs: this.#inputs, outputs: outputs.map(infoOf) };
  }

  /** An output of a graph inside a node must be made there, by a node of its own. */
  #own(value: Value): Value {
    const copy = { ...value, name: this.#names.fresh("v") };
    this.#nodes.push({
      opType: "Identity",
      domain: "",
      overload: "",
      name: "",
      inputs: [value.name],
      outputs: [copy.name],
      attributes: {},
    });
    return copy;
  }

  #find(key: string): readonly Value[] | undefined {
    const known = this.#results.get(key);
    return known !== undefined || this.#outer === undefined ? known : this.#outer.#find(key);
  }
}

const functionKey = (name: string, overload: string): string => `${name} ${overload}`;

/** The shape of an elementwise result. */
const commonShape = (values: readonly Value[]): Shape => {
  const shape = broadcastShapes(...values.map((value) => value.shape));
  if (shape !== undefined) return shape;
  const shapes = values.map((value) => formatShape(value.shape)).join(" and ");
  throw new ShapeError(`toOnnx: operands of shapes ${shapes} do not broadcast.`);
};

const infoOf = ({ name, type, shape }: Value): ValueInfo => ({ name, type, shape });

const sameList = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);
