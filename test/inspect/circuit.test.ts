import {
  checkpoint,
  customJvp,
  DifferentiationError,
  grad,
  jit,
  lax,
  makeJaxpr,
  type NDArray,
  nn,
  numpy as np,
  random,
  tree,
  vjp,
} from "cotangent";
import { circuit, type GraphNode, graph, type ProgramGraph } from "cotangent/inspect";
import { allClose, programs } from "cotangent/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { asArrays, byHand, inputs, circuit as neuron } from "../../examples/backprop/4-flat-circuit.ts";

const labels = ({ nodes }: ProgramGraph): readonly string[] => nodes.map(({ label }) => label);

const node = ({ nodes }: ProgramGraph, label: string): GraphNode => {
  const found = nodes.filter((each) => each.label === label);
  if (found.length !== 1) throw new Error(`${found.length} nodes are called ${label}`);
  return found[0] as GraphNode;
};

/** Value and gradient of the only wire out of a node. */
const wireFrom = (graph: ProgramGraph, from: GraphNode): { value: number; gradient: number } => {
  const [edge, ...others] = graph.edges.filter((each) => each.from === from.id);
  if (edge === undefined || others.length > 0 || edge.wires.length !== 1) throw new Error("not one wire");
  return { value: Number(edge.wires[0]?.value), gradient: Number(edge.wires[0]?.gradient) };
};

describe("the circuit of σ(w0·x0 + w1·x1 + w2)", () => {
  const drawn = circuit(neuron)(asArrays(inputs));

  test("has the gates of the notes, between the five inputs and the output", () => {
    expect(labels(drawn)).toEqual(["w0", "w1", "w2", "x0", "x1", "×", "×", "+", "+", "σ", "output"]);
    expect(drawn.nodes.map(({ kind }) => kind)).toEqual([
      ...new Array(5).fill("parameter"),
      ...new Array(5).fill("gate"),
      "output",
    ]);
    expect(drawn.edges).toHaveLength(10);
  });

  test("every value and gradient is that by hand", () => {
    const { loss, grads } = byHand(inputs);
    for (const name of ["w0", "x0", "w1", "x1", "w2"] as const) {
      const { value, gradient } = wireFrom(drawn, node(drawn, name));
      expect(value).toBe(inputs[name]);
      expect(gradient).toBeCloseTo(grads[name], 14);
    }
    const slope = loss * (1 - loss);
    const byHandAtGates = [
      [-2, slope],
      [6, slope],
      [4, slope],
      [1, slope],
      [loss, 1],
    ];
    drawn.nodes
      .filter(({ kind }) => kind === "gate")
      .forEach((gate, i) => {
        const { value, gradient } = wireFrom(drawn, gate);
        expect(value).toBeCloseTo(byHandAtGates[i]?.[0] as number, 14);
        expect(gradient).toBeCloseTo(byHandAtGates[i]?.[1] as number, 14);
      });
  });

  test("gates know the user's line", () => {
    const gate = node(drawn, "σ");
    expect(gate.calls.at(-1)?.file).toMatch(/4-flat-circuit\.ts$/);
    expect(gate.equation).toMatch(/logistic/);
  });
});

