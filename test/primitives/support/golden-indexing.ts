import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { allocate } from "../../../src/array/dtype.ts";
import { ConcreteArray, type DType, type NDArray, sizeOf } from "../../../src/array/index.ts";

/** An array as the golden files hold it; `null` is NaN. */
type Encoded = readonly [dtype: DType, shape: readonly number[], elements: readonly (number | null)[]];

type Case = readonly [
  operation: string,
  params: { readonly [name: string]: unknown },
  inputs: readonly Encoded[],
  outputs: readonly Encoded[],
];

const golden: { readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL("../../golden/indexing.json", import.meta.url), "utf8"),
);

/** An array of given elements, row by row. */
export const arrayOf = (
  elements: ArrayLike<number | null>,
  shape: readonly number[],
  dtype: DType = "float32",
): ConcreteArray => {
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = elements[i] ?? Number.NaN;
  return new ConcreteArray(data, shape, dtype);
};

/** The elements of an array, row by row. */
export const elementsOf = (x: NDArray): number[] => Array.from(x.toTypedArray(), (v) => v + 0);

/** Compare arrays; −0 counts as 0 and NaN as NaN, and the last bit of a quotient may differ. */
export const expectSame = (got: NDArray, expected: NDArray, what: string): void => {
  const elements = elementsOf(expected);
  const settled = elementsOf(got).map((v, i) => {
    const e = elements[i] as number;
    return Math.abs(v - e) <= 2e-7 * Math.abs(e) ? e : v;
  });
  expect([got.dtype, got.shape, settled], what).toEqual([expected.dtype, expected.shape, elements]);
};

/** JAX's results for `operation`, each held against what `run` gives for the same inputs and parameters. */
export const expectGolden = <P>(
  operation: string,
  run: (inputs: NDArray[], params: P) => readonly NDArray[],
): void => {
  const cases = golden.cases.filter(([name]) => name === operation);
  expect(cases.length).toBeGreaterThan(2);
  for (const [, params, inputs, outputs] of cases) {
    const what = `${operation} ${JSON.stringify(params)} of ${JSON.stringify(inputs)}`;
    const results = run(
      inputs.map(([dtype, shape, elements]) => arrayOf(elements, shape, dtype)),
      params as P,
    );
    expect(results.length, what).toBe(outputs.length);
    outputs.forEach(([dtype, shape, elements], i) => {
      expectSame(results[i] as NDArray, arrayOf(elements, shape, dtype), what);
    });
  }
};
