import { readFileSync } from "node:fs";
import { expect } from "vitest";
import { type DType, NDArray, type Slice } from "../../src/array/index.ts";
import * as np from "../../src/numpy/index.ts";
import { VALUES } from "./tolerances.ts";

/*
 * Results of JAX itself (see test/golden/numpy.py), and how they are compared.
 */

/** A value as the file of results has it. */
export type Encoded = unknown;

/** A call, its result, and the gradients that JAX has, one for each array of floats among the arguments. */
export type Case = readonly [
  name: string,
  args: readonly Encoded[],
  result: Encoded,
  gradients?: readonly (Encoded | null)[],
];

/** The cases of a file of results. */
export const readCases = (file: string): readonly Case[] =>
  (
    JSON.parse(readFileSync(new URL(`../golden/${file}`, import.meta.url), "utf8")) as {
      readonly cases: readonly Case[];
    }
  ).cases;

/** The results of jax.numpy. */
export const cases = readCases("numpy.json");

const NUMBERS: { readonly [text: string]: number } = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
  "-0": -0,
};

const numberOf = (x: unknown): number => (typeof x === "string" ? (NUMBERS[x] as number) : Number(x));

const isArray = (x: unknown): x is readonly [DType, number[], unknown[]] =>
  Array.isArray(x) &&
  x.length === 3 &&
  typeof x[0] === "string" &&
  Array.isArray(x[1]) &&
  Array.isArray(x[2]);

/** The value that is meant. */
export const decode = (x: Encoded): unknown => {
  if (isArray(x)) return np.array(Float64Array.from(x[2], numberOf), { dtype: x[0], shape: x[1] });
  if (Array.isArray(x)) return x.map(decode);
  if (typeof x === "object" && x !== null) {
    const record = x as { readonly [key: string]: unknown };
    if ("list" in record) return (record["list"] as readonly unknown[]).map(decode);
    if ("slice" in record) {
      return np.slice(...(record["slice"] as [number | null, number | null, number | null]));
    }
    const options = record["$"] as { readonly [key: string]: unknown };
    return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, decode(value)]));
  }
  return typeof x === "string" && x in NUMBERS ? numberOf(x) : x;
};

/** Integers and booleans. */
const EXACT = { relative: 0, absolute: 0 };

const isClose = (x: number, y: number, dtype: DType): boolean => {
  if (Object.is(x, y) || x === y || (Number.isNaN(x) && Number.isNaN(y))) return true;
  const { relative, absolute } = VALUES[dtype] ?? EXACT;
  return Math.abs(x - y) <= absolute + relative * Math.abs(y);
};

/** Expect what JAX gave, up to rounding. */
export const compare = (actual: unknown, expected: Encoded): void => {
  if (typeof actual === "boolean" && isArray(expected)) expect([actual]).toEqual(expected[2]);
  else if (isArray(expected)) {
    const [dtype, shape, values] = expected;
    expect(actual).toBeInstanceOf(NDArray);
    const array = actual as NDArray;
    expect([array.dtype, array.shape]).toEqual([dtype, shape]);
    const got = Array.from(array.toTypedArray());
    const wanted = values.map(numberOf);
    const wrong = wanted.findIndex((y, i) => !isClose(got[i] as number, y, dtype));
    expect(wrong < 0 ? "equal" : { at: wrong, got, wanted }).toBe("equal");
  } else if (typeof expected === "object" && expected !== null && "many" in expected) {
    const many = expected.many as readonly Encoded[];
    expect((actual as readonly unknown[]).length).toBe(many.length);
    many.forEach((e, i) => {
      compare((actual as readonly unknown[])[i], e);
    });
  } else expect(actual instanceof NDArray ? actual.item() : actual).toBe(expected);
};

type Places = { readonly [method: string]: (...args: unknown[]) => unknown };
type Indices = (number | NDArray | Slice | null | "...")[];

/** Call a function of numpy, or a method of `x.at(…)`. */
export const run = (name: string, args: readonly unknown[]): unknown => {
  if (name.startsWith("linalg.")) {
    return (np.linalg as unknown as { readonly [name: string]: (...args: readonly unknown[]) => unknown })[
      name.slice("linalg.".length)
    ]?.(...args);
  }
  if (!name.startsWith("at.")) {
    const f = (np as unknown as { readonly [name: string]: (...args: readonly unknown[]) => unknown })[name];
    if (f === undefined) throw new Error(`np.${name} does not exist`);
    return f(...args);
  }
  const [x, ...rest] = args as [NDArray, ...unknown[]];
  const at = (indices: readonly unknown[]): Places => x.at(...(indices as Indices)) as unknown as Places;
  switch (name) {
    case "at.get":
      return at(rest)["get"]?.();
    case "at.getMode":
      return at(rest.slice(1))["get"]?.(rest[0]);
    case "at.setMode":
      return at(rest.slice(2))["set"]?.(rest[0], rest[1]);
    default:
      return at(rest.slice(1))[name.slice(3)]?.(rest[0]);
  }
};
