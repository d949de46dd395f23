/**
 * Forward and backward through a circuit as a list of steps, one gate at a time.
 */
import type { NDArray } from "cotangent";
import type { GraphEdge, GraphNode, ProgramGraph } from "cotangent/inspect";
import { showArray } from "../common/show.ts";
import type { CircuitStep, OperandStep, SteppedCircuit } from "./evaluation.ts";
import { ruleOf } from "./gate-rules.ts";

const isGate = ({ kind }: GraphNode): boolean => kind === "gate" || kind === "loop" || kind === "branch";

const forwardOf = (edge: GraphEdge): NDArray | undefined => edge.wires[0]?.value;
const backwardOf = (edge: GraphEdge): NDArray | undefined => edge.wires[0]?.gradient;

const shown = (x: NDArray | undefined): string | undefined => (x === undefined ? undefined : showArray(x));

/** Gradients of one value by all its uses, which add up. */
const total = (edges: readonly GraphEdge[]): NDArray | undefined => {
  const gradients = edges.flatMap((edge) => backwardOf(edge) ?? []);
  return gradients.length === 0 ? undefined : gradients.reduce((a, b) => a.add(b));
};

/** Where the values on edges come from, and which of them are results. */
export const edgeEnds = ({ nodes, edges }: ProgramGraph): Pick<SteppedCircuit, "sources" | "outputEdges"> => {
  const gates = new Set(nodes.filter(isGate).map(({ id }) => id));
  const outputs = new Set(nodes.filter(({ kind }) => kind === "output").map(({ id }) => id));
  return {
    sources: edges.flatMap(({ from }, place) => (gates.has(from) ? [[place, from] as const] : [])),
    outputEdges: edges.flatMap(({ to }, place) => (outputs.has(to) ? [place] : [])),
  };
};

/**
 * @param graph a circuit with values, none of its gates folded.
 * @param locals for each gate in order, the derivative of its result by each operand; [] if they are not known.
 */
export const circuitSteps = (
  { nodes, edges }: ProgramGraph,
  locals: readonly (readonly (NDArray | undefined)[])[],
): readonly CircuitStep[] => {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const gates = nodes.filter(isGate);
  // Without a derivative for every gate, nobody knows whose is whose.
  const known =
    locals.length === gates.length ? new Map(gates.map(({ id }, i) => [id, locals[i]])) : new Map();

  const operandsOf = ({ id }: GraphNode): readonly OperandStep[] =>
    edges.flatMap((edge, place): OperandStep[] => {
      if (edge.to !== id) return [];
      const from = byId.get(edge.from);
      return [
        {
          edge: place,
          name: from === undefined ? "" : from.kind === "gate" ? `${from.label} gate` : from.label,
          value: shown(forwardOf(edge)) ?? "",
          local: shown(known.get(id)?.[edge.input]),
          gradient: shown(backwardOf(edge)),
        },
      ];
    });

  const step = (phase: CircuitStep["phase"], node: GraphNode): CircuitStep => {
    const outgoing = edges.filter(({ from }) => from === node.id);
    const [first] = phase === "turn" ? edges.filter(({ to }) => to === node.id) : outgoing;
    const upstream = phase === "turn" ? first && backwardOf(first) : total(outgoing);
    return {
      phase,
      node: node.id,
      label: node.label,
      result: (first && shown(forwardOf(first))) ?? "",
      upstream: phase === "forward" ? undefined : shown(upstream),
      operands: phase === "turn" ? [] : operandsOf(node),
      line: node.calls.at(-1)?.line,
      rule: ruleOf(node.label),
    };
  };

  const forward = gates.map((node) => step("forward", node));
  const turn = nodes
    .filter(({ kind }) => kind === "output")
    .map((node) => step("turn", node))
    .filter(({ upstream }) => upstream !== undefined);
  const backward = gates
    .toReversed()
    .map((node) => step("backward", node))
    .filter(
      ({ upstream, operands }) =>
        upstream !== undefined && operands.some(({ gradient }) => gradient !== undefined),
    );
  return [...forward, ...turn, ...backward];
};
