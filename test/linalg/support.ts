import { type NDArray, numpy as np } from "cotangent";
import { checkGrads, type GradCheckOptions } from "cotangent/testing";
import { isLeft } from "fp-ts/lib/Either.js";
import { expect } from "vitest";

/*
 * What the tests of linear algebra share: matrices that look random, and how near results must be.
 */

export type FloatDType = "float32" | "float64";

/** Numbers from −1 to 1 that follow from a seed. */
export const numbers = (size: number, seed: number): Float64Array => {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Float64Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
};

export const matrix = (shape: readonly number[], seed = 1, dtype: FloatDType = "float64"): NDArray =>
  np.array(
    numbers(
      shape.reduce((a, b) => a * b, 1),
      seed,
    ),
    { shape: [...shape], dtype },
  );

/** `x` with `amount` added to the diagonals. */
export const shifted = (x: NDArray, amount: number): NDArray =>
  x.add(np.eye(x.shape.at(-1) as number, null, 0, x.dtype).mul(amount));

export const turned = (x: NDArray): NDArray => np.matrixTranspose(x);

/** A symmetric positive definite matrix. */
export const positiveDefinite = (
  shape: readonly number[],
  seed = 1,
  dtype: FloatDType = "float64",
): NDArray => {
  const x = matrix(shape, seed, dtype);
  return shifted(np.matmul(x, turned(x)), 1);
};

const EPSILON: { readonly [D in FloatDType]: number } = { float32: 2 ** -23, float64: 2 ** -52 };

/** Expects `actual` to be `expected` up to `factor` rounding errors of the greatest element. */
export const expectClose = (actual: NDArray, expected: NDArray, factor = 100): void => {
  expect([actual.shape, actual.dtype]).toEqual([expected.shape, expected.dtype]);
  if (expected.size === 0) return;
  const scale = Math.max(1, np.max(np.abs(expected)).item() as number);
  const difference = np.max(np.abs(actual.sub(expected))).item() as number;
  expect(difference / scale).toBeLessThanOrEqual(factor * EPSILON[expected.dtype as FloatDType]);
};

/** Expects the derivatives of `f` to be right. */
export const expectGradients = <A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  args: A,
  options: GradCheckOptions = {},
): void => {
  const result = checkGrads(f, args, options);
  expect(isLeft(result) ? result.left.message : "right").toBe("right");
};
