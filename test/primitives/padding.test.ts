import { describe, expect, it } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { bind } from "../../src/core/index.ts";
import {
  type PadParams,
  pad,
  padPrimitive,
  type SliceParams,
  slice,
  sliceInDim,
  slicePrimitive,
} from "../../src/primitives/padding.ts";
import { vjpFlat } from "../../src/transforms/vjp.ts";
import { arrayOf, elementsOf, expectGolden, expectSame } from "./support/golden-indexing.ts";
import { checkRules } from "./support/rules.ts";

const counting = (...shape: number[]): NDArray =>
  arrayOf(
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
    shape,
  );

describe("slice", () => {
  it("gives what JAX gives, and so do its derivatives", () => {
    expectGolden<SliceParams>("slice", (inputs, params) => bind(slicePrimitive, inputs, params));
    expectGolden<SliceParams>(
      "sliceVjp",
      ([x, ct], params) =>
        vjpFlat((...xs) => bind(slicePrimitive, xs, params), [x as NDArray]).pullback([
          ct as NDArray,
        ]) as NDArray[],
    );
  });

  it("takes every stride-th element", () => {
    expect(slice(counting(7), [1], [6], [2]).toArray()).toEqual([1, 3, 5]);
    expect(slice(counting(3, 4), [1, 0], [3, 4], [1, 3]).toArray()).toEqual([
      [4, 7],
      [8, 11],
    ]);
    expect(sliceInDim(counting(2, 3), 1, 3, 1).toArray()).toEqual([
      [1, 2],
      [4, 5],
    ]);
  });

  it("slices a slice", () => {
    const x = slice(counting(4, 5), [1, 1], [4, 5], [2, 2]);
    expect(slice(x, [1, 0], [2, 2], [1, 1]).toArray()).toEqual([[16, 18]]);
  });

  it("returns the operand if all of it is asked for", () => {
    const x = counting(2, 3);
    expect(slice(x, [0, 0], [2, 3])).toBe(x);
  });

  it("refuses what does not lie inside", () => {
    expect(() => slice(counting(3), [0], [4])).toThrow(/slice: from \[0\] to \[4\].*float32\[3\]/);
    expect(() => slice(counting(3), [2], [1])).toThrow(/start <= limit/);
    expect(() => slice(counting(3), [0], [3], [0])).toThrow(/step of at least 1/);
    expect(() => slice(counting(3), [0, 0], [1, 1])).toThrow(/slice/);
  });

  it("keeps its laws", () => checkRules(slicePrimitive));
});

describe("pad", () => {
  it("gives what JAX gives, and so do its derivatives", () => {
    expectGolden<PadParams>("pad", (inputs, params) => bind(padPrimitive, inputs, params));
    expectGolden<PadParams>(
      "padVjp",
      ([x, value, ct], params) =>
        vjpFlat((...xs) => bind(padPrimitive, xs, params), [x as NDArray, value as NDArray]).pullback([
          ct as NDArray,
        ]) as NDArray[],
    );
  });

  it("fills around, between, and cuts off", () => {
    const nine = arrayOf([9], []);
    const padded = (x: NDArray, ...config: [number, number, number][]) => pad(x, nine, config).toArray();
    expect(padded(counting(3), [1, 2, 0])).toEqual([9, 0, 1, 2, 9, 9]);
    expect(padded(counting(3), [0, 0, 2])).toEqual([0, 9, 9, 1, 9, 9, 2]);
    expect(padded(counting(3), [-1, 1, 1])).toEqual([9, 1, 9, 2, 9]);
    expect(padded(counting(3), [-3, 5, 0])).toEqual([9, 9, 9, 9, 9]);
    expect(padded(counting(0), [1, 1, 3])).toEqual([9, 9]);
    expect(padded(counting(1, 2), [1, 0, 0], [0, 0, 1])).toEqual([
      [9, 9, 9],
      [0, 9, 1],
    ]);
  });

  it("gives the padding value the sum of the cotangent where it stands, infinities elsewhere notwithstanding", () => {
    const { pullback } = vjpFlat(
      (...xs) => bind(padPrimitive, xs, { paddingConfig: [[1, 1, 0]] }),
      [counting(2), arrayOf([0], [])],
    );
    const [, ct] = pullback([arrayOf([1, Infinity, 3, 4], [4])]);
    expect(ct?.toArray()).toBe(5);
  });

  it("refuses configurations that do not fit", () => {
    const x = counting(3);
    const zero = arrayOf([0], []);
    expect(() => pad(x, zero, [[-2, -2, 0]])).toThrow(/cuts more off float32\[3\]/);
    expect(() => pad(x, zero, [[0, 0, -1]])).toThrow(/interior >= 0/);
    expect(() => pad(x, zero, [])).toThrow(/for each axis/);
    expect(() => pad(x, x, [[0, 0, 0]])).toThrow(/must be a scalar/);
    expect(() => pad(x, arrayOf([0], [], "int32"), [[0, 0, 0]])).toThrow(/operand's dtype/);
  });

  it("is undone by slicing", () => {
    const x = counting(3, 2);
    const y = pad(x, arrayOf([5], []), [
      [2, 1, 1],
      [1, 3, 2],
    ]);
    expectSame(slice(y, [2, 1], [7, 5], [2, 3]), x, "slice of pad");
    expect(elementsOf(y).filter((v) => v === 5).length).toBe(y.size - 5);
  });

  it("keeps its laws", () => checkRules(padPrimitive));
});
