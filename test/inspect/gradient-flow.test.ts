import { grad, jit, type NDArray, nn, numpy as np, random, valueAndGrad } from "cotangent";
import {
  drawGradientFlow,
  encodeEvents,
  type FlowHistory,
  gradientFlow,
  gradientFlowEvents,
} from "cotangent/inspect";
import { applyUpdates, sgd } from "cotangent/optim";
import { describe, expect, test } from "vitest";
import { countElements, parseSvg } from "./parse.ts";

const params = {
  dense: {
    kernel: np.array([
      [3, 0],
      [4, 0],
    ]),
    bias: np.array([0, 1]),
  },
  counts: np.array([1, 2], "int32"),
};
const grads = {
  dense: {
    kernel: np.array([
      [1, 0],
      [-2, 0],
    ]),
    bias: np.array([0.5, 0]),
  },
  counts: np.array([0, 0], "int32"),
};
const updates = {
  dense: {
    kernel: np.array([
      [0.3, 0],
      [0.4, 0],
    ]),
    bias: np.array([0, 0.1]),
  },
  counts: np.array([0, 0], "int32"),
};

describe("gradientFlow", () => {
  const flow = gradientFlow({ bins: 4, deadAfter: 2 });
  const once = flow.record(flow.init(params), flow.measure(params, grads, updates));

  test("measures norms, ratios and histograms of each array of floats", () => {
    expect(once.names).toEqual(["dense.bias", "dense.kernel"]);
    const [bias, kernel] = once.steps[0]?.parameters ?? [];
    expect(kernel).toMatchObject({ weightNorm: 5, gradientNorm: Math.sqrt(5), nonFinite: 0 });
    expect(kernel?.updateNorm).toBeCloseTo(0.5, 6);
    expect(kernel?.updateRatio).toBeCloseTo(0.1, 6);
    expect(bias?.updateRatio).toBeCloseTo(0.1, 6);
    // From -2 to 1: -2 in the first quarter, two zeros in the third, 1 in the last.
    expect(kernel?.histogram).toEqual({
      edges: [-2, -1.25, -0.5, 0.25, 1],
      counts: [1, 0, 2, 1],
      sum: -1,
      sumOfSquares: 5,
    });
  });

  test("a unit is dead once it was silent for so many steps running, and alive again at once", () => {
    expect(once.steps[0]?.parameters.map(({ dead }) => dead)).toEqual([0, 0]);
    const twice = flow.record(once, flow.measure(params, grads));
    expect(twice.steps[1]?.parameters.map(({ dead }) => dead)).toEqual([0.5, 0.5]);
    const moving = { ...grads, dense: { ...grads.dense, kernel: np.ones([2, 2]) } };
    const thrice = flow.record(twice, flow.measure(params, moving));
    expect(thrice.steps[2]?.parameters.map(({ dead }) => dead)).toEqual([0.5, 0]);
    expect(thrice.silentFor).toEqual([
      [0, 3],
      [0, 0],
    ]);
  });

  test("what was recorded does not change", () => {
    const before = JSON.stringify(once);
    flow.record(once, flow.measure(params, grads), 10);
    expect(JSON.stringify(once)).toBe(before);
  });

  test("numbers that are not finite are counted, and the histogram is of the others", () => {
    const w = np.zeros([4]);
    const gradient = np.array([Number.NaN, Number.POSITIVE_INFINITY, 1, 2]);
    const all = gradientFlow({ bins: 2 });
    const [step] = all.record(all.init(w), all.measure(w, gradient)).steps;
    expect(step?.parameters[0]).toMatchObject({
      nonFinite: 2,
      histogram: { edges: [1, 1.5, 2], counts: [1, 1] },
    });
    expect(step?.parameters[0]?.updateRatio).toBeNaN();
    const none = all.record(all.init(w), all.measure(w, w.add(Number.NaN))).steps[0]?.parameters[0];
    expect(none).toMatchObject({ nonFinite: 4, histogram: { edges: [0, 0, 0], counts: [0, 0] } });
  });

  test("scalars, empty arrays and equal numbers have histograms", () => {
    const tree = [np.array(2), np.zeros([0, 3]), np.full([5], 0.25)];
    const all = gradientFlow({ bins: 2 });
    const [step] = all.record(all.init(tree), all.measure(tree, tree)).steps;
    expect(step?.parameters.map(({ histogram }) => histogram.counts)).toEqual([
      [1, 0],
      [0, 0],
      [5, 0],
    ]);
  });

  test("float32 norms do not overflow", () => {
    const w = np.full([4], 1e30);
    const [step] = flow.record(flow.init(w), flow.measure(w, w)).steps;
    expect(step?.parameters[0]?.gradientNorm).toBeCloseTo(2e30, -24);
  });

  test("what does not fit is refused by name", () => {
    expect(() => gradientFlow({ bins: 0 })).toThrow(/bins .* 0/);
    expect(() => gradientFlow({ deadAfter: 1.5 })).toThrow(/deadAfter .* 1\.5/);
    expect(() => flow.measure(params, { dense: 1 })).toThrow(/gradientFlow/);
    expect(() => flow.measure(np.zeros([2]), np.zeros([3]))).toThrow(/grads .*float32\[3\].*float32\[2\]/);
    expect(() => flow.record(once, [])).toThrow(/2 parameter arrays, the sample of 0/);
  });
});

