import type { NDArray } from "../array/index.ts";
import {
  type Atom,
  ClosedJaxpr,
  definePrimitive,
  Equation,
  evalJaxpr,
  Jaxpr,
  Literal,
  neededEquations,
  type Params,
  type PartialEvalContext,
  type Primitive,
  Var,
} from "../core/index.ts";
import { partialEvalJaxpr } from "../interpreters/jaxpr-transforms.ts";
import { flagsKey, memoizeOnJaxpr } from "../interpreters/memoize.ts";
import {
  type ClosedCallParams,
  callAbstractEval,
  callBatch,
  callJvp,
  callTranspose,
  evaluateByReference,
} from "./closed-call.ts";

/** Says of an equation whether its results may be stored for the backward pass; all others are computed again. */
export type CheckpointPolicy = (equation: {
  readonly primitive: Primitive;
  readonly params: Params;
}) => boolean;

/** Parameters of `checkpoint`. */
export interface CheckpointParams extends ClosedCallParams {
  readonly policy: CheckpointPolicy;
  readonly name: string;
}

/**
 * The call of a function whose intermediate values are not kept for the backward pass but computed again there
 * (rematerialization). Also a barrier: a compiler must not merge what it computes with the same computation outside.
 */
export const checkpointCall: Primitive<CheckpointParams> = definePrimitive<CheckpointParams>({
  name: "checkpoint",
  abstractEval: (inputs, params) => callAbstractEval("checkpoint", inputs, params),
  evaluate: (inputs, { jaxpr }) => evaluateByReference(jaxpr, inputs),
  jvp: (primals, tangents, params) => callJvp(checkpointCall, primals, tangents, params),
  transpose: (cotangents, inputs, params) => callTranspose(checkpointCall, cotangents, inputs, params),
  batch: (inputs, axes, size, params, axisName) =>
    callBatch(checkpointCall, inputs, axes, size, params, axisName),
  partialEval: (context, inputs, params) => partialEvalCheckpoint(context, inputs, params),
  lowering: { kind: "call" },
  args: { missing: "its legal arguments are those of the jaxpr that it carries; tested in test/transforms" },
});

/** A checkpointed jaxpr split in two, the second part computing again what the policy does not save. */
interface Rematerialization {
  /** Known inputs to known outputs, then what is saved. */
  readonly known: ClosedJaxpr;
  /** What is saved, the known inputs, then the unknown ones, to the unknown outputs. */
  readonly rest: ClosedJaxpr;
  readonly outUnknown: readonly boolean[];
  readonly numSaved: number;
}

const splitCache = new WeakMap<
  CheckpointPolicy,
  (closed: ClosedJaxpr, isUnknown: readonly boolean[]) => Rematerialization
>();

const splitFor = (
  policy: CheckpointPolicy,
): ((closed: ClosedJaxpr, isUnknown: readonly boolean[]) => Rematerialization) => {
  let split = splitCache.get(policy);
  if (split === undefined) {
    split = memoizeOnJaxpr(flagsKey, (closed, isUnknown) => rematerialize(closed, isUnknown, policy));
    splitCache.set(policy, split);
  }
  return split;
};

const rematerialize = (
  closed: ClosedJaxpr,
  isUnknown: readonly boolean[],
  policy: CheckpointPolicy,
): Rematerialization => {
  const { known, unknown, outUnknown, needed, numResiduals } = partialEvalJaxpr(closed, isUnknown);
  const { equations, inputs: knownInputs, outputs } = known.jaxpr;
  const firstResidual = outputs.length - numResiduals;
  const residuals = outputs.slice(firstResidual);

  // Work back from the residuals, stopping at what may be saved.
  const saved: Var[] = [];
  const wanted = new Set<Atom>(residuals);
  const recomputed: Equation[] = [];
  for (let i = equations.length - 1; i >= 0; i--) {
    const equation = equations[i] as Equation;
    const used = equation.outputs.filter((v) => wanted.has(v));
    if (used.length === 0) continue;
    if (policy(equation)) {
      saved.push(...used);
    } else {
      recomputed.push(equation);
      for (const input of equation.inputs) wanted.add(input);
    }
  }
  recomputed.reverse();

  // The unknown part reads its residuals from the recomputation, and its needed inputs from the known inputs.
  const knownPositions = isUnknown.flatMap((u, i) => (u ? [] : [i]));
  const substitution = new Map<Atom, Atom>();
  unknown.jaxpr.inputs.slice(0, numResiduals).forEach((v, i) => {
    substitution.set(v, residuals[i] as Atom);
  });
  needed.forEach((position, i) => {
    const v = unknown.jaxpr.inputs[numResiduals + i] as Var;
    substitution.set(v, knownInputs[knownPositions.indexOf(position)] as Var);
  });
  const replace = (atom: Atom): Atom => (atom instanceof Literal ? atom : (substitution.get(atom) ?? atom));
  const rest = unknown.jaxpr.equations.map(
    (e) => new Equation(e.primitive, e.inputs.map(replace), e.outputs, e.params, e.origin),
  );
  const savedVars = saved.map((v) => new Var(v.aval));
  const fromSaved = new Map<Atom, Atom>(saved.map((v, i) => [v, savedVars[i] as Var]));
  const readSaved = (atom: Atom): Atom => fromSaved.get(atom) ?? atom;
  const all = [...recomputed, ...rest].map(
    (e) => new Equation(e.primitive, e.inputs.map(readSaved), e.outputs, e.params, e.origin),
  );
  const knownOutputs = [...outputs.slice(0, firstResidual), ...saved];
  return {
    known: new ClosedJaxpr(
      new Jaxpr(
        known.jaxpr.constVars,
        knownInputs,
        neededEquations(equations, new Set(knownOutputs)),
        knownOutputs,
      ),
      known.consts,
    ),
    rest: new ClosedJaxpr(
      new Jaxpr(
        [...known.jaxpr.constVars, ...unknown.jaxpr.constVars],
        [...savedVars, ...knownInputs, ...unknown.jaxpr.inputs.slice(numResiduals + needed.length)],
        all,
        unknown.jaxpr.outputs.map(replace).map(readSaved),
      ),
      [...known.consts, ...unknown.consts],
    ),
    outUnknown,
    numSaved: saved.length,
  };
};

const partialEvalCheckpoint = (
  context: PartialEvalContext,
  inputs: readonly NDArray[],
  params: CheckpointParams,
): readonly NDArray[] => {
  const isUnknown = inputs.map((x) => context.isUnknown(x));
  const { known, rest, outUnknown, numSaved } = splitFor(params.policy)(params.jaxpr, isUnknown);
  const knownInputs = inputs.filter((_, i) => !isUnknown[i]);
  const results = evalJaxpr(known.jaxpr, known.consts, knownInputs);
  const saved = results.slice(results.length - numSaved);
  const waiting = context.record(
    checkpointCall,
    [...saved, ...knownInputs, ...inputs.filter((_, i) => isUnknown[i])],
    { ...params, jaxpr: rest },
  );
  let nextKnown = 0;
  let nextWaiting = 0;
  return outUnknown.map((u) => (u ? waiting[nextWaiting++] : results[nextKnown++]) as NDArray);
};
