import { assert as check, property, toStringMethod } from "fast-check";
import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { canCompile } from "../../src/compile/executable.ts";
import { registeredPrimitives } from "../../src/core/index.ts";
import "../../src/index.ts";
import { drawn } from "../../src/testing/tape.ts";
import { disguised } from "./disguise.ts";
import { boundOf, comparable, drawDisguised } from "./draw-wide.ts";
import { compiledOf, requireNear, traced, unoptimized } from "./support.ts";

/*
 * Every primitive through the compiler: the kernel that it becomes against its reference evaluation, on operands that
 * are windows in every way an array can be one.
 */

/** How many applications of each primitive are compiled. */
const NUM_RUNS = Number(process.env["RUNS"] ?? 30);

const primitives = registeredPrimitives().filter((p) => p.args !== undefined);

test("every primitive that can be described has a lowering", () => {
  expect(canCompile()).toBe(true);
  expect(primitives.filter((p) => p.lowering === undefined).map((p) => p.name)).toEqual([]);
});

describe("a compiled primitive equals its reference evaluation", () => {
  for (const primitive of primitives) {
    test(primitive.name, () => {
      const cases = drawn((source) => {
        const { application, disguises } = drawDisguised(primitive, source);
        return { application, disguises, [toStringMethod]: () => `\n${application}` };
      });
      const bound = boundOf(primitive);
      check(
        property(cases, ({ application, disguises }) => {
          const { inputs, fun } = application;
          const expected = comparable(primitive, application.evaluate());
          const near = (actual: readonly NDArray[], what: string): void =>
            requireNear(comparable(primitive, actual), expected, bound, what);
          near(compiledOf(traced(fun, inputs))(inputs), "dense");
          const passed = disguises.map((d) => d.passed);
          const apart = traced(disguised(fun, disguises), passed);
          near(compiledOf(apart)(passed), "windows");
          near(unoptimized(apart)(passed), "windows, without passes");
        }),
        { numRuns: NUM_RUNS },
      );
    });
  }
});
