import { describe, expect, it } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { DTypeError, ShapeError } from "../../src/core/index.ts";
import * as lax from "../../src/lax/index.ts";
import * as np from "../../src/numpy/index.ts";
import { grad } from "../../src/transforms/index.ts";

const x = np.zeros([2, 3]);
const ints = np.arange(3);

type ErrorClass = abstract new (...args: never[]) => Error;

const REFUSALS: readonly (readonly [call: () => unknown, type: ErrorClass, ...words: string[]])[] = [
  [() => lax.add(x, ints), DTypeError, "add", "float32[2, 3]", "int32[3]"],
  [() => lax.add(x, np.zeros([3])), ShapeError, "add", "float32[3]"],
  [() => lax.add(ints, 0.5), RangeError, "add", "0.5", "int32"],
  [() => lax.mul(x, true), DTypeError, "mul", "true", "float32"],
  [() => lax.exp(ints), DTypeError, "exp", "int32[3]"],
  [() => lax.exp([1] as unknown as number), TypeError, "exp", "np.array"],
  [() => lax.select(x, x, x), DTypeError, "select"],
  [() => lax.clamp(0, x, ints), DTypeError, "clamp"],
  [() => lax.reshape(x, [4]), ShapeError, "reshape"],
  [() => lax.squeeze(x, [0]), ShapeError, "squeeze", "float32[2, 3]"],
  [() => lax.collapse(x, 2, 1), ShapeError, "collapse"],
  [() => lax.broadcastShapes([2], [3]), ShapeError, "broadcastShapes", "[2]", "[3]"],
  [() => lax.slice(x, [0, 0], [3, 3]), ShapeError, "slice"],
  [() => lax.indexInDim(x, 2, 0), RangeError, "indexInDim", "2", "axis 0"],
  [() => lax.dynamicSlice(x, [0.5, 0], [1, 1]), RangeError, "dynamicSlice", "0.5"],
  [() => lax.dynamicUpdateIndexInDim(x, 1, 0, 0), ShapeError, "dynamicUpdateIndexInDim"],
  [() => lax.dot(np.zeros([2, 2, 2]), x), ShapeError, "dot", "dotGeneral"],
  [() => lax.batchMatmul(x, ints), ShapeError, "batchMatmul"],
  [() => lax.reduceSum(x, [2]), ShapeError, "reduceSum", "[2]"],
  [() => lax.argmax(x, 2), RangeError, "argmax", "axis 2"],
  [() => lax.topK(x, 4), Error, "topK"],
];

describe("refusals of lax", () => {
  REFUSALS.forEach(([call, type, ...words], i) => {
    it(`${i}: ${call.toString().slice(6, 70)}`, () => {
      let error: unknown;
      try {
        call();
      } catch (e) {
        error = e;
      }
      expect(error).toBeInstanceOf(type);
      for (const word of words) expect((error as Error).message).toContain(word);
    });
  });
});

describe("stopGradient", () => {
  it("makes an array, or every array of a tree, a constant", () => {
    expect(grad((z: NDArray) => lax.mul(z, lax.stopGradient(z)))(3).item()).toBe(3);
    const tree = lax.stopGradient({ a: x, b: [ints, 1] });
    expect([tree.a.shape, (tree.b[0] as typeof ints).shape]).toEqual([[2, 3], [3]]);
  });
});

describe("scalars", () => {
  it("take the dtype of the arrays beside them", () => {
    expect(lax.add(ints, 1).dtype).toBe("int32");
    expect(lax.max(np.zeros(2, "float64"), 0.1).toArray()).toEqual([0.1, 0.1]);
    expect(lax.add(1, 2).dtype).toBe("float32");
  });
});
