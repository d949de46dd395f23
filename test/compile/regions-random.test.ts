import fc from "fast-check";
import { expect, test } from "vitest";
import { type ConcreteArray, type NDArray, sizeOf } from "../../src/array/index.ts";
import { optimize } from "../../src/compile/passes/optimize.ts";
import { checkJaxpr } from "../../src/core/index.ts";
import * as np from "../../src/numpy/index.ts";
import { type RegionProgram, regionPrograms } from "./region-programs.ts";
import { compiledOf, evaluate, requireNear, traced, unoptimized } from "./support.ts";

const RUNS = Number(process.env["REGION_RUNS"] ?? 120);
const BOUND = { ulps: 64, ofLargest: 1e-9 };

const inputsOf = ({ inputs }: RegionProgram): ConcreteArray[] =>
  inputs.map(({ shape, dtype }, k) => {
    const data = Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 5 + k * 3) % 7) / 4 - 0.7);
    return np.reshape(np.array(data, { dtype: "float64" }), shape).astype(dtype) as NDArray as ConcreteArray;
  });

test("random loops and branches, compiled with and without passes, equal the reference", () => {
  const kinds = new Map<string, number>();
  fc.assert(
    fc.property(regionPrograms(), (program) => {
      const inputs = inputsOf(program);
      const closed = traced(program.run, inputs);
      for (const { primitive } of closed.jaxpr.equations)
        kinds.set(primitive.name, (kinds.get(primitive.name) ?? 0) + 1);
      const expected = evaluate(closed, inputs);
      checkJaxpr(optimize(closed).closed);
      for (const run of [unoptimized(closed), compiledOf(closed)]) {
        requireNear(run(inputs), expected, BOUND, `${closed}`);
        // Nothing is left behind by a call that the next one could see.
        requireNear(run(inputs), expected, BOUND, `again: ${closed}`);
      }
    }),
    { numRuns: RUNS },
  );
  for (const kind of ["barestScan", "barestWhile", "barestBranch"])
    expect(kinds.get(kind) ?? 0, kind).toBeGreaterThan(RUNS / 20);
});
