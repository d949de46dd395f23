import { describe, expect, test } from "vitest";
import { arrayFrom, type ConcreteArray, type NDArray, stridesOf } from "../../src/array/index.ts";
import { DTypeError, ShapeError } from "../../src/core/index.ts";
import { mul, reduceSum } from "../../src/primitives/index.ts";
import { overlapAdd, overlapAddPrimitive, windows, windowsPrimitive } from "../../src/primitives/windows.ts";
import { grad } from "../../src/transforms/index.ts";
import { arrayOf } from "./support/golden-indexing.ts";
import { checkRules } from "./support/rules.ts";

const x = arrayFrom([1, 2, 3, 4, 5, 6], "int32");

describe("windows", () => {
  test("of one axis, with strides and dilation", () => {
    expect(windows(x, [3]).toArray()).toEqual([
      [1, 2, 3],
      [2, 3, 4],
      [3, 4, 5],
      [4, 5, 6],
    ]);
    expect(windows(x, [2], [3]).toArray()).toEqual([
      [1, 2],
      [4, 5],
    ]);
    expect(windows(x, [3], [1], [2]).toArray()).toEqual([
      [1, 3, 5],
      [2, 4, 6],
    ]);
  });

  test("of the last axes, the others as they are", () => {
    const y = windows(arrayOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [2, 2, 3], "int32"), [2, 2]);
    expect(y.shape).toEqual([2, 1, 2, 2, 2]);
    expect(y.toArray()).toEqual([
      [
        [
          [
            [1, 2],
            [4, 5],
          ],
          [
            [2, 3],
            [5, 6],
          ],
        ],
      ],
      [
        [
          [
            [7, 8],
            [10, 11],
          ],
          [
            [8, 9],
            [11, 12],
          ],
        ],
      ],
    ]);
  });

  test("there are none that stick out", () => {
    expect(windows(x, [7]).shape).toEqual([0, 7]);
    expect(windows(x, [2], [1], [6]).shape).toEqual([0, 2]);
    expect(windows(x, [6]).shape).toEqual([1, 6]);
  });

  test("nothing is copied", () => {
    const y = windows(x, [3], [2], [1]) as ConcreteArray;
    expect(stridesOf(y)).toEqual([2, 1]);
  });

  test("the gradient counts the windows that an element is in", () => {
    const f = (a: NDArray): NDArray => reduceSum(windows(a, [3], [2]), [0, 1]);
    expect((grad(f)(arrayFrom([0, 0, 0, 0, 0, 0])) as NDArray).toArray()).toEqual([1, 1, 2, 1, 1, 0]);
  });

  test("refuses what has no windows", () => {
    expect(() => windows(x, [0])).toThrow(ShapeError);
    expect(() => windows(x, [1, 1])).toThrow(
      "windows: windowShape [1, 1], strides [1, 1] and dilation [1, 1] must have one whole number >= 1 each for the same " +
        "of the last axes of int32[6].",
    );
    expect(() => windows(x, [2], [1, 1])).toThrow(ShapeError);
    expect(() => windows(x, [2], [1], [0.5])).toThrow(ShapeError);
  });

  test("its rules agree", () => checkRules(windowsPrimitive));
});

describe("overlapAdd", () => {
  test("adds windows up where they overlap", () => {
    const y = arrayFrom([
      [1, 2, 3],
      [10, 20, 30],
    ]);
    expect(overlapAdd(y, [5], [2]).toArray()).toEqual([1, 2, 13, 20, 30]);
    expect(overlapAdd(y, [6], [2]).toArray()).toEqual([1, 2, 13, 20, 30, 0]);
    expect(overlapAdd(y, [6], [1], [2]).toArray()).toEqual([1, 10, 2, 20, 3, 30]);
  });

  test("float32 is added up in double precision, integers wrap", () => {
    const half = 2 ** -24;
    const many = arrayOf([0, 0, 1, 0, half, 0, half, 0, 0], [3, 3]);
    expect(overlapAdd(many, [5]).toArray()).toEqual([0, 0, 1 + 2 ** -23, 0, 0]);
    const big = arrayOf([1, 2147483647, 2147483647, 1], [2, 2], "int32");
    expect(overlapAdd(big, [3]).toArray()).toEqual([1, -2, 1]);
  });

  test("the gradient is the window of the cotangent", () => {
    const weights = arrayFrom([1, 10, 100]);
    const f = (a: NDArray): NDArray => reduceSum(mul(overlapAdd(a, [3]), weights), [0]);
    expect(
      (
        grad(f)(
          arrayFrom([
            [0, 0],
            [0, 0],
          ]),
        ) as NDArray
      ).toArray(),
    ).toEqual([
      [1, 10],
      [10, 100],
    ]);
  });

  test("refuses what are not the windows of such an array", () => {
    const y = arrayOf([1, 2, 3, 4], [2, 2], "bool");
    expect(() => overlapAdd(y, [3])).toThrow(DTypeError);
    expect(() => overlapAdd(arrayFrom([[1, 2]]), [3])).toThrow(
      "overlapAdd: float32[1, 2] does not hold all windows of an array whose last axes are [3] with strides [1] and dilation [1].",
    );
    expect(() => overlapAdd(arrayFrom([1, 2]), [3])).toThrow(ShapeError);
    expect(() => overlapAdd(arrayFrom([[1, 2]]), [3, 3])).toThrow(ShapeError);
  });

  test("its rules agree", () => checkRules(overlapAddPrimitive));
});
