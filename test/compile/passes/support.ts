import { expect } from "vitest";
import {
  allocate,
  ConcreteArray as Concrete,
  type ConcreteArray,
  isFloat,
  type NDArray,
  sizeOf,
} from "../../../src/array/index.ts";
import { eliminateDeadCode } from "../../../src/compile/passes/eliminate-dead-code.ts";
import { inlineCalls } from "../../../src/compile/passes/inline-calls.ts";
import type { Pass } from "../../../src/compile/passes/pass.ts";
import {
  type Aval,
  aval,
  type ClosedJaxpr,
  checkJaxpr,
  describeAval,
  formatJaxpr,
  interpretJaxpr,
  traceToJaxpr,
} from "../../../src/core/index.ts";
import { arrayMismatch, formatMismatch } from "../../../src/testing/closeness.ts";

/** An abstract float32 array. */
export const f32 = (...shape: number[]): Aval => aval(shape, "float32");
export const i32 = (...shape: number[]): Aval => aval(shape, "int32");
export const u32 = (...shape: number[]): Aval => aval(shape, "uint32");
export const bool = (...shape: number[]): Aval => aval(shape, "bool");

export type Fun = (...xs: NDArray[]) => NDArray | readonly NDArray[];

/** The program of a function of arrays. */
export const trace = (fun: Fun, ...inputs: Aval[]): ClosedJaxpr =>
  traceToJaxpr(
    (...xs) => {
      const results = fun(...xs);
      return Array.isArray(results) ? results : [results as NDArray];
    },
    inputs,
    "makeJaxpr",
  );

/** The equations of a program and its outputs as printed, a line each; its inputs are `a`, `b`, … behind the constants. */
export const body = (closed: ClosedJaxpr): string[] => {
  const text = formatJaxpr(closed);
  return text
    .slice(text.indexOf(" let") + 4, -2)
    .replace(/ in (\([^()]*\))$/, "\nin $1")
    .split(/\n|; /)
    .map((line) => line.trim())
    .filter((line) => line !== "");
};

/** What a program computes by the reference evaluations of its primitives. */
export const evaluate = (closed: ClosedJaxpr, inputs: readonly NDArray[]): readonly ConcreteArray[] =>
  interpretJaxpr(
    closed.jaxpr,
    closed.consts as readonly ConcreteArray[],
    inputs as readonly ConcreteArray[],
    ({ primitive, params, outputs }, values) =>
      primitive.evaluate(
        values,
        params,
        outputs.map((v) => v.aval),
      ),
    (literal) => literal.value,
  );

/** Numbers that rules might get wrong: zeros of both signs, infinities, NaN, numbers with few bits, and ordinary ones. */
const FLOATS = [
  1.5,
  -0,
  Number.NaN,
  1e-45,
  -2.25,
  Number.POSITIVE_INFINITY,
  3e38,
  0,
  -0.1,
  Number.NEGATIVE_INFINITY,
  1e-39,
];
const INTEGERS = [0, 1, -1, 7, 2147483647, -2147483648, 12, -5];

/** An array of numbers that rules might get wrong. */
export const awkward = ({ shape, dtype }: Aval, seed = 0): NDArray => {
  const source = isFloat(dtype) ? FLOATS : INTEGERS;
  const out = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < out.length; i++) {
    const value = source[(i * 3 + seed) % source.length] as number;
    out[i] = dtype === "bool" ? value & 1 : value;
  }
  return new Concrete(out, shape, dtype);
};

/** An array of ordinary numbers, no two neighbours equal. */
export const ordinary = ({ shape, dtype }: Aval, seed = 0): NDArray => {
  const out = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < out.length; i++) {
    const value = ((i * 7 + seed * 5) % 23) - 11;
    out[i] = dtype === "bool" ? value & 1 : isFloat(dtype) ? value / 4 : value;
  }
  return new Concrete(out, shape, dtype);
};

