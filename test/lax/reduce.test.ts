import { describe, expect, it } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import * as lax from "../../src/lax/index.ts";
import * as np from "../../src/numpy/index.ts";
import { checkGrads } from "../../src/testing/index.ts";
import { grad, jit, vmap } from "../../src/transforms/index.ts";
import { expectClose, f64, i32, untyped, values } from "../transforms/support.ts";

describe("associativeScan", () => {
  const counts = (n: number): NDArray => np.arange(1, n + 1).astype("float64");

  it("combines all prefixes, for any length", () => {
    for (const n of [0, 1, 2, 3, 4, 5, 7, 8, 13]) {
      const sums = Array.from({ length: n }, (_, i) => ((i + 1) * (i + 2)) / 2);
      expect(lax.associativeScan((a, b) => a.add(b), counts(n)).toArray()).toEqual(sums);
    }
    expect(lax.associativeScan((a, b) => a.add(b), counts(4), { reverse: true }).toArray()).toEqual([
      10, 9, 7, 4,
    ]);
    expect(
      lax.associativeScan((a, b) => np.logicalOr(a, b), np.array([false, true, false])).toArray(),
    ).toEqual([false, true, true]);
  });

  it("keeps the order of a function that does not commute", () => {
    // Affine maps x → a x + b under composition.
    const a = f64([2, -1, 0.5, 3, 1.5]);
    const b = f64([1, 0, 2, -1, 4]);
    const compose = (f: { a: NDArray; b: NDArray }, g: { a: NDArray; b: NDArray }) => ({
      a: g.a.mul(f.a),
      b: g.a.mul(f.b).add(g.b),
    });
    const out = lax.associativeScan(compose, { a, b });
    const [, ys] = lax.scan((y, { a, b }) => [a.mul(y).add(b), a.mul(y).add(b)], f64(0), { a, b });
    expectClose(out.b, values(ys));
  });

  it("goes along any axis, under transforms", () => {
    const x = f64([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(lax.associativeScan((a, b) => a.add(b), x, { axis: 1 }).toArray()).toEqual([
      [1, 3, 6],
      [4, 9, 15],
    ]);
    expect(lax.associativeScan((a, b) => a.add(b), x, { axis: -1, reverse: true }).toArray()).toEqual([
      [6, 5, 3],
      [15, 11, 6],
    ]);
    const products = (y: NDArray) => lax.associativeScan((a, b) => a.mul(b), y);
    expect(vmap(products)(x).toArray()).toEqual([
      [1, 2, 6],
      [4, 20, 120],
    ]);
    checkGrads((y: NDArray) => np.sin(products(y)).sum(), [f64([0.5, -1.2, 0.7, 2, 1.1])], { order: 2 });
    expectClose(jit(grad((y: NDArray) => products(y).sum()))(f64([2, 3, 4])), [1 + 3 + 12, 2 + 8, 6]);
  });

  it("refuses what does not fit", () => {
    const scan = untyped(lax.associativeScan);
    expect(() => scan((a: unknown) => a, [f64([1]), f64([1, 2])])).toThrow(
      /one length along axis 0; got float64\[1\] and float64\[2\]/,
    );
    expect(() => scan((a: NDArray) => a.sum(), f64([1, 2]))).toThrow(
      /fn must return a tree like those it takes/,
    );
    expect(() => scan((a: NDArray) => a, f64(1))).toThrow(/associativeScan/);
    expect(() => scan(3, f64([1]))).toThrow("associativeScan: fn must be a function");
  });
});

describe("reduce", () => {
  const x = f64([
    [1, 5, 2],
    [4, 3, 6],
  ]);

  it("knows the usual reductions, and starts from the initial value", () => {
    expect(lax.reduce(x, 10, (a, b) => a.add(b), [0]).toArray()).toEqual([15, 18, 18]);
    expect(lax.reduce(x, 2, (a, b) => a.mul(b), [1]).toArray()).toEqual([20, 144]);
    expect(lax.reduce(x, Number.NEGATIVE_INFINITY, (a, b) => np.maximum(b, a), [0, 1]).item()).toBe(6);
    expect(lax.reduce(np.array([true, false]), false, (a, b) => np.logicalOr(a, b), [0]).item()).toBe(true);
    expect(lax.reduce(i32([6, 3]), i32(-1), (a, b) => np.bitwiseAnd(a, b), [0]).item()).toBe(2);
  });

  it("combines trees by any function, in order", () => {
    // The greatest element and where it is.
    const places = np.broadcastTo(i32([0, 1, 2]), [2, 3]);
    const out = lax.reduce(
      { v: x, i: places },
      { v: Number.NEGATIVE_INFINITY, i: i32(-1) },
      (a, b) => ({ v: np.where(b.v.greater(a.v), b.v, a.v), i: np.where(b.v.greater(a.v), b.i, a.i) }),
      [1],
    );
    expect(values(out)).toEqual({ v: [5, 6], i: [1, 2] });
    const first = lax.reduce(f64([3, 1, 2, 7, 5]), Number.NaN, (a, b) => np.where(np.isnan(a), b, a), [0]);
    expect(first.item()).toBe(3);
    expect(lax.reduce(f64([]), 4, (a, b) => a.add(b.mul(2)), [0]).item()).toBe(4);
    expect(lax.reduce(x, 1, (a, b) => a.mul(b).add(0), []).toArray()).toEqual(x.toArray());
  });

  it("has derivatives, and batches", () => {
    const f = (y: NDArray) => lax.reduce(y, 1, (a, b) => np.sin(a).mul(b), [0]);
    checkGrads(f, [f64([0.5, 1.2, 0.7])], { order: 2 });
    expectClose(vmap(f)(x), [f(x.at(0).get()).item(), f(x.at(1).get()).item()]);
    expectClose(jit(f)(f64([0.5, 1.2, 0.7])), f(f64([0.5, 1.2, 0.7])).item());
  });

  it("refuses what does not fit", () => {
    const reduce = untyped(lax.reduce);
    const sum = (a: NDArray, b: NDArray): NDArray => a.add(b);
    expect(() => reduce(x, f64([0]), sum, [0])).toThrow(/initValues must hold one scalar for each operand/);
    expect(() => reduce(x, i32(0), sum, [0])).toThrow(/int32/);
    expect(() => reduce(x, 0, sum, [0, 0])).toThrow(
      "reduce: dimensions [0, 0] must be different axes of float64[2, 3].",
    );
    expect(() => reduce(x, 0, sum, [2])).toThrow(/dimensions \[2\]/);
    expect(() => reduce([x, f64([1])], [0, 0], (a: unknown) => a, [0])).toThrow(
      /one shape; got float64\[2, 3\] and float64\[1\]/,
    );
    expect(() => reduce(x, 0, (a: NDArray) => [a], [0])).toThrow(/computation must return a tree of scalars/);
  });
});
