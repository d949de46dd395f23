import { describe, it } from "vitest";
import "../../src/numpy/methods.ts";
import * as lax from "../../src/lax/index.ts";
import { byName, callOfCase, expectGolden, gradientsOf, type Invoke, withContext } from "../numpy/calls.ts";
import { readCases } from "../numpy/golden.ts";

/*
 * The first derivatives that JAX gives: see test/golden/numpy.py.
 */

const invoke: Invoke = (name, args) =>
  (lax as unknown as { readonly [name: string]: (...args: readonly unknown[]) => unknown })[name]?.(...args);

describe("gradients of jax.lax", () => {
  for (const [name, group] of byName(readCases("lax.json").filter((c) => c[3] !== undefined))) {
    it(`${name} (${group.length})`, () => {
      for (const c of group) {
        withContext(c, () => {
          expectGolden(gradientsOf(callOfCase(invoke, c)), c[3] ?? [], name);
        });
      }
    });
  }
});
