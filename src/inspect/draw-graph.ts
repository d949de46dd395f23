import { curveMonotoneX, line } from "d3-shape";
import { formatLocation } from "../core/index.ts";
import {
  type GraphLayout,
  LINE_HEIGHT,
  layoutGraph,
  type PlacedEdge,
  type PlacedNode,
} from "./layout-graph.ts";
import { describeNode, type GraphNode, type ProgramGraph } from "./program-graph.ts";
import { element, type Markup, type PictureOptions, picture, text, textWidth, tooltip } from "./svg.ts";

const path = line<{ readonly x: number; readonly y: number }>()
  .x(({ x }) => x)
  .y(({ y }) => y)
  .curve(curveMonotoneX);

/** Operations whose operands may change places: nobody must know which is the first. */
const COMMUTATIVE: ReadonlySet<string> = new Set(["+", "×", "max", "min", "=", "≠", "∧", "∨"]);

const isBad = (content: string): boolean => /NaN|∞/.test(content);

/** The arrays of an edge, for who rests the pointer on it. */
const edgeTooltip = ({ edge: { wires } }: PlacedEdge): readonly Markup[] => {
  const lines = wires
    .slice(0, 3)
    .flatMap(({ value, gradient }) => [
      ...(value === undefined ? [] : [`value\n${value}`]),
      ...(gradient === undefined ? [] : [`gradient\n${gradient}`]),
    ]);
  if (lines.length === 0) return [];
  const more = wires.length > 3 ? [`and ${wires.length - 3} more`] : [];
  return [tooltip([...lines, ...more].join("\n"))];
};

const drawArrow = (placed: PlacedEdge, order: Markup): Markup => {
  const { points, x, y } = placed;
  const end = points.at(-1) ?? { x, y };
  return element(
    "g",
    {},
    ...edgeTooltip(placed),
    element("path", { class: "line", d: rounded(path(points) ?? "") }),
    element("path", { class: "arrow", d: `M${round(end.x)} ${round(end.y)}l-7 -3.5v7z` }),
    order,
  );
};

const drawEdgeText = (placed: PlacedEdge): Markup => {
  const { text: lines, x, y } = placed;
  const line = (content: string, dy: number, role: string): Markup =>
    content === ""
      ? ""
      : text(x, y + dy, content, {
          "text-anchor": "middle",
          class: `halo ${isBad(content) ? "bad" : role}`,
        });
  const content = line(lines.value, -5, "value") + line(lines.gradient, LINE_HEIGHT - 3, "gradient");
  return content === "" ? "" : element("g", {}, ...edgeTooltip(placed), content);
};

const round = (x: number): number => Math.round(x * 10) / 10;
const rounded = (d: string): string => d.replace(/-?\d+\.\d+(?:e-?\d+)?/g, (x) => String(round(Number(x))));

const frame = ({ node: { kind, folded }, x, y, width, height }: PlacedNode): Markup => {
  const [left, top] = [x - width / 2, y - height / 2];
  const rect = (role: string, rx: number, more: Readonly<Record<string, string>> = {}): Markup =>
    element("rect", { class: role, x: left, y: top, width, height, rx, ...more });
  const behind = (role: string, rx: number): Markup =>
    element("rect", { class: role, x: left + 4, y: top - 4, width, height, rx });
  switch (kind) {
    case "parameter":
      return (folded.length > 0 ? behind("parameter", 4) : "") + rect("parameter", 4);
    case "data":
      return (folded.length > 0 ? behind("surface", 4) : "") + rect("surface", 4);
    case "constant":
      return (
        (folded.length > 0 ? behind("surface", 4) : "") + rect("surface", 4, { "stroke-dasharray": "3 2" })
      );
    case "gate":
      return rect("box", height / 2);
    case "fold":
      return behind("box", 6) + rect("box", 6);
    case "loop":
    case "branch":
      return rect("box", 6);
    case "output":
      return rect("surface", height / 2);
  }
};

const drawNode = (placed: PlacedNode): Markup => {
  const { node, lines, inside, x, y, width, height } = placed;
  const top = inside.length > 0 ? y - height / 2 + 6 : y - (lines.length * LINE_HEIGHT) / 2;
  const source = node.calls.at(-1);
  const tip = [describeNode(node), source === undefined ? "" : formatLocation(source)];
  return element(
    "g",
    {},
    tooltip(tip.filter((part) => part !== "").join("\n")),
    frame(placed),
    ...lines.map((content, i) =>
      text(x, top + (i + 0.75) * LINE_HEIGHT, content, {
        "text-anchor": "middle",
        class: content.startsWith("Σ∇") ? "gradient" : i === 0 ? "title" : "faint",
      }),
    ),
    ...inside.flatMap(({ title, left, top: down, layout }) => {
      const [x0, y0] = [x - width / 2 + left, y - height / 2 + down];
      return [
        text(x0, y0 - 4, title, { class: "faint" }),
        element("rect", {
          class: "grid",
          x: x0,
          y: y0,
          width: width - 2 * left,
          height: layout.height,
          rx: 4,
        }),
        element("g", { transform: `translate(${round(x0)} ${round(y0)})` }, ...drawLayout(layout)),
      ];
    }),
  );
};

