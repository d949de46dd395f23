import { expect } from "vitest";
import { ConcreteArray, isFloat, type NDArray } from "../../src/array/index.ts";
import { compile } from "../../src/compile/compile.ts";
import { type Executable, instantiate } from "../../src/compile/executable.ts";
import { inCarried } from "../../src/compile/passes/carried.ts";
import { inlineCalls } from "../../src/compile/passes/inline-calls.ts";
import { schedule } from "../../src/compile/schedule.ts";
import { type ClosedJaxpr, describeAval, type FlatFunction, traceToJaxpr } from "../../src/core/index.ts";
import { elementsOf } from "../../src/testing/closeness.ts";
import { ulp32, ulp64 } from "../kernel/ulp.ts";

export { evaluate } from "./passes/support.ts";

/** The program of a function of flat lists for arguments like `inputs`. */
export const traced = (fun: FlatFunction, inputs: readonly NDArray[]): ClosedJaxpr =>
  traceToJaxpr(fun, inputs, "makeJaxpr");

/** Compile a program as `jit` does; it must be possible. */
export const compiledOf = (closed: ClosedJaxpr): Executable => {
  const executable = compile(closed);
  if (executable === undefined) throw new Error(`cannot be compiled:\n${closed}`);
  return executable;
};

/** A program with all calls written out, those inside loops and branches too. */
export const writtenOut = (closed: ClosedJaxpr): ClosedJaxpr => inCarried(inlineCalls(closed), writtenOut);

/** Compile a program as it stands, without any pass but the inlining of calls. */
export const unoptimized = (closed: ClosedJaxpr): Executable => instantiate(schedule(writtenOut(closed)));

/** How far floats may be apart: so many units in the last place, or so much of the largest number in the array. */
export interface Bound {
  readonly ulps: number;
  readonly ofLargest?: number;
}

/** How far two floats are apart in units in the last place of the expected one. */
export const ulpsApart = (actual: number, expected: number, dtype: "float32" | "float64"): number => {
  if (Object.is(actual, expected) || actual === expected) return 0;
  const ulps = Math.abs(actual - expected) / (dtype === "float32" ? ulp32 : ulp64)(expected);
  return Number.isNaN(ulps) ? Infinity : ulps;
};

/** The largest distance in ulps between two lists of arrays; integers and booleans must be equal. */
export const requireNear = (
  actual: readonly NDArray[],
  expected: readonly NDArray[],
  { ulps, ofLargest = 0 }: Bound,
  what = "",
): void => {
  expect(actual.map(describeAval), what).toEqual(expected.map(describeAval));
  expected.forEach((y, k) => {
    const x = actual[k] as NDArray;
    const [a, b] = [elementsOf(x), elementsOf(y)];
    const { dtype } = y;
    let largest = 0;
    if (ofLargest > 0) for (const v of b) if (Math.abs(v) > largest) largest = Math.abs(v);
    for (let i = 0; i < b.length; i++) {
      const [got, want] = [a[i] as number, b[i] as number];
      if (Object.is(got, want) || got === want) continue;
      const near =
        isFloat(dtype) &&
        (ulpsApart(got, want, dtype as "float32" | "float64") <= ulps ||
          Math.abs(got - want) <= ofLargest * largest);
      if (!near) throw new Error(`${what} output ${k}, element ${i}: got ${got}, expected ${want}`);
    }
  });
};

/** The bits of arrays, for comparing runs. */
export const bitsOf = (arrays: readonly NDArray[]): number[][] =>
  arrays.map((x) => {
    const data = elementsOf(x).slice();
    return [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
  });

/** A repeatable stream of numbers between 0 and 1. */
export const randoms = (seed: number): (() => number) => {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
};

/** A float array filled by a function of the position. */
export const filled = (
  shape: readonly number[],
  dtype: "float32" | "float64",
  value: (i: number) => number,
): ConcreteArray => {
  const size = shape.reduce((a, b) => a * b, 1);
  const out = dtype === "float32" ? new Float32Array(size) : new Float64Array(size);
  for (let i = 0; i < size; i++) out[i] = value(i);
  return new ConcreteArray(out, shape, dtype);
};
