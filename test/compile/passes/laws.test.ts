import { type Arbitrary, assert as check, property, toStringMethod } from "fast-check";
import { test } from "vitest";
import "../../../src/calls/index.ts";
import "../../../src/primitives/index.ts";
import { isFloat, type NDArray } from "../../../src/array/index.ts";
import { canonicalizeReductions } from "../../../src/compile/passes/canonicalize-reductions.ts";
import { eliminateCommonSubexpressions } from "../../../src/compile/passes/eliminate-common-subexpressions.ts";
import { eliminateDeadCode } from "../../../src/compile/passes/eliminate-dead-code.ts";
import { eliminateDeadResults } from "../../../src/compile/passes/eliminate-dead-results.ts";
import { foldConstants } from "../../../src/compile/passes/fold-constants.ts";
import { inlineCalls } from "../../../src/compile/passes/inline-calls.ts";
import { multiplyDiagonals } from "../../../src/compile/passes/multiply-diagonals.ts";
import { optimize } from "../../../src/compile/passes/optimize.ts";
import type { Pass } from "../../../src/compile/passes/pass.ts";
import { simplify } from "../../../src/compile/passes/simplify.ts";
import { type ClosedJaxpr, registeredPrimitives, traceToJaxpr } from "../../../src/core/index.ts";
import { zerosLike } from "../../../src/primitives/broadcast.ts";
import { describeArrays, drawApplication } from "../../../src/testing/application.ts";
import { drawArray, drawDirection } from "../../../src/testing/elements.ts";
import { drawProgram, type ProgramOptions } from "../../../src/testing/programs/index.ts";
import { drawn, type Source } from "../../../src/testing/tape.ts";
import { jacfwd, jacrev } from "../../../src/transforms/jacobian.ts";
import { jvpFlat } from "../../../src/transforms/jvp.ts";
import { vjpFlat } from "../../../src/transforms/vjp.ts";
import { evaluate, requireMeaning } from "./support.ts";

/*
 * A pass changes nothing of what a program means: on random programs and their derivatives its result is well-typed, has
 * no more equations, and computes the same by the reference evaluation of each primitive.
 */

const NUM_RUNS = 100;

/** A program and inputs for it. */
interface Case {
  readonly closed: ClosedJaxpr;
  readonly inputs: readonly NDArray[];
}

const caseOf = (fun: (...xs: NDArray[]) => readonly NDArray[], inputs: readonly NDArray[]): Case => ({
  closed: traceToJaxpr(fun, inputs, "makeJaxpr"),
  inputs,
});

const printable = (draw: (source: Source) => Case): Arbitrary<Case> =>
  drawn((source) => {
    const { closed, inputs } = draw(source);
    return { closed, inputs, [toStringMethod]: () => `\n${closed}\napplied to\n${describeArrays(inputs)}` };
  });

const program = (source: Source, options: ProgramOptions = {}) => {
  const drawnProgram = drawProgram(source, { maxSteps: 24, ...options });
  return { flat: drawnProgram.flat, inputs: drawnProgram.inputs.map((spec) => drawArray(source, spec)) };
};

const plain = printable((source) => {
  const { flat, inputs } = program(source);
  return caseOf(flat, inputs);
});

const pulledBack = printable((source) => {
  const { flat, inputs } = program(source, { reverseOnly: true });
  const cotangents = flat(...inputs).map((y) => (isFloat(y.dtype) ? drawDirection(source, y) : null));
  const fun = (...xs: NDArray[]): readonly NDArray[] => {
    const rest = xs.slice(inputs.length);
    const cts = cotangents.map((ct) => (ct === null ? null : (rest.shift() as NDArray)));
    const primals = xs.slice(0, inputs.length);
    return vjpFlat(flat, primals)
      .pullback(cts)
      .map((ct, i) => ct ?? zerosLike(primals[i] as NDArray));
  };
  return caseOf(fun, [...inputs, ...cotangents.filter((ct) => ct !== null)]);
});