describe("a run", () => {
  const model = nn.sequential(nn.dense(8), nn.pointwise(nn.relu), nn.dense(1));
  type Params = nn.ParamsOf<typeof model>;
  const x = random.normal(random.key(1), [16, 3]);
  const loss = (p: Params): NDArray => np.mean(np.square(model.apply(p, x).sub(1)));
  const optimizer = sgd(0.1);
  const flow = gradientFlow();

  const train = (steps: number): FlowHistory => {
    const step = jit((p: Params) => {
      const [, g] = valueAndGrad(loss)(p);
      const [u] = optimizer.update(g, optimizer.init(p), p);
      return { params: applyUpdates(p, u), sample: flow.measure(p, g, u) };
    });
    let params: Params = model.init(random.key(0), [1, 3]);
    let history = flow.init(params);
    for (let i = 0; i < steps; i++) {
      const { params: next, sample } = step(params);
      history = flow.record(history, sample as ReturnType<typeof flow.measure>);
      params = next as Params;
    }
    return history;
  };
  const history = train(6);

  test("measures inside of a compiled step what it measures outside", () => {
    const start: Params = model.init(random.key(0), [1, 3]);
    const g = grad(loss)(start);
    const [u] = optimizer.update(g, optimizer.init(start), start);
    const [outside] = flow.record(flow.init(start), flow.measure(start, g, u)).steps;
    history.steps[0]?.parameters.forEach((inside, i) => {
      const other = outside?.parameters[i];
      expect(inside.gradientNorm).toBeCloseTo(other?.gradientNorm as number, 5);
      expect(inside.updateNorm).toBeCloseTo(0.1 * inside.gradientNorm, 5);
      expect(inside.histogram.counts.reduce((a, b) => a + b)).toBe(
        other?.histogram.counts.reduce((a, b) => a + b),
      );
    });
  });

  test("has a curve for each array in each panel, and a histogram for up to five steps", () => {
    const svg = drawGradientFlow(history);
    const { texts } = parseSvg(svg);
    for (const name of history.names) expect(texts).toContain(name);
    expect(countElements(svg, "path", "[starts-with(@class,'stroke-')]")).toBe(3 * history.names.length);
    expect(texts.filter((t) => t.startsWith("step "))).toEqual([
      "step 0",
      "step 1",
      "step 3",
      "step 4",
      "step 5",
    ]);
  });

  test("one step is drawn, none is refused", () => {
    parseSvg(drawGradientFlow({ ...history, steps: history.steps.slice(0, 1) }));
    expect(() => drawGradientFlow(flow.init(params))).toThrow(/record one first/);
  });

  test("becomes events by quantity and array", () => {
    const events = gradientFlowEvents(history);
    expect(events.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(events[2]?.scalars?.["gradientNorm/[0].kernel"]).toBe(
      history.steps[2]?.parameters[history.names.indexOf("[0].kernel")]?.gradientNorm,
    );
    expect(Object.keys(events[0]?.histograms ?? {})).toEqual(history.names.map((name) => `gradient/${name}`));
    expect(encodeEvents(events).length).toBeGreaterThan(1000);
  });
});
