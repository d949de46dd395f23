import { readFileSync } from "node:fs";
import "../../src/index.ts";
import { type ConcreteArray, isFloat } from "../../src/array/index.ts";
import { compile, lowerJaxpr } from "../../src/compile/compile.ts";
import { optimize } from "../../src/compile/passes/optimize.ts";
import {
  evalJaxpr,
  type FlatFunction,
  type Primitive,
  registeredPrimitives,
  traceToJaxpr,
} from "../../src/core/index.ts";
import { arrayMismatch } from "../../src/testing/closeness.ts";
import { drawArray, drawDirection } from "../../src/testing/elements.ts";
import { fixedSource } from "../../src/testing/fixed-source.ts";
import { drawProgram } from "../../src/testing/programs/index.ts";
import { vjpFlat } from "../../src/transforms/vjp.ts";
import { disguised } from "../compile/disguise.ts";
import { boundOf, comparable, drawDisguised } from "../compile/draw-wide.ts";
import { drawBait } from "../compile/passes/bait.ts";
import { evaluate, requireMeaning } from "../compile/passes/support.ts";
import { programOf, SAMPLE_BOUND, type Sample, samples } from "../compile/samples/index.ts";
import { many } from "../compile/samples/many.ts";
import { compiledOf, requireNear, traced, unoptimized } from "../compile/support.ts";
import { textOf } from "../compile/text-of.ts";
import { functions, stepFunctions } from "../kernel/functions.ts";
import { worst32, worst64 } from "../kernel/worst.ts";
import "../compile/control-flow.test.ts";
import "../compile/dot.test.ts";
import "../compile/layouts.test.ts";
import "../compile/loops.test.ts";
import "../compile/memory-plan.test.ts";
import "../compile/nest-lanes.test.ts";
import "../compile/passes/axes.test.ts";
import "../compile/passes/eliminate-dead-results.test.ts";
import "../compile/passes/eliminate.test.ts";
import "../compile/passes/fold-constants.test.ts";
import "../compile/passes/inline-calls.test.ts";
import "../compile/passes/multiply-diagonals.test.ts";
import "../compile/passes/optimize.test.ts";
import "../compile/passes/simplify-arithmetic.test.ts";
import "../compile/passes/simplify-contractions.test.ts";
import "../compile/passes/simplify-logic.test.ts";
import "../compile/passes/simplify-poolings.test.ts";
import "../compile/passes/simplify-shapes.test.ts";
import "../compile/regions.test.ts";
import "../compile/resident-area.test.ts";
import "../compile/scan.test.ts";
import "../compile/schedule.test.ts";
import "../compile/split-effects.test.ts";
import "../compile/split-invariant.test.ts";
import "../compile/update-in-place.test.ts";
import "../compile/wasm.test.ts";
import "../kernel/expr.test.ts";
import "../primitives/concatenate.test.ts";
import "../primitives/dot.test.ts";
import "../primitives/dynamic-slice.test.ts";
import "../primitives/elementwise.test.ts";
import "../primitives/gather.test.ts";
import "../primitives/lowering.test.ts";
import "../primitives/nest.test.ts";
import "../primitives/padding.test.ts";
import "../primitives/random-bits.test.ts";
import "../primitives/reduce-precision.test.ts";
import "../primitives/reduction.test.ts";
import "../primitives/scatter.test.ts";
import "../primitives/sort.test.ts";
import "../primitives/windows.test.ts";
import "../laws/storage.test.ts";
import "../numpy/storage-elementwise.test.ts";
import "../numpy/storage.test.ts";
import "../compile/cache.test.ts";
import { collected } from "./collected-tests.ts";

/*
 * What the tests of the compiler check, as functions, on fewer cases: samples compiled to the text on file, and to programs
 * that compute what the reference computes, which no fault touches; the tests of passes and stages as they are; programs
 * of what rules look for; every primitive on windows of all kinds; random programs and their gradients; the accuracy of
 * elementary functions.
 */

/** Whether something is wrong; it may also throw. */
export type IsBroken = () => boolean | Promise<boolean>;

