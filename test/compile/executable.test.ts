import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CotangentError, grad, jit, jvp, type NDArray, nn, numpy as np, vmap } from "cotangent";
import { afterEach, describe, expect, test, vi } from "vitest";
import { bitsOf, compiledOf, evaluate, filled, randoms, requireNear, traced } from "./support.ts";

const f32 = (...values: number[]): NDArray => np.array(values, { dtype: "float32" });

describe("two compiled functions", () => {
  test("interleaved do not disturb each other, nor what they returned before", () => {
    const f = jit((x: NDArray) => np.cumsum(np.multiply(x, 2)));
    const g = jit((x: NDArray, y: NDArray) => [np.matmul(x, y), np.sort(np.reshape(x, [-1]))]);
    const a = filled([50], "float32", (i) => i);
    const b = filled([20, 20], "float32", (i) => (i * 7) % 11);
    const first = f(a);
    const firstValues = first.toArray();
    const [product, sorted] = g(b, b) as [NDArray, NDArray];
    const productValues = product.toArray();
    for (let i = 0; i < 5; i++) {
      expect(f(a).toArray()).toEqual(firstValues);
      expect((g(b, b) as NDArray[])[1]?.toArray()).toEqual(sorted.toArray());
      f(filled([50], "float32", (k) => -k));
      g(
        filled([20, 20], "float32", () => i),
        b,
      );
    }
    expect(first.toArray()).toEqual(firstValues);
    expect(product.toArray()).toEqual(productValues);
    expect(firstValues).toEqual(Array.from({ length: 50 }, (_, i) => i * (i + 1)));
  });

  test("one that is called while the other is being traced", () => {
    const inner = jit((x: NDArray) => np.sum(np.exp(x)));
    const ready = compiledOf(
      traced((x) => [np.multiply(x as NDArray, 3)], [filled([4], "float32", () => 0)]),
    );
    const seen: unknown[] = [];
    const outer = jit(
      (x: NDArray) => {
        // A closure of the compiler runs at once, inside the tracing of another function.
        const [now] = ready([filled([4], "float32", (i) => i)]);
        seen.push((now as NDArray).toArray());
        return np.add(np.multiply(inner(x), x), now as NDArray);
      },
      { onTrace: () => seen.push(inner(f32(0, 0)).item()) },
    );
    const x = f32(1, 2, 3, 4);
    const total = [1, 2, 3, 4].reduce((s, v) => s + Math.exp(v), 0);
    const expected = [1, 2, 3, 4].map((v, i) => total * v + 3 * i);
    for (let i = 0; i < 3; i++)
      outer(x)
        .toTypedArray()
        .forEach((v, k) => {
          expect(v / (expected[k] as number)).toBeCloseTo(1, 5);
        });
    expect(seen).toEqual([[0, 3, 6, 9], 2]);
  });

  test("of which one makes the memory grow", () => {
    const small = jit((x: NDArray) => np.multiply(x, 2));
    const large = jit((x: NDArray) => np.cumsum(np.add(np.cumsum(x), 1)));
    const x = f32(1, 2, 3);
    for (const n of [10, 100_000, 3_000_000, 100, 8_000_000]) {
      expect(small(x).toArray()).toEqual([2, 4, 6]);
      const y = large(np.zeros([n])).toTypedArray();
      expect([y[0], y[n - 1]]).toEqual([1, n]);
      expect(small(x).toArray()).toEqual([2, 4, 6]);
    }
  });

  test("with constants of their own, compiled one after the other", () => {
    const make = (k: number): ((x: NDArray) => NDArray) => {
      const table = filled([2000], "float32", (i) => i + k);
      return jit((x: NDArray) => np.add(np.multiply(table, x), np.flip(table)));
    };
    const functions = Array.from({ length: 12 }, (_, k) => make(k));
    for (let round = 0; round < 3; round++)
      functions.forEach((f, k) => {
        const y = f(f32(2)).toTypedArray();
        expect([y[0], y[1999]]).toEqual([2 * k + 1999 + k, 2 * (1999 + k) + k]);
      });
  });
});

