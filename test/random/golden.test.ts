import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { arrayFrom, type DType, type NDArray, type NestedInput } from "../../src/array/index.ts";
import { threefry2x32 } from "../../src/primitives/random-bits.ts";
import * as random from "../../src/random/index.ts";
import { SAMPLES } from "../numpy/tolerances.ts";

/** What JAX gives; `golden/sampling.py` says how it is written. */
interface Golden {
  readonly known: readonly (readonly [key: Words, counter: Words, out: Words])[];
  readonly cases: readonly Case[];
}
type Words = readonly [string, string];
interface Case {
  readonly call: string;
  readonly seed: number;
  readonly args: readonly unknown[];
  readonly options: { readonly [name: string]: unknown };
  readonly dtype: DType;
  readonly value: unknown;
}

const golden = JSON.parse(
  readFileSync(new URL("../golden/sampling.json", import.meta.url), "utf8"),
) as Golden;

/** An argument that may be an array written down. */
const decode = (x: unknown): unknown => {
  if (typeof x !== "object" || x === null || !("array" in x)) return x;
  const { array, dtype } = x as unknown as { readonly array: NestedInput; readonly dtype: DType };
  return arrayFrom(array, dtype);
};

const decodeOptions = (options: Case["options"]): { readonly [name: string]: unknown } =>
  Object.fromEntries(Object.entries(options).map(([name, value]) => [name, decode(value)]));

const functions = new Map(Object.entries(random)) as ReadonlyMap<
  string,
  (...args: readonly unknown[]) => NDArray
>;

const call = ({ call: name, seed, args, options }: Case): NDArray => {
  const f = functions.get(name);
  if (f === undefined) throw new Error(`there is no random.${name}`);
  if (name === "key") return f(seed);
  const given = [...args.map(decode), decodeOptions(options)];
  return f(random.key(seed), ...given);
};

const flatten = (value: unknown): number[] =>
  Array.isArray(value) ? value.flatMap(flatten) : [Number(value)];

/** The lengths of nested lists, one for each. */
const lengthsOf = (value: unknown): unknown =>
  Array.isArray(value) ? [value.length, ...value.map(lengthsOf)] : [];

const title = ({ call: name, seed, args, options }: Case): string =>
  `${name} of key(${seed}), ${JSON.stringify(args)}, ${JSON.stringify(options)}`;

/** Whether the result is nothing but rearranged bits: those are the same everywhere. */
const isExact = ({ call: name, dtype, options }: Case): boolean =>
  SAMPLES[dtype] === undefined || (name === "uniform" && options["minval"] === undefined);

const toDType = (x: number, dtype: DType): number => (dtype === "float32" ? Math.fround(x) : x);

describe("the known answers of Random123", () => {
  test.each(golden.known)("key %j, counter %j", (key, counter, out) => {
    const [k1, k2, x1, x2] = [...key, ...counter].map((word) =>
      arrayFrom(Number(word), "uint32"),
    ) as NDArray[] as [NDArray, NDArray, NDArray, NDArray];
    expect(threefry2x32(k1, k2, x1, x2).map((x) => x.item())).toEqual(out.map(Number));
  });
});

describe("the numbers of JAX", () => {
  test.each(golden.cases.map((c) => [title(c), c] as const))("%s", (_title, c) => {
    const result = call(c);
    const expected = flatten(c.value).map((x) => toDType(x, c.dtype));
    const got = [...result.toTypedArray()];
    expect(result.dtype).toBe(c.dtype);
    expect(lengthsOf(result.toArray())).toEqual(lengthsOf(c.value));
    if (isExact(c)) return expect(got).toEqual(expected);
    const tolerance = SAMPLES[c.dtype] as number;
    got.forEach((x, i) => {
      const wanted = expected[i] as number;
      expect(Math.abs(x - wanted)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(wanted)));
    });
  });
});
