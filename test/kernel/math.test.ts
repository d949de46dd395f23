import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/kernel/evaluate.ts";
import { input } from "../../src/kernel/expr.ts";
import { sequence } from "../../src/kernel/sequence.ts";
import { functions, stepFunctions } from "./functions.ts";
import { mapKernel } from "./harness.ts";
import { worst32, worst64 } from "./worst.ts";

const points = [
  0,
  -0,
  0.1,
  -0.3,
  0.5,
  0.9,
  1,
  -1,
  1.3,
  2,
  -2.5,
  7.7,
  30,
  -41.5,
  700,
  -745.1,
  1e4,
  1e9,
  -3e30,
  1e-5,
  -1e-39,
  1e-310,
  5e-324,
  3.4e38,
  1.7e308,
  Infinity,
  -Infinity,
  Number.NaN,
];

describe.each(Object.entries(functions))("%s", (name, { arity, build, bound }) => {
  it("is within its bound in f32", () => {
    expect(worst32(name, 200_003, 20_000)).toSatisfy(({ error }) => error <= bound);
  });

  it("is within its bound in f64", () => {
    expect(worst64(name)).toSatisfy(({ error }) => error <= bound);
  });

  it.each(["f32", "f64"] as const)(
    "gives the interpreter's bits in vectors, alone and in the tail (%s)",
    (type) => {
      const expr = build(input(0, type), input(1, type));
      const program = sequence([expr]);
      const seconds = arity === 1 ? [0] : points;
      const rows = points.flatMap((x) => seconds.map((y) => [x, y] as const));
      const kernel = mapKernel(expr, arity === 1 ? [type] : [type, type], rows.length);
      rows.forEach((row, i) => {
        kernel.inputs.forEach((array, k) => {
          array[i] = row[k] as never;
        });
      });
      const want = rows.map((row) => evaluate(program, type === "f32" ? row.map(Math.fround) : row)[0]);
      kernel.run(rows.length);
      expect([...kernel.output]).toEqual(want);
      kernel.output.fill(0 as never);
      kernel.runScalar(rows.length);
      expect([...kernel.output]).toEqual(want);
    },
  );
});

describe.each(Object.entries(stepFunctions))("%s", (name, { bounds }) => {
  it("is within its bound in f32", () => {
    expect(worst32(name, 400_009, 20_000)).toSatisfy(({ error }) => error <= bounds[0]);
  });

  it("is within its bound in f64", () => {
    expect(worst64(name)).toSatisfy(({ error }) => error <= bounds[1]);
  });
});
