import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayFrom } from "../../src/array/index.ts";
import { allclose, map } from "../../src/tree/index.ts";
import { numberTrees } from "./arbitraries.ts";

describe("allclose", () => {
  it("holds a tree near itself", () => {
    fc.assert(
      fc.property(numberTrees, (tree) => {
        expect(allclose(tree, tree)).toBe(true);
        const off = map((x) => Number(x) + 1, tree);
        expect(allclose(tree, off)).toBe(JSON.stringify(tree) === JSON.stringify(off));
        expect(allclose(tree, off, { atol: 1 })).toBe(true);
      }),
    );
  });

  it("measures as NumPy does: |a - b| <= atol + rtol |b|", () => {
    expect(allclose([100], [101], { rtol: 0.01, atol: 0 })).toBe(true);
    expect(allclose([101], [100], { rtol: 0.0099, atol: 0 })).toBe(false);
    expect(allclose(1, 1 + 1e-6)).toBe(true);
    expect(allclose(1, 1 + 1e-4)).toBe(false);
    expect(allclose(0, 1e-9)).toBe(true);
    expect(allclose(0, 1e-7)).toBe(false);
    expect(allclose(1, 3, { rtol: 0, atol: 2 })).toBe(true);
    expect(allclose(1, 3, { rtol: 0, atol: 1.9 })).toBe(false);
  });

  it("compares arrays by shape and value", () => {
    expect(allclose({ w: arrayFrom([1, 2]) }, { w: arrayFrom([1, 2 + 1e-6]) })).toBe(true);
    expect(allclose({ w: arrayFrom([1, 2]) }, { w: arrayFrom([1, 2.1]) })).toBe(false);
    expect(allclose(arrayFrom([1, 1]), arrayFrom([[1, 1]]))).toBe(false);
    expect(allclose(arrayFrom([1]), 1)).toBe(false);
    expect(allclose(arrayFrom(1), 1)).toBe(true);
    expect(allclose(arrayFrom([], "float32"), arrayFrom([], "float64"))).toBe(true);
    expect(allclose(arrayFrom([true]), arrayFrom([1]))).toBe(true);
  });

  it("knows infinities and NaN", () => {
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
    expect(allclose([inf, -inf], [inf, -inf])).toBe(true);
    expect(allclose(inf, -inf)).toBe(false);
    expect(allclose(1, inf)).toBe(false);
    expect(allclose(inf, 1)).toBe(false);
    expect(allclose(nan, nan)).toBe(false);
    expect(allclose(nan, nan, { equalNan: true })).toBe(true);
    expect(allclose(nan, 1, { equalNan: true })).toBe(false);
    expect(allclose(1, nan, { equalNan: true, atol: inf })).toBe(false);
  });

  it("wants other leaves identical", () => {
    const f = (): number => 1;
    expect(allclose(["a", f, null], ["a", f, null])).toBe(true);
    expect(allclose(["a"], ["b"])).toBe(false);
    expect(allclose(["1"], [1])).toBe(false);
  });

  it("refuses trees of different structures", () => {
    expect(() => allclose([1], [1, 2])).toThrow("allclose: a and b must have the same structure.");
  });
});
