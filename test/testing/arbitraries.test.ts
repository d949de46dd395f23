import { type DType, type NDArray, numpy as np, random, tree } from "cotangent";
import {
  allClose,
  arrays,
  axes,
  axis,
  broadcastableShapes,
  dtypes,
  keys,
  orthogonal,
  positiveDefinite,
  pytrees,
  shapes,
  wellConditioned,
} from "cotangent/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

/** The smallest value that fast-check finds for which `holds` is false. */
const smallest = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => boolean, seed = 1): T => {
  const result = fc.check(fc.property(arbitrary, holds), { seed, numRuns: 2000 });
  expect(result.failed).toBe(true);
  return (result.counterexample as [T])[0];
};

const always = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void): void =>
  fc.assert(
    fc.property(arbitrary, (value) => {
      holds(value);
    }),
    { seed: 1, numRuns: 300 },
  );

const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns = 300): T[] =>
  fc.sample(arbitrary, { seed: 1, numRuns });
const plain = (x: NDArray): unknown => [x.dtype, x.shape, x.toArray()];

describe("shapes and axes", () => {
  test("groups of shapes broadcast to what they say, in every way", () => {
    const group = broadcastableShapes({ count: 3, maxRank: 3 });
    always(group, ({ shapes: all, result }) => {
      expect(all).toHaveLength(3);
      const sum = all.map((s) => np.zeros(s)).reduce((a, b) => a.add(b));
      expect(sum.shape).toEqual(result);
    });
    const seen = sample(group);
    expect(seen.some(({ shapes: all, result }) => all.some((s) => s.length < result.length))).toBe(true);
    expect(seen.some(({ shapes: [a, b] }) => a?.some((n, i) => n === 1 && (b?.[i] ?? 0) > 1))).toBe(true);
    expect(seen.some(({ result }) => result.includes(0))).toBe(true);
  });

  test("groups of shapes shrink to equal, few and short axes", () => {
    expect(smallest(broadcastableShapes(), ({ result }) => result.length < 2)).toEqual({
      shapes: [
        [1, 1],
        [1, 1],
      ],
      result: [1, 1],
    });
    expect(
      smallest(broadcastableShapes(), ({ shapes: [a, b] }) => a?.join() === b?.join()).result,
    ).toHaveLength(1);
    expect(smallest(shapes(), (s) => s.every((n) => n < 2))).toEqual([2]);
  });

  test("axes are those of an array, once each, from either end", () => {
    always(axis(3), (i) => expect(np.sum(np.ones([2, 3, 4]), i).ndim).toBe(2));
    always(axes(3), (list) => expect(np.sum(np.ones([2, 3, 4]), list).ndim).toBe(3 - list.length));
    expect(new Set(sample(axis(2)))).toEqual(new Set([0, 1, -1, -2]));
    expect(Math.min(...sample(axis(2, { negative: false })))).toBe(0);
    expect(smallest(axis(3), (i) => i >= 0)).toBe(-3);
    expect(smallest(axes(3), (list) => list.length < 2)).toEqual([0, 2]);
    expect(() => axis(0)).toThrow(/axis: needs a rank of at least 1; got 0/);
  });
});

describe("arrays", () => {
  test("shrink to the smallest shape, then to round numbers", () => {
    const found = smallest(arrays({ dtype: "float64" }), (x) => (np.sum(x).item() as number) <= 1.3);
    expect(plain(found)).toEqual(["float64", [], 2]);
    const long = smallest(arrays(), (x) => x.size < 2);
    expect(plain(long)).toEqual(["float64", [2], [0, 0]]);
  });

  test("have edge values when that is asked for, of every dtype", () => {
    const dtype: readonly DType[] = ["float32", "float64", "int32", "uint32", "bool"];
    const numbers = (name: DType, edges: boolean): number[] =>
      sample(arrays({ dtype: name, edges, minLength: 1 })).flatMap((x) => [...x.toTypedArray()]);
    for (const name of ["float32", "float64"] as const) {
      const seen = numbers(name, true);
      for (const edge of [Number.NaN, Infinity, -Infinity, -0]) {
        expect(seen.some((v) => Object.is(v, edge))).toBe(true);
      }
      expect(numbers(name, false).every((v) => Math.abs(v) <= 3)).toBe(true);
    }
    expect(numbers("float32", true)).toContain(2 ** -149);
    expect(numbers("float64", true)).toContain(Number.MAX_VALUE);
    expect(numbers("int32", true)).toContain(-(2 ** 31));
    expect(numbers("uint32", true)).toContain(2 ** 32 - 1);
    expect(new Set(sample(dtypes(dtype)))).toEqual(new Set(dtype));
    const nan = smallest(arrays({ edges: true }), (x) => !x.toTypedArray().some(Number.isNaN));
    expect(plain(nan)).toEqual(["float64", [], Number.NaN]);
  });

  test("of dtypes and keys shrink to the first", () => {
    expect(smallest(dtypes(), (d) => d === "float32" || d === "float64")).toBe("int32");
    expect(smallest(keys(), () => false).toArray()).toEqual(random.key(0).toArray());
    expect(new Set(sample(keys()).map((k) => String(k))).size).toBeGreaterThan(250);
  });
});

