import { type ConcreteArray, firstElement, isFloat, type NDArray, withWeakType } from "../array/index.ts";
import {
  type Aval,
  aval,
  type BatchAxis,
  type BatchResult,
  bind,
  type ClosedJaxpr,
  type ConcreteInputs,
  definePrimitive,
  describeAval,
  evalJaxpr,
  inLivePlaces,
  isLinearInput,
  type JvpResult,
  type PartialEvalContext,
  type Primitive,
  ShapeError,
  sameAval,
  type Tangent,
  type TransposeInput,
} from "../core/index.ts";
import {
  batchBranches,
  jvpBranches,
  splitBranches,
  transposeBranches,
} from "../interpreters/branch-jaxprs.ts";
import { batchedAtFront, broadcastInDim } from "../primitives/broadcast.ts";
import { eq } from "../primitives/elementwise/comparison.ts";
import { stopGradient } from "../primitives/elementwise/conversion.ts";
import { clamp } from "../primitives/elementwise/minmax.ts";
import { select, selectN } from "../primitives/elementwise/select.ts";
import { scalarLike } from "../primitives/rules.ts";
import { evaluateProgram } from "./evaluate-program.ts";

/** Parameters of `cond`. */
export interface CondParams {
  /** Programs with the same operands and results. */
  readonly branches: readonly ClosedJaxpr[];
}

/**
 * One of several programs: operands are an int32 scalar that says which, brought into range, and what the programs
 * take. Only the chosen one runs.
 */
export const condPrimitive: Primitive<CondParams> = definePrimitive<CondParams>({
  name: "cond",
  abstractEval: ([index, ...operands], params) => condAvals(index, operands, params),
  evaluate: ([index, ...operands], { branches }, outputs) =>
    evaluateCond(index as ConcreteArray, operands, branches, outputs),
  jvp: (primals, tangents, params) => jvpCond(primals, tangents, params),
  transpose: (cotangents, inputs, params) => transposeCond(cotangents, inputs, params),
  batch: (inputs, axes, size, params, axisName) => batchCond(inputs, axes, size, params, axisName),
  partialEval: (context, inputs, params) => partialEvalCond(context, inputs, params),
  lowering: {
    kind: "branch",
    describe: ({ branches }) => ({ branches }),
    params: ({ branches }) => ({ branches: branches as readonly ClosedJaxpr[] }),
  },
  args: { missing: "its legal arguments are those of the jaxprs that it carries; tested in test/lax" },
});

const list = (avals: readonly Aval[]): string => `(${avals.map(describeAval).join(", ")})`;

const allSame = (a: readonly Aval[], b: readonly Aval[]): boolean =>
  a.length === b.length && a.every((x, i) => sameAval(x, b[i] as Aval));

const condAvals = (
  index: Aval | undefined,
  operands: readonly Aval[],
  { branches }: CondParams,
): readonly Aval[] => {
  const [first, ...rest] = branches;
  if (first === undefined) throw new ShapeError("cond: there must be at least one branch.");
  if (index === undefined || index.dtype !== "int32" || index.shape.length > 0) {
    throw new ShapeError(
      `cond: the first operand must be an int32 scalar; got ${index === undefined ? "none" : describeAval(index)}.`,
    );
  }
  if (!allSame(operands, first.inAvals))
    throw new ShapeError(`cond: the branches take ${list(first.inAvals)}; got ${list(operands)}.`);
  const outputs = first.outAvals;
  for (const other of rest) {
    if (!allSame(other.inAvals, first.inAvals) || !allSame(other.outAvals, outputs)) {
      throw new ShapeError(
        `cond: the branches differ: ${list(first.inAvals)} to ${list(outputs)}, and ${list(other.inAvals)} to ` +
          `${list(other.outAvals)}.`,
      );
    }
  }
  const isWeak = (i: number): boolean => branches.every(({ outAvals }) => outAvals[i]?.weakType === true);
  return outputs.map(({ shape, dtype }, i) => aval(shape, dtype, isWeak(i)));
};

const evaluateCond = (
  index: ConcreteArray,
  operands: ConcreteInputs,
  branches: readonly ClosedJaxpr[],
  outputs: readonly Aval[],
): ConcreteInputs => {
  const which = Math.min(Math.max(firstElement(index), 0), branches.length - 1);
  const results = evaluateProgram(branches[which] as ClosedJaxpr, operands);
  return results.map((x, i) => withWeakType(x, (outputs[i] as Aval).weakType));
};