const pushed = printable((source) => {
  const { flat, inputs } = program(source);
  const tangents = inputs.map((x) => (isFloat(x.dtype) ? drawDirection(source, x) : null));
  const fun = (...xs: NDArray[]): readonly NDArray[] => {
    const rest = xs.slice(inputs.length);
    const along = tangents.map((t) => (t === null ? null : (rest.shift() as NDArray)));
    const { outputs, tangents: out } = jvpFlat(flat, xs.slice(0, inputs.length), along);
    return [...outputs, ...out.map((t, i) => t ?? zerosLike(outputs[i] as NDArray))];
  };
  return caseOf(fun, [...inputs, ...tangents.filter((t) => t !== null)]);
});

/** The Jacobian of the float outputs in each float input, by either mode. */
const jacobian = printable((source) => {
  const { flat, inputs } = program(source, { maxSteps: 12 });
  const mode = source.next(1) === 0 ? jacrev : jacfwd;
  const fun = (...xs: NDArray[]): readonly NDArray[] =>
    xs.flatMap((x, i) => {
      if (!isFloat(x.dtype)) return [];
      const inOne = (y: NDArray): readonly NDArray[] =>
        flat(...xs.map((z, k) => (k === i ? y : z))).filter((out) => isFloat(out.dtype));
      return mode(inOne)(x) as readonly NDArray[];
    });
  return caseOf(fun, inputs);
});

/** One primitive, some of its inputs constants. */
const application = printable((source) => {
  const primitives = registeredPrimitives().filter((p) => p.args !== undefined && !p.name.includes("Test"));
  const primitive = primitives[source.next(primitives.length - 1)] as (typeof primitives)[number];
  const drawnApplication = drawApplication(primitive, source, source.next(1) === 1);
  const isInput = drawnApplication.inputs.map(() => source.next(2) > 0);
  const fun = (...xs: NDArray[]): readonly NDArray[] => {
    const rest = [...xs];
    return drawnApplication.fun(
      ...drawnApplication.inputs.map((x, i) => (isInput[i] ? (rest.shift() as NDArray) : x)),
    );
  };
  return caseOf(
    fun,
    drawnApplication.inputs.filter((_, i) => isInput[i]),
  );
});

/** A pass on a program whose calls are written out, and what it leaves unused dropped. */
const alone =
  (pass: Pass): Pass =>
  (closed, scopes) =>
    eliminateDeadCode(pass(inlineCalls(closed, scopes), scopes));

const PASSES: Readonly<Record<string, Pass>> = {
  inlineCalls,
  eliminateDeadCode: alone((closed) => closed),
  eliminateDeadResults: alone(eliminateDeadResults),
  eliminateCommonSubexpressions: alone(eliminateCommonSubexpressions),
  foldConstants: alone(foldConstants),
  simplify: alone(simplify),
  canonicalizeReductions: alone(canonicalizeReductions),
  multiplyDiagonals: alone(multiplyDiagonals),
  "everything but folding, twice": alone((closed) => {
    const once = (program: ClosedJaxpr): ClosedJaxpr =>
      eliminateDeadCode(
        eliminateCommonSubexpressions(simplify(canonicalizeReductions(multiplyDiagonals(program)))),
      );
    return once(once(closed));
  }),
  optimize: (closed) => optimize(closed).closed,
};

const CASES: Readonly<Record<string, Arbitrary<Case>>> = {
  "a program": plain,
  "its pullback": pulledBack,
  "its pushforward": pushed,
  "its Jacobian": jacobian,
  "an application of a primitive": application,
};

for (const [name, cases] of Object.entries(CASES)) {
  test(`${name} means the same after every pass`, () => {
    check(
      property(cases, ({ closed, inputs }) => {
        const expected = evaluate(closed, inputs);
        for (const [pass, run] of Object.entries(PASSES)) requireMeaning(pass, run, closed, inputs, expected);
      }),
      { numRuns: NUM_RUNS },
    );
  }, 120_000);
}
