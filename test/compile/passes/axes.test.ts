import { expect, test } from "vitest";
import {
  argsort,
  axisGroups,
  inverse,
  isCounting,
  isIncreasing,
  pairAxes,
  retargeted,
} from "../../../src/compile/passes/axes.ts";

test("orders of axes", () => {
  expect([[], [0, 1, 2], [0, 2], [1, 0]].map(isCounting)).toEqual([true, true, false, false]);
  expect([[], [3], [0, 2, 5], [0, 0], [1, 0]].map(isIncreasing)).toEqual([true, true, true, false, false]);
  expect(inverse([2, 0, 1])).toEqual([1, 2, 0]);
  expect(argsort([5, -1, 3])).toEqual([1, 2, 0]);
  // Those of length 1 that have no place stay in order.
  expect(argsort([-1, 2, -1, 0])).toEqual([0, 2, 3, 1]);
});

test("axes of two shapes that differ in axes of length 1", () => {
  expect(pairAxes([3, 1, 4], [1, 3, 4])).toEqual([1, -1, 2]);
  expect(pairAxes([3, 4], [3, 4, 1])).toEqual([0, 1]);
  expect(pairAxes([1, 3], [3])).toEqual([-1, 0]);
  expect(pairAxes([], [1, 1])).toEqual([]);
  expect(pairAxes([3, 4], [4, 3])).toBe(undefined);
  expect(pairAxes([0], [0, 3])).toBe(undefined);
  expect(retargeted({ shape: [3, 1, 4], broadcastDimensions: [0, 2] }, [1, 3, 4])).toEqual([1, 2]);
  expect(retargeted({ shape: [3, 1, 4], broadcastDimensions: [0, 2] }, [3, 4])).toEqual([0, 1]);
  expect(retargeted({ shape: [3, 1, 4], broadcastDimensions: [1, 2] }, [3, 4])).toBe(undefined);
  expect(retargeted({ shape: [3, 4], broadcastDimensions: [0] }, [4, 3])).toBe(undefined);
});

test("groups of axes that hold the same elements", () => {
  expect(axisGroups([2, 3, 4], [6, 4])).toEqual([
    { from: [0, 1], to: [0] },
    { from: [2], to: [1] },
  ]);
  expect(axisGroups([6, 1, 4], [2, 3, 1, 4])).toEqual([
    { from: [0], to: [0, 1] },
    { from: [2], to: [3] },
  ]);
  expect(axisGroups([4, 6], [6, 4])).toEqual([{ from: [0, 1], to: [0, 1] }]);
  expect(axisGroups([1], [])).toEqual([]);
  expect(axisGroups([0, 3], [3, 0])).toBe(undefined);
});