/** Rounding errors that a different order of operations may make, relative to the largest number in an array. */
const ROUNDING = { float32: 1e-4, float64: 1e-11 } as const;

/** Throws unless two lists of arrays are equal: exactly for integers and booleans, up to rounding for floats. */
export const requireEqual = (
  actual: readonly NDArray[],
  expected: readonly NDArray[],
  coarsest: "float32" | "float64" = "float32",
): void => {
  expect(actual.map(describeAval)).toEqual(expected.map(describeAval));
  expected.forEach((y, i) => {
    const rtol = isFloat(y.dtype) ? ROUNDING[coarsest] : 0;
    const finite = Array.from(y.toTypedArray(), Math.abs).filter(Number.isFinite);
    const atol = rtol * finite.reduce((most, x) => Math.max(most, x), 1);
    const mismatch = arrayMismatch(actual[i] as NDArray, y, { rtol, atol });
    if (mismatch !== undefined) throw new Error(`output ${i}: ${formatMismatch(mismatch)}`);
  });
};

/** The coarsest floats that a program computes with. */
const coarsestOf = (closed: ClosedJaxpr): "float32" | "float64" => {
  const { inputs, equations } = inlineCalls(closed).jaxpr;
  const variables = [...inputs, ...equations.flatMap(({ outputs }) => outputs)];
  return variables.some((v) => v.aval.dtype === "float32") ? "float32" : "float64";
};

/** Throws unless a pass makes of a program a well-typed one that computes what is expected, and no longer one. */
export const requireMeaning = (
  name: string,
  pass: Pass,
  closed: ClosedJaxpr,
  inputs: readonly NDArray[],
  expected: readonly NDArray[],
): ClosedJaxpr => {
  let result: ClosedJaxpr | undefined;
  try {
    result = pass(closed);
    checkJaxpr(result);
    const written = inlineCalls(closed).jaxpr.equations.length;
    expect(result.jaxpr.equations.length).toBeLessThanOrEqual(written);
    requireEqual(evaluate(result, inputs), expected, coarsestOf(closed));
    return result;
  } catch (error) {
    throw new Error(`${name}: ${String(error)}\n\nbefore:\n${closed}\n\nafter:\n${result}`, { cause: error });
  }
};

/** All bits of some arrays; zeros of both signs are told apart only if asked for, NaNs never. */
const bitsOf = (arrays: readonly NDArray[], signedZeros: boolean): string[] =>
  arrays.map(
    (x) =>
      `${describeAval(x)} ${Array.from(x.toTypedArray(), (v) => (Object.is(v, -0) && signedZeros ? "-0" : String(v))).join()}`,
  );

/** What a pass makes of a function, without dead code; throws unless every bit of what it computes stays. */
export const rewritten =
  (pass: Pass, { signedZeros = true }: { readonly signedZeros?: boolean } = {}) =>
  (fun: Fun, ...inputs: Aval[]): string[] => {
    const closed = trace(fun, ...inputs);
    const result = eliminateDeadCode(pass(closed));
    checkJaxpr(result);
    expect(result.jaxpr.equations.length).toBeLessThanOrEqual(closed.jaxpr.equations.length);
    for (const seed of [0, 1, 2]) {
      const values = inputs.map((input, i) => awkward(input, seed + i));
      expect(bitsOf(evaluate(result, values), signedZeros)).toEqual(
        bitsOf(evaluate(closed, values), signedZeros),
      );
    }
    return body(result);
  };

/** The same where sums are made in another order, or where what is not finite spreads less: ordinary numbers, rounding. */
export const nearlyRewritten =
  (pass: Pass) =>
  (fun: Fun, ...inputs: Aval[]): string[] => {
    const closed = trace(fun, ...inputs);
    const values = inputs.map((input, i) => ordinary(input, i));
    const cleaned: Pass = (program, scopes) => eliminateDeadCode(pass(program, scopes));
    return body(requireMeaning("the pass", cleaned, closed, values, evaluate(closed, values)));
  };
