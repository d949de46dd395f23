import { grad, lax, makeJaxpr, type NDArray, nn, numpy as np, random } from "cotangent";
import { circuit, drawGraph, graph, graphToDot, type ProgramGraph } from "cotangent/inspect";
import { programs } from "cotangent/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { small, totalLoss } from "../../examples/backprop/1-computational-graph.ts";
import { asArrays, inputs, circuit as neuron } from "../../examples/backprop/4-flat-circuit.ts";
import { LINE_HEIGHT, layoutGraph } from "../../src/inspect/layout-graph.ts";
import { textWidth } from "../../src/inspect/svg.ts";
import { countElements, parseDot, parseSvg } from "./parse.ts";

const model = nn.sequential(...Array.from({ length: 8 }, () => [nn.dense(4), nn.pointwise(nn.gelu)]).flat());
const params = model.init(random.key(0), [1, 4]);
const loop = (w: NDArray, xs: NDArray): NDArray =>
  lax.scan((c: NDArray, x: NDArray) => [c.mul(w).add(x), x] as const, np.array(1), xs)[0];

const graphs: Readonly<Record<string, ProgramGraph>> = {
  neuron: circuit(neuron)(asArrays(inputs)),
  classifier: circuit(totalLoss, { argnums: 0 })(small.w, small),
  derived: graph(makeJaxpr(grad(totalLoss))(small.w, small)),
  deep: circuit((p: typeof params) => model.apply(p, np.ones([2, 4])).sum(), { maxGates: 20 })(params),
  loop: circuit(loop)(0.5, np.array([1, 2, 3])),
  odd: circuit((x: NDArray) => np.log(x).sum())(np.array([0, -1])),
};

