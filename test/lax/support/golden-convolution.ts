import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { DType, NDArray } from "../../../src/array/index.ts";
import { vjp } from "../../../src/transforms/index.ts";
import { arrayOf, expectSame } from "../../primitives/support/golden-indexing.ts";

/** An array as the golden file holds it. */
type Encoded = readonly [dtype: DType, shape: readonly number[], elements: readonly number[]];

/** One result of JAX. */
type Case = readonly [
  operation: string,
  params: { readonly [name: string]: unknown },
  inputs: readonly Encoded[],
  outputs: readonly Encoded[],
];

const golden: { readonly cases: readonly Case[] } = JSON.parse(
  readFileSync(new URL("../../golden/convolution.json", import.meta.url), "utf8"),
);

const decode = ([dtype, shape, elements]: Encoded): NDArray => arrayOf(elements, shape, dtype);

/**
 * JAX's results for `operation`, each held against `run`; where there are more outputs than one, the last input is a
 * cotangent of the first output, and the others are the cotangents of the inputs before it.
 */
export const expectConvolutions = <P>(
  operation: string,
  least: number,
  run: (params: P, ...inputs: readonly NDArray[]) => NDArray,
): void => {
  const cases = golden.cases.filter(([name]) => name === operation);
  expect(cases.length).toBeGreaterThanOrEqual(least);
  for (const [, params, encoded, outputs] of cases) {
    const shapes = encoded.map(([dtype, shape]) => `${dtype}[${shape}]`).join(", ");
    const what = `${operation} ${JSON.stringify(params)} of ${shapes}`;
    const [expected, ...cotangents] = outputs.map(decode);
    const inputs = encoded.map(decode);
    const fun = (...xs: readonly NDArray[]): NDArray => run(params as P, ...xs);
    if (cotangents.length === 0) {
      expectSame(fun(...inputs), expected as NDArray, what);
      continue;
    }
    const ct = inputs.pop() as NDArray;
    const [y, pullback] = vjp(fun, inputs as [NDArray, ...NDArray[]]);
    expectSame(y as NDArray, expected as NDArray, what);
    (pullback(ct) as readonly NDArray[]).forEach((got, i) => {
      expectSame(got, cotangents[i] as NDArray, `${what}: cotangent ${i}`);
    });
  }
};