/** A number at the end of an edge into a gate for which the order of operands matters. */
const orderMark = ({ edge, points }: PlacedEdge, to: GraphNode | undefined, operands: number): Markup => {
  if (to?.kind !== "gate" || operands < 2 || COMMUTATIVE.has(to.label)) return "";
  const end = points.at(-1) ?? { x: 0, y: 0 };
  return text(end.x - 8, end.y - 5, String(edge.input + 1), {
    class: "faint",
    "text-anchor": "end",
    "font-size": 9,
    style: "font-size:9px",
  });
};

/** Around the drawing of a node or an edge, if a page wants to find it: an element that carries its id or place. */
type Mark = (kind: "node" | "edge", id: number, drawing: Markup) => Markup;

const unmarked: Mark = (_kind, _id, drawing) => drawing;

const marked: Mark = (kind, id, drawing) =>
  drawing === "" ? "" : element("g", { [`data-${kind}`]: id }, drawing);

const drawLayout = ({ nodes, edges }: GraphLayout, mark: Mark = unmarked): readonly Markup[] => {
  const byId = new Map(nodes.map(({ node }) => [node.id, node]));
  const operands = new Map<number, number>();
  for (const { edge } of edges) operands.set(edge.to, (operands.get(edge.to) ?? 0) + 1);
  return [
    ...edges.map((placed, i) => {
      const order = orderMark(placed, byId.get(placed.edge.to), operands.get(placed.edge.to) ?? 0);
      return mark("edge", i, drawArrow(placed, order));
    }),
    ...edges.map((placed, i) => mark("edge", i, drawEdgeText(placed))),
    ...nodes.map((placed) => mark("node", placed.node.id, drawNode(placed))),
  ];
};

/** Options of `drawGraph`. */
export interface DrawGraphOptions extends PictureOptions {
  /**
   * Whether a page can find what it shows: nodes stand in elements with their id as `data-node`, arrows and texts of edges
   * in elements with their place in `graph.edges` as `data-edge`; programs inside nodes carry none. Default false.
   */
  readonly ids?: boolean;
}

/** What the kinds of boxes are, and what stands at edges. */
const legend = (
  graph: ProgramGraph,
  y: number,
): { readonly width: number; readonly content: readonly Markup[] } => {
  const kinds = new Set(graph.nodes.map(({ kind }) => kind));
  const content: Markup[] = [];
  let x = 8;
  const entry = (role: string, label: string, dash?: string): void => {
    content.push(
      element("rect", { class: role, x, y: y - 10, width: 18, height: 12, rx: 3, "stroke-dasharray": dash }),
      text(x + 24, y, label, { class: "faint" }),
    );
    x += 24 + textWidth(label) + 16;
  };
  if (kinds.has("parameter")) entry("parameter", "parameter");
  if (kinds.has("data")) entry("surface", "data");
  if (kinds.has("constant")) entry("surface", "constant", "3 2");
  const constants = new Set(graph.nodes.filter(({ kind }) => kind === "constant").map(({ id }) => id));
  const wires = graph.edges.filter(({ from }) => !constants.has(from)).flatMap((edge) => edge.wires);
  const above = wires.some(({ value }) => value !== undefined) ? "value above" : "dtype and shape";
  if (wires.length > 0) {
    content.push(text(x, y, above, { class: "value" }));
    x += textWidth(above) + 12;
  }
  if (wires.some(({ gradient }) => gradient !== undefined)) {
    content.push(text(x, y, "gradient below", { class: "gradient" }));
    x += textWidth("gradient below") + 12;
  }
  return { width: x, content };
};

/**
 * A graph as an SVG: gates as round boxes, each edge with its value above and its gradient below, or with its shape and
 * dtype in a graph without values. Of arrays the shape and the norm stand there; resting the pointer on an edge or a gate
 * shows the numbers, the equation and the user's line.
 *
 * @returns the text of an SVG file that follows the viewer's light or dark mode.
 * @example
 * drawGraph(circuit((x: NDArray) => np.sin(x))(1)).startsWith("<svg"); // true
 */
export const drawGraph = (
  graph: ProgramGraph,
  { ids = false, ...options }: DrawGraphOptions = {},
): string => {
  const layout = layoutGraph(graph);
  const below = legend(graph, layout.height + 16);
  const width = Math.max(layout.width, below.width);
  return picture(
    width,
    layout.height + 26,
    "computational graph",
    [...drawLayout(layout, ids ? marked : unmarked), ...below.content],
    options,
  );
};