describe("edges", () => {
  test("a value that is used twice has a gradient for each use", () => {
    const drawn = circuit((x: NDArray, y: NDArray) => x.mul(x).add(x.mul(y)))(3, 5);
    const uses = drawn.edges.filter(({ from }) => from === 0).map(({ wires }) => Number(wires[0]?.gradient));
    expect(uses).toEqual([3, 3, 5]);
    expect(Number(grad((x: NDArray) => x.mul(x).add(x.mul(5)))(3))).toBe(11);
  });

  test("gradients of arrays have the shapes of the values, and are those of grad", () => {
    const w = random.normal(random.key(0), [3, 2], { dtype: "float64" });
    const x = random.normal(random.key(1), [4, 3], { dtype: "float64" });
    const loss = (w: NDArray, x: NDArray) => np.sum(np.tanh(np.matmul(x, w)));
    const drawn = circuit(loss)(w, x);
    for (const { wires } of drawn.edges)
      for (const { value, gradient } of wires) expect(gradient?.shape).toEqual(value?.shape);
    const [ofW] = drawn.edges.filter(({ from }) => from === 0);
    expect(ofW?.wires[0]?.gradient?.toArray()).toEqual(grad(loss)(w, x).toArray());
  });

  test("what does not depend on a parameter has no gradient", () => {
    const drawn = circuit((w: NDArray, x: NDArray) => w.mul(np.sin(x)), { argnums: 0 })(2, 1);
    expect(drawn.nodes.slice(0, 2).map(({ kind }) => kind)).toEqual(["parameter", "data"]);
    const gradients = drawn.edges.map(({ wires }) => wires[0]?.gradient?.item());
    expect(gradients.filter((g) => g === undefined)).toHaveLength(2);
  });

  test("integers carry values and no gradients", () => {
    const drawn = circuit((x: NDArray, i: NDArray) => x.at(i).get())(
      np.array([1, 2, 3]),
      np.array(1, "int32"),
    );
    const ofIndex = drawn.edges.filter(({ wires }) => wires[0]?.aval.dtype !== "float32");
    expect(ofIndex.length).toBeGreaterThan(0);
    for (const { wires } of ofIndex) expect(wires[0]?.gradient).toBeUndefined();
  });
});

describe("calls", () => {
  test("compiled and checkpointed functions are written out", () => {
    const inner = jit((x: NDArray) => np.exp(x).mul(2));
    const f = checkpoint((x: NDArray) => inner(np.sin(x)).sum());
    expect(labels(circuit(jit(f))(np.array([1, 2])))).toEqual(["2", "x", "sin", "exp", "×", "Σ", "output"]);
  });

  test("a function with its own derivative is one gate, and its rule is used", () => {
    const f = customJvp((x: NDArray) => np.square(x));
    f.defjvp(([x]: [NDArray], [t]: [NDArray]) => [f(x), t.mul(100)]);
    const drawn = circuit((x: NDArray) => f(x).mul(2))(3);
    expect(drawn.nodes.filter(({ kind }) => kind === "gate")).toHaveLength(2);
    expect(wireFrom(drawn, node(drawn, "x"))).toEqual({ value: 3, gradient: 200 });
  });

  test("an array that the function closes over is a constant", () => {
    const c = np.array([1, 2, 3]);
    const drawn = circuit((x: NDArray) => x.mul(c).sum())(np.array([1, 1, 1]));
    expect(node(drawn, "constant").kind).toBe("constant");
  });
});

describe("loops and branches", () => {
  test("a scan is a box with one turn inside, and gradients pass through it", () => {
    const f = (w: NDArray, xs: NDArray) =>
      lax.scan((c: NDArray, x: NDArray) => [c.mul(w).add(x), null] as const, np.array(1), xs)[0];
    const drawn = circuit(f)(0.5, np.array([1, 2, 3]));
    const loop = node(drawn, "scan");
    expect(loop).toMatchObject({ kind: "loop", detail: "3 turns" });
    expect(loop.inside.map(({ title }) => title)).toEqual(["each turn"]);
    expect(labels(loop.inside[0]?.graph as ProgramGraph)).toEqual(["const", "carry", "x", "×", "+", "carry"]);
    const expected = grad(f)(0.5, np.array([1, 2, 3]));
    const [ofW] = drawn.edges.filter(({ from }) => drawn.nodes.find(({ id }) => id === from)?.label === "w");
    expect(Number(ofW?.wires[0]?.gradient)).toBe(Number(expected));
  });

  test("a while loop shows its condition and its body; without gradients it can be drawn", () => {
    const f = (x: NDArray) =>
      lax.whileLoop(
        (x: NDArray) => x.less(100),
        (x: NDArray) => x.mul(2),
        x,
      );
    expect(() => circuit(f)(3)).toThrow(/whileLoop: reverse mode/);
    const drawn = circuit(f, { gradients: false })(3);
    expect(node(drawn, "while").inside.map(({ title }) => title)).toEqual(["as long as", "each turn"]);
    expect(Number(drawn.edges.at(-1)?.wires[0]?.value)).toBe(192);
  });

  test("each branch of a cond stands in it", () => {
    const f = (x: NDArray) =>
      lax.cond(
        x.greater(0),
        (x: NDArray) => np.sin(x),
        (x: NDArray) => np.exp(x),
        x,
      );
    const branch = node(circuit(f)(2), "cond");
    expect(branch.kind).toBe("branch");
    expect(branch.inside.map(({ graph }) => labels(graph)[1])).toEqual(["exp", "sin"]);
  });
});

