import fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../../src/calls/index.ts";
import "../../src/primitives/index.ts";
import "../../src/transforms/index.ts";
import { type DType, denseData, isFloat } from "../../src/array/index.ts";
import { type Lowering, type Params, type Primitive, registeredPrimitives } from "../../src/core/index.ts";
import { Application, drawApplication } from "../../src/testing/application.ts";
import { drawn } from "../../src/testing/tape.ts";
import { edgeOperands } from "./support/edge-values.ts";
import { runLowering } from "./support/lower.ts";
import { ulpsApart } from "./support/ulps.ts";

/** The primitives that are not compiled, and why. */
const NOT_COMPILED: Readonly<Record<string, string>> = {
  customLinear: "it can only be transposed; applied, it throws",
};

/**
 * How many units in the last place a float may be off, in float32 and float64; where nothing is said, none. References
 * have errors of their own in double precision.
 */
const ULPS = new Map<string, readonly [float32: number, float64: number]>(
  [
    ...[
      "acos",
      "acosh",
      "asin",
      "asinh",
      "atan",
      "atan2",
      "atanh",
      "cbrt",
      "cos",
      "cosh",
      "erf",
      "exp",
      "exp2",
    ],
    ...["expm1", "log", "log1p", "logistic", "rsqrt", "sin", "sinh", "tanh"],
  ].map((name) => [name, [2, 3]]),
);
for (const name of ["digamma", "erfc", "erfInv", "integerPow", "lgamma", "pow", "tan"])
  ULPS.set(name, [4, 5]);
// Series of Chebyshev polynomials, in another order of additions: up to 11 ulp from the exact result on either side.
for (const name of ["besselI0e", "besselI1e"]) ULPS.set(name, [2, 24]);
ULPS.set("ndtri", [2, 8]);
// Their errors grow with the logarithm of the result.
for (const name of ["polygamma", "zeta"]) ULPS.set(name, [1, 1024]);

const primitives = registeredPrimitives();

test("every primitive is compiled or excused", () => {
  const without = primitives.filter((p) => p.lowering === undefined).map((p) => p.name);
  expect(without.sort()).toEqual(Object.keys(NOT_COMPILED).sort());
});

/** Throws where a lowering and the reference differ. */
const compare = (primitive: Primitive, application: Application): void => {
  const actual = runLowering(primitive.lowering as Lowering<Params>, application) ?? [];
  const expected = application.evaluate();
  expect(actual.length).toBe(expected.length);
  expected.forEach((array, k) => {
    const { dtype } = array;
    const bound = isFloat(dtype) ? (ULPS.get(primitive.name)?.[dtype === "float32" ? 0 : 1] ?? 0) : 0;
    const [got, want] = [actual[k] as ArrayLike<number>, denseData(array)];
    expect(got.length).toBe(want.length);
    for (let i = 0; i < want.length; i++) {
      const off = ulpsApart(got[i] as number, want[i] as number, dtype);
      if (off <= bound) continue;
      const operands = application.inputs.map((x) => denseData(x)[x.shape.length === 0 ? 0 : i]).join(", ");
      const where = `${primitive.name}(${operands}) ${dtype} ${JSON.stringify(application.params)}`;
      throw new Error(`${where}: got ${got[i]}, expected ${want[i]}, ${off} ulps apart, at ${i}`);
    }
  });
};

/** Applications to described arguments, of floats or of other dtypes. */
const applications = (primitive: Primitive): fc.Arbitrary<Application> =>
  drawn((source) => drawApplication(primitive, source, source.next(1) === 1));

/** Thousands of operations an element: fewer elements will do. */
const isLong = ({ name }: Primitive): boolean => name === "polygamma" || name === "zeta";

/** How many applications are drawn to see what dtypes and parameters there are. */
const SAMPLES = 200;

/** Applications to edge values: one for each combination of dtypes and parameters that is met. */
const edgeApplications = (primitive: Primitive): Application[] => {
  const found = new Map<string, Application>();
  const most = isLong(primitive) ? 500 : 5000;
  for (const { params, inputs } of fc.sample(applications(primitive), { seed: 1, numRuns: SAMPLES })) {
    const dtypes = inputs.map((x) => x.dtype);
    const key = JSON.stringify([dtypes, params]);
    if (!found.has(key)) found.set(key, new Application(primitive, params, edgeOperands(dtypes, most)));
  }
  return [...found.values()];
};

const meaningful = primitives.filter(
  ({ lowering, args }) => args && lowering && lowering.kind !== "nest" && lowering.kind !== "call",
);

for (const primitive of meaningful) {
  describe(primitive.name, () => {
    test("lowering = reference on described arguments", () => {
      const law = fc.property(applications(primitive), (application) => compare(primitive, application));
      fc.assert(law, { numRuns: isLong(primitive) ? 20 : 100 });
    });
    if (primitive.lowering?.kind === "elementwise") {
      test("lowering = reference on edge values", () => {
        for (const application of edgeApplications(primitive)) compare(primitive, application);
      });
    }
  });
}

const byName = new Map(primitives.map((primitive) => [primitive.name, primitive]));

/** Applications of one primitive to the edge values of a dtype, with parameters of all sizes. */
const checkParams = (name: string, params: readonly Params[], dtypes: readonly DType[]): void => {
  const primitive = byName.get(name) as Primitive;
  for (const dtype of dtypes) {
    for (const p of params) compare(primitive, new Application(primitive, p, edgeOperands([dtype])));
  }
};

describe("parameters beyond those described", () => {
  test("powers are multiplied out or left to pow", () => {
    const exponents = [
      -2147483649, -1001, -64, -9, -8, -7, -5, -2, -1, 0, 1, 2, 5, 6, 7, 8, 9, 10, 33, 16777217,
    ];
    checkParams(
      "integerPow",
      exponents.map((y) => ({ y })),
      ["float32", "float64"],
    );
    checkParams(
      "integerPow",
      [0, 1, 2, 7, 31, 33, 4294967297].map((y) => ({ y })),
      ["int32", "uint32"],
    );
  });

  test("formats of every width", () => {
    const formats = [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 15].flatMap((exponentBits) =>
      [0, 1, 2, 3, 7, 10, 22, 23, 24, 51, 52, 53].map((mantissaBits) => ({ exponentBits, mantissaBits })),
    );
    checkParams("reducePrecision", formats, ["float32", "float64"]);
  });
});
