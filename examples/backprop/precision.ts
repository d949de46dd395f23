/**
 * float32 beside float64: how well differences show a derivative, and how well a sum is a sum.
 */
import { grad, type NDArray, numpy as np } from "cotangent";

export type Precision = "float32" | "float64";

const f = (x: NDArray): NDArray => np.sin(x).mul(x);

/** The relative error of (f(x + h) − f(x − h)) / 2h, for x·sin(x) at 1, against the derivative in float64. */
export const differenceError = (dtype: Precision, h: number): number => {
  const exact = Number(grad(f)(np.array(1, "float64")));
  const at = (x: number): number => Number(f(np.array(x, dtype)));
  const round = (x: number): number => (dtype === "float32" ? Math.fround(x) : x);
  const [above, below] = [round(1 + h), round(1 - h)];
  if (above === below) return Number.POSITIVE_INFINITY; // the step is lost in rounding
  return Math.abs((at(above) - at(below)) / (above - below) - exact) / Math.abs(exact);
};

/** The relative error of the gradient itself in float32. */
export const gradientError = (): number => {
  const exact = Number(grad(f)(np.array(1, "float64")));
  return Math.abs(Number(grad(f)(np.array(1, "float32"))) - exact) / Math.abs(exact);
};

/** Relative errors of the sum of n times 0.1: one after another in float32, by `np.sum` in float32, and in float64. */
export const sumErrors = (
  n: number,
): { readonly naive: number; readonly float32: number; readonly float64: number } => {
  const tenth = Math.fround(0.1);
  let running = 0;
  for (let i = 0; i < n; i++) running = Math.fround(running + tenth);
  const error = (sum: number, term: number): number => Math.abs(sum - n * term) / (n * term);
  const sum = (dtype: Precision): number => Number(np.full([n], 0.1, dtype).sum());
  return {
    naive: error(running, tenth),
    float32: error(sum("float32"), tenth),
    float64: error(sum("float64"), 0.1),
  };
};