describe("gradients", () => {
  const loss = (w: NDArray, x: NDArray): NDArray => np.mean(np.square(nn.softmax(np.matmul(np.tanh(x), w))));
  const w = filled([5, 4], "float64", (i) => Math.sin(i));
  const x = filled([7, 5], "float64", (i) => Math.cos(3 * i));

  test("of compiled functions = compiled gradients = plain gradients", () => {
    const plain = [grad(loss)(w, x)];
    requireNear([grad(jit(loss))(w, x)], plain, { ulps: 64, ofLargest: 1e-13 });
    requireNear([jit(grad(loss))(w, x)], plain, { ulps: 64, ofLargest: 1e-13 });
    requireNear([jit(grad(jit(loss)))(w, x)], plain, { ulps: 64, ofLargest: 1e-13 });
    const tangent = [jvp((v: NDArray) => loss(v, x), [w], [w])[1] as NDArray];
    requireNear(
      [
        jit(
          (v: NDArray) => jvp(jit(loss), [v, x], [v, np.zeros(x.shape, { dtype: "float64" })])[1] as NDArray,
        )(w),
      ],
      tangent,
      { ulps: 64, ofLargest: 1e-13 },
    );
    const each = vmap((row: NDArray) => grad(loss)(w, np.reshape(row, [1, 5])));
    requireNear([jit(each)(x)], [each(x)], { ulps: 64, ofLargest: 1e-13 });
  });
});

describe("results", () => {
  test("that are arguments, constants or duplicates", () => {
    const table = filled([3], "float32", (i) => i);
    const f = jit((x: NDArray, y: NDArray) => {
      const z = np.add(x, y);
      return { x, again: x, y, table, z, same: z, one: np.ones([2]), scalar: np.array(5) };
    });
    const [x, y] = [f32(1, 2, 3), f32(4, 5, 6)];
    for (let i = 0; i < 2; i++) {
      const r = f(x, y);
      expect(Object.fromEntries(Object.entries(r).map(([k, v]) => [k, (v as NDArray).toArray()]))).toEqual({
        x: [1, 2, 3],
        again: [1, 2, 3],
        y: [4, 5, 6],
        table: [0, 1, 2],
        z: [5, 7, 9],
        same: [5, 7, 9],
        one: [1, 1],
        scalar: 5,
      });
    }
  });

  test("are the same bits from run to run, and from one compilation to another", () => {
    const random = randoms(3);
    const x = filled([300, 70], "float32", () => random() - 0.5);
    const fun = (a: NDArray): NDArray[] => [
      nn.softmax(np.matmul(a, np.transpose(a))),
      np.sum(np.sin(a), 0),
      np.cumsum(np.exp(a), 1),
      grad((b: NDArray) => np.sum(np.tanh(np.matmul(b, np.transpose(b)))))(a),
    ];
    const flat = (xs: NDArray): NDArray[] => fun(xs);
    const closed = traced((a) => flat(a as NDArray), [x]);
    const run = compiledOf(closed);
    const first = bitsOf(run([x]));
    jit((z: NDArray) => np.multiply(z, Number.NaN))(np.ones([300_000]));
    expect(bitsOf(run([x]))).toEqual(first);
    expect(bitsOf(compiledOf(closed)([x]))).toEqual(first);
  });

  test("belong to the caller: later calls do not change them", () => {
    const f = jit((x: NDArray) => np.add(x, 1));
    const results = [0, 1, 2, 3].map((k) => f(filled([1000], "float32", () => k)));
    expect(results.map((r) => r.toTypedArray()[999])).toEqual([1, 2, 3, 4]);
  });
});

describe("large closed-over constants", () => {
  afterEach(() => void vi.restoreAllMocks());

  test("are copied into memory once, not at each call", () => {
    const n = 300_000;
    const table = filled([n], "float32", (i) => i % 10);
    const f = jit((x: NDArray) => np.sum(np.multiply(table, x)));
    const expected = f(f32(1)).item();
    const set = vi.spyOn(Object.getPrototypeOf(Float32Array.prototype) as Float32Array, "set");
    for (let i = 0; i < 3; i++) expect(f(f32(1)).item()).toBe(expected);
    const copied = set.mock.calls.reduce((sum, [from]) => sum + from.length, 0);
    expect(copied).toBeLessThan(100);
  });
});

