import { describe, expect, it } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { bind, NO_PARAMS } from "../../src/core/index.ts";
import {
  type DynamicSliceParams,
  dynamicSlice,
  dynamicSlicePrimitive,
  dynamicUpdateSlice,
  dynamicUpdateSlicePrimitive,
} from "../../src/primitives/indexing/dynamic-slice.ts";
import { slice } from "../../src/primitives/padding.ts";
import { arrayOf, expectGolden, expectSame } from "./support/golden-indexing.ts";
import { checkRules } from "./support/rules.ts";

const index = (i: number, dtype: "int32" | "uint32" = "int32"): NDArray => arrayOf([i], [], dtype);
const x = arrayOf(
  Array.from({ length: 12 }, (_, i) => i),
  [3, 4],
);

describe("dynamicSlice", () => {
  it("gives what JAX gives", () => {
    expectGolden<DynamicSliceParams>("dynamicSlice", (inputs, params) =>
      bind(dynamicSlicePrimitive, inputs, params),
    );
  });

  it("is a slice at a computed place, moved inside", () => {
    for (let i = -3; i < 6; i++) {
      for (let j = -3; j < 6; j++) {
        const [a, b] = [Math.min(Math.max(i, 0), 1), Math.min(Math.max(j, 0), 1)];
        expectSame(
          dynamicSlice(x, [index(i), index(j)], [2, 3]),
          slice(x, [a, b], [a + 2, b + 3]),
          `${i}, ${j}`,
        );
      }
    }
    expect(dynamicSlice(x, [index(2 ** 32 - 1, "uint32"), index(0, "uint32")], [1, 1]).toArray()).toEqual([
      [8],
    ]);
  });

  it("refuses indices and windows that do not fit", () => {
    expect(() => dynamicSlice(x, [index(0)], [1, 1])).toThrow(/one scalar start index for each axis/);
    expect(() => dynamicSlice(x, [index(0), arrayOf([0], [1], "int32")], [1, 1])).toThrow(/int32\[1\]/);
    expect(() => dynamicSlice(x, [index(0), arrayOf([0], [])], [1, 1])).toThrow(/all int32 or all uint32/);
    expect(() => dynamicSlice(x, [index(0), index(0, "uint32")], [1, 1])).toThrow(/all int32 or all uint32/);
    expect(() => dynamicSlice(x, [index(0), index(0)], [4, 1])).toThrow(/sliceSizes \[4, 1\]/);
  });

  it("keeps its laws", () => checkRules(dynamicSlicePrimitive));
});

describe("dynamicUpdateSlice", () => {
  it("gives what JAX gives", () => {
    expectGolden("dynamicUpdateSlice", (inputs) => bind(dynamicUpdateSlicePrimitive, inputs, NO_PARAMS));
  });

  it("puts a window where dynamicSlice reads it, and leaves the rest and its operands alone", () => {
    const update = arrayOf([-1, -2, -3, -4], [2, 2]);
    for (let i = -2; i < 5; i++) {
      const at = [index(i), index(1)];
      const y = dynamicUpdateSlice(x, update, at);
      expectSame(dynamicSlice(y, at, [2, 2]), update, `${i}`);
      const before = x.toTypedArray();
      expect(Array.from(y.toTypedArray()).filter((v, k) => v === before[k]).length).toBe(8);
    }
    expect(x.toArray()).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9, 10, 11],
    ]);
  });

  it("refuses updates that do not fit", () => {
    const at = [index(0), index(0)];
    expect(() => dynamicUpdateSlice(x, arrayOf([0], [1]), at)).toThrow(/float32\[3, 4\] and float32\[1\]/);
    expect(() => dynamicUpdateSlice(x, arrayOf([0, 0, 0, 0], [4, 1]), at)).toThrow(/none longer/);
    expect(() => dynamicUpdateSlice(x, arrayOf([0], [1, 1], "int32"), at)).toThrow(/operand's dtype/);
  });

  it("keeps its laws", () => checkRules(dynamicUpdateSlicePrimitive));
});
