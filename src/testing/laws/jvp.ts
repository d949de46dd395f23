import { type ConcreteArray, castArray, denseData, isFloat, type NDArray } from "../../array/index.ts";
import { type Aval, describeAval, sameAval, type Tangent } from "../../core/index.ts";
import { jvpFlat } from "../../transforms/jvp.ts";
import { type Application, drawApplication } from "../application.ts";
import { type Difference, directionalDifference, stepFor } from "../finite-differences.ts";
import {
  type Case,
  defineLaw,
  derivativeExcuse,
  drawDifferentiable,
  drawLive,
  drawTangents,
  LawViolation,
  requireClose,
} from "./law.ts";

interface JvpCase extends Case {
  readonly application: Application;
  readonly tangents: readonly Tangent[];
}

/** The errors that are allowed between a derivative and central differences in float64, unless a primitive says more. */
const DOUBLE_TOLERANCE = 1e-5;
const SINGLE_TOLERANCE = 2e-3;

const inDoubles = (x: ConcreteArray): ConcreteArray => (x.dtype === "float32" ? castArray(x, "float64") : x);

/** The application to float64 arrays, if its parameters allow it; differences are far more exact then. */
const widened = (application: Application): Application => {
  const wide = application.withInputs(application.inputs.map(inDoubles));
  try {
    const [before, after] = [application.outAvals, wide.outAvals];
    return after.every((a, i) => a.shape.join() === before[i]?.shape.join()) ? wide : application;
  } catch {
    return application;
  }
};

const widenedTangent = (x: NDArray, t: Tangent): Tangent =>
  t && x.dtype === "float64" ? inDoubles(t as ConcreteArray) : t;

/** Central differences of an application, in float64 where that is possible. */
const differencesOf = (application: Application, tangents: readonly Tangent[]): readonly Difference[] => {
  const wide = widened(application);
  return directionalDifference(
    (...inputs) => wide.evaluate(inputs as readonly ConcreteArray[]),
    wide.inputs,
    wide.inputs.map((x, i) => widenedTangent(x, tangents[i] ?? null)),
    stepFor([...wide.inputs.filter((_, i) => tangents[i] !== null), ...wide.outAvals]),
  );
};

/** Throws unless a tangent agrees with the differences, as far as precision goes. */
export const requireDerivative = (
  what: string,
  output: Aval,
  tangent: Tangent,
  difference: Difference,
  tolerance: number,
): void => {
  if (tangent !== null && !sameAval(tangent, output)) {
    throw new LawViolation(
      `${what}: the tangent is ${describeAval(tangent)}, its primal ${describeAval(output)}`,
    );
  }
  const { values, scale } = difference;
  const slopes = tangent === null ? new Float64Array(values.length) : denseData(tangent as ConcreteArray);
  const largest = values.reduce((most, d) => Math.max(most, Math.abs(d)), 0);
  const allowed = tolerance * (1 + (output.dtype === "float32" ? largest : 0)) + 1e-13 * scale;
  values.forEach((expected, i) => {
    const actual = slopes[i] as number;
    if (Math.abs(actual - expected) <= allowed + tolerance * Math.abs(expected)) return;
    throw new LawViolation(
      `${what}, element ${i}: the JVP is ${actual}, central differences give ${expected}`,
    );
  });
};

/** The JVP is the derivative, whichever inputs have tangents. */
export const jvpLaw = defineLaw<JvpCase>({
  name: "JVP = central differences",
  excuse: derivativeExcuse,
  draw: (primitive, source) => {
    const application = drawDifferentiable(source, () => drawApplication(primitive, source));
    return { application, tangents: drawTangents(source, application, drawLive(source, application)) };
  },
  check: ({ application, tangents }) => {
    const { inputs, primitive, fun } = application;
    const expected = application.evaluate();
    const result = jvpFlat(fun, inputs, tangents);
    requireClose("the primal output of the JVP", result.outputs, expected, { rtol: 1e-15, atol: 0 });
    const differences = differencesOf(application, tangents);
    expected.forEach((y, i) => {
      const tangent = result.tangents[i] ?? null;
      if (!isFloat(y.dtype)) {
        if (tangent !== null) throw new LawViolation(`output ${i} is ${y.dtype} and has a tangent`);
        return;
      }
      const isSingle = [y, ...inputs].some((x) => x.dtype === "float32");
      const tolerance = Math.max(
        primitive.args?.tolerance ?? DOUBLE_TOLERANCE,
        isSingle ? SINGLE_TOLERANCE : 0,
      );
      requireDerivative(`output ${i}`, y, tangent, differences[i] as Difference, tolerance);
    });
  },
});
