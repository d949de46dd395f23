import { describe, it } from "vitest";
import { NDArray } from "../../src/array/index.ts";
import { stack } from "../../src/numpy/index.ts";
import { jit, vmap } from "../../src/transforms/index.ts";
import { type Case, cases, compare, decode, run } from "./golden.ts";

/*
 * Every golden result again with traced arguments: compiled, and as one of a batch.
 */

type Function = (...arrays: readonly NDArray[]) => unknown;

/** The shapes of these results depend on values, unless a size is given. */
const NEEDS_VALUES = new Set([
  "allclose",
  "nonzero",
  "flatnonzero",
  "argwhere",
  "unique",
  "bincount",
  "union1d",
  "intersect1d",
  "setdiff1d",
  "setxor1d",
  "compress",
  "extract",
]);

const isTraceable = ([name, args]: Case): boolean =>
  (!NEEDS_VALUES.has(name) || /"(size|length)":\d/.test(JSON.stringify(args))) &&
  !(name.startsWith("at.") && JSON.stringify(args).includes('["bool"'));

/** The arrays in nested arguments, and the arguments with others in their place. */
const takeApart = (args: unknown): readonly [NDArray[], (arrays: readonly NDArray[]) => unknown] => {
  const found: NDArray[] = [];
  const build = (x: unknown): ((arrays: readonly NDArray[]) => unknown) => {
    if (x instanceof NDArray) {
      const at = found.push(x) - 1;
      return (arrays) => arrays[at];
    }
    if (Array.isArray(x)) {
      const parts = x.map(build);
      return (arrays) => parts.map((part) => part(arrays));
    }
    if (typeof x === "object" && x !== null && !("kind" in x)) {
      const parts = Object.entries(x).map(([key, value]) => [key, build(value)] as const);
      return (arrays) => Object.fromEntries(parts.map(([key, part]) => [key, part(arrays)]));
    }
    return () => x;
  };
  const rebuild = build(args);
  return [found, rebuild];
};

const traceable = cases.filter(isTraceable);
const byName = new Map<string, Case[]>();
for (const c of traceable) byName.set(c[0], [...(byName.get(c[0]) ?? []), c]);

const check = (transformed: (f: Function, arrays: readonly NDArray[]) => unknown): void => {
  for (const [name, list] of byName) {
    it(`${name} (${list.length})`, () => {
      for (const [, encoded, expected] of list) {
        const [arrays, rebuild] = takeApart(encoded.map(decode));
        if (arrays.length === 0) continue;
        try {
          compare(
            transformed((...xs) => run(name, rebuild(xs) as unknown[]), arrays),
            expected,
          );
        } catch (error) {
          (error as Error).message =
            `${name}(${JSON.stringify(encoded).slice(0, 300)}): ${(error as Error).message}`;
          throw error;
        }
      }
    });
  }
};

describe("compiled", () => {
  check((f, arrays) => jit(f as (...xs: readonly NDArray[]) => NDArray)(...arrays));
});

describe("in a batch", () => {
  const second = (x: unknown): unknown =>
    x instanceof NDArray ? x.at(1).get() : (x as readonly unknown[]).map(second);
  check((f, arrays) =>
    second(vmap(f as (...xs: readonly NDArray[]) => NDArray)(...arrays.map((x) => stack([x, x])))),
  );
});
