import type { NDArray } from "../array/index.ts";
import {
  type Aval,
  type BatchAxis,
  type BatchResult,
  bind,
  type ClosedJaxpr,
  type ConcreteInputs,
  describeAval,
  inLivePlaces,
  interpretJaxpr,
  isLinearInput,
  type JvpResult,
  type PartialEvalContext,
  type Primitive,
  ShapeError,
  sameAval,
  type Tangent,
  type TransposeInput,
} from "../core/index.ts";
import { batchJaxpr, jvpJaxpr, partialEvalJaxpr, transposeJaxpr } from "../interpreters/jaxpr-transforms.ts";

/*
 * Rules that all primitives share which call a jaxpr once: transform the jaxpr, and call what comes out.
 */

/** Parameters of a primitive that calls one jaxpr. */
export interface ClosedCallParams {
  readonly jaxpr: ClosedJaxpr;
}

/** The same call of another jaxpr. */
const withJaxpr = <P extends ClosedCallParams>(params: P, jaxpr: ClosedJaxpr): P => ({ ...params, jaxpr });

/** Apply a call, unless its jaxpr does nothing. */
export const bindCall = <P extends ClosedCallParams>(
  primitive: Primitive<P>,
  inputs: readonly NDArray[],
  params: P,
): readonly NDArray[] => {
  const { equations, outputs } = params.jaxpr.jaxpr;
  return equations.length === 0 && outputs.length === 0 ? [] : bind(primitive, inputs, params);
};

export const callAbstractEval = (
  name: string,
  inputs: readonly Aval[],
  { jaxpr }: ClosedCallParams,
): readonly Aval[] => {
  const expected = jaxpr.jaxpr.inputs;
  if (
    inputs.length !== expected.length ||
    inputs.some((x, i) => !sameAval(x, (expected[i] as { aval: Aval }).aval))
  ) {
    throw new ShapeError(
      `${name}: the called jaxpr takes (${jaxpr.inAvals.map(describeAval).join(", ")}); ` +
        `got (${inputs.map(describeAval).join(", ")}).`,
    );
  }
  return jaxpr.outAvals;
};

/** Evaluate a jaxpr on concrete arrays by the reference evaluation of each primitive. */
export const evaluateByReference = (jaxpr: ClosedJaxpr, inputs: ConcreteInputs): ConcreteInputs =>
  interpretJaxpr(
    jaxpr.jaxpr,
    jaxpr.consts as ConcreteInputs,
    inputs,
    (equation, values) =>
      equation.primitive.evaluate(
        values,
        equation.params,
        equation.outputs.map((v) => v.aval),
      ),
    (literal) => literal.value,
  );

export const callJvp = <P extends ClosedCallParams>(
  primitive: Primitive<P>,
  primals: readonly NDArray[],
  tangents: readonly Tangent[],
  params: P,
): JvpResult => {
  const { closed, outNonzero } = jvpJaxpr(
    params.jaxpr,
    tangents.map((t) => t !== null),
  );
  const live = tangents.filter((t): t is NDArray => t !== null);
  const results = bind(primitive, [...primals, ...live], withJaxpr(params, closed));
  const n = outNonzero.length;
  return { outputs: results.slice(0, n), tangents: inLivePlaces(outNonzero, results, n) };
};

export const callTranspose = <P extends ClosedCallParams>(
  primitive: Primitive<P>,
  cotangents: readonly Tangent[],
  inputs: readonly TransposeInput[],
  params: P,
): readonly Tangent[] => {
  const linear = inputs.map(isLinearInput);
  const { closed, inNonzero } = transposeJaxpr(
    params.jaxpr,
    linear,
    cotangents.map((ct) => ct !== null),
  );
  const known = inputs.filter((x): x is NDArray => !isLinearInput(x));
  const live = cotangents.filter((ct): ct is NDArray => ct !== null);
  return inLivePlaces(inNonzero, bindCall(primitive, [...known, ...live], withJaxpr(params, closed)));
};

export const callBatch = <P extends ClosedCallParams>(
  primitive: Primitive<P>,
  inputs: readonly NDArray[],
  axes: readonly BatchAxis[],
  size: number,
  params: P,
  axisName: string | undefined,
): BatchResult => {
  const { closed, outAxes } = batchJaxpr(params.jaxpr, axes, { size, axisName });
  return { outputs: bind(primitive, inputs, withJaxpr(params, closed)), axes: outAxes };
};

export const callPartialEval = <P extends ClosedCallParams>(
  primitive: Primitive<P>,
  context: PartialEvalContext,
  inputs: readonly NDArray[],
  params: P,
): readonly NDArray[] => {
  const isUnknown = inputs.map((x) => context.isUnknown(x));
  const { known, unknown, outUnknown, needed, numResiduals } = partialEvalJaxpr(params.jaxpr, isUnknown);
  const knownInputs = inputs.filter((_, i) => !isUnknown[i]);
  const knownResults = bindCall(primitive, knownInputs, withJaxpr(params, known));
  const residuals = knownResults.slice(knownResults.length - numResiduals);
  const waiting = context.record(
    primitive,
    [...residuals, ...needed.map((i) => inputs[i] as NDArray), ...inputs.filter((_, i) => isUnknown[i])],
    withJaxpr(params, unknown),
  );
  let nextKnown = 0;
  let nextWaiting = 0;
  return outUnknown.map((u) => (u ? waiting[nextWaiting++] : knownResults[nextKnown++]) as NDArray);
};