describe("folding", () => {
  const layers = Array.from({ length: 12 }, () => [nn.dense(4), nn.pointwise(np.tanh)]).flat();
  const model = nn.sequential(...layers);
  const params = model.init(random.key(0), [1, 4]);
  const loss = (p: typeof params, x: NDArray): NDArray => np.mean(model.apply(p, x));
  const x = random.normal(random.key(1), [2, 4]);

  test("nothing is folded below the limit", () => {
    const drawn = circuit(loss, { maxGates: Number.POSITIVE_INFINITY })(params, x);
    expect(drawn.nodes.filter(({ kind }) => kind === "fold")).toEqual([]);
    expect(drawn.nodes.filter(({ label }) => label === "tanh")).toHaveLength(12);
  });

  test("layers that repeat are drawn once, their weights too, and no wire is lost", () => {
    const drawn = circuit(loss, { argnums: 0, maxGates: 10 })(params, x);
    const [fold, ...others] = drawn.nodes.filter(({ kind }) => kind === "fold");
    expect(others).toEqual([]);
    expect(fold).toMatchObject({ label: "· broadcast + tanh", detail: "12 times" });
    expect(fold?.folded).toHaveLength(48);
    const kernels = drawn.edges.filter(({ wires }) => wires.length === 12);
    expect(kernels.map(({ wires }) => wires[0]?.aval.shape)).toEqual([[4, 4], [4]]);
    const all = circuit(loss, { argnums: 0, maxGates: Number.POSITIVE_INFINITY })(params, x);
    const gradientsOf = (each: ProgramGraph): readonly unknown[] =>
      each.edges
        .flatMap(({ wires }) => wires)
        .filter(({ aval }) => aval.shape.join() === "4,4")
        .map(({ gradient }) => JSON.stringify(gradient?.toArray()))
        .sort();
    expect(gradientsOf(drawn)).toEqual(gradientsOf(all));
  });

  test("calls of the user's functions are folded where nothing repeats", () => {
    function gelu(x: NDArray): NDArray {
      return x.mul(np.exp(x).add(1)).div(np.cos(x));
    }
    function norm(x: NDArray): NDArray {
      return np.sqrt(np.square(x).sum().add(1));
    }
    const f = (x: NDArray) => norm(gelu(x));
    const drawn = circuit(f, { maxGates: 3 })(np.array([1, 2]));
    expect(drawn.nodes.filter(({ kind }) => kind === "fold").map(({ label }) => label)).toEqual([
      "gelu",
      "norm",
    ]);
    expect(drawn.nodes.filter(({ kind }) => kind === "fold").map(({ detail }) => detail)).toEqual([
      "5 gates",
      "4 gates",
    ]);
  });

  test("every edge leads from a node to one behind it", () => {
    for (const maxGates of [2, 5, 20, 1000]) {
      const drawn = circuit(loss, { maxGates })(params, x);
      const places = new Map(drawn.nodes.map(({ id }, place) => [id, place]));
      for (const { from, to } of drawn.edges)
        expect(places.get(from) as number).toBeLessThan(places.get(to) as number);
    }
  });
});