/** Something that is checked. What is expected is found out by `prepare`, while no fault is awake. */
export interface Check {
  readonly name: string;
  readonly prepare: () => IsBroken;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** What fails by throwing. */
const throwing =
  (run: () => unknown): IsBroken =>
  async () => {
    await run();
    return false;
  };

/** A program compiled and run, beside the reference evaluation. */
const resultsOf = (fun: FlatFunction, inputs: readonly ConcreteArray[]): IsBroken => {
  const closed = traceToJaxpr(fun, inputs, "makeJaxpr");
  const expected = evalJaxpr(closed.jaxpr, closed.consts, inputs);
  // What goes through float32 is no better for ending in float64.
  const precision = String(closed).includes("f32") ? 1e-3 : 1e-9;
  return () => {
    const results = compile(closed)?.(inputs);
    if (results === undefined) return true;
    return expected.some((y, i) => {
      const x = results[i] as ConcreteArray;
      if (x.shape.join() !== y.shape.join() || x.dtype !== y.dtype) return true;
      const rtol = isFloat(y.dtype) ? precision : 0;
      let largest = 1;
      for (const e of y.toTypedArray()) if (Number.isFinite(e)) largest = Math.max(largest, Math.abs(e));
      return arrayMismatch(x, y, { rtol, atol: rtol * largest }) !== undefined;
    });
  };
};

/** A random program, or its gradient. */
const randomProgram = (seed: number, isPulledBack: boolean): Check => ({
  name: `random program ${seed}${isPulledBack ? ", its pullback" : ""}`,
  prepare: () => {
    const source = fixedSource(seed);
    const { flat, inputs: specs } = drawProgram(source, { reverseOnly: true, maxSteps: 16 });
    const inputs = specs.map((spec) => drawArray(source, spec));
    if (!isPulledBack) return resultsOf(flat, inputs);
    const directions = fixedSource(seed);
    const cts = flat(...inputs).map((y) => (isFloat(y.dtype) ? drawDirection(directions, y) : null));
    const pull: FlatFunction = (...xs) =>
      vjpFlat(flat, xs)
        .pullback(cts)
        .filter((x) => x !== null);
    return resultsOf(pull, inputs);
  },
});

/** The folder of what texts.test.ts puts on file. */
declare const TEXTS: string;
const onFile = (name: string): string => readFileSync(new URL(`${name}.txt`, TEXTS), "utf8");

/** The text that a sample is compiled to, which the tests have on file. */
const sampleText = (sample: Sample): Check => ({
  name: `${sample.name}, its text`,
  prepare: () => {
    const text = onFile(sample.name);
    return () => textOf(lowerJaxpr(programOf(sample))) !== text;
  },
});

/** What a sample computes, as near as the tests want it. */
const sampleResults = (sample: Sample): Check => ({
  name: `${sample.name}, its results`,
  prepare: () => {
    const closed = programOf(sample);
    const expected = evalJaxpr(closed.jaxpr, closed.consts, sample.inputs);
    return throwing(() => requireNear(compiledOf(closed)(sample.inputs), expected, SAMPLE_BOUND));
  },
});

const LINES_TOGETHER = 25;

/** Some of the lines that the tests have on file. */
const linesOnFile = (): Check[] =>
  many.flatMap(([name, all]) => {
    const lines = all();
    return range(Math.ceil(lines.length / LINES_TOGETHER)).map((group): Check => {
      const some = lines.slice(group * LINES_TOGETHER, (group + 1) * LINES_TOGETHER);
      return {
        name: `${name}, group ${group}`,
        prepare: () => {
          const text = onFile(`many/${name.replaceAll(" ", "-")}`);
          return () => !text.includes(some.map((line) => `${line()}\n`).join(""));
        },
      };
    });
  });

/** A primitive on operands that are windows of all kinds. */
const applicationOf = (primitive: Primitive, seed: number, how: typeof compiledOf): Check => ({
  name: `${primitive.name} ${seed}, ${how.name}`,
  prepare: () => {
    const { application, disguises } = drawDisguised(primitive, fixedSource(seed));
    const expected = comparable(primitive, application.evaluate());
    const passed = disguises.map((d) => d.passed);
    const apart = traced(disguised(application.fun, disguises), passed);
    return throwing(() =>
      requireNear(comparable(primitive, how(apart)(passed)), expected, boundOf(primitive)),
    );
  },
});

const BAITS_TOGETHER = 20;

/** Some programs of what the rewriting rules look for. */
const baits = (group: number): Check => ({
  name: `baits, group ${group}`,
  prepare: () => {
    const drawn = Array.from({ length: BAITS_TOGETHER }, (_, k) => {
      const bait = drawBait(fixedSource(1 + k + group * BAITS_TOGETHER));
      return { ...bait, expected: evaluate(bait.closed, bait.inputs) };
    });
    return throwing(() => {
      for (const { closed, inputs, expected } of drawn)
        requireMeaning("optimize", (program) => optimize(program).closed, closed, inputs, expected);
    });
  },
});

/** Elementary functions within the bounds that the tests hold them to, at fewer points. */
const accuracy = (): Check[] => {
  const within = (name: string, bounds: readonly [number, number], step: number, dense: number): Check[] => [
    { name: `${name} of f32`, prepare: () => () => !(worst32(name, step, dense).error <= bounds[0]) },
    { name: `${name} of f64`, prepare: () => () => !(worst64(name).error <= bounds[1]) },
  ];
  return [
    ...Object.entries(functions).flatMap(([name, { bound }]) =>
      within(name, [bound, bound], 2_000_003, 2000),
    ),
    ...Object.entries(stepFunctions).flatMap(([name, { bounds }]) => within(name, bounds, 4_000_037, 500)),
  ];
};

/** All checks, those first that tell most. */
export const allChecks = (programs: number): readonly Check[] => [
  ...samples.flatMap((sample) => [sampleText(sample), sampleResults(sample)]),
  ...collected.map(({ name, run }) => ({ name, prepare: () => throwing(run) })),
  ...linesOnFile(),
  ...range(75).map(baits),
  ...registeredPrimitives()
    .filter((primitive) => primitive.args !== undefined)
    .flatMap((primitive) =>
      range(4).flatMap((k) =>
        [compiledOf, unoptimized].map((how) => applicationOf(primitive, 1000 + k, how)),
      ),
    ),
  ...range(programs).flatMap((k) => [randomProgram(k + 1, false), randomProgram(k + 1, true)]),
  ...accuracy(),
];