describe("a program too large for memory", () => {
  test("is refused with a clear error, and everything still works", () => {
    const double = jit((x: NDArray) => np.multiply(x, 2));
    expect(double(f32(1)).toArray()).toEqual([2]);
    // Two arrays of 3.2 GB each.
    const outer = jit((x: NDArray) => {
      const square = np.multiply(np.reshape(x, [-1, 1]), x);
      return [np.cumsum(square, 0), square];
    });
    const x = np.ones([28_300]);
    for (let i = 0; i < 2; i++) {
      expect(() => outer(x)).toThrow(CotangentError);
      expect(() => outer(x)).toThrow(/needs \d+ MiB of WebAssembly memory/);
    }
    expect(double(f32(3)).toArray()).toEqual([6]);
    expect(jit((y: NDArray) => np.exp(y))(f32(0)).toArray()).toEqual([1]);
    // Its needs can be looked up beforehand.
    expect(outer.lower(x).costAnalysis().peakBytes).toBeGreaterThan(2 ** 32);
    // The same function works for arguments that fit.
    expect((outer(f32(1, 2)) as NDArray[])[0]?.toArray()).toEqual([
      [1, 2],
      [3, 6],
    ]);
  });
});

/** Stands for the constructor of modules where a page may not compile any. */
class Forbidden {
  constructor() {
    throw new Error("Refused to compile or instantiate WebAssembly module");
  }
}

describe("engines without WebAssembly or without SIMD", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  test.each([
    ["no WebAssembly", undefined],
    ["no SIMD", { validate: (): boolean => false }],
    ["a Content-Security-Policy", { validate: (): boolean => true, Module: Forbidden }],
  ])("evaluate by reference: %s", async (_, stub) => {
    const values = Array.from({ length: 20 }, (_, i) => Math.sin(i));
    const compute = ({ numpy, jit: compiled, grad: gradient }: typeof import("cotangent")): unknown => {
      const x = numpy.array(values, { dtype: "float64" });
      const f = compiled((y: NDArray) =>
        gradient((z: NDArray) => numpy.sum(numpy.exp(numpy.multiply(z, z))))(y),
      );
      const large = numpy.sum(numpy.multiply(numpy.ones([40_000]), 2)).item();
      return [f(x).toArray(), numpy.argsort(x).toArray(), large];
    };
    const expected = compute(await import("cotangent"));
    vi.resetModules();
    vi.stubGlobal("WebAssembly", stub);
    const fallback = compute(await import("cotangent"));
    const near = (a: unknown, b: unknown): void => {
      const [p, q] = [[a].flat(9), [b].flat(9)] as [number[], number[]];
      expect(p.length).toBe(q.length);
      p.forEach((v, i) => {
        expect(v).toBeCloseTo(q[i] as number, 12);
      });
    };
    near(fallback, expected);
  });
});

describe("long programs", () => {
  const chain = (n: number): ((x: NDArray) => NDArray) => {
    return (x) => {
      let y = x;
      for (let i = 0; i < n / 2; i++) {
        const z = np.add(np.multiply(y, 0.5), 1);
        y = i % 20 === 0 ? np.sin(z) : z;
      }
      return y;
    };
  };

  test("of 10,000 equations compile and run, and so do their gradients", () => {
    const x = f32(0.5, 1.5, -2);
    const closed = traced((a) => [chain(10_000)(a as NDArray)], [x]);
    expect(closed.jaxpr.equations.length).toBeGreaterThanOrEqual(10_000);
    requireNear(compiledOf(closed)([x as never]), evaluate(closed, [x]), { ulps: 1e4 });
    const slope = jit(grad((a: NDArray) => np.sum(chain(10_000)(a))))(x);
    expect(slope.shape).toEqual([3]);
    expect(slope.toTypedArray().every((v) => Number.isFinite(v))).toBe(true);
  });

  test("take time that grows about as their length does", () => {
    const x = f32(0.5, 1.5, -2);
    const time = (n: number): number => {
      const closed = traced((a) => [chain(n)(a as NDArray)], [x]);
      const start = performance.now();
      compiledOf(closed);
      return performance.now() - start;
    };
    time(1000);
    const [short, long] = [Math.min(time(1000), time(1000)), Math.min(time(16_000), time(16_000))];
    // Sixteen times as long: quadratic growth would be 256 times the time.
    expect(long / short).toBeLessThan(100);
  });
});

test("no source file makes code from strings", () => {
  const src = fileURLToPath(new URL("../../src/", import.meta.url));
  const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(100);
  const guilty = files.filter((f) =>
    /\beval\s*\(|new\s+Function\b|\bFunction\s*\(/.test(readFileSync(src + f, "utf8")),
  );
  expect(guilty).toEqual([]);
});
