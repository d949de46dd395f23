import { describe, expect, test } from "vitest";
import { arrayFrom, type ConcreteArray, type NDArray } from "../../src/array/index.ts";
import { directionalDifference, stepFor } from "../../src/testing/finite-differences.ts";

const f64 = (values: Parameters<typeof arrayFrom>[0]): ConcreteArray => arrayFrom(values, "float64");
const mapped =
  (f: (x: number) => number) =>
  (...[x]: readonly NDArray[]): readonly NDArray[] => [f64((x as NDArray).toTypedArray().map(f))];

describe("differences", () => {
  test("are exact for cubic polynomials, whatever the step", () => {
    const cubic = mapped((x) => 2 * x ** 3 - x * x + 3);
    for (const step of [1, 0.5, 2 ** -9]) {
      const [d] = directionalDifference(cubic, [f64([0, 1, -2])], [f64([1, 1, 2])], step);
      [0, 4, 56].forEach((slope, i) => {
        expect(d?.values[i]).toBeCloseTo(slope, 9);
      });
    }
  });

  test("are right to ten digits for smooth functions in float64", () => {
    const x = f64([0.3, 1, -2]);
    const [d] = directionalDifference(mapped(Math.sin), [x], [f64([1, 1, 1])], stepFor([x]));
    [0.3, 1, -2].forEach((at, i) => {
      expect(Math.abs((d?.values[i] as number) - Math.cos(at))).toBeLessThan(1e-10);
    });
  });

  test("hold inputs without a tangent fast, and leave out what is no number", () => {
    const product = (...[x, y]: readonly NDArray[]): readonly NDArray[] => [
      f64((x as NDArray).toTypedArray().map((v, i) => v * ((y as NDArray).toTypedArray()[i] as number))),
    ];
    const [d] = directionalDifference(product, [f64([2, 3]), f64([5, Number.NaN])], [f64([1, 1]), null], 0.5);
    expect([...(d?.values ?? [])]).toEqual([5, 0]);
    expect(d?.scale).toBe(11.25);
  });

  test("of integers are 0", () => {
    const [d] = directionalDifference(() => [arrayFrom([1, 2], "int32")], [f64(1)], [f64(1)], 0.5);
    expect([...(d?.values ?? [])]).toEqual([0, 0]);
  });

  test("take longer steps in float32", () => {
    expect(stepFor([f64(1), arrayFrom(1, "float32")])).toBeGreaterThan(stepFor([f64(1)]));
  });
});
