import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConcreteArray, DTYPES, type DType, denseData, isDense } from "../../src/array/index.ts";
import type { ElementRange } from "../../src/core/index.ts";
import { allClose } from "../../src/testing/closeness.ts";
import { drawArray, drawDirection, storedApart } from "../../src/testing/elements.ts";
import { arrays, arraysLike, shapes } from "../../src/testing/index.ts";
import { drawn } from "../../src/testing/tape.ts";

const elements = (dtype: DType, range: ElementRange, shape: readonly number[] = [40]): number[][] =>
  fc
    .sample(
      drawn((source) => drawArray(source, { shape, dtype, elements: range })),
      { numRuns: 40, seed: 1 },
    )
    .map((x) => [...denseData(x)]);

describe("elements of generated arrays", () => {
  test("lie in their range, away from what they must avoid", () => {
    const range = { min: -1, max: 2, avoid: [0, 1], margin: 0.25 };
    const all = elements("float64", range).flat();
    expect(all.every((x) => x >= -1 && x <= 2 && Math.abs(x) >= 0.25 && Math.abs(x - 1) >= 0.25)).toBe(true);
    expect(new Set(all).size).toBeGreaterThan(80);
  });

  test("are generic in narrow ranges and wide ones, and exact in float32", () => {
    expect(new Set(elements("float64", { min: 0.5, max: 0.51 }).flat()).size).toBeGreaterThan(20);
    expect(new Set(elements("float64", { min: -1e4, max: 1e4 }).flat()).size).toBeGreaterThan(500);
    expect(
      elements("float64", {})
        .flat()
        .every((x) => Math.fround(x) === x),
    ).toBe(true);
    expect(
      elements("float64", { min: 2, max: 2 })
        .flat()
        .every((x) => x === 2),
    ).toBe(true);
  });

  test("are distinct where that is asked for", () => {
    for (const row of elements("float64", { distinct: true, margin: 0.05 })) {
      const sorted = [...row].sort((a, b) => a - b);
      expect(sorted.every((x, i) => i === 0 || x - (sorted[i - 1] as number) >= 0.05)).toBe(true);
    }
    for (const row of elements("int32", { distinct: true, min: -20, max: 20 }))
      expect(new Set(row).size).toBe(40);
    expect(() => elements("float64", { distinct: true, min: 0, max: 1 })).toThrow(/40 distinct elements/);
    expect(() => elements("int32", { distinct: true })).toThrow(/40 distinct integers/);
  });

  test("are whole numbers of their dtype, the ends included", () => {
    expect([...new Set(elements("int32", { min: -2, max: 3 }).flat())].sort((a, b) => a - b)).toEqual([
      -2, -1, 0, 1, 2, 3,
    ]);
    expect([...new Set(elements("int32", { min: -3, max: -1 }).flat())].sort((a, b) => a - b)).toEqual([
      -3, -2, -1,
    ]);
    expect([...new Set(elements("int32", { min: -4, max: 1 }).flat())].sort((a, b) => a - b)).toEqual([
      -4, -3, -2, -1, 0, 1,
    ]);
    expect([...new Set(elements("uint32", {}).flat())].sort()).toEqual([0, 1, 2, 3]);
    expect([...new Set(elements("bool", {}).flat())].sort()).toEqual([0, 1]);
    expect([...new Set(elements("int32", { min: 0, max: 2, avoid: [1] }).flat())].sort()).toEqual([0, 2]);
    expect(Math.max(...elements("uint32", { min: 0, max: 4294967295 }).flat())).toBeGreaterThan(2 ** 31);
  });

  test("are refused where there are none", () => {
    expect(() => elements("float64", { min: -0.01, max: 0.01, avoid: [0] })).toThrow(/No number is legal/);
  });

  test("of tangents are never 0 and at most 1.5", () => {
    const like = { shape: [50], dtype: "float64" } as const;
    const [x] = fc.sample(
      drawn((source) => drawDirection(source, like)),
      { numRuns: 1, seed: 1 },
    );
    expect([...denseData(x as ConcreteArray)].every((t) => t !== 0 && Math.abs(t) <= 1.5)).toBe(true);
  });
});

test("an array stored apart is the same array", () => {
  fc.assert(
    fc.property(arrays({ dtype: [...DTYPES] }), (x) => {
      const apart = storedApart(x as ConcreteArray);
      expect([apart.shape, apart.dtype, apart.toArray()]).toEqual([x.shape, x.dtype, x.toArray()]);
    }),
  );
  expect(isDense(storedApart(new ConcreteArray(new Float64Array(6), [2, 3], "float64")))).toBe(false);
});

describe("arbitraries", () => {
  test("of arrays keep to the shape, dtype and elements that are asked for", () => {
    fc.assert(
      fc.property(arrays({ shape: [2, 3], dtype: "float32", elements: { min: 1, max: 2 } }), (x) => {
        expect([x.shape, x.dtype]).toEqual([[2, 3], "float32"]);
        expect(x.toTypedArray().every((v: number) => v >= 1 && v <= 2)).toBe(true);
      }),
    );
    const ranks = fc.sample(arrays({ minRank: 1, maxRank: 2 }), { numRuns: 100, seed: 1 }).map((x) => x.ndim);
    expect([...new Set(ranks)].sort()).toEqual([1, 2]);
  });

  test("of arrays shrink to small shapes and round numbers", () => {
    const grows = (x: { readonly size: number; toTypedArray(): ArrayLike<number> }): boolean =>
      x.size < 2 || (x.toTypedArray()[0] as number) < 1.2;
    const { counterexample } = fc.check(fc.property(arrays(), grows), { seed: 1, numRuns: 500 });
    const x = (counterexample as [ConcreteArray])[0];
    expect([x.shape, x.toArray()]).toEqual([[2], [2, 0]]);
  });

  test("of trees have the structure, shapes and dtypes of their model", () => {
    const model = { w: new ConcreteArray(new Float32Array(6), [2, 3], "float32"), b: [1, true] };
    fc.assert(
      fc.property(arraysLike(model), (tree) => {
        expect(allClose(tree, tree)).toBe(true);
        expect([tree.w.shape, tree.w.dtype]).toEqual([[2, 3], "float32"]);
        expect(tree.b.map((x) => x.dtype)).toEqual(["float32", "bool"]);
      }),
      { numRuns: 20 },
    );
  });

  test("of shapes keep to their bounds", () => {
    fc.assert(
      fc.property(
        shapes({ maxRank: 2, maxLength: 5 }),
        (shape) => shape.length <= 2 && shape.every((n) => n <= 5),
      ),
    );
  });
});
