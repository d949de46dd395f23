import { fc, test as property } from "@fast-check/vitest";
import { describe, expect, test } from "vitest";
import { arrayFrom, type DType, type NDArray } from "../../src/array/index.ts";
import { ArgumentError, DTypeError, ShapeError } from "../../src/core/index.ts";
import { reduceSum } from "../../src/primitives/broadcast.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { iota } from "../../src/primitives/iota.ts";
import { sort } from "../../src/primitives/sort.ts";
import { topK } from "../../src/primitives/top-k.ts";
import { grad } from "../../src/transforms/grad.ts";
import { hessian } from "../../src/transforms/hessian.ts";
import { jvp } from "../../src/transforms/jvp.ts";
import { vmap } from "../../src/transforms/vmap.ts";

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;

const sort1 = (x: NDArray, dimension?: number): NDArray => sort([x], dimension)[0] as NDArray;
const doubles = (values: readonly number[]): NDArray => arrayFrom([...values], "float64");

describe("sort", () => {
  property.prop([fc.array(fc.double({ noNaN: true }).filter((v) => !Object.is(v, -0)))])(
    "puts floats in order",
    (xs) => {
      expect(sort1(doubles(xs)).toArray()).toEqual([...Float64Array.from(xs).sort()]);
    },
  );

  property.prop([fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 12 })])(
    "is stable and carries the other operands along",
    (keys) => {
      const [sorted, places] = sort([arrayFrom(keys, "int32"), iota([keys.length], "int32", 0)]) as [
        NDArray,
        NDArray,
      ];
      const expected = keys.map((key, i) => [key, i] as const).sort(([a, i], [b, j]) => a - b || i - j);
      expect(sorted.toArray()).toEqual(expected.map(([key]) => key));
      expect(places.toArray()).toEqual(expected.map(([, i]) => i));
    },
  );

  test("NaN comes last, zeros of both signs are equal", () => {
    const x = doubles([NAN, 0, INF, -0, -1, NAN, -INF]);
    expect(sort1(x).toArray()).toEqual([-INF, -1, 0, -0, INF, NAN, NAN]);
    const [, places] = sort([x, iota([7], "int32", 0)]) as [NDArray, NDArray];
    expect(places.toArray()).toEqual([6, 4, 1, 3, 2, 0, 5]);
  });

  test("with two keys is lexicographic", () => {
    const outputs = sort(
      [arrayFrom([2, 1, 2, 1], "int32"), doubles([5, NAN, 3, 4]), arrayFrom([0, 1, 2, 3], "int32")],
      0,
      2,
    );
    expect(outputs.map((x) => x.toArray())).toEqual([
      [1, 1, 2, 2],
      [4, NAN, 3, 5],
      [3, 1, 2, 0],
    ]);
  });

  test("goes along any axis", () => {
    const x = arrayFrom([
      [3, 1, 2],
      [0, 5, 1],
    ]);
    expect(sort1(x, 0).toArray()).toEqual([
      [0, 1, 1],
      [3, 5, 2],
    ]);
    expect(sort1(x, 1).toArray()).toEqual([
      [1, 2, 3],
      [0, 1, 5],
    ]);
  });

  test.each<DType>(["bool", "uint32", "int32", "float32"])("takes %s, and empty arrays", (dtype) => {
    const sorted = sort1(arrayFrom([1, 0, 1, 0], dtype));
    expect(sorted.dtype).toBe(dtype);
    expect([...sorted.toTypedArray()]).toEqual([0, 0, 1, 1]);
    expect(sort1(arrayFrom([], dtype)).toArray()).toEqual([]);
  });

  test("refuses unequal shapes, axes that do not exist, wrong numbers of keys", () => {
    const x = arrayFrom([1, 2]);
    expect(() => sort([x, arrayFrom([1])])).toThrow(ShapeError);
    expect(() => sort([x], 1)).toThrow("sort: 1 is not an axis of float32[2].");
    expect(() => sort([x], 0, 2)).toThrow(ArgumentError);
    expect(() => sort([])).toThrow("sort: needs at least one operand");
  });

  test("tangents go where their elements go", () => {
    const f = (x: NDArray, y: NDArray): readonly NDArray[] => sort([x, y], 0);
    const x = doubles([3, 1, 2]);
    const [out, tangents] = jvp(
      f,
      [x, doubles([30, 10, 20])],
      [doubles([0.3, 0.1, 0.2]), doubles([7, 8, 9])],
    );
    expect((out as NDArray[]).map((z) => z.toArray())).toEqual([
      [1, 2, 3],
      [10, 20, 30],
    ]);
    expect((tangents as NDArray[]).map((z) => z.toArray())).toEqual([
      [0.1, 0.2, 0.3],
      [8, 9, 7],
    ]);
  });

  test("gradients return to their elements, rows batched by vmap too", () => {
    const weights = doubles([1, 10, 100]);
    const f = (x: NDArray): NDArray => reduceSum(mul(sort1(x), weights), [0]);
    const x = arrayFrom(
      [
        [3, 1, 2],
        [4, 5, 6],
      ],
      "float64",
    );
    const expected = [
      [100, 1, 10],
      [1, 10, 100],
    ];
    expect((grad(f)(doubles([3, 1, 2])) as NDArray).toArray()).toEqual(expected[0]);
    expect((vmap(grad(f))(x) as NDArray).toArray()).toEqual(expected);
    const square = (y: NDArray): NDArray => reduceSum(mul(mul(sort1(y), sort1(y)), weights), [0]);
    expect((hessian(square)(doubles([3, 1, 2])) as NDArray).toArray()).toEqual([
      [200, 0, 0],
      [0, 2, 0],
      [0, 0, 20],
    ]);
  });

  test("vmap along either axis, with a key that the batch shares", () => {
    const x = arrayFrom([
      [3, 1, 2],
      [0, 5, 1],
    ]);
    expect((vmap((row: NDArray) => sort1(row))(x) as NDArray).toArray()).toEqual([
      [1, 2, 3],
      [0, 1, 5],
    ]);
    expect((vmap((column: NDArray) => sort1(column), 1)(x) as NDArray).toArray()).toEqual([
      [0, 3],
      [1, 5],
      [1, 2],
    ]);
    const key = arrayFrom([2, 0, 1], "int32");
    const carried = vmap((row: NDArray) => sort([key, row])[1] as NDArray)(x) as NDArray;
    expect(carried.toArray()).toEqual([
      [1, 2, 3],
      [5, 1, 0],
    ]);
  });
});

