import "cotangent";
import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { registeredPrimitives } from "../../src/core/index.ts";
import { onnxJit, toOnnx } from "../../src/onnx/index.ts";
import { REFUSED } from "../../src/onnx/rules/index.ts";
import { type Application, drawApplication } from "../../src/testing/application.ts";
import { fixedSource } from "../../src/testing/fixed-source.ts";
import { requireNear } from "./closeness.ts";

/*
 * Every primitive, on arguments drawn from its description, in ONNX Runtime and by its reference evaluation.
 */

/** Written out where they are called before anything is exported. */
const INLINED = ["checkpoint", "customJvpCall", "customLinearSolve", "customVjpCall", "jit"];
/** Their arguments cannot be drawn; control.test.ts runs them. */
const CARRY_PROGRAMS = ["cond", "scan", "while"];

/** How many applications are drawn, and how many where a model is thousands of nodes, which take long to load. */
const [DRAWS, FEW_DRAWS] = [16, 2];
const LARGE_MODEL = 15_000;

const run = async (application: Application): Promise<number> => {
  const { inputs, fun } = application;
  const compiled = await onnxJit((...xs: NDArray[]) => fun(...xs), { intraOpNumThreads: 1 })(...inputs);
  const results = await compiled(...inputs);
  await compiled.release();
  requireNear(results, application.evaluate(), 1, String(application));
  return compiled.bytes.length;
};

const primitives = registeredPrimitives();

test("what is neither drawn nor run elsewhere is refused with a reason", () => {
  const others = primitives.filter(({ args }) => args === undefined).map(({ name }) => name);
  expect(others.sort()).toEqual([...INLINED, ...CARRY_PROGRAMS, ...Object.keys(REFUSED)].sort());
});

describe("ONNX Runtime computes what the reference does", () => {
  for (const primitive of primitives.filter(({ args }) => args !== undefined)) {
    test(primitive.name, async () => {
      let draws = DRAWS;
      for (let i = 0; i < draws; i++) {
        const source = fixedSource(7919 * (i + 1) * (i + 3) + 7);
        const size = await run(drawApplication(primitive, source, i % 2 === 1));
        if (size > LARGE_MODEL) draws = FEW_DRAWS;
      }
    });
  }
});

test("exporting twice gives the same bytes", () => {
  for (const primitive of primitives.filter(({ args }) => args !== undefined).slice(0, 60)) {
    const { fun, inputs } = drawApplication(primitive, fixedSource(11));
    const bytes = (): Uint8Array => toOnnx((...xs: NDArray[]) => fun(...xs))(...inputs);
    expect(bytes()).toEqual(bytes());
  }
});
