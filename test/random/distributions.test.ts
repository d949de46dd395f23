import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type DType, isFloat, NDArray } from "../../src/array/index.ts";
import * as random from "../../src/random/index.ts";
import { vjp } from "../../src/transforms/vjp.ts";
import { decode } from "../numpy/golden.ts";
import { DISTRIBUTIONS } from "../numpy/tolerances.ts";

/*
 * Distributions with parameters: the samples of JAX (golden/distributions.py says how they are written), and their
 * derivatives.
 */

type Case = readonly [
  name: string,
  seed: number,
  args: readonly unknown[],
  options: { readonly dtype?: DType; readonly shape?: readonly number[] },
  value: unknown,
  grads: readonly unknown[] | null,
];

const { cases } = JSON.parse(
  readFileSync(new URL("../golden/distributions.json", import.meta.url), "utf8"),
) as { readonly cases: readonly Case[] };

const functions = new Map(Object.entries(random)) as ReadonlyMap<
  string,
  (...args: readonly unknown[]) => NDArray
>;

/** A shape is a list of numbers too. */
const decodeArgument = (x: unknown): unknown =>
  Array.isArray(x) && typeof x[0] !== "string" ? x : decode(x);

const expectNear = (actual: NDArray, expected: NDArray, factor = 1): void => {
  expect([actual.dtype, actual.shape]).toEqual([expected.dtype, expected.shape]);
  const wanted = expected.toTypedArray();
  actual.toTypedArray().forEach((x: number, i: number) => {
    const y = wanted[i] as number;
    const allowed = factor * (DISTRIBUTIONS[actual.dtype] as number) * Math.max(1, Math.abs(y));
    const isNear = Object.is(x, y) || Math.abs(x - y) <= allowed;
    expect({ i, x, y, isNear }).toEqual({ i, x, y, isNear: true });
  });
};

const title = ([name, seed, args, options]: Case): string =>
  `${name} of key(${seed}), ${JSON.stringify(args)}, ${JSON.stringify(options)}`;

const sampleOf = ([name, seed, , options]: Case, args: readonly unknown[]): NDArray => {
  const f = functions.get(name);
  if (f === undefined) throw new Error(`there is no random.${name}`);
  return f(random.key(seed), ...args, options);
};

describe("the samples of JAX", () => {
  test.each(cases.map((c) => [title(c), c] as const))("%s", (_title, c) => {
    expectNear(sampleOf(c, c[2].map(decodeArgument)), decode(c[4]) as NDArray);
  });
});

const isFloatArray = (x: unknown): x is NDArray => x instanceof NDArray && isFloat(x.dtype);

/** What the samples are multiplied by; the numbers of golden/distributions.py. */
const cotangentOf = (x: NDArray): NDArray =>
  decode([x.dtype, x.shape, Array.from({ length: x.size }, (_, i) => (((7 * i) % 11) - 5) / 4)]) as NDArray;

describe("the derivatives of JAX", () => {
  test.each(cases.flatMap((c) => (c[5] === null ? [] : [[title(c), c] as const])))("%s", (_title, c) => {
    const args = c[2].map(decodeArgument);
    const places = args.flatMap((x, i) => (isFloatArray(x) ? [i] : []));
    const sample = (...xs: NDArray[]): NDArray => {
      const filled = [...args];
      places.forEach((at, i) => {
        filled[at] = xs[i];
      });
      return sampleOf(c, filled);
    };
    const [value, pull] = vjp(
      sample,
      places.map((i) => args[i] as NDArray),
    );
    const grads = pull(cotangentOf(value)) as readonly NDArray[];
    grads.forEach((g, i) => {
      expectNear(g, decode((c[5] as readonly unknown[])[i]) as NDArray, 100);
    });
  });
});
