import { describe, expect, it } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { ConcretizationError } from "../../src/core/index.ts";
import * as np from "../../src/numpy/index.ts";
import { jit } from "../../src/transforms/jit.ts";
import { vmap } from "../../src/transforms/vmap.ts";
import {
  type Call,
  callOf,
  callOfCase,
  compiledGradientsOf,
  expectGradient,
  gradientsOf,
  inDType,
  twice,
} from "../numpy/calls.ts";
import { type Case, compare } from "../numpy/golden.ts";
import { CALLS, NO_CALLS, STEPS, VALUE_SHAPED } from "./calls.ts";
import { FUNCTIONS, GOLDEN, invoke } from "./functions.ts";

/*
 * Every function of numpy, lax, nn and scipy that takes arrays of floats: under jit and vmap it gives what it gives
 * without, and jit of vmap of grad gives what vjp gives, which golden data and other tests compare with JAX.
 * numpy/traced.test.ts has every golden case of numpy under jit and vmap, special/ and fft/golden.test.ts under jit.
 */

/** Whether a case has gradients of JAX. */
const hasGradients = ([, , , gradients]: Case): boolean => gradients?.some((x) => x !== null) === true;

/** A call of each function, one that has derivatives if there is any. */
const calls: ReadonlyMap<string, { readonly call: Call; readonly differentiable: boolean }> = new Map(
  [...FUNCTIONS.keys()].flatMap((name) => {
    const args = CALLS[name];
    if (args !== undefined) {
      const call = callOf((...xs) => invoke(name, xs), args);
      return [[name, { call, differentiable: !STEPS.has(name) }] as const];
    }
    const cases = GOLDEN.get(name) ?? [];
    const found = cases.find(hasGradients) ?? cases[0];
    if (found === undefined) return [];
    const differentiable = hasGradients(found);
    const call = callOfCase(invoke, differentiable ? found : [name, found[1], found[2]]);
    return [[name, { call, differentiable }] as const];
  }),
);

/** Whose golden cases are compiled, all of them, by other tests. */
const GOLDEN_UNDER_JIT = /^(np|fft|scipy)[.]/;

const encode = (x: NDArray): unknown => [x.dtype, x.shape, [...x.toTypedArray()]];

describe("every function under jit, vmap, and jit of vmap of grad", () => {
  it("is called, or has a reason", () => {
    const called = new Set(
      [...calls.keys(), ...Object.keys(VALUE_SHAPED)].map((name) => FUNCTIONS.get(name)),
    );
    const excused = new Set(Object.values(NO_CALLS).flatMap((names) => names.split(/\s+/)));
    const missing = [...FUNCTIONS].filter(([name, f]) => !called.has(f) && !excused.has(name));
    expect(missing.map(([name]) => name)).toEqual([]);
    expect([...excused].filter((name) => !FUNCTIONS.has(name))).toEqual([]);
  });

  for (const [name, { call: given, differentiable }] of calls) {
    if (given.leaves.length === 0 || name in VALUE_SHAPED) continue;
    for (const dtype of ["float32", "float64"] as const) {
      if (name === "lax.bitcastConvertType" && dtype === "float64") continue; // there are no integers of 64 bits
      it(`${name} of ${dtype}`, () => {
        const call = inDType(given, dtype);
        const gradients = differentiable ? gradientsOf(call) : [];
        if (dtype === "float64" && !GOLDEN_UNDER_JIT.test(name)) {
          const plain = call.arrays(...call.leaves);
          const compiled = jit(call.arrays)(...call.leaves);
          const batched = vmap(call.arrays)(...twice(call.leaves));
          expect([compiled.length, batched.length]).toEqual([plain.length, plain.length]);
          plain.forEach((x, i) => {
            compare(compiled[i], encode(x));
            compare(batched[i], encode(np.stack([x, x])));
          });
        }
        if (gradients.length === 0) return;
        for (const half of compiledGradientsOf(call)) {
          gradients.forEach((x, i) => {
            expectGradient(half[i] as NDArray, x, name);
          });
        }
      });
    }
  }
});

describe("functions whose results have shapes that depend on values", () => {
  for (const [name, args] of Object.entries(VALUE_SHAPED)) {
    it(`${name}: jit refuses it and says what to do`, () => {
      const call = callOf((...xs) => invoke(name, xs), args);
      expect(() => jit(call.arrays)(...call.leaves)).toThrow(ConcretizationError);
      expect(call.arrays(...call.leaves).length).toBeGreaterThan(0);
    });
  }
});
