import { grad, jit, lax, type NDArray, nn, numpy as np, random } from "cotangent";
import { type CostReport, cost, drawCost } from "cotangent/inspect";
import { describe, expect, test } from "vitest";
import { countElements, parseSvg } from "./parse.ts";

const w = random.normal(random.key(0), [8, 16]);
const x = random.normal(random.key(1), [4, 8]);

function layer(w: NDArray, x: NDArray): NDArray {
  const z = np.matmul(x, w);
  return np.tanh(z);
}

const loss = (w: NDArray, x: NDArray): NDArray => np.sum(layer(w, x));

describe("cost", () => {
  const report = cost(loss, { measureFor: 0.5 })(w, x);

  test("counts operations and bytes of each equation", () => {
    const [product, tanh, sum, ...others] = report.equations;
    expect(others).toEqual([]);
    expect(product).toMatchObject({
      label: "dotGeneral",
      flops: 2 * 4 * 8 * 16,
      bytesAccessed: 4 * (4 * 8 + 8 * 16 + 4 * 16),
    });
    expect(tanh).toMatchObject({ label: "tanh", bytesAccessed: 2 * 4 * 64 });
    // An elementary function is many operations, the same number for each element.
    expect((tanh?.flops as number) / 64).toBeGreaterThan(10);
    expect((tanh?.flops as number) % 64).toBe(0);
    expect(sum).toMatchObject({ label: "reduceSum", flops: 64 });
  });

  test("values live from their making to their last use", () => {
    // w and x with the product; the product with tanh, which replaces it; then tanh and the sum.
    expect(report.equations.map(({ liveBytes }) => liveBytes)).toEqual([
      4 * (128 + 32 + 64),
      4 * (64 + 64),
      4 * (64 + 1),
    ]);
    expect(report.equationByEquation.peakBytes).toBe(4 * (128 + 32 + 64));
  });

  test("the lines are the user's, and add up to the whole", () => {
    expect(report.lines).toHaveLength(3);
    const product = report.lines.find(({ flops }) => flops === 1024);
    expect(product).toMatchObject({ functionName: "layer", equations: 1 });
    expect(product?.file).toMatch(/cost\.test\.ts$/);
    for (const quantity of ["flops", "bytesAccessed"] as const) {
      const sum = report.lines.reduce((total, each) => total + each[quantity], 0);
      expect(sum).toBe(report.equationByEquation[quantity]);
    }
    const times = report.lines.map(({ milliseconds }) => milliseconds);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  test("the whole program costs what jit says, and less than its equations move", () => {
    const { milliseconds, ...analysis } = report.compiled ?? { milliseconds: Number.NaN };
    expect(analysis).toEqual(jit(loss).lower(w, x).costAnalysis());
    expect(milliseconds).toBeGreaterThan(0);
    expect(report.compiled?.bytesAccessed).toBeLessThan(report.equationByEquation.bytesAccessed);
  });

  test("time is measured: a large product takes longer than a small sum", () => {
    const large = random.normal(random.key(2), [256, 256]);
    const { equations } = cost((a: NDArray) => np.matmul(a, a).at(0).get().sum(), { measureFor: 4 })(large);
    const [product, ...others] = equations;
    expect(product?.label).toBe("dotGeneral");
    for (const { milliseconds } of others) {
      expect(milliseconds).toBeGreaterThan(0);
      expect(milliseconds).toBeLessThan(product?.milliseconds as number);
    }
  });

  test("measureFor 0 measures nothing", () => {
    const { equations, compiled, lines } = cost(loss, { measureFor: 0 })(w, x);
    expect(equations.every(({ milliseconds }) => Number.isNaN(milliseconds))).toBe(true);
    expect(compiled?.milliseconds).toBeNaN();
    const flops = lines.map((each) => each.flops);
    expect(flops).toEqual(flops.toSorted((a, b) => b - a));
  });

  test("calls are written out, and gradients are programs like any other", () => {
    const derived = cost(grad(jit((w: NDArray) => nn.gelu(np.matmul(x, w)).sum())), { measureFor: 0 })(w);
    expect(derived.equations.some(({ label }) => label === "jit")).toBe(false);
    expect(derived.equations.filter(({ label }) => label === "dotGeneral")).toHaveLength(2);
  });
});

describe("loops and branches", () => {
  const rnn = (w: NDArray, xs: NDArray): NDArray =>
    lax.scan(
      (h: NDArray, x: NDArray) => [np.tanh(np.matmul(w, h).add(x)), null] as const,
      np.zeros([6]),
      xs,
    )[0];
  const report = cost(rnn, { measureFor: 0.5 })(np.ones([6, 6]), np.ones([10, 6]));

  test("what is inside of a scan counts once a turn, and its time is a share of the loop's", () => {
    const [loop] = report.equations.filter(({ label }) => label === "scan");
    const product = loop?.inside.find(({ label }) => label === "dotGeneral");
    expect(product?.flops).toBe(10 * 2 * 36);
    const inside = loop?.inside.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
    expect(inside).toBeCloseTo(loop?.milliseconds as number, 10);
    expect(report.lines.reduce((sum, { flops }) => sum + flops, 0)).toBeGreaterThanOrEqual(
      10 * (2 * 36 + 12),
    );
  });

  test("of branches the one that is taken, of a while one turn", () => {
    const f = (x: NDArray): NDArray =>
      lax.cond(
        x.at(0).get().greater(0),
        (x: NDArray) => np.matmul(x, np.ones([4, 4])),
        (x: NDArray) => np.exp(x),
        x,
      );
    const inside = (x: NDArray): readonly string[] =>
      cost(f, { measureFor: 0 })(x).equations.flatMap((each) => each.inside.map(({ label }) => label));
    expect(inside(np.ones([4]))).toContain("dotGeneral");
    expect(inside(np.zeros([4]))).toEqual(["exp"]);
    const loop = (x: NDArray): NDArray =>
      lax.whileLoop(
        (x: NDArray) => x.sum().less(100),
        (x: NDArray) => x.mul(2),
        x,
      );
    const [turn] = cost(loop, { measureFor: 0 })(np.ones([4])).equations;
    expect(turn?.inside.map(({ label, flops }) => [label, flops])).toEqual([["mul", 4]]);
  });

  test("a loop of no turns costs nothing inside", () => {
    const none = cost(rnn, { measureFor: 0 })(np.ones([6, 6]), np.ones([0, 6]));
    expect(none.equations.find(({ label }) => label === "scan")?.inside ?? []).toEqual([]);
  });
});

describe("refusals", () => {
  test("of options and of traced arrays", () => {
    expect(() => cost(loss, { measureFor: -1 })(w, x)).toThrow(/measureFor .* -1/);
    const inside = jit((x: NDArray) => {
      cost((y: NDArray) => y.mul(x))(1);
      return x;
    });
    expect(() => inside(1)).toThrow(/cost: .* outside of jit/);
  });
});

describe("drawCost", () => {
  const report = cost(loss, { measureFor: 0 })(w, x);

  /** The widths of bars by the first line of their tooltips. */
  const bars = (svg: string): ReadonlyMap<string, number> => {
    const namespace = { svg: "http://www.w3.org/2000/svg" };
    return new Map(
      parseSvg(svg)
        .root.find("//svg:g[svg:rect]", namespace)
        .map((group) => {
          const title = group.find("svg:title", namespace)[0]?.content.split(",")[0] ?? "";
          return [title, Number(group.find("svg:rect/@width", namespace)[0]?.content)];
        }),
    );
  };

  test("widths are shares of what is asked for", () => {
    const by = (quantity: "flops" | "bytesAccessed"): number => {
      const widths = bars(drawCost(report, { by: quantity }));
      return ((widths.get("dotGeneral") as number) + 1) / ((widths.get("all equations") as number) + 1);
    };
    const { flops, bytesAccessed } = report.equationByEquation;
    expect(by("flops")).toBeCloseTo(1024 / flops, 3);
    expect(by("bytesAccessed")).toBeCloseTo(896 / bytesAccessed, 3);
  });

  test("calls stand above what they call, down to operations", () => {
    const names = [...bars(drawCost(report)).keys()];
    expect(names[0]).toBe("all equations");
    expect(names.findIndex((name) => name.startsWith("layer cost.test.ts:"))).toBeLessThan(
      names.indexOf("dotGeneral"),
    );
    expect(names).toEqual(expect.arrayContaining(["dotGeneral", "tanh", "reduceSum"]));
  });

  test("labels stay inside of their bars, and programs without equations are drawn", () => {
    const svg = drawCost(report, { width: 200 });
    expect(parseSvg(svg).texts.every((t) => !t.includes("undefined"))).toBe(true);
    const empty: CostReport = cost((x: NDArray) => x, { measureFor: 0 })(1);
    expect(countElements(drawCost(empty), "rect", "[@class='surface']")).toBeLessThanOrEqual(1);
  });
});
