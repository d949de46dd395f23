import { arrayOfTensor, integersOf } from "../elements.ts";
import { ELEMENT, type GraphProto, isDType, type NodeProto, type TensorProto } from "../model.ts";
import { mapGraphs } from "../tidy-graph.ts";

/*
 * ReduceMax, ReduceMin and MaxPool may pass over NaN in ONNX Runtime, so that the export works out beside them whether
 * there is one, and puts NaN in. Our own keep NaN: read back, what was written is the reduction alone. Places to read and
 * write at are moved inside by nodes of their own, which is what our own do in any case. Here these groups of nodes are
 * found by their form, so that what was written is read as what it was.
 */

/** A number, or the name of what stands in that place. */
type Operand = number | string;

/** Which node or constant gives a value, in a graph and in those around it. */
class Makers {
  readonly #made = new Map<string, NodeProto | TensorProto | undefined>();
  readonly #outer: Makers | undefined;

  constructor({ nodes, initializers, inputs }: GraphProto, outer?: Makers) {
    this.#outer = outer;
    for (const tensor of initializers) this.#made.set(tensor.name, this.#get(tensor.name) ?? tensor);
    for (const { name } of inputs) this.#made.set(name, undefined);
    for (const node of nodes) for (const name of node.outputs) this.#made.set(name, node);
  }

  #get(name: string): NodeProto | TensorProto | undefined {
    if (this.#made.has(name)) return this.#made.get(name);
    return this.#outer === undefined ? undefined : this.#outer.#get(name);
  }

  node(name: Operand | undefined): NodeProto | undefined {
    const found = typeof name === "string" ? this.#get(name) : undefined;
    return found !== undefined && "opType" in found && found.domain === "" ? found : undefined;
  }

  operand(name: string): Operand {
    const tensor = this.#get(name);
    if (tensor === undefined || !("dims" in tensor) || tensor.dims.length > 0) return name;
    if (tensor.type === "int64") return Number(integersOf(tensor)[0]);
    return isDType(tensor.type) ? Number(arrayOfTensor({ ...tensor, type: tensor.type }).item()) : name;
  }

  /** The operands of the node of that kind which gives a value: numbers where they are constants. */
  operands(name: Operand | undefined, opType: string): readonly Operand[] | undefined {
    const node = this.node(name);
    return node?.opType === opType ? node.inputs.map((input) => this.operand(input)) : undefined;
  }
}

const sameAttributes = (a: NodeProto | undefined, b: NodeProto | undefined): boolean =>
  a !== undefined && b !== undefined && JSON.stringify(a.attributes) === JSON.stringify(b.attributes);

/** The reduction `r` in `Where(ReduceMax(IsNaN(x)), NaN, r)`, if it is one of `x` over the same axes. */
const extremeBehind = (node: NodeProto, makers: Makers): string | undefined => {
  const [condition, nan, result] = node.inputs.map((name) => makers.operand(name));
  if (node.opType !== "Where" || !Number.isNaN(nan) || typeof result !== "string") return undefined;
  const [tested, testedAxes] = makers.operands(condition, "ReduceMax") ?? [];
  const [x] = makers.operands(tested, "IsNaN") ?? [];
  const [y, axes] = makers.operands(result, "ReduceMax") ?? makers.operands(result, "ReduceMin") ?? [];
  const isOne = typeof x === "string" && x === y && axes === testedAxes;
  return isOne && sameAttributes(makers.node(condition), makers.node(result)) ? result : undefined;
};

/** The number 0 or 1 that a truth value is as a float. */
const truthOf = (name: Operand | undefined, makers: Makers): Operand | undefined => {
  const to = makers.node(name)?.attributes["to"];
  return to?.kind === "int" && to.value === ELEMENT.float32 ? makers.operands(name, "Cast")?.[0] : undefined;
};

/** What `kinds` are of: 0 for -∞, 1 for other numbers and 2 or 3 for NaN, as the export of pooling writes them. */
const operandOfKinds = (kinds: Operand | undefined, makers: Makers): Operand | undefined => {
  const [more, odds] = makers.operands(kinds, "Add") ?? [];
  const [odd, again] = makers.operands(odds, "Add") ?? [];
  const [x, least] = makers.operands(truthOf(more, makers), "Greater") ?? [];
  const [y] = makers.operands(truthOf(odd, makers), "IsNaN") ?? [];
  return odd === again && x === y && least === Number.NEGATIVE_INFINITY ? x : undefined;
};

/** The pooling `p` in `Where(k > 1, NaN, Where(k < 1, -∞, p))`, if `k` is the same pooling of kinds of the same elements. */
const poolingBehind = (node: NodeProto, makers: Makers): string | undefined => {
  const [marked, nan, rest] = node.inputs.map((name) => makers.operand(name));
  if (node.opType !== "Where" || !Number.isNaN(nan)) return undefined;
  const [isLeast, infinity, result] = makers.operands(rest, "Where") ?? [];
  if (infinity !== Number.NEGATIVE_INFINITY || typeof result !== "string") return undefined;
  const [kind, one] = makers.operands(marked, "Greater") ?? [];
  const [again, bound] = makers.operands(isLeast, "Less") ?? [];
  const [x] = makers.operands(result, "MaxPool") ?? [];
  const [kinds] = makers.operands(kind, "MaxPool") ?? [];
  const isOne =
    kind === again &&
    one === 1 &&
    bound === 1 &&
    typeof x === "string" &&
    operandOfKinds(kinds, makers) === x &&
    sameAttributes(makers.node(kind), makers.node(result));
  return isOne ? result : undefined;
};

/** The indices `i` of a Gather or ScatterElements at `Min(Max(i, 0), last)`. */
const clampedIndices = ({ opType, inputs }: NodeProto, makers: Makers): NodeProto["clamped"] => {
  if (opType !== "Gather" && opType !== "ScatterElements") return undefined;
  const [raised, last] = makers.operands(inputs[1], "Min") ?? [];
  const [name, first] = makers.operands(raised, "Max") ?? [];
  return first === 0 && typeof name === "string" && typeof last === "number" ? { name, last } : undefined;
};

/** The graph with what is written around extremes because of NaN taken away, in graphs inside too. */
export const withoutIdioms = (graph: GraphProto, outer?: Makers): GraphProto => {
  const makers = new Makers(graph, outer);
  const nodes = graph.nodes.map((node): NodeProto => {
    const found = extremeBehind(node, makers) ?? poolingBehind(node, makers);
    if (found !== undefined) return { ...node, opType: "Identity", inputs: [found] };
    const clamped = clampedIndices(node, makers);
    return {
      ...node,
      attributes: mapGraphs(node.attributes, (inner) => withoutIdioms(inner, makers)),
      ...(clamped !== undefined && { clamped }),
    };
  });
  return { ...graph, nodes };
};
