import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClosedJaxpr, checkJaxpr, type Jaxpr } from "../../src/core/index.ts";
import { programs } from "../../src/testing/index.ts";

/** How many equations a jaxpr has, and which primitives, those of the jaxprs inside it included. */
const survey = (jaxpr: Jaxpr, names: Set<string>): number => {
  let count = 0;
  for (const { primitive, params } of jaxpr.equations) {
    names.add(primitive.name);
    count++;
    for (const value of Object.values(params)) {
      if (value instanceof ClosedJaxpr) count += survey(value.jaxpr, names);
    }
  }
  return count;
};

describe("random programs", () => {
  const sample = fc.sample(programs({ reverseOnly: true }), { numRuns: 400, seed: 1 });
  const names = new Set<string>();
  const sizes = sample.map((program) => survey(program.jaxpr.jaxpr, names));

  test("are well typed, with outputs of the shapes and dtypes that were foreseen", () => {
    for (const program of sample) {
      checkJaxpr(program.jaxpr);
      const foreseen = program.outFacts.map(({ shape, dtype }) => ({ shape, dtype }));
      expect(program.jaxpr.outAvals.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(foreseen);
    }
  });

  test("have up to some dozens of equations, few of them none", () => {
    const sorted = [...sizes].sort((a, b) => a - b);
    expect(sorted[200]).toBeGreaterThan(5);
    expect(Math.max(...sizes)).toBeGreaterThan(30);
    expect(sizes.filter((n) => n === 0).length).toBeLessThan(80);
  });

  test("are made of many primitives, calls among them", () => {
    const calls = ["jit", "checkpoint", "customJvpCall", "customVjpCall"];
    expect(calls.filter((name) => !names.has(name))).toEqual([]);
    const others = [
      "dotGeneral",
      "gather",
      "scatterAdd",
      "sort",
      "reduceSum",
      "cumsum",
      "selectN",
      "concatenate",
      "pad",
    ];
    expect(others.filter((name) => !names.has(name))).toEqual([]);
    expect(names.size).toBeGreaterThan(40);
  });

  test("share values, and take and return trees", () => {
    const shares = sample.filter(({ steps }) => {
      const operands = steps.flatMap((step) => step.operands);
      return new Set(operands).size < operands.length;
    });
    expect(shares.length).toBeGreaterThan(200);
    expect(
      sample.filter((p) => p.inTree.children.some((child) => child.kind === "record")).length,
    ).toBeGreaterThan(20);
    expect(sample.filter((p) => p.outTree.kind === "record").length).toBeGreaterThan(20);
  });

  test("keep their values small", () => {
    for (const { steps } of sample) {
      for (const { name, outputs } of steps) {
        if (name === "scale")
          for (const { bound, slope } of outputs) expect(Math.max(bound, slope)).toBeLessThanOrEqual(8);
      }
    }
  });

  test("keep to the dtypes that are asked for", () => {
    for (const program of fc.sample(programs({ floats: ["float64"] }), { numRuns: 100, seed: 2 })) {
      const names = program.jaxpr.toString();
      expect(names).not.toMatch(/f32\[/);
    }
  });

  test("shrink to a minimal program, printed as a jaxpr", () => {
    const usesErf = fc.property(programs(), (program) => {
      const seen = new Set<string>();
      survey(program.jaxpr.jaxpr, seen);
      return !seen.has("erf");
    });
    const result = fc.check(usesErf, { seed: 1, numRuns: 500 });
    expect(String(result.counterexample?.[0])).toBe(
      "{ lambda ; a:f64[]. let b:f64[] = erf a in (b,) }\nfrom [*]\nto *",
    );
  });
});
