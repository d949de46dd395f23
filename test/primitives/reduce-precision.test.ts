import { describe, expect, test } from "vitest";
import { jit, lax, type NDArray, numpy as np } from "../../src/index.ts";

/*
 * As float16 would hold them, but for subnormal numbers, which become 0: the greatest is 65504, and from 65520 on they are
 * nearer to 65536, which is too large.
 */
const CASES: readonly (readonly [x: number, reduced: number])[] = [
  [1, 1],
  [1 + 2 ** -11, 1],
  [1 + 3 * 2 ** -11, 1 + 2 ** -9],
  [16385, 16384],
  [40000, 40000],
  [65504, 65504],
  [65519, 65504],
  [65520, Number.POSITIVE_INFINITY],
  [-65520, Number.NEGATIVE_INFINITY],
  [1e30, Number.POSITIVE_INFINITY],
  [2 ** -14, 2 ** -14],
  [2 ** -15, 0],
  [-(2 ** -20), -0],
  [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  [Number.NaN, Number.NaN],
];

describe("reducePrecision to 5 bits of exponent and 10 of mantissa", () => {
  const reduce = (x: NDArray): NDArray => lax.reducePrecision(x, 5, 10);
  test.each(["float32", "float64"] as const)("%s", (dtype) => {
    const x = np.array(
      CASES.map(([value]) => value),
      dtype,
    );
    const expected = CASES.map(([, reduced]) => reduced);
    expect(Array.from(reduce(x).toTypedArray())).toEqual(expected);
    expect(Array.from(jit(reduce)(x).toTypedArray())).toEqual(expected);
  });
});