/** A choice, unless the programs compute nothing. */
const bindCond = (inputs: readonly NDArray[], params: CondParams): readonly NDArray[] =>
  params.branches[0]?.jaxpr.outputs.length === 0 ? [] : bind(condPrimitive, inputs, params);

const isArray = (x: Tangent): x is NDArray => x !== null;

const jvpCond = (
  primals: readonly NDArray[],
  tangents: readonly Tangent[],
  params: CondParams,
): JvpResult => {
  const moving = tangents.slice(1);
  const { branches, outNonzero } = jvpBranches(params.branches, moving.map(isArray));
  const results = bind(condPrimitive, [...primals, ...moving.filter(isArray)], { branches });
  const n = outNonzero.length;
  return { outputs: results.slice(0, n), tangents: inLivePlaces(outNonzero, results, n) };
};

const transposeCond = (
  cotangents: readonly Tangent[],
  [index, ...operands]: readonly TransposeInput[],
  params: CondParams,
): readonly Tangent[] => {
  const { branches, inNonzero } = transposeBranches(
    params.branches,
    operands.map(isLinearInput),
    cotangents.map(isArray),
  );
  const known = operands.filter((x): x is NDArray => !isLinearInput(x));
  const results = bindCond([index as NDArray, ...known, ...cotangents.filter(isArray)], { branches });
  return [null, ...inLivePlaces(inNonzero, results)];
};

const batchCond = (
  [index, ...operands]: readonly NDArray[],
  [indexAxis, ...axes]: readonly BatchAxis[],
  size: number,
  { branches }: CondParams,
  axisName: string | undefined,
): BatchResult => {
  const which = index as NDArray;
  const spec = { size, axisName };
  const isBatched = axes.map((axis) => axis !== null);
  const atFront = operands.map((x, i) => (isBatched[i] ? batchedAtFront(x, axes[i] ?? null, size) : x));
  if (indexAxis === null || indexAxis === undefined) {
    const batched = batchBranches(branches, isBatched, spec);
    return {
      outputs: bind(condPrimitive, [which, ...atFront], { branches: batched.branches }),
      axes: batched.outBatched.map((b) => (b ? 0 : null)),
    };
  }
  // Each example has its own choice: all programs run on all of them, and the results are chosen from.
  const all = operands.map((x, i) => batchedAtFront(x, axes[i] ?? null, size));
  const batched = batchBranches(
    branches,
    all.map(() => true),
    spec,
  );
  const along = (x: NDArray, choice: NDArray): NDArray => broadcastInDim(choice, x.shape, [0]);
  const inRange = clamp(scalarLike(which, 0), which, scalarLike(which, branches.length - 1));
  const results = batched.branches.map(({ jaxpr, consts }, b) => {
    const isChosen = eq(inRange, scalarLike(which, b));
    // A derivative that is infinite where a program is not chosen must not reach its operands.
    const guarded = all.map((x) => (isFloat(x.dtype) ? select(along(x, isChosen), x, stopGradient(x)) : x));
    return evalJaxpr(jaxpr, consts, guarded);
  });
  const outputs = batched.outBatched.map((b, i) => {
    const cases = results.map((r) => batchedAtFront(r[i] as NDArray, b ? 0 : null, size));
    return selectN(along(cases[0] as NDArray, which), ...cases);
  });
  return { outputs, axes: outputs.map(() => 0) };
};

const partialEvalCond = (
  context: PartialEvalContext,
  inputs: readonly NDArray[],
  params: CondParams,
): readonly NDArray[] => {
  const [index, ...operands] = inputs as readonly [NDArray, ...NDArray[]];
  if (context.isUnknown(index)) return context.record(condPrimitive, inputs, params);
  const isUnknown = operands.map((x) => context.isUnknown(x));
  const { known, unknown, outUnknown, needed, numResiduals } = splitBranches(params.branches, isUnknown);
  const knownOperands = operands.filter((_, i) => !isUnknown[i]);
  const results = bindCond([index, ...knownOperands], { branches: known });
  const waiting = context.record(
    condPrimitive,
    [
      index,
      ...results.slice(results.length - numResiduals),
      ...needed.map((i) => operands[i] as NDArray),
      ...operands.filter((_, i) => isUnknown[i]),
    ],
    { branches: unknown },
  );
  let nextKnown = 0;
  let nextWaiting = 0;
  return outUnknown.map((u) => (u ? waiting[nextWaiting++] : results[nextKnown++]) as NDArray);
};
