import type { NDArray } from "../array/index.ts";
import type { CondParams } from "../calls/cond.ts";
import type { ScanParams } from "../calls/scan.ts";
import type { WhileParams } from "../calls/while.ts";
import { inlineCallsOf } from "../compile/passes/inline-calls.ts";
import {
  type Atom,
  type ClosedJaxpr,
  type Equation,
  formatAval,
  formatEquation,
  type Jaxpr,
  Literal,
  type Tangent,
  type Var,
} from "../core/index.ts";
import { callPaths } from "./call-paths.ts";
import { formatNumber } from "./format.ts";
import { type Observation, valueAt } from "./observe.ts";
import type { GraphEdge, GraphNode, InnerGraph, NodeKind, ProgramGraph } from "./program-graph.ts";
import { gateLabel } from "./symbols.ts";

/** Calls that mean nothing but what is inside. A function with a rule of its own stays whole: its inside is not differentiated. */
const TRANSPARENT: ReadonlySet<string> = new Set(["jit", "checkpoint"]);

/** A program with the calls of compiled and checkpointed functions written out. */
export const writtenOut = (closed: ClosedJaxpr): ClosedJaxpr => inlineCallsOf(closed, TRANSPARENT);

/** What an input or an output of a program is called, and which kind of node it is. */
export interface EndPoint {
  readonly label: string;
  readonly kind: NodeKind;
}

/** What the inputs and the outputs of a program are called. */
export interface Ends {
  readonly inputs: readonly EndPoint[];
  readonly outputs: readonly EndPoint[];
}

/** `count` ends of one kind: called `label`, and numbered if there are several. */
const numbered = (count: number, label: string, kind: NodeKind): readonly EndPoint[] =>
  Array.from({ length: count }, (_, i) => ({ label: count === 1 ? label : `${label} ${i}`, kind }));

/** The ends of a program of which nothing is known but their number. */
export const plainEnds = ({ inputs, outputs }: Jaxpr): Ends => ({
  inputs: numbered(inputs.length, "in", "data"),
  outputs: numbered(outputs.length, "out", "output"),
});

/** The ends of one turn of a loop: constants, what is carried, and slices; what is carried on, and slices of results. */
const turnEnds = ({ inputs, outputs }: Jaxpr, consts: number, carried: number, carriedOn: number): Ends => ({
  inputs: [
    ...numbered(consts, "const", "data"),
    ...numbered(carried, "carry", "data"),
    ...numbered(inputs.length - consts - carried, "x", "data"),
  ],
  outputs: [
    ...numbered(carriedOn, "carry", "output"),
    ...numbered(outputs.length - carriedOn, "y", "output"),
  ],
});

const innerGraph = (
  title: string,
  closed: ClosedJaxpr,
  endsOf: (jaxpr: Jaxpr) => Ends = plainEnds,
): InnerGraph => {
  const program = writtenOut(closed);
  return { title, graph: buildGraph(program, endsOf(program.jaxpr)) };
};

type Region = Pick<GraphNode, "kind" | "detail" | "inside">;

const scanRegion = ({ jaxpr, length, reverse, numConsts, numCarry }: ScanParams): Region => ({
  kind: "loop",
  detail: `${length} ${length === 1 ? "turn" : "turns"}${reverse ? ", backwards" : ""}`,
  inside: [innerGraph("each turn", jaxpr, (body) => turnEnds(body, numConsts, numCarry, numCarry))],
});

const whileRegion = ({ condJaxpr, condNconsts, bodyJaxpr, bodyNconsts }: WhileParams): Region => {
  const carried = bodyJaxpr.jaxpr.outputs.length;
  return {
    kind: "loop",
    detail: undefined,
    inside: [
      innerGraph("as long as", condJaxpr, (test) => ({
        ...turnEnds(test, condNconsts, carried, 0),
        outputs: numbered(1, "condition", "output"),
      })),
      innerGraph("each turn", bodyJaxpr, (body) => turnEnds(body, bodyNconsts, carried, carried)),
    ],
  };
};

const branchRegion = ({ branches }: CondParams): Region => ({
  kind: "branch",
  detail: `${branches.length} branches`,
  inside: branches.map((branch, i) => innerGraph(`case ${i}`, branch)),
});

/** What an equation is drawn as: loops and branches as boxes with their programs inside. */
const regionOf = ({ params, primitive: { lowering } }: Equation): Region => {
  switch (lowering?.kind) {
    case "scan":
      return scanRegion(params as ScanParams);
    case "while":
      return whileRegion(params as WhileParams);
    case "branch":
      return branchRegion(params as CondParams);
    default:
      return { kind: "gate", detail: undefined, inside: [] };
  }
};

