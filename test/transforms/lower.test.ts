import { grad, jit, type NDArray, numpy as np, type TraceEvent } from "cotangent";
import { describe, expect, test, vi } from "vitest";

const f = (x: NDArray, y: NDArray): NDArray => np.sum(np.tanh(x.matmul(y)));

describe("lower", () => {
  const x = np.ones([4, 8]);
  const y = np.ones([8, 3]);
  const lowered = jit(f).lower(x, y);

  test("shows the program after passes, its kernels and buffers", () => {
    expect(lowered.jaxpr.jaxpr.equations.map((e) => e.primitive.name)).toEqual([
      "dotGeneral",
      "tanh",
      "reduceSum",
    ]);
    expect(lowered.text()).toContain("dot 1 × [4, 8] · [8, 3]");
    expect(lowered.text()).toMatch(/loop \[4, 3\]/);
    expect(lowered.text()).toMatch(/scratch: \d+ bytes/);
  });

  test("tells what it costs before it runs", () => {
    const { flops, bytesAccessed, peakBytes } = lowered.costAnalysis();
    expect(flops).toBeGreaterThanOrEqual(2 * 4 * 8 * 3);
    expect(bytesAccessed).toBeGreaterThanOrEqual(4 * (4 * 8 + 8 * 3 + 4 * 3));
    expect(peakBytes).toBeGreaterThanOrEqual(4 * (4 * 8 + 8 * 3 + 4 * 3));
  });

  test("compiles to the function itself, for these arguments alone", () => {
    const compiled = lowered.compile();
    expect(compiled(x, y).item()).toBeCloseTo(f(x, y).item() as number, 5);
    expect(() => compiled(np.ones([5, 8]), y)).toThrow(/lowered for other arguments: argument \[0\]/);
  });

  test("compiles when it is asked to, not at the first call", () => {
    const modules = vi.spyOn(WebAssembly, "Module");
    const run = jit((z: NDArray) => np.sum(np.sin(z)))
      .lower(x)
      .compile();
    expect(modules).toHaveBeenCalledTimes(1);
    run(x);
    expect(modules).toHaveBeenCalledTimes(1);
    modules.mockRestore();
  });

  test("computes nothing and works on gradients", () => {
    const text = jit(grad(f)).lower(x, y).text();
    expect(text.match(/^dot/gm)).toHaveLength(2);
  });
});

describe("onTrace says why a function is traced", () => {
  const reasonsOf = (
    calls: (g: (...args: unknown[]) => unknown) => void,
    staticArgnums: number[] = [],
  ): string[] => {
    const events: TraceEvent[] = [];
    const g = jit((...args: unknown[]) => np.add(np.array(1), args.length), {
      staticArgnums,
      onTrace: (event) => events.push(event),
    });
    calls(g as (...args: unknown[]) => unknown);
    expect(events.map((event) => event.count)).toEqual(events.map((_, i) => i + 1));
    return events.map((event) => event.reason);
  };

  test("the first call, then another shape, dtype, weak type and structure, and nothing for what is known", () => {
    const reasons = reasonsOf((g) => {
      g(np.zeros([3]));
      g(np.ones([3]));
      g(np.zeros([4]));
      g(np.zeros([4], "int32"));
      g(2);
      g({ a: 2 });
      g(np.zeros([3]));
    });
    expect(reasons).toEqual([
      "it is called for the first time",
      "argument [0] changed from float32[3] to float32[4]",
      "argument [0] changed from float32[4] to int32[4]",
      "argument [0] changed from int32[4] to weakly typed float32[]",
      "the structure of its arguments changed from [*] to [{a: *}]",
    ]);
  });

  test("static arguments", () => {
    const reasons = reasonsOf(
      (g) => {
        g(np.zeros([3]), "relu");
        g(np.zeros([3]), "tanh");
      },
      [1],
    );
    expect(reasons[1]).toBe("a static argument has another value");
  });
});
