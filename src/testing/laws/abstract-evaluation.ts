import { allocate, ConcreteArray, denseData, withWeakType } from "../../array/index.ts";
import { type Aval, avalOf, checkJaxpr, describeAval, sameAval, traceToJaxpr } from "../../core/index.ts";
import { type Application, drawApplication } from "../application.ts";
import { storedApart } from "../elements.ts";
import { type Case, defineLaw, LawViolation, requireClose } from "./law.ts";

interface EvaluationCase extends Case {
  readonly application: Application;
}

const describe = (a: Aval): string => `${describeAval(a)}${a.weakType ? " (weak)" : ""}`;

const requireAvals = (what: string, actual: readonly Aval[], expected: readonly Aval[]): void => {
  const agree =
    actual.length === expected.length &&
    actual.every((a, i) => sameAval(a, expected[i] as Aval) && a.weakType === (expected[i] as Aval).weakType);
  if (agree) return;
  throw new LawViolation(
    `${what}: got (${actual.map(describe).join(", ")}), expected (${expected.map(describe).join(", ")})`,
  );
};

/** Results are stored as their dtype has it: in its typed array, as many as the shape says, booleans as 0 and 1. */
const requireStorage = (results: readonly ConcreteArray[]): void => {
  results.forEach((x, i) => {
    const data = denseData(x);
    const expected = allocate(x.dtype, 0);
    if (data.constructor !== expected.constructor) {
      throw new LawViolation(`output ${i}: ${x.dtype} is stored in a ${data.constructor.name}`);
    }
    if (data.length !== x.size)
      throw new LawViolation(`output ${i}: ${describeAval(x)} has ${data.length} elements`);
    if (x.dtype === "bool" && data.some((b) => b > 1))
      throw new LawViolation(`output ${i}: a boolean is neither 0 nor 1`);
  });
};

/**
 * What abstract evaluation says of an application is what evaluation returns: shapes, dtypes and weak types. Evaluation
 * leaves its inputs alone, and does not depend on how they are stored.
 */
export const abstractEvaluationLaw = defineLaw<EvaluationCase>({
  name: "abstract evaluation = real shapes and dtypes",
  excuse: () => undefined,
  draw: (primitive, source) => {
    const application = drawApplication(primitive, source, source.next(2) === 2);
    const inputs = application.inputs.map((x) => withWeakType(x, source.next(3) === 3));
    return { application: application.withInputs(inputs) };
  },
  check: ({ application }) => {
    const { primitive, params, inputs } = application;
    const avals = primitive.abstractEval(inputs.map(avalOf), params);
    requireAvals("abstract evaluation of avals and of arrays", application.outAvals, avals);

    const copies = inputs.map((x) => new ConcreteArray(denseData(x).slice(), x.shape, x.dtype, x.weakType));
    const results = application.evaluate(copies);
    requireAvals("evaluation", results, avals);
    requireStorage(results);
    const exact = { rtol: 0, atol: 0 };
    requireClose("the inputs after evaluation", copies, inputs, exact);
    requireClose(
      "evaluation of arrays stored apart",
      application.evaluate(inputs.map(storedApart)),
      results,
      exact,
    );
    requireClose("binding", application.fun(...inputs), results, exact);
    checkJaxpr(traceToJaxpr(application.fun, inputs, "makeJaxpr"));
  },
});
