import type { SourceLocation } from "../core/index.ts";
import { type GraphEdge, type GraphNode, isGate, type ProgramGraph, type Wire } from "./program-graph.ts";

/*
 * A large graph is made smaller by drawing stretches of its gates as one. Gates stand in the order of the program, so a
 * stretch of neighbours can always be drawn as one node: no way leads out of it and back in.
 */

/** Gates `from` to, and without, `to`, as one. A repetition has equal parts of `period` gates. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly detail: string;
  readonly period: number;
}

/** The longest part that is looked for again behind itself. */
const LONGEST_PERIOD = 64;

/** Parts of a graph by which it is decided what repeats. */
interface Gates {
  readonly nodes: readonly GraphNode[];
  /** For each gate its operands: the gate that each comes from (or -1 for what is no gate), by which result, and what it is. */
  readonly operands: readonly (readonly {
    readonly gate: number;
    readonly output: number;
    readonly kind: string;
  }[])[];
}

const gatesOf = (graph: ProgramGraph): Gates => {
  const nodes = graph.nodes.filter(isGate);
  const places = new Map(nodes.map((node, place) => [node.id, place]));
  const operands = nodes.map((): { gate: number; output: number; kind: string }[] => []);
  for (const { from, to, output, wires } of graph.edges) {
    const place = places.get(to);
    if (place === undefined) continue;
    const kind = wires.map(({ aval }) => `${aval.dtype}[${aval.shape}]`).join(" ");
    operands[place]?.push({ gate: places.get(from) ?? -1, output, kind });
  }
  return { nodes, operands };
};

/** What gate `i` does, and for each operand how far back it comes from, or its kind if it comes from before gate `start`. */
const signatureFrom = ({ nodes, operands }: Gates, i: number, start: number): string => {
  const from = (operands[i] ?? []).map(({ gate, output, kind }) =>
    gate >= start ? `${i - gate}.${output}` : kind,
  );
  return `${nodes[i]?.signature}(${from.join()})`;
};

/** How many equal parts of `period` gates follow one another from gate `start` on. */
const turnsFrom = (gates: Gates, start: number, period: number): number => {
  const part = (from: number): string =>
    Array.from({ length: period }, (_, i) => signatureFrom(gates, from + i, from)).join(";");
  const first = part(start);
  let turns = 1;
  while (start + (turns + 1) * period <= gates.nodes.length && part(start + turns * period) === first)
    turns++;
  return turns;
};

/** The repetition that makes the graph smallest, or `undefined` if nothing repeats. */
const bestRepetition = (gates: Gates): Stretch | undefined => {
  const { nodes } = gates;
  let best: Stretch | undefined;
  let saved = 0;
  for (let period = 1; period <= Math.min(LONGEST_PERIOD, Math.floor(nodes.length / 2)); period++) {
    for (let from = 0; from + 2 * period <= nodes.length; ) {
      let alike = 0;
      const isAlike = (i: number): boolean => nodes[i]?.signature === nodes[i + period]?.signature;
      while (from + alike + period < nodes.length && isAlike(from + alike)) alike++;
      // A part may begin at any gate of the period.
      const starts = alike < period ? 0 : Math.min(period, alike - period + 1);
      for (let start = from; start < from + starts; start++) {
        const turns = turnsFrom(gates, start, period);
        const saves = turns * period - 1;
        // Twice is a repetition only where a whole part is spared by it.
        if (turns < (period >= 4 ? 2 : 3) || saves <= saved) continue;
        saved = saves;
        const label = partLabel(nodes.slice(start, start + period).map((node) => node.label));
        best = { from: start, to: start + turns * period, label, detail: `${turns} times`, period };
      }
      from += alike + 1;
    }
  }
  return best;
};

/** How many names of gates stand in a fold. */
const NAMES = 5;

const partLabel = (labels: readonly string[]): string =>
  labels.length <= NAMES ? labels.join(" ") : `${labels.slice(0, NAMES - 1).join(" ")} … ${labels.at(-1)}`;

