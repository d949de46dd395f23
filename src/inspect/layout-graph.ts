import dagre from "@dagrejs/dagre";
import { type EdgeText, edgeText, summarizeGradients } from "./format.ts";
import type { GraphEdge, GraphNode, ProgramGraph } from "./program-graph.ts";
import { FONT_SIZE, textWidth } from "./svg.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where something lies: its centre and its size. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** A program inside a node, laid out, with the place of its upper left corner in the node. */
export interface PlacedInner {
  readonly title: string;
  readonly left: number;
  readonly top: number;
  readonly layout: GraphLayout;
}

/** A node and its lines of text. */
export interface PlacedNode extends Box {
  readonly node: GraphNode;
  readonly lines: readonly string[];
  readonly inside: readonly PlacedInner[];
}

/** An edge: its points from node to node, and the middle of its text. */
export interface PlacedEdge {
  readonly edge: GraphEdge;
  readonly points: readonly Point[];
  readonly text: EdgeText;
  readonly x: number;
  readonly y: number;
}

/** A graph on a plane, from (0, 0) to its size. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** The height of a line of text. */
export const LINE_HEIGHT = FONT_SIZE + 4;
/** Space between the frame of a region and the programs inside, and above each program for its title. */
const PADDING = 10;
const TITLE_HEIGHT = 18;

/** The gradients of a value that goes to several places add up. */
const totalGradient = (node: GraphNode, edges: readonly GraphEdge[]): string | undefined => {
  if (node.kind !== "parameter" || node.folded.length > 0) return undefined;
  const gradients = edges.flatMap(({ wires }) => wires.flatMap(({ gradient }) => gradient ?? []));
  if (gradients.length < 2) return undefined;
  return `Σ∇ ${summarizeGradients([gradients.reduce((a, b) => a.add(b))])}`;
};

const sizeOfNode = (
  lines: readonly string[],
  inside: readonly GraphLayout[],
  titles: readonly string[],
): { readonly width: number; readonly height: number } => {
  const textSize = Math.max(...lines.map((line) => textWidth(line)), 0) + 20;
  const own = { width: Math.max(36, textSize), height: Math.max(32, lines.length * LINE_HEIGHT + 12) };
  if (inside.length === 0) return own;
  const widest = Math.max(...inside.map(({ width }, i) => Math.max(width, textWidth(titles[i] ?? ""))));
  const heights = inside.reduce((sum, { height }) => sum + height + TITLE_HEIGHT + PADDING, 0);
  return { width: Math.max(own.width, widest + 2 * PADDING), height: own.height + heights };
};

/** Where an edge meets the left side of a node, `share` of its height below the middle (from -0.5 to 0.5). */
const entry = ({ node: { kind }, x, y, width, height }: PlacedNode, share: number): Point => {
  const isRound = kind === "gate" || kind === "output";
  const [radius, below] = [height / 2, share * height * (isRound ? 0.7 : 0.9)];
  const inset = isRound ? radius - Math.sqrt(radius ** 2 - below ** 2) : 0;
  return { x: x - width / 2 + inset, y: y + below };
};

/** Arguments that nobody reads stand in the graph, but not in the picture. */
const connected = ({ nodes, edges }: ProgramGraph): readonly GraphNode[] => {
  const ends = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const used = nodes.filter(({ id }) => ends.has(id));
  return used.length > 0 ? used : nodes;
};

/** A graph laid out from left to right by dagre, programs inside nodes first. */
export const layoutGraph = (graph: ProgramGraph): GraphLayout => {
  const g = new dagre.graphlib.Graph({ multigraph: true });
  g.setGraph({ rankdir: "LR", nodesep: 18, edgesep: 10, ranksep: 22, marginx: 8, marginy: 8 });
  const inner = new Map<number, readonly GraphLayout[]>();
  const linesOf = new Map<number, readonly string[]>();
  const shown = connected(graph);
  const byId = new Map(shown.map((node) => [node.id, node]));
  for (const node of shown) {
    const layouts = node.inside.map((each) => layoutGraph(each.graph));
    const outgoing = graph.edges.filter(({ from }) => from === node.id);
    const lines = [node.label, node.detail, totalGradient(node, outgoing)].filter(
      (line): line is string => line !== undefined,
    );
    inner.set(node.id, layouts);
    linesOf.set(node.id, lines);
    const titles = node.inside.map(({ title }) => title);
    g.setNode(String(node.id), sizeOfNode(lines, layouts, titles));
  }
  const texts = graph.edges.map((edge) => edgeText(edge, byId.get(edge.from) as GraphNode));
  graph.edges.forEach((edge, i) => {
    const { value, gradient } = texts[i] as EdgeText;
    const width = Math.max(textWidth(value), textWidth(gradient));
    const label = width === 0 ? {} : { width: width + 6, height: 2 * LINE_HEIGHT, labelpos: "c" };
    g.setEdge(String(edge.from), String(edge.to), label, String(i));
  });
  dagre.layout(g);

  const nodes = shown.map((node): PlacedNode => {
    const { x, y, width, height } = g.node(String(node.id));
    const lines = linesOf.get(node.id) ?? [];
    let top = lines.length * LINE_HEIGHT + 12;
    const inside = (inner.get(node.id) ?? []).map((layout, i): PlacedInner => {
      const placed = { title: node.inside[i]?.title ?? "", left: PADDING, top: top + TITLE_HEIGHT, layout };
      top += layout.height + TITLE_HEIGHT + PADDING;
      return placed;
    });
    return { node, lines, inside, x, y, width, height };
  });
  const placedById = new Map(nodes.map((placed) => [placed.node.id, placed]));
  const ways = graph.edges.map((edge, i) => {
    const { points, ...label } = g.edge(String(edge.from), String(edge.to), String(i));
    // The first and the last are where dagre lets edges meet the frames of nodes; here they leave to the right.
    const between = points.slice(1, -1);
    const middle = between[Math.floor(between.length / 2)] ?? (points[0] as Point);
    const { x = middle.x, y = middle.y } = label as Partial<Point>;
    return { edge, between, text: texts[i] as EdgeText, x, y };
  });
  const edges = ways.map((way): PlacedEdge => {
    const { edge, between, text, x, y } = way;
    const [from, to] = [placedById.get(edge.from) as PlacedNode, placedById.get(edge.to) as PlacedNode];
    // Ends at one node stand in the order in which the edges come from above.
    const others = ways
      .filter((other) => other.edge.to === edge.to)
      .sort((a, b) => (a.between.at(-1)?.y ?? a.y) - (b.between.at(-1)?.y ?? b.y));
    const end = entry(to, (others.indexOf(way) + 0.5) / others.length - 0.5);
    const points = [{ x: from.x + from.width / 2, y: from.y }, ...between, end];
    return { edge, points, text, x, y };
  });
  const { width = 0, height = 0 } = g.graph();
  return { width, height, nodes, edges };
};