describe("topK", () => {
  test("gives the greatest first, the first of ties first, and their places", () => {
    const [values, places] = topK(
      arrayFrom([
        [1, 3, 3, 2],
        [0, 0, 0, 0],
      ]),
      3,
    );
    expect(values.toArray()).toEqual([
      [3, 3, 2],
      [0, 0, 0],
    ]);
    expect(places.toArray()).toEqual([
      [1, 2, 3],
      [0, 1, 2],
    ]);
    expect(places.dtype).toBe("int32");
  });

  test("NaN counts as greatest, 0 as greater than -0", () => {
    const [values, places] = topK(doubles([1, NAN, INF, -0, 0]), 5);
    expect(values.toArray()).toEqual([NAN, INF, 1, 0, -0]);
    expect(places.toArray()).toEqual([1, 2, 0, 4, 3]);
  });

  test("k may be 0 or all; more is refused", () => {
    expect(topK(arrayFrom([1, 2], "uint32"), 0)[0].toArray()).toEqual([]);
    expect(topK(arrayFrom([1, 2], "uint32"), 2)[0].toArray()).toEqual([2, 1]);
    expect(() => topK(arrayFrom([1, 2]), 3)).toThrow(
      "topK: k must be from 0 to 2, the length of the last axis of float32[2]; got 3.",
    );
    expect(() => topK(arrayFrom(1), 0)).toThrow(ShapeError);
  });

  test("gradients return to the elements taken", () => {
    const f = (x: NDArray): NDArray => reduceSum(mul(topK(x, 2)[0], doubles([1, 10])), [0]);
    expect((grad(f)(doubles([3, 1, 4, 1])) as NDArray).toArray()).toEqual([10, 0, 1, 0]);
  });

  test("vmap along either axis is a loop", () => {
    const x = arrayFrom([
      [3, 1, 2],
      [0, 5, 1],
    ]);
    const rows = vmap((row: NDArray) => topK(row, 2)[0])(x) as NDArray;
    expect(rows.toArray()).toEqual([
      [3, 2],
      [5, 1],
    ]);
    const columns = vmap((column: NDArray) => topK(column, 1)[1], 1)(x) as NDArray;
    expect(columns.toArray()).toEqual([[0], [1], [0]]);
  });
});

describe("iota", () => {
  test("counts along one axis", () => {
    expect(iota([2, 3], "int32", 1).toArray()).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(iota([2, 3], "float64", 0).toArray()).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
    expect(iota([0, 3], "uint32", 0).toArray()).toEqual([]);
  });

  test("refuses booleans and axes that do not exist", () => {
    expect(() => iota([2], "bool", 0)).toThrow(DTypeError);
    expect(() => iota([], "int32", 0)).toThrow("iota: dimension 0 is not an axis of shape [].");
  });
});
