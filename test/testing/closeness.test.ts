import { describe, expect, test } from "vitest";
import { arrayFrom } from "../../src/array/index.ts";
import { allClose, findMismatch } from "../../src/testing/closeness.ts";

const f64 = (values: Parameters<typeof arrayFrom>[0]) => arrayFrom(values, "float64");
const f32 = (values: Parameters<typeof arrayFrom>[0]) => arrayFrom(values, "float32");

describe("allClose", () => {
  test("forgives rounding errors of the coarser dtype", () => {
    expect(allClose(f64([1, 2]), f64([1 + 1e-12, 2]))).toBe(true);
    expect(allClose(f64([1, 2]), f64([1 + 1e-6, 2]))).toBe(false);
    expect(allClose(f32([1, 2]), f64([1 + 1e-6, 2]))).toBe(true);
    expect(allClose(f64([1, 2]), f32([1 + 1e-6, 2]))).toBe(true);
    expect(allClose(f32([1, 2]), f32([1.01, 2]))).toBe(false);
    expect(allClose(arrayFrom([1, 2]), arrayFrom([1, 3]))).toBe(false);
  });

  test("takes tolerances", () => {
    expect(allClose(f64(1), f64(1.05), { rtol: 0.1, atol: 0 })).toBe(true);
    expect(allClose(f64(0), f64(0.05), { rtol: 0.1, atol: 0 })).toBe(false);
    expect(allClose(f64(0), f64(0.05), { rtol: 0, atol: 0.1 })).toBe(true);
  });

  test("compares numbers exactly, not as float32", () => {
    expect(allClose(f64(0.1), 0.1, { rtol: 0, atol: 0 })).toBe(true);
  });

  test("takes NaN for NaN and infinities for themselves only", () => {
    expect(allClose(f64([Number.NaN, Infinity, -Infinity]), f64([Number.NaN, Infinity, -Infinity]))).toBe(
      true,
    );
    expect(allClose(f64([0]), f64([Number.NaN]))).toBe(false);
    expect(allClose(f64([Number.NaN]), f64([0]))).toBe(false);
    expect(allClose(f64([1e300]), f64([Infinity]))).toBe(false);
    expect(allClose(f64([Infinity]), f64([-Infinity]))).toBe(false);
  });

  test("wants equal shapes and structures", () => {
    expect(allClose(f64([1]), f64([[1]]))).toBe(false);
    expect(allClose(f64([]), f64([]))).toBe(true);
    expect(() => allClose({ a: 1 }, { b: 1 })).toThrow(TypeError);
  });
});

test("findMismatch names the element that is furthest off", () => {
  expect(
    findMismatch(
      {
        w: [
          f64(1),
          f64([
            [1, 2],
            [3, 4],
          ]),
        ],
      },
      {
        w: [
          1,
          f64([
            [1, 2.5],
            [9, 4],
          ]),
        ],
      },
    ),
  ).toBe("at w[1][1, 0]: got 3, expected 9");
  expect(findMismatch(f64(1), f64(2))).toBe("got 1, expected 2");
  expect(findMismatch({ w: f64([1]) }, { w: f64(1) })).toBe("at w: got float64[1], expected float64[]");
  expect(findMismatch(f64(1), f64(1))).toBeUndefined();
});