/** The functions around a gate, the outermost first: each by its name and the line that called it. */
const functionsAround = ({
  calls,
}: GraphNode): readonly { readonly key: string; readonly label: string }[] => {
  const around: { key: string; label: string }[] = [];
  let calledFrom = "";
  calls.forEach((frame: SourceLocation, depth) => {
    if (depth > 0 && frame.functionName !== undefined && frame.functionName !== "<anonymous>")
      around.push({ key: `${calledFrom}>${frame.file}:${frame.functionName}`, label: frame.functionName });
    calledFrom += `>${frame.file}:${frame.line}:${frame.column}`;
  });
  return around;
};

/** Stretches of gates that one call of a function made, `depth` functions inside the one that is drawn. */
const callsAt = (nodes: readonly GraphNode[], depth: number): readonly Stretch[] => {
  const around = nodes.map((node) => functionsAround(node)[depth]);
  const stretches: Stretch[] = [];
  for (let from = 0; from < nodes.length; ) {
    const call = around[from];
    let to = from + 1;
    while (call !== undefined && to < nodes.length && around[to]?.key === call.key) to++;
    if (call !== undefined && to - from > 1 && to - from < nodes.length)
      stretches.push({ from, to, label: call.label, detail: `${to - from} gates`, period: to - from });
    from = to;
  }
  return stretches;
};

/** What a node has become a part of, and its place there. */
interface Folded {
  readonly fold: GraphNode;
  readonly part: number;
  readonly place: number;
}

/** Numbers written in the program at gates of one fold go into it with them. */
const absorbNumbers = ({ nodes, edges }: ProgramGraph, folds: Map<number, Folded>): void => {
  const targets = new Map(edges.map(({ from, to }) => [from, to]));
  for (const node of nodes) {
    const into = folds.get(targets.get(node.id) ?? -1);
    if (into !== undefined && node.isLiteral) folds.set(node.id, into);
  }
};

/** The gates of a stretch as one node. */
const contract = (graph: ProgramGraph, stretches: readonly Stretch[]): ProgramGraph => {
  const gates = graph.nodes.filter(isGate);
  const folds = new Map<number, Folded>();
  for (const { from, to, label, detail, period } of stretches) {
    const members = gates.slice(from, to);
    const first = members[0] as GraphNode;
    const fold: GraphNode = {
      id: first.id,
      kind: "fold",
      label,
      isLiteral: false,
      detail,
      equation: undefined,
      calls: sharedCalls(members),
      inside: [],
      folded: members.flatMap((node) => (node.folded.length > 0 ? node.folded : [node])),
      signature: `${label} ${detail} ${members.map((node) => node.signature).join(";")}`,
    };
    members.forEach((node, i) => {
      folds.set(node.id, { fold, part: Math.floor(i / period), place: i % period });
    });
  }
  absorbNumbers(graph, folds);
  const rename = (id: number): number => folds.get(id)?.fold.id ?? id;
  // The results and operands of a fold are numbered by the place in it that they have, not by the part.
  const results = new Slots();
  const operands = new Slots();
  const edges = graph.edges.flatMap((edge): GraphEdge[] => {
    const [source, target] = [folds.get(edge.from), folds.get(edge.to)];
    if (source !== undefined && source.fold === target?.fold) return [];
    const [from, to] = [rename(edge.from), rename(edge.to)];
    const output = source === undefined ? edge.output : results.number(from, source.place, edge.output);
    const input = target === undefined ? edge.input : operands.number(to, target.place, edge.input);
    return [{ from, to, output, input, wires: edge.wires }];
  });
  const nodes = graph.nodes.flatMap((node) => {
    const folded = folds.get(node.id);
    if (folded === undefined) return [node];
    return folded.fold.id === node.id ? [folded.fold] : [];
  });
  return mergeEnds({ nodes, edges: mergeEdges(edges) });
};

/** Numbers for the results or the operands of folds. */
class Slots {
  readonly #numbers = new Map<number, Map<string, number>>();

  number(fold: number, place: number, slot: number): number {
    const ofFold = this.#numbers.get(fold) ?? new Map<string, number>();
    this.#numbers.set(fold, ofFold);
    const key = `${place}.${slot}`;
    const known = ofFold.get(key) ?? ofFold.size;
    ofFold.set(key, known);
    return known;
  }
}

