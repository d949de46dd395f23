import type { NDArray } from "../../src/array/index.ts";
import { type ClosedJaxpr, evalJaxpr, type FlatFunction } from "../../src/core/index.ts";
import { defineProgramLaw, type ProgramLaw, REVERSE } from "../../src/testing/laws/program-law.ts";
import { vjpFlat } from "../../src/transforms/vjp.ts";
import { compiledOf, requireNear, traced, unoptimized } from "../compile/support.ts";

/** Passes change the order of operations, and gradients add up many terms. */
const LOOSE = {
  float32: { ulps: 0, ofLargest: 1e-3 },
  float64: { ulps: 0, ofLargest: 1e-9 },
};

const compare = (what: string, closed: ClosedJaxpr, inputs: readonly NDArray[]): void => {
  const expected = evalJaxpr(closed.jaxpr, closed.consts, inputs);
  const bound = String(closed).includes("f32") ? LOOSE.float32 : LOOSE.float64;
  requireNear(compiledOf(closed)(inputs as never), expected, bound, what);
  requireNear(unoptimized(closed)(inputs as never), expected, bound, `${what} without passes`);
};

/** Programs and their gradients, compiled with and without passes, against the reference evaluation. */
export const compiledLaw: ProgramLaw = defineProgramLaw(
  "compiled, with passes and without = reference",
  { ...REVERSE, maxSteps: 24 },
  ({ program: { flat }, inputs, cotangents }) => {
    compare("value", traced(flat, inputs), inputs);
    const pull: FlatFunction = (...xs) =>
      vjpFlat(flat, xs)
        .pullback(cotangents)
        .flatMap((x) => (x === null ? [] : [x]));
    compare("gradient", traced(pull, inputs), inputs);
  },
);
