import { assert as check, property, toStringMethod } from "fast-check";
import { describe, expect, test } from "vitest";
import { type NDArray, sizeOf } from "../../src/array/index.ts";
import { canCompile } from "../../src/compile/executable.ts";
import { type Chooser, type Primitive, registeredPrimitives } from "../../src/core/index.ts";
import "../../src/index.ts";
import * as np from "../../src/numpy/index.ts";
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

/**
 * What is compared of a result: factors of singular matrices, which are drawn here too, are not unique, but their product
 * is, and so are singular values.
 */
const comparable = ({ name }: Primitive, outputs: readonly NDArray[]): readonly NDArray[] => {
  const [a, b, c] = outputs as readonly [NDArray, NDArray, NDArray];
  if (name === "qr") return [np.matmul(a, b)];
  return name === "svd" ? [b, np.matmul(np.multiply(a, np.expandDims(b, -2)), c)] : outputs;
};

describe("a compiled primitive equals its reference evaluation", () => {
  for (const primitive of primitives) {
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