test("the gradients at the uses of an argument add up to that of vjp, in any program", () => {
  fc.assert(
    fc.property(programs({ maxSteps: 8 }), (program) => {
      const leaves = program.inputs.map(({ shape, dtype }, i) => np.full(shape, 0.5 + 0.25 * i, dtype));
      const args = program.args(leaves);
      const [output, pullback] = vjp(program.fun, args);
      const cotangent = tree.map((x) => np.onesLike(x as NDArray), output);
      const expected = tree.leaves(pullback(cotangent as never)) as NDArray[];
      const drawn = circuit(program.fun, { cotangent, maxGates: Number.POSITIVE_INFINITY })(
        ...(args as never[]),
      );
      const inputs = drawn.nodes.filter(({ kind }) => kind === "parameter");
      expect(inputs).toHaveLength(leaves.length);
      inputs.forEach(({ id }, i) => {
        const uses = drawn.edges.filter(({ from }) => from === id).flatMap(({ wires }) => wires);
        const gradients = uses.flatMap(({ gradient }) => gradient ?? []);
        if (gradients.length === 0) return;
        const total = gradients.reduce((a, b) => a.add(b));
        expect(allClose(total, expected[i] as NDArray)).toBe(true);
      });
    }),
    { numRuns: 30 },
  );
});

describe("graph", () => {
  test("shows a program without values, the derived one too", () => {
    const drawn = graph(makeJaxpr(grad(neuron))(asArrays(inputs)));
    expect(drawn.nodes.filter(({ kind }) => kind === "output")).toHaveLength(5);
    const constants = new Set(drawn.nodes.filter(({ kind }) => kind === "constant").map(({ id }) => id));
    for (const { from, wires } of drawn.edges) {
      expect(wires[0]?.gradient).toBeUndefined();
      if (!constants.has(from)) expect(wires[0]?.value).toBeUndefined();
    }
  });
});

describe("refusals", () => {
  test("a result that is no scalar asks for a cotangent", () => {
    const f = (x: NDArray) => np.sin(x);
    expect(() => circuit(f)(np.array([1, 2]))).toThrow(DifferentiationError);
    expect(() => circuit(f)(np.array([1, 2]))).toThrow(/float32\[2\].*cotangent/);
    const drawn = circuit(f, { cotangent: np.array([1, 10]) })(np.array([0, 0]));
    expect(drawn.edges[0]?.wires[0]?.gradient?.toArray()).toEqual([1, 10]);
    expect(() => circuit(f, { cotangent: np.array([1, 2, 3]) })(np.array([0, 0]))).toThrow(
      /float32\[2\].*float32\[3\]/,
    );
    expect(() => circuit(f, { cotangent: { a: 1 } })(np.array([0, 0]))).toThrow(/structure/);
  });

  test("there are no numbers inside of other transforms", () => {
    const inside = jit((x: NDArray) => {
      circuit((y: NDArray) => y.mul(x))(1);
      return x;
    });
    expect(() => inside(1)).toThrow(/outside of jit/);
  });

  test("maxGates is at least one; argnums names arguments", () => {
    expect(() => circuit((x: NDArray) => x, { maxGates: 0 })(1)).toThrow(/circuit: maxGates/);
    expect(() => graph(makeJaxpr((x: NDArray) => x)(1), { maxGates: Number.NaN })).toThrow(/graph: maxGates/);
    expect(() => circuit((x: NDArray) => x, { argnums: 1 })(1)).toThrow(/circuit: argnums/);
  });

  test("arrays of no elements and results that are arguments are drawn", () => {
    expect(circuit((x: NDArray) => x)(1).edges).toHaveLength(1);
    expect(Number(circuit((x: NDArray) => x.sum())(np.zeros([0, 3])).edges.at(-1)?.wires[0]?.value)).toBe(0);
  });
});
