import { assert as check, property, toStringMethod } from "fast-check";
import { describe, expect, test } from "vitest";
import { sizeOf } from "../../src/array/index.ts";
import { canCompile } from "../../src/compile/executable.ts";
import { type Chooser, type Primitive, registeredPrimitives } from "../../src/core/index.ts";
import "../../src/index.ts";
import { Application, drawApplication } from "../../src/testing/application.ts";
import { chooserFrom } from "../../src/testing/chooser.ts";
import { drawArray } from "../../src/testing/elements.ts";
import { drawn, type Source } from "../../src/testing/tape.ts";
import { disguise, disguised } from "./disguise.ts";
import { type Bound, compiledOf, requireNear, traced, unoptimized } from "./support.ts";

/*
 * Every primitive through the compiler: the kernel that it becomes against its reference evaluation, on operands that
 * are windows in every way an array can be one.
 */

/** How many applications of each primitive are compiled. */
const NUM_RUNS = Number(process.env["RUNS"] ?? 30);

/** Elements of one operand: reference evaluations are slow, and so is drawing. */
const GREATEST_SIZE = 600;

/** Draws ranks up to 6, and lengths up to 9 that leave tails behind vectors. */
const wide = (source: Source): Chooser => {
  const choose = chooserFrom(source);
  return {
    ...choose,
    shape: (options = {}) => {
      const shape = choose.shape({ maxRank: 6, maxLength: choose.pick([3, 5, 9]), ...options });
      while (sizeOf(shape) > GREATEST_SIZE) {
        const longest = shape.indexOf(Math.max(...shape));
        shape[longest] = Math.max(options.minLength ?? 1, Math.ceil((shape[longest] as number) / 2));
      }
      return shape;
    },
  };
};

const drawWide = (primitive: Primitive, source: Source): Application => {
  const { args } = primitive;
  const other = source.next(2) === 0;
  if (args === undefined) throw new TypeError(`${primitive.name} has no description of its arguments.`);
  const choose = wide(source);
  const { inputs, params } = other && args.otherDTypes ? args.otherDTypes(choose) : args.example(choose);
  try {
    return new Application(
      primitive,
      params,
      inputs.map((spec) => drawArray(source, spec)),
    );
  } catch (error) {
    // More elements than there are distinct numbers in the range.
    if (error instanceof RangeError) return drawApplication(primitive, source, other);
    throw error;
  }
};

/** Sums that are added up in another order, and the functions whose accuracy is 4 ulp on either side. */
const boundOf = ({ lowering }: Primitive): Bound => {
  switch (lowering?.kind) {
    case "reduction":
    case "dot":
    case "nest":
      return { ulps: 8, ofLargest: 1e-6 };
    default:
      return { ulps: 8 };
  }
};

const primitives = registeredPrimitives().filter((p) => p.args !== undefined);

test("every primitive that can be described has a lowering", () => {
  expect(canCompile()).toBe(true);
  expect(primitives.filter((p) => p.lowering === undefined).map((p) => p.name)).toEqual([]);
});

/** Factors of singular matrices, which are drawn here too, are not unique: test/linalg holds the products to the matrices. */
const isUnique = ({ name }: Primitive): boolean => name !== "qr" && name !== "svd";

describe("a compiled primitive equals its reference evaluation", () => {
  for (const primitive of primitives.filter(isUnique)) {
    test(primitive.name, () => {
      const cases = drawn((source) => {
        const application = drawWide(primitive, source);
        const choose = chooserFrom(source);
        const disguises = application.inputs.map((x) => disguise(choose, x));
        const shown = application.withInputs(disguises.map(({ operand }) => operand));
        return { application: shown, disguises, [toStringMethod]: () => `\n${shown}` };
      });
      const bound = boundOf(primitive);
      check(
        property(cases, ({ application, disguises }) => {
          const { inputs, fun } = application;
          const expected = application.evaluate();
          requireNear(compiledOf(traced(fun, inputs))(inputs), expected, bound, "dense");
          const passed = disguises.map((d) => d.passed);
          const apart = traced(disguised(fun, disguises), passed);
          requireNear(compiledOf(apart)(passed), expected, bound, "windows");
          requireNear(unoptimized(apart)(passed), expected, bound, "windows, without passes");
        }),
        { numRuns: NUM_RUNS },
      );
    });
  }
});