interface Rectangle {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const overlap = (a: Rectangle, b: Rectangle): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

describe("the layout", () => {
  test.each(Object.keys(graphs))(
    "of %s: nodes and texts lie inside, and do not cover one another",
    (name) => {
      const layout = layoutGraph(graphs[name] as ProgramGraph);
      const boxes = layout.nodes.map(({ x, y, width, height }): Rectangle => {
        return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
      });
      const texts = layout.edges.flatMap(({ text, x, y }): Rectangle[] => {
        const width = Math.max(textWidth(text.value), textWidth(text.gradient));
        if (width === 0) return [];
        return [{ left: x - width / 2, right: x + width / 2, top: y - LINE_HEIGHT, bottom: y + LINE_HEIGHT }];
      });
      const all = [...boxes, ...texts];
      for (const [i, a] of all.entries()) {
        expect(a.left).toBeGreaterThanOrEqual(0);
        expect(a.top).toBeGreaterThanOrEqual(0);
        expect(a.right).toBeLessThanOrEqual(layout.width);
        expect(a.bottom).toBeLessThanOrEqual(layout.height);
        expect(all.filter((b, k) => k > i && overlap(a, b))).toEqual([]);
      }
    },
  );

  test("the text of a node fits into it", () => {
    for (const each of Object.values(graphs))
      for (const { lines, width, height } of layoutGraph(each).nodes) {
        expect(Math.max(...lines.map((line) => textWidth(line)))).toBeLessThan(width);
        expect(lines.length * LINE_HEIGHT).toBeLessThan(height);
      }
  });
});

describe("drawGraph", () => {
  test.each(Object.keys(graphs))("%s is a well-formed SVG with a text for each node", (name) => {
    const each = graphs[name] as ProgramGraph;
    const { root, texts } = parseSvg(drawGraph(each));
    expect(root.name).toBe("svg");
    const ends = new Set(each.edges.flatMap(({ from, to }) => [from, to]));
    for (const { id, label } of each.nodes) if (ends.has(id)) expect(texts).toContain(label);
  });

  test("value and gradient of every edge of the neuron stand in the picture", () => {
    const { texts } = parseSvg(drawGraph(graphs["neuron"] as ProgramGraph));
    for (const written of ["−1", "6", "0.7311", "−0.5898", "0.1966"]) expect(texts).toContain(written);
    expect(countElements(drawGraph(graphs["neuron"] as ProgramGraph), "path", "[@class='line']")).toBe(10);
  });

  test("arrays show shape, norm and the norm of the gradient; NaN is marked", () => {
    const { texts } = parseSvg(drawGraph(graphs["classifier"] as ProgramGraph));
    expect(texts).toContain("f64[3,3] ‖3.021‖");
    expect(texts.some((t) => t.startsWith("Σ∇ ‖"))).toBe(true);
    const odd = drawGraph(graphs["odd"] as ProgramGraph);
    expect(countElements(odd, "text", "[contains(@class,'bad')]")).toBeGreaterThan(0);
  });

  test("colours follow the viewer or are fixed", () => {
    const each = graphs["neuron"] as ProgramGraph;
    expect(drawGraph(each)).toContain("prefers-color-scheme:dark");
    const [light, dark] = [drawGraph(each, { theme: "light" }), drawGraph(each, { theme: "dark" })];
    expect(light).not.toContain("prefers-color-scheme");
    expect(dark).not.toContain("prefers-color-scheme");
    expect(light).not.toBe(dark);
  });

  test("names of arguments may be any text", () => {
    const key = 'a<b>&"c"\u0000\ud800';
    const drawn = circuit((x: Record<string, NDArray>) => (x[key] as NDArray).mul(2))({ [key]: np.array(1) });
    expect(parseSvg(drawGraph(drawn)).texts.some((t) => t.includes("a<b>&"))).toBe(true);
  });
});

describe("with ids", () => {
  test.each(Object.keys(graphs))(
    "every node and edge of %s can be found, and nothing else changes",
    (name) => {
      const graph = graphs[name] as ProgramGraph;
      const [plain, marked] = [drawGraph(graph), drawGraph(graph, { ids: true })];
      const found = (attribute: string): readonly number[] =>
        [...marked.matchAll(new RegExp(`${attribute}="(\\d+)"`, "g"))].map(([, id]) => Number(id));
      const drawn = layoutGraph(graph);
      expect(found("data-node")).toEqual(drawn.nodes.map(({ node }) => node.id));
      // An edge has an arrow and, unless it is empty, a text.
      expect(new Set(found("data-edge"))).toEqual(new Set(graph.edges.keys()));
      expect(marked.replace(/<g data-(?:node|edge)="\d+">/g, "").replaceAll("</g>", "")).toBe(
        plain.replaceAll("</g>", ""),
      );
      expect(plain).not.toContain("data-");
    },
  );

  test("a mark is around what it names", () => {
    const { root } = parseSvg(drawGraph(graphs["neuron"] as ProgramGraph, { ids: true }));
    const svg = { svg: "http://www.w3.org/2000/svg" };
    for (const { id, label } of (graphs["neuron"] as ProgramGraph).nodes)
      expect(root.find(`//svg:g[@data-node="${id}"]//svg:text`, svg)[0]?.content).toBe(label);
  });
});

describe("graphToDot", () => {
  test.each(Object.keys(graphs))("%s is read by Graphviz, node for node and edge for edge", async (name) => {
    const each = graphs[name] as ProgramGraph;
    const inside = (g: ProgramGraph): number =>
      g.nodes.length + g.nodes.flatMap((n) => n.inside).reduce((sum, i) => sum + inside(i.graph), 0);
    const edgesOf = (g: ProgramGraph): number =>
      g.edges.length + g.nodes.flatMap((n) => n.inside).reduce((sum, i) => sum + edgesOf(i.graph), 0);
    const dot = await parseDot(graphToDot(each));
    expect(dot.objects?.filter(({ name }) => !name.startsWith("cluster"))).toHaveLength(inside(each));
    expect(dot.edges).toHaveLength(edgesOf(each));
  });

  test("labels are kept, whatever is in them", async () => {
    const key = 'quote " back \\ slash';
    const drawn = circuit((x: Record<string, NDArray>) => (x[key] as NDArray).mul(2))({ [key]: np.array(1) });
    const { objects } = await parseDot(graphToDot(drawn));
    expect(objects?.some(({ label }) => label?.includes("quote") === true)).toBe(true);
  });

  test("value and gradient stand at the edges", async () => {
    const { edges } = await parseDot(graphToDot(graphs["neuron"] as ProgramGraph));
    expect(edges?.map(({ label }) => label)).toContain("0.7311\\n∇ 1");
  });
});

test("the graph of any program can be drawn", async () => {
  await fc.assert(
    fc.asyncProperty(programs({ maxSteps: 8 }), async (program) => {
      const drawn = graph(program.jaxpr, { maxGates: 12 });
      expect(parseSvg(drawGraph(drawn)).root.name).toBe("svg");
      expect((await parseDot(graphToDot(drawn))).edges?.length ?? 0).toBeGreaterThanOrEqual(
        drawn.edges.length,
      );
    }),
    { numRuns: 20 },
  );
});
