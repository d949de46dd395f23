import { type NDArray, numpy as np, random } from "cotangent";
import { expect } from "vitest";
import type { EvalModule, Evaluation } from "../../../examples/gradbench/protocol.ts";

export const f64 = (values: unknown): NDArray => np.array(values as number[], "float64");

/** Normal numbers. */
export const draw = (seed: number, ...shape: number[]): NDArray =>
  random.normal(random.key(seed), shape, { dtype: "float64" });

/** What a function of an eval gives for an input. */
export const output = (module: EvalModule, name: string, input: object): unknown =>
  (module[name] as unknown as (input: object) => Evaluation)({ ...input, min_runs: 1, min_seconds: 0 })
    .output;

/** Numbers, in lists of any depth, are as expected but for rounding. */
export const expectClose = (actual: unknown, expected: unknown, tolerance = 1e-10): void => {
  const [x, y] = [f64(actual), f64(expected)];
  expect(x.shape).toEqual(y.shape);
  const error = np.abs(x.sub(y)).div(np.abs(y).add(1));
  expect(Number(np.max(error))).toBeLessThan(tolerance);
};

/** The gradient of a function of a list of numbers by central differences. */
export const differences = (f: (xs: readonly number[]) => number, xs: readonly number[]): number[] =>
  xs.map((x, i) => {
    const step = 1e-5 * Math.max(1, Math.abs(x));
    const at = (shift: number): number => f(xs.with(i, x + shift));
    return (at(step) - at(-step)) / (2 * step);
  });
