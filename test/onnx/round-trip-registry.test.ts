import { jvp, type NDArray, numpy as np } from "cotangent";
import { describe, expect, test } from "vitest";
import { type Primitive, registeredPrimitives } from "../../src/core/index.ts";
import { decodeModel } from "../../src/onnx/decode-model.ts";
import { FUNCTIONS } from "../../src/onnx/functions.ts";
import { ELEMENT, type GraphProto } from "../../src/onnx/model.ts";
import { bitcastConvertTypePrimitive } from "../../src/primitives/elementwise/conversion.ts";
import { type Application, drawApplication } from "../../src/testing/application.ts";
import { fixedSource } from "../../src/testing/fixed-source.ts";
import { stored } from "../export/stored.ts";
import { requireNear } from "./closeness.ts";
import { exported, type Program, read, tripsUntilFixed } from "./trips.ts";

/*
 * Every primitive whose arguments can be drawn, in every dtype that it takes: what is exported is read back, computes the
 * same, and comes to a file that comes back the same.
 */

const DRAWS = 12;
/** How many applications of one primitive to the same dtypes are looked at; one if the model is thousands of nodes. */
const SAME = 2;
const LARGE_MODEL = 15_000;

const programOf =
  ({ fun }: Application): Program =>
  (...xs) =>
    fun(...xs);

/** Applications of a primitive, some of each list of dtypes. bfloat16 is not exported. */
const applicationsOf = (primitive: Primitive): readonly Application[] => {
  const drawn = Array.from({ length: DRAWS }, (_, i) =>
    drawApplication(primitive, fixedSource(7919 * (i + 1) * (i + 3) + 7), i % 2 === 1),
  );
  const narrow = drawn.flatMap((application, i) => stored(application, (i >> 1) % 2) ?? []);
  const counts = new Map<string, number>();
  return [...drawn, ...narrow].filter(({ inputs }) => {
    const dtypes = inputs.map(({ dtype }) => dtype);
    const count = (counts.get(String(dtypes)) ?? 0) + 1;
    counts.set(String(dtypes), count);
    return count <= SAME && !dtypes.includes("bfloat16");
  });
};

/** Whether a graph takes floats apart into their bits, which have no derivative. */
const seesBits = ({ nodes }: GraphProto): boolean => {
  const { float32, float64, int64, uint64 } = ELEMENT;
  const types: readonly unknown[] = [float32, float64, int64, uint64];
  return nodes.some(
    ({ opType, attributes }) => opType === "BitCast" && types.includes(attributes["to"]?.value),
  );
};

describe("what is exported is read back, and computes the same", () => {
  test.each(
    registeredPrimitives()
      .filter(({ args }) => args !== undefined)
      .map((primitive) => [primitive.name, primitive] as const),
  )("%s", (_name, primitive) => {
    const large = new Set<string>();
    for (const application of applicationsOf(primitive)) {
      const { inputs } = application;
      const dtypes = String(inputs.map(({ dtype }) => dtype));
      if (large.has(dtypes)) continue;
      const bytes = exported(programOf(application), inputs);
      if (bytes.length > LARGE_MODEL) large.add(dtypes);
      try {
        requireNear([read(bytes)(...inputs)].flat(), application.evaluate());
        expect(tripsUntilFixed(bytes, inputs, 2)).toBeLessThanOrEqual(2);
        // Functions are left to the runtime; what stands outside of them has derivatives.
        if (primitive !== bitcastConvertTypePrimitive)
          expect(seesBits(decodeModel(bytes).graph), "it computes with the bits of floats").toBe(false);
      } catch (error) {
        throw new Error(`${dtypes}: ${String(error)}\n${application}`, { cause: error });
      }
    }
  });
});

describe("what is written as a function of the model", () => {
  const written = [...FUNCTIONS.values()].map(({ primitive }) => primitive);

  test.each(written.map((primitive) => [primitive.name, primitive] as const))(
    "%s comes back at once, with its derivative",
    (_name, primitive) => {
      const application = drawApplication(primitive, fixedSource(5));
      const { inputs } = application;
      const f = programOf(application);
      const bytes = exported(f, inputs);
      expect(tripsUntilFixed(bytes, inputs, 0)).toBe(0);
      const live = inputs.flatMap((_, i) => (application.differentiable[i] ? [i] : []));
      if ("missing" in primitive.jvp || live.length === 0) return;
      const imported = read(bytes);
      const derivative = (g: Program): readonly NDArray[] => {
        const some = (...xs: NDArray[]) => [g(...inputs.map((x, i) => xs[live.indexOf(i)] ?? x))].flat();
        const primals = live.map((i) => inputs[i] as NDArray);
        const tangents = primals.map((x) => np.ones(x.shape, x.dtype));
        return jvp(some, primals, tangents)[1] as NDArray[];
      };
      requireNear(derivative(imported), derivative(f));
    },
  );
});
