import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import {
  broadcastShapes,
  checkShape,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  rowMajorStrides,
  sameShape,
  sizeOf,
} from "../../src/array/shape.ts";
import { nest, shapes } from "./arbitraries.ts";

/** Shapes that often broadcast: few different lengths. */
const close = fc.array(fc.constantFrom(0, 1, 1, 3), { maxLength: 3 });

describe("sizeOf and rowMajorStrides", () => {
  test("of examples", () => {
    expect(sizeOf([])).toBe(1);
    expect(sizeOf([2, 3, 4])).toBe(24);
    expect(sizeOf([2, 0, 4])).toBe(0);
    expect(rowMajorStrides([2, 3, 4])).toEqual([12, 4, 1]);
    expect(rowMajorStrides([])).toEqual([]);
  });

  test.prop([shapes])("agree with nested arrays: strides lead to each element in turn", (shape) => {
    const strides = rowMajorStrides(shape);
    const offsets: number[] = [];
    const walk = (value: unknown, axis: number, offset: number): void => {
      if (!Array.isArray(value)) offsets.push(offset);
      else value.forEach((inner, i) => void walk(inner, axis + 1, offset + i * (strides[axis] as number)));
    };
    const positions = Array.from({ length: sizeOf(shape) }, (_, i) => i);
    walk(nest(positions, shape), 0, 0);
    expect(offsets).toEqual(positions);
  });
});

describe("sameShape and formatShape", () => {
  test.prop([shapes, shapes])("agree", (a, b) => {
    expect(sameShape(a, b)).toBe(formatShape(a) === formatShape(b));
    expect(sameShape(a, [...a])).toBe(true);
  });

  test("draw shapes as people write them", () => {
    expect([[], [3], [2, 3]].map(formatShape)).toEqual(["[]", "[3]", "[2, 3]"]);
  });
});

describe("broadcastShapes", () => {
  test.each([
    [
      [[2, 3], [3]],
      [2, 3],
    ],
    [
      [
        [2, 1],
        [1, 3],
      ],
      [2, 3],
    ],
    [
      [[4, 1, 3], [2, 1], []],
      [4, 2, 3],
    ],
    [[[0], [1]], [0]],
    [[[2], [3]], undefined],
    [[[0], [3]], undefined],
    [[[2, 3], [2]], undefined],
    [[], []],
  ])("of %j is %j", (inputs, expected) => {
    expect(broadcastShapes(...inputs)).toEqual(expected);
  });

  test.prop([close, close])("does not mind the order", (a, b) => {
    expect(broadcastShapes(a, b)).toEqual(broadcastShapes(b, a));
  });

  test.prop([close, close, close])("does not mind the grouping", (a, b, c) => {
    const ab = broadcastShapes(a, b);
    const bc = broadcastShapes(b, c);
    const left = ab && broadcastShapes(ab, c);
    const right = bc && broadcastShapes(a, bc);
    expect(left).toEqual(right);
    expect(broadcastShapes(a, b, c)).toEqual(left);
  });

  test.prop([close, close])("has a scalar for its unit, and absorbs", (a, b) => {
    expect(broadcastShapes(a, [])).toEqual(a);
    expect(broadcastShapes(a, a)).toEqual(a);
    const both = broadcastShapes(a, b);
    if (both !== undefined) expect(broadcastShapes(both, a)).toEqual(both);
  });

  test.prop([close, close])("stretches nothing but ones", (a, b) => {
    const both = broadcastShapes(a, b);
    const pairs = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => [
      a.at(-1 - i) ?? 1,
      b.at(-1 - i) ?? 1,
    ]);
    expect(both === undefined).toBe(pairs.some(([m, n]) => m !== n && m !== 1 && n !== 1));
    if (both !== undefined) expect([...both].reverse()).toEqual(pairs.map(([m, n]) => (m === 1 ? n : m)));
  });
});

describe("axes", () => {
  test.prop([
    fc
      .integer({ min: 1, max: 6 })
      .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: -n, max: n - 1 }))),
  ])("count from either end", ([rank, axis]) => {
    expect(normalizeAxis(axis, rank, "f")).toBe(Array.from({ length: rank }, (_, i) => i).at(axis));
  });

  test("out of range are refused by name", () => {
    expect(() => normalizeAxis(2, 2, "sum")).toThrow(
      new RangeError("sum: axis 2 is out of range for an array of rank 2; expected an integer from -2 to 1."),
    );
    expect(() => normalizeAxis(-3, 2, "sum")).toThrow(RangeError);
    expect(() => normalizeAxis(0.5, 2, "sum")).toThrow(RangeError);
    expect(() => normalizeAxis(0, 0, "sum")).toThrow("a scalar has no axes");
  });

  test("in lists are sorted, differ, and default to all", () => {
    expect(normalizeAxes(undefined, 3, "f")).toEqual([0, 1, 2]);
    expect(normalizeAxes(null, 2, "f")).toEqual([0, 1]);
    expect(normalizeAxes(-1, 3, "f")).toEqual([2]);
    expect(normalizeAxes([-1, 0], 3, "f")).toEqual([0, 2]);
    expect(normalizeAxes([], 3, "f")).toEqual([]);
    expect(() => normalizeAxes([1, -1], 2, "f")).toThrow("f: axis 1 is named twice.");
  });
});

describe("checkShape", () => {
  test.prop([shapes])("takes shapes", (shape) => {
    expect(() => checkShape(shape, "f")).not.toThrow();
  });

  test.each([[[-1]], [[1.5]], [[Number.NaN]], [[2 ** 20, 2 ** 20]]])("refuses %j", (shape) => {
    expect(() => checkShape(shape, "zeros")).toThrow(/^zeros: /);
  });
});