describe("matrices", () => {
  const eye = (n: number): NDArray => np.eye(n).astype("float64");

  test("positive definite ones have a Cholesky factor", () => {
    always(positiveDefinite({ batch: [2] }), (a) => {
      expect(allClose(np.swapaxes(a, -1, -2), a)).toBe(true);
      const l = np.linalg.cholesky(a);
      expect(allClose(l.matmul(np.swapaxes(l, -1, -2)), a)).toBe(true);
      expect(Math.min(...np.linalg.eigvalsh(a).toTypedArray())).toBeGreaterThan(0.99);
    });
  });

  test("orthogonal ones keep lengths, and some turn and some reflect", () => {
    always(orthogonal(), (q) => expect(allClose(q.matmul(q.T), eye(q.shape[0] as number))).toBe(true));
    const signs = sample(orthogonal()).map((q) => Math.round(np.linalg.det(q).item() as number));
    expect(new Set(signs)).toEqual(new Set([1, -1]));
  });

  test("well-conditioned ones are", () => {
    always(wellConditioned({ condition: 5, dtype: "float64" }), (a) => {
      const s = [...np.linalg.svdvals(a).toTypedArray()];
      expect(Math.max(...s)).toBeLessThan(5 + 1e-9);
      expect(Math.min(...s)).toBeGreaterThan(1 - 1e-9);
    });
    expect(() => wellConditioned({ condition: 0.5 })).toThrow(/condition must be at least 1; got 0.5/);
  });

  test("shrink to the identity", () => {
    for (const matrices of [positiveDefinite, orthogonal, wellConditioned]) {
      expect(smallest(matrices(), () => false).toArray()).toEqual([[1]]);
      expect(smallest(matrices(), (a) => (a.shape[0] as number) < 2).toArray()).toEqual([
        [1, 0],
        [0, 1],
      ]);
    }
    expect(sample(orthogonal({ size: 3, dtype: "float32" }), 1)[0]?.dtype).toBe("float32");
  });
});

describe("trees", () => {
  test("have as many leaves as asked for, in lists and records", () => {
    const some = pytrees({ minLeaves: 2, maxLeaves: 3, dtype: "float32" });
    always(some, (t) => {
      const leaves = tree.leaves(t) as NDArray[];
      expect(leaves.length).toBeGreaterThan(1);
      expect(leaves.length).toBeLessThan(4);
      expect(leaves.every((x) => x.dtype === "float32")).toBe(true);
    });
    const kinds = new Set(sample(some).map((t) => (Array.isArray(t) ? "list" : "record")));
    expect(kinds).toEqual(new Set(["list", "record"]));
    expect(() => pytrees({ minLeaves: 0 })).toThrow(/1 <= minLeaves <= maxLeaves/);
  });

  test("shrink to one small array, or to the fewest leaves", () => {
    expect(tree.structure(smallest(pytrees(), () => false)).toString()).toBe("*");
    const two = smallest(pytrees(), (t) => tree.leaves(t).length < 2);
    expect(tree.structure(two).toString()).toBe("[*, *]");
    expect((tree.leaves(two) as NDArray[]).map((x) => plain(x))).toEqual([
      ["float64", [], 0],
      ["float64", [], 0],
    ]);
  });
});