/** Edges between the same ends as one edge of several wires. */
const mergeEdges = (edges: readonly GraphEdge[]): readonly GraphEdge[] => {
  const merged = new Map<string, { readonly edge: GraphEdge; readonly wires: Wire[] }>();
  for (const edge of edges) {
    const key = `${edge.from}.${edge.output}>${edge.to}.${edge.input}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { edge, wires: [...edge.wires] });
    else known.wires.push(...edge.wires);
  }
  return [...merged.values()].map(({ edge, wires }) => ({ ...edge, wires }));
};

const sharedCalls = (members: readonly GraphNode[]): readonly SourceLocation[] => {
  const [first] = members;
  const calls = first?.calls ?? [];
  let shared = 0;
  const isShared = (i: number): boolean =>
    members.every(({ calls: [...others] }) => {
      const [a, b] = [others[i], calls[i]];
      return a !== undefined && a.file === b?.file && a.line === b.line && a.column === b.column;
    });
  while (shared < calls.length && isShared(shared)) shared++;
  return calls.slice(0, shared);
};

/** Arguments and constants of one kind that go to the same place of a repetition, as one node. */
const mergeEnds = ({ nodes, edges }: ProgramGraph): ProgramGraph => {
  const outgoing = new Map<number, GraphEdge[]>();
  for (const edge of edges) outgoing.set(edge.from, [...(outgoing.get(edge.from) ?? []), edge]);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const groups = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    if (isGate(node) || node.kind === "output") continue;
    const uses = outgoing.get(node.id) ?? [];
    if (uses.length === 0 || uses.some(({ to }) => byId.get(to)?.kind !== "fold")) continue;
    const key = `${node.signature} ${node.kind === "constant" ? node.label : ""} ${uses.map(({ to, input }) => `${to}.${input}`).join()}`;
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  const stands = new Map<number, GraphNode>();
  for (const group of groups.values()) {
    if (group.length < 2) continue;
    const [first, last] = [group[0] as GraphNode, group.at(-1) as GraphNode];
    const label = first.label === last.label ? first.label : `${first.label} … ${last.label}`;
    const one: GraphNode = { ...first, label, folded: group };
    for (const node of group) stands.set(node.id, one);
  }
  if (stands.size === 0) return { nodes, edges };
  const rename = (id: number): number => stands.get(id)?.id ?? id;
  return {
    nodes: nodes.flatMap((node) => {
      const one = stands.get(node.id);
      if (one === undefined) return [node];
      return one.id === node.id ? [one] : [];
    }),
    edges: mergeEdges(edges.map((edge) => ({ ...edge, from: rename(edge.from) }))),
  };
};

const countGates = (graph: ProgramGraph): number => graph.nodes.filter(isGate).length;

/** Fold what repeats, the largest repetition first, until few gates are left or nothing repeats. */
const foldRepetitions = (graph: ProgramGraph, most: number): ProgramGraph => {
  let folded = graph;
  while (countGates(folded) > most) {
    const best = bestRepetition(gatesOf(folded));
    if (best === undefined) break;
    folded = contract(folded, [best]);
  }
  return folded;
};

/** Fold calls of functions, the innermost first, until few gates are left. */
const foldFunctions = (graph: ProgramGraph, most: number): ProgramGraph => {
  let folded = graph;
  const deepest = Math.max(0, ...graph.nodes.map((node) => functionsAround(node).length));
  for (let depth = deepest - 1; depth >= 0 && countGates(folded) > most; depth--) {
    const stretches = callsAt(folded.nodes.filter(isGate), depth);
    if (stretches.length > 0) folded = contract(folded, stretches);
  }
  return folded;
};

/**
 * A graph of at most `most` gates, if that can be had: what repeats is drawn once, then calls of functions become one
 * gate each, the innermost first, then what repeats of these. A fold keeps its gates and all wires that cross its border.
 */
export const foldGraph = (graph: ProgramGraph, most: number): ProgramGraph =>
  foldRepetitions(foldFunctions(foldRepetitions(graph, most), most), most);