const literalText = ({ value }: Literal): string => {
  const element = value.item();
  return typeof element === "boolean" ? String(element) : formatNumber(element);
};

/** A graph in the making. */
class Builder {
  readonly nodes: GraphNode[] = [];
  readonly edges: GraphEdge[] = [];
  readonly #sources = new Map<Var, { readonly node: number; readonly output: number }>();
  readonly #observation: Observation | undefined;

  constructor(observation: Observation | undefined) {
    this.#observation = observation;
  }

  node(kind: NodeKind, label: string, signature: string, more: Partial<GraphNode> = {}): number {
    const id = this.nodes.length;
    this.nodes.push({
      id,
      kind,
      label,
      signature,
      isLiteral: false,
      detail: undefined,
      equation: undefined,
      calls: [],
      inside: [],
      folded: [],
      ...more,
    });
    return id;
  }

  define(v: Var, node: number, output = 0): void {
    this.#sources.set(v, { node, output });
  }

  end(v: Var, { label, kind }: EndPoint): void {
    this.define(v, this.node(kind, label, `${kind} ${formatAval(v.aval)}`));
  }

  /** An edge from where `atom` comes from. A constant in the program gets a node of its own for each use. */
  use(atom: Atom, to: number, input: number, gradient: Tangent): void {
    const source =
      atom instanceof Literal ? { node: this.#literal(atom), output: 0 } : this.#sources.get(atom);
    if (source === undefined) throw new Error("buildGraph: the jaxpr reads a variable that nothing defines.");
    const value = this.#observed(atom);
    this.edges.push({
      from: source.node,
      output: source.output,
      to,
      input,
      wires: [{ aval: atom.aval, value, gradient: gradient ?? undefined }],
    });
  }

  #literal(literal: Literal): number {
    const signature = `constant ${formatAval(literal.aval)}`;
    return this.node("constant", literalText(literal), signature, { isLiteral: true });
  }

  #observed(atom: Atom): NDArray | undefined {
    if (this.#observation !== undefined) return valueAt(this.#observation, atom);
    return atom instanceof Literal ? atom.value : undefined;
  }
}

/** The graph of a program, whose calls are written out, with the values and gradients that were observed. */
export const buildGraph = ({ jaxpr }: ClosedJaxpr, ends: Ends, observation?: Observation): ProgramGraph => {
  const builder = new Builder(observation);
  for (const v of jaxpr.constVars) builder.end(v, { label: "constant", kind: "constant" });
  jaxpr.inputs.forEach((v, i) => {
    builder.end(v, ends.inputs[i] as EndPoint);
  });
  const calls = callPaths(jaxpr.equations);
  jaxpr.equations.forEach((equation, i) => {
    const { inputs, outputs } = equation;
    const { kind, ...region } = regionOf(equation);
    // Printed alone, an equation names its variables from a on, so that alike ones print alike.
    const text = formatEquation(equation);
    const more = { ...region, equation: text, calls: calls[i] ?? [] };
    const node = builder.node(kind, gateLabel(equation), text, more);
    const gradients = observation?.gradients.get(equation);
    inputs.forEach((atom, k) => {
      builder.use(atom, node, k, gradients?.[k] ?? null);
    });
    outputs.forEach((v, k) => {
      builder.define(v, node, k);
    });
  });
  jaxpr.outputs.forEach((atom, i) => {
    const { label, kind } = ends.outputs[i] as EndPoint;
    const node = builder.node(kind, label, `${kind} ${formatAval(atom.aval)}`);
    builder.use(atom, node, 0, observation?.outputGradients[i] ?? null);
  });
  return inOrder(builder);
};

/** Constants in front, so that each node stands behind those that it needs. */
const inOrder = ({ nodes, edges }: ProgramGraph): ProgramGraph => {
  const order = [
    ...nodes.filter((n) => n.kind === "constant"),
    ...nodes.filter((n) => n.kind !== "constant"),
  ];
  const ids = new Map(order.map((node, id) => [node.id, id]));
  const renamed = (id: number): number => ids.get(id) as number;
  return {
    nodes: order.map((node) => ({ ...node, id: renamed(node.id) })),
    edges: edges.map((edge) => ({ ...edge, from: renamed(edge.from), to: renamed(edge.to) })),
  };
};
