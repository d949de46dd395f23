import { CotangentError, core, jit, type NDArray, numpy as np } from "cotangent";
import { describe, expect, test } from "vitest";
import type { ConcreteArray } from "../../src/array/index.ts";
import { compile, formatLowered, lowerJaxpr } from "../../src/compile/compile.ts";
import { generateModule } from "../../src/compile/generate.ts";
import type { Kernel } from "../../src/compile/program.ts";
import { compiledOf, evaluate, filled, requireNear, traced } from "./support.ts";

const kinds = (fun: (...xs: NDArray[]) => readonly NDArray[], ...inputs: ConcreteArray[]): string[] =>
  lowerJaxpr(traced(fun, inputs)).program.kernels.map((kernel: Kernel) => kernel.kind);

const x = filled([6, 4], "float32", (i) => i / 10 - 1);

/** Compiled equals evaluated. */
const requireSame = (fun: (...xs: NDArray[]) => readonly NDArray[], ...inputs: ConcreteArray[]): void => {
  const closed = traced(fun, inputs);
  requireNear(compiledOf(closed)(inputs), evaluate(closed, inputs), { ulps: 8, ofLargest: 1e-6 });
};

describe("views take no kernel", () => {
  test("of inputs, in front of a loop", () => {
    const f = (a: NDArray): NDArray[] => [np.exp(np.flip(np.transpose(a), 0))];
    expect(kinds(f, x)).toEqual(["loop"]);
    requireSame(f, x);
  });

  test("in front of a product", () => {
    const f = (a: NDArray): NDArray[] => [np.matmul(np.transpose(a), a)];
    expect(kinds(f, x)).toEqual(["dot"]);
    requireSame(f, x);
  });

  test("that are returned are written out once", () => {
    const f = (a: NDArray): NDArray[] => [np.transpose(a), np.flip(a, 1), np.reshape(a, [24])];
    expect(kinds(f, x).every((kind) => kind === "loop")).toBe(true);
    requireSame(f, x);
  });
});

describe("loops", () => {
  test("that share an index space are one, also when a value of theirs is asked for later", () => {
    const f = (a: NDArray): NDArray[] => {
      const e = np.exp(a);
      const total = np.sum(e);
      return [total, e, np.multiply(a, 2)];
    };
    expect(kinds(f, x)).toEqual(["loop"]);
    requireSame(f, x);
  });

  test("wait for what they need", () => {
    const f = (a: NDArray): NDArray[] => {
      const m = np.max(a, 1, { keepdims: true });
      const e = np.exp(np.subtract(a, m));
      return [np.divide(e, np.sum(e, 1, { keepdims: true })), np.add(a, 1)];
    };
    requireSame(f, x);
  });

  test("do not take more than they can hold: many operands", () => {
    const inputs = Array.from({ length: 60 }, (_, k) => filled([9], "float32", (i) => i + k));
    const f = (...xs: NDArray[]): NDArray[] => [xs.reduce((a, b) => np.add(np.multiply(a, 0.5), b))];
    requireSame(f, ...inputs);
  });

  test("do not take more than they can hold: many results", () => {
    const f = (a: NDArray): NDArray[] => Array.from({ length: 40 }, (_, k) => np.add(np.sin(a), k));
    expect(kinds(f, x).length).toBeGreaterThan(1);
    requireSame(f, x);
  });

  test("do not take more than they can hold: deep chains and wide sums", () => {
    const deep = (a: NDArray): NDArray[] => {
      let y = a;
      for (let i = 0; i < 700; i++) y = np.add(np.multiply(y, 0.99), np.sin(a));
      return [y];
    };
    requireSame(deep, x);
    const wide = (a: NDArray): NDArray[] => {
      let y = a;
      for (let i = 0; i < 100; i++) y = np.add(y, np.cos(np.add(a, i)));
      return [y, np.sum(y, 0)];
    };
    requireSame(wide, x);
  });
});

test("rare cases, one behind another, take code that grows with their number alone", () => {
  const chain = (n: number): number => {
    const closed = traced(
      (a) => {
        let y = a;
        for (let i = 0; i < n; i++) y = np.sin(y);
        return [y];
      },
      [x],
    );
    const { program, plan } = lowerJaxpr(closed);
    return generateModule(program, plan).bytes.length;
  };
  expect(chain(100) / chain(20)).toBeLessThan(7);
  requireSame((a) => {
    let y = np.multiply(a, 1e30);
    for (let i = 0; i < 30; i++) y = np.sin(y);
    return [y];
  }, x);
});

describe("programs", () => {
  const opaque = core.definePrimitive({
    name: "test/opaque",
    abstractEval: ([a]) => [a as NDArray],
    evaluate: ([a]) => [a as ConcreteArray],
    jvp: { missing: "test" },
    transpose: { missing: "test" },
    batch: { missing: "test" },
    args: { missing: "test" },
  });
  const withOpaque = (a: NDArray): NDArray =>
    np.add(core.bind(opaque, [np.multiply(a, 2)], {})[0] as NDArray, 1);

  test("with a primitive that has no lowering are evaluated by reference, and lower() says so", () => {
    expect(jit(withOpaque)(x).toArray()).toEqual(np.add(np.multiply(x, 2), 1).toArray());
    expect(compile(traced((a) => [withOpaque(a)], [x]))).toBeUndefined();
    expect(() => jit(withOpaque).lower(x)).toThrow(CotangentError);
    expect(() => jit(withOpaque).lower(x)).toThrow(/"test\/opaque" cannot be compiled/);
  });

  test("can be read", () => {
    const a = filled([6, 40], "float32", () => 1);
    const text = formatLowered(lowerJaxpr(traced((b) => [np.sum(np.exp(b), 1)], [a])));
    expect(text).toMatch(/^inputs: in0:f32\[6,\s?40\]/);
    expect(text).toMatch(/loop \[6, 40\]/);
    expect(text).toMatch(/add over \(1\)/);
    expect(text).toMatch(/scratch: \d+ bytes/);
  });

  test("know their cost", () => {
    const a = filled([8, 16], "float32", () => 1);
    const b = filled([16, 4], "float32", () => 1);
    const cost = jit((p: NDArray, q: NDArray) => np.matmul(p, q))
      .lower(a, b)
      .costAnalysis();
    expect(cost.flops).toBe(2 * 8 * 16 * 4);
    expect(cost.bytesAccessed).toBe(4 * (8 * 16 + 16 * 4 + 8 * 4));
    expect(cost.peakBytes).toBeGreaterThanOrEqual(cost.bytesAccessed);
  });
});
