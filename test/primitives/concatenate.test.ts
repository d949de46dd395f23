import { describe, expect, it } from "vitest";
import { ConcreteArray, type NestedArray } from "../../src/array/index.ts";
import { concatenate, concatenatePrimitive } from "../../src/primitives/concatenate.ts";
import { transpose } from "../../src/primitives/shape.ts";
import { arrayOf } from "./support/golden-indexing.ts";
import { checkRules } from "./support/rules.ts";

const array = (elements: number[], ...shape: number[]): ConcreteArray => arrayOf(elements, shape);

describe("concatenate", () => {
  it("puts arrays one after another", () => {
    const x = array([1, 2, 3, 4], 2, 2);
    const y = array([5, 6], 1, 2);
    expect(concatenate([x, y, x], 0).toArray()).toEqual([
      ...(x.toArray() as NestedArray[]),
      ...(y.toArray() as NestedArray[]),
      ...(x.toArray() as NestedArray[]),
    ]);
    expect(concatenate([x, transpose(y, [1, 0]), x], 1).toArray()).toEqual([
      [1, 2, 5, 1, 2],
      [3, 4, 6, 3, 4],
    ]);
  });

  it("takes empty arrays", () => {
    const empty = array([], 2, 0);
    const x = array([1, 2], 2, 1);
    expect(concatenate([empty, x, empty], 1).toArray()).toEqual([[1], [2]]);
    expect(concatenate([empty, empty], 0).shape).toEqual([4, 0]);
  });

  it("joins windows onto larger arrays", () => {
    const x = array([0, 1, 2, 3, 4, 5], 2, 3);
    expect(concatenate([transpose(x, [1, 0]), transpose(x, [1, 0])], 1).toArray()).toEqual([
      [0, 3, 0, 3],
      [1, 4, 1, 4],
      [2, 5, 2, 5],
    ]);
  });

  it("is weakly typed if all operands are", () => {
    const weak = new ConcreteArray(new Float32Array(1), [1], "float32", true);
    expect(concatenate([weak, weak], 0).weakType).toBe(true);
    expect(concatenate([weak, array([1], 1)], 0).weakType).toBe(false);
  });

  it("refuses what does not fit together", () => {
    const x = array([1, 2], 1, 2);
    expect(() => concatenate([], 0)).toThrow(/at least one array/);
    expect(() => concatenate([x, x], 2)).toThrow(/float32\[1, 2\] has no axis 2/);
    expect(() => concatenate([x], 2)).toThrow(/has no axis 2/);
    expect(() => concatenate([x, array([1], 1, 1)], 0)).toThrow(/float32\[1, 2\], float32\[1, 1\]/);
    expect(() => concatenate([x, arrayOf([1, 2], [1, 2], "int32")], 0)).toThrow(/one dtype/);
  });

  it("keeps its laws", () => checkRules(concatenatePrimitive));
});
