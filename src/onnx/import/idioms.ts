import { arrayOfTensor, integersOf } from "../elements.ts";
import {
  type AttributeValue,
  ELEMENT,
  type GraphProto,
  isDType,
  type NodeProto,
  type TensorProto,
} from "../model.ts";
import { mapGraphs } from "../tidy-graph.ts";

/*
 * ReduceMax, ReduceMin, MaxPool and the scatters of extremes may pass over NaN in ONNX Runtime, so that the export works
 * out beside them whether there is one, and puts NaN in. Our own keep NaN: read back, what was written is the operation
 * alone. Floats become integers by the operator where it says what they become. Places to read and write at are moved
 * inside by nodes of their own, which is what our own do in any case. Here these groups of nodes are found by their form,
 * so that what was written is read as what it was.
 */

/** A number, or the name of what stands in that place. */
type Operand = number | string;

/** Which node or constant gives a value, in a graph and in those around it. */
class Makers {
  readonly #made = new Map<string, NodeProto | TensorProto | undefined>();
  readonly #outer: Makers | undefined;

  constructor({ nodes, initializers, inputs }: GraphProto, outer?: Makers) {
    this.#outer = outer;
    for (const tensor of initializers) this.#made.set(tensor.name, tensor);
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

/** Whether attributes are few and short, as those of reductions and pooling are: others would take long to compare. */
const areShort = ({ attributes }: NodeProto): boolean => {
  const all = Object.values(attributes);
  return (
    all.length <= 16 &&
    all.every(
      ({ kind, value }) =>
        kind === "int" ||
        kind === "float" ||
        ((kind === "ints" || kind === "floats" || kind === "string") && value.length <= 64),
    )
  );
};

const sameAttributes = (a: NodeProto | undefined, b: NodeProto | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  areShort(a) &&
  areShort(b) &&
  JSON.stringify(a.attributes) === JSON.stringify(b.attributes);

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

/** What is tested for NaN in `Cast(IsNaN(x)) * sign`. */
const markedBy = (name: Operand | undefined, sign: number, makers: Makers): Operand | undefined => {
  const [truth, factor] = makers.operands(name, "Mul") ?? [];
  const [tested] = makers.operands(truth, "Cast") ?? [];
  return factor === sign ? makers.operands(tested, "IsNaN")?.[0] : undefined;
};

/** The scatter `s` of extremes in `Where(m, NaN, s)`, if `m` is the same scatter of marks of NaN. */
const scatterBehind = (node: NodeProto, makers: Makers): string | undefined => {
  const [marked, nan, result] = node.inputs.map((name) => makers.operand(name));
  if (node.opType !== "Where" || !Number.isNaN(nan) || typeof result !== "string") return undefined;
  const [into, places, updates] = makers.operands(result, "ScatterElements") ?? [];
  const [marks] = makers.operands(marked, "Cast") ?? [];
  const [markedInto, markedPlaces, markedUpdates] = makers.operands(marks, "ScatterElements") ?? [];
  const sign = makers.node(result)?.attributes["reduction"]?.value === "min" ? -1 : 1;
  const isOne =
    places !== undefined &&
    places === markedPlaces &&
    markedBy(markedInto, sign, makers) === into &&
    markedBy(markedUpdates, sign, makers) === updates &&
    sameAttributes(makers.node(marks), makers.node(result));
  return isOne ? result : undefined;
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

/** The ends of integer types: the least number, and the first that is too great. */
const ENDS: { readonly [type: number]: readonly [low: number, high: number] } = {
  [ELEMENT.int32]: [-(2 ** 31), 2 ** 31],
  [ELEMENT.uint32]: [0, 2 ** 32],
};

/**
 * The conversion of floats to integers in `Where(x ≥ high, last, Where(x < low, low, Cast(Where(x is inside, x, 0))))`: the
 * operator leaves open what it makes of NaN and of what lies outside. Unsigned integers are chosen among by their bits.
 */
const conversionBehind = (node: NodeProto, makers: Makers): NodeProto | undefined => {
  const isBits = node.opType === "BitCast";
  const chosen = isBits ? makers.operands(node.inputs[0], "Where") : undefined;
  const all = node.opType === "Where" ? node.inputs.map((name) => makers.operand(name)) : chosen;
  const [isHigh, last, rest] = all ?? [];
  const [isLow, least, bits] = makers.operands(rest, "Where") ?? [];
  const made = makers.node(isBits ? makers.operands(bits, "BitCast")?.[0] : bits);
  const to = made?.opType === "Cast" ? made.attributes["to"] : undefined;
  const [low, high] = (to?.kind === "int" ? ENDS[to.value] : undefined) ?? [];
  if (made === undefined || to === undefined || low === undefined || high === undefined) return undefined;
  if (isBits && JSON.stringify(node.attributes["to"]) !== JSON.stringify(to)) return undefined;
  const [inside, x, zero] = makers.operands(made.inputs[0], "Where") ?? [];
  const [isNumber, isNeither] = makers.operands(inside, "And") ?? [];
  const [outside] = makers.operands(isNeither, "Not") ?? [];
  const forms: readonly (readonly [Operand | undefined, string, readonly (Operand | undefined)[]])[] = [
    [isHigh, "GreaterOrEqual", [x, high]],
    [isLow, "Less", [x, low]],
    [isNumber, "Equal", [x, x]],
    [outside, "Or", [isLow, isHigh]],
  ];
  const isOne =
    typeof x === "string" &&
    zero === 0 &&
    last === ((high - 1) | 0) &&
    least === (low | 0) &&
    forms.every(([name, opType, expected]) => String(makers.operands(name, opType)) === String(expected));
  return isOne ? { ...node, opType: "Cast", inputs: [x], attributes: { to } } : undefined;
};

/** How many bits the narrow integers have. */
const WIDTHS: { readonly [type: number]: number } = {
  [ELEMENT.int8]: 8,
  [ELEMENT.int16]: 16,
  [ELEMENT.uint8]: 8,
  [ELEMENT.uint16]: 16,
};

/**
 * The conversion to a narrow integer in `Cast(BitwiseAnd(x, mask))`, or in a Cast of 32 bits `x` moved to their left end
 * and, with its sign, back: a negative number is moved inverted, so that what comes in from the left is its sign.
 */
const wrappingBehind = (node: NodeProto, makers: Makers): readonly NodeProto[] | undefined => {
  const { to } = node.attributes;
  const width = node.opType === "Cast" && to?.kind === "int" ? WIDTHS[to.value] : undefined;
  if (width === undefined) return undefined;
  const [masked, mask] = makers.operands(node.inputs[0], "BitwiseAnd") ?? [];
  if (typeof masked === "string" && mask === 2 ** width - 1) return [{ ...node, inputs: [masked] }];
  const [back, sign] = makers.operands(makers.operands(node.inputs[0], "BitCast")?.[0], "BitwiseXor") ?? [];
  const [turned, distance] = makers.operands(back, "BitShift") ?? [];
  const [moved, again] = makers.operands(turned, "BitwiseXor") ?? [];
  const [bits, forth] = makers.operands(moved, "BitShift") ?? [];
  const [isNegative, ones, none] = makers.operands(makers.operands(sign, "BitCast")?.[0], "Where") ?? [];
  const [tested, zero] = makers.operands(isNegative, "Less") ?? [];
  const isOne =
    typeof bits === "string" &&
    sign === again &&
    distance === forth &&
    String(makers.operands(distance, "BitwiseAnd")) === String([32 - width, 31]) &&
    makers.operands(tested, "BitCast")?.[0] === moved &&
    String([ones, none, zero]) === "-1,0,0" &&
    directionOf(makers.node(back)) === "RIGHT" &&
    directionOf(makers.node(moved)) === "LEFT";
  if (!isOne) return undefined;
  const signed = `${node.outputs[0]} as int32`;
  const recast: NodeProto = {
    ...node,
    opType: "BitCast",
    inputs: [bits],
    outputs: [signed],
    attributes: { to: { kind: "int", value: ELEMENT.int32 } },
  };
  return [recast, { ...node, inputs: [signed] }];
};

const directionOf = (node: NodeProto | undefined): AttributeValue["value"] | undefined =>
  node?.attributes["direction"]?.value;

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
  const nodes = graph.nodes.flatMap((node): NodeProto | readonly NodeProto[] => {
    const found = extremeBehind(node, makers) ?? poolingBehind(node, makers) ?? scatterBehind(node, makers);
    if (found !== undefined) return { ...node, opType: "Identity", inputs: [found] };
    const conversion = conversionBehind(node, makers) ?? wrappingBehind(node, makers);
    if (conversion !== undefined) return conversion;
    const clamped = clampedIndices(node, makers);
    return {
      ...node,
      attributes: mapGraphs(node.attributes, (inner) => withoutIdioms(inner, makers)),
      ...(clamped !== undefined && { clamped }),
    };
  });
  return { ...graph, nodes };
};
