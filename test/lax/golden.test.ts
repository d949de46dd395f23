import { describe, it } from "vitest";
import "../../src/numpy/methods.ts";
import * as lax from "../../src/lax/index.ts";
import { type Case, compare, decode, readCases } from "../numpy/golden.ts";

/*
 * Results of jax.lax: see test/golden/numpy.py.
 */

const functions = lax as unknown as { readonly [name: string]: (...args: readonly unknown[]) => unknown };

const byName = new Map<string, Case[]>();
for (const c of readCases("lax.json")) byName.set(c[0], [...(byName.get(c[0]) ?? []), c]);

describe("results of jax.lax", () => {
  for (const [name, list] of byName) {
    it(`${name} (${list.length})`, () => {
      for (const [, args, expected] of list) {
        try {
          compare(functions[name]?.(...args.map(decode)), expected);
        } catch (error) {
          (error as Error).message =
            `${name}(${JSON.stringify(args).slice(0, 300)}): ${(error as Error).message}`;
          throw error;
        }
      }
    });
  }
});
