import { check, property, toStringMethod } from "fast-check";
import { isFloat, type NDArray } from "../../src/array/index.ts";
import { type ClosedJaxpr, evalJaxpr } from "../../src/core/index.ts";
import "../../src/index.ts";
import { describeArrays } from "../../src/testing/application.ts";
import { drawArray, drawDirection } from "../../src/testing/elements.ts";
import { drawProgram } from "../../src/testing/programs/index.ts";
import { drawn } from "../../src/testing/tape.ts";
import { vjpFlat } from "../../src/transforms/vjp.ts";
import { compiledOf, requireNear, traced, unoptimized } from "./support.ts";

/*
 * Random programs and their gradients, compiled with and without passes, against the reference evaluation.
 * Run: npx tsx test/compile/fuzz.ts [programs=2000] [seed] [minutes]
 */

const count = Number(process.argv[2] ?? 2000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const minutes = Number(process.argv[4] ?? Infinity);

let programs = 0;
let equations = 0;

/** Passes change the order of operations, and gradients add up many terms. */
const LOOSE = {
  float32: { ulps: 0, ofLargest: 1e-3 },
  float64: { ulps: 0, ofLargest: 1e-9 },
};

const cases = drawn((source) => {
  const program = drawProgram(source, { maxSteps: 24, reverseOnly: true });
  const inputs = program.inputs.map((spec) => drawArray(source, spec));
  const cotangents = program.outFacts.map((a) => (isFloat(a.dtype) ? drawDirection(source, a) : null));
  return {
    program,
    inputs,
    cotangents,
    [toStringMethod]: () => `\n${program}\napplied to\n${describeArrays(inputs)}\n`,
  };
});

const compare = (what: string, closed: ClosedJaxpr, inputs: readonly NDArray[]): void => {
  const expected = evalJaxpr(closed.jaxpr, closed.consts, inputs);
  const narrow = closed.jaxpr.equations.length > 0 && String(closed).includes("f32");
  const bound = narrow ? LOOSE.float32 : LOOSE.float64;
  requireNear(compiledOf(closed)(inputs as never), expected, bound, what);
  requireNear(unoptimized(closed)(inputs as never), expected, bound, `${what} without passes`);
  equations += closed.jaxpr.equations.length;
};

const start = Date.now();
const result = check(
  property(cases, ({ program, inputs, cotangents }) => {
    const { flat } = program;
    compare("value", traced(flat, inputs), inputs);
    const pull = (...xs: NDArray[]): readonly NDArray[] =>
      vjpFlat(flat, xs)
        .pullback(cotangents)
        .flatMap((x) => (x === null ? [] : [x]));
    compare(
      "gradient",
      traced((...xs) => pull(...(xs as NDArray[])), inputs),
      inputs,
    );
    programs++;
  }),
  {
    numRuns: count,
    seed,
    ...(Number.isFinite(minutes) && { interruptAfterTimeLimit: minutes * 60_000 }),
  },
);
console.log(
  `${programs} programs and their gradients, ${equations} equations, ` +
    `${((Date.now() - start) / 60_000).toFixed(1)} minutes, seed ${seed}`,
);
if (result.failed && result.counterexample !== null) {
  console.log(`minimal failing program (path ${result.counterexamplePath}):`);
  console.log(String((result.counterexample[0] as { [toStringMethod]: () => string })[toStringMethod]()));
  console.log(String(result.errorInstance).slice(0, 2000));
  process.exitCode = 1;
}
