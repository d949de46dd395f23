import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Chooser } from "../../src/core/index.ts";
import { chooserFrom } from "../../src/testing/chooser.ts";
import { drawn } from "../../src/testing/tape.ts";

const sample = <T>(draw: (choose: Chooser) => T, numRuns = 300): T[] =>
  fc.sample(
    drawn((source) => draw(chooserFrom(source))),
    { numRuns, seed: 1 },
  );

/** What is drawn when every choice is the simplest. */
const simplest = <T>(draw: (choose: Chooser) => T): T =>
  draw(chooserFrom({ next: () => 0, span: (body) => body() }));

describe("a chooser", () => {
  test("draws whole numbers within bounds", () => {
    expect([...new Set(sample((choose) => choose.int(-2, 1)))].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1]);
    expect(() => sample((choose) => choose.int(1, 0))).toThrow(/min <= max/);
  });

  test("picks options", () => {
    expect([...new Set(sample((choose) => choose.pick(["a", "b", "c"])))].sort()).toEqual(["a", "b", "c"]);
    expect(() => sample((choose) => choose.pick([]))).toThrow(/no options/);
  });

  test("draws subsets in order and permutations of all", () => {
    const options = [1, 2, 3];
    const subsets = new Set(sample((choose) => choose.subset(options).join("")));
    expect([...subsets].sort()).toEqual(["", "1", "12", "123", "13", "2", "23", "3"]);
    const permutations = new Set(sample((choose) => choose.permutation(options).join("")));
    expect([...permutations].sort()).toEqual(["123", "132", "213", "231", "312", "321"]);
  });

  test("draws shapes of all ranks, some of them empty", () => {
    const shapes = sample((choose) => choose.shape(), 1000);
    expect([...new Set(shapes.map((s) => s.length))].sort()).toEqual([0, 1, 2, 3, 4]);
    expect([...new Set(shapes.flat())].sort()).toEqual([0, 1, 2, 3]);
    const empty = shapes.filter((s) => s.includes(0)).length;
    expect(empty).toBeGreaterThan(50);
    expect(empty).toBeLessThan(200);
  });

  test("keeps shapes within bounds", () => {
    const shapes = sample((choose) => choose.shape({ minRank: 1, maxRank: 2, minLength: 2, maxLength: 5 }));
    expect(shapes.every((s) => s.length >= 1 && s.length <= 2 && s.every((n) => n >= 2 && n <= 5))).toBe(
      true,
    );
    expect(
      sample((choose) => choose.shape({ minRank: 1, maxLength: 0 })).every((s) => s.every((n) => n === 0)),
    ).toBe(true);
  });

  test("makes the simplest choice first", () => {
    expect(simplest((c) => c.int(3, 9))).toBe(3);
    expect(simplest((c) => c.bool())).toBe(false);
    expect(simplest((c) => c.shape())).toEqual([]);
    expect(simplest((c) => c.shape({ minRank: 2 }))).toEqual([1, 1]);
    expect(simplest((c) => c.subset([1, 2]))).toEqual([]);
    expect(simplest((c) => c.permutation([1, 2, 3]))).toEqual([1, 2, 3]);
  });

  test("draws both floating-point dtypes", () => {
    expect([...new Set(sample((choose) => choose.floatDType()))].sort()).toEqual(["float32", "float64"]);
  });
});
