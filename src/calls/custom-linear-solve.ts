import type { NDArray } from "../array/index.ts";
import {
  type Aval,
  type BatchAxis,
  type BatchResult,
  bind,
  type ClosedJaxpr,
  DifferentiationError,
  definePrimitive,
  evalJaxpr,
  isLinearInput,
  type JvpResult,
  type Primitive,
  type Tangent,
  type TransposeInput,
} from "../core/index.ts";
import { batchJaxprAtFront, jvpJaxpr } from "../interpreters/jaxpr-transforms.ts";
import { flags } from "../interpreters/rearrange.ts";
import { batchedAtFront, zerosLike } from "../primitives/broadcast.ts";
import { neg, sub } from "../primitives/elementwise/arithmetic.ts";
import { type ClosedCallParams, callAbstractEval } from "./closed-call.ts";
import { evaluateProgram } from "./evaluate-program.ts";

/**
 * Parameters of `customLinearSolve`. Each jaxpr takes the same constants, then a right-hand side or a solution. `jaxpr`
 * is the one that solves.
 */
export interface CustomLinearSolveParams extends ClosedCallParams {
  readonly matvec: ClosedJaxpr;
  /** The transpose of `matvec`, and its solution; both or none. */
  readonly vecmat: ClosedJaxpr | undefined;
  readonly transposeSolve: ClosedJaxpr | undefined;
  readonly numConsts: number;
}

/**
 * The solution of a linear system `matvec(x) = b` by a function that is not differentiated. Its derivative is the
 * solution of the same system with another right-hand side, its transpose that of the transposed system.
 */
export const customLinearSolvePrimitive: Primitive<CustomLinearSolveParams> =
  definePrimitive<CustomLinearSolveParams>({
    name: "customLinearSolve",
    abstractEval: (inputs, params) => callAbstractEval("customLinearSolve", inputs, params),
    evaluate: (inputs, { jaxpr }) => evaluateProgram(jaxpr, inputs),
    jvp: (primals, tangents, params) => jvpSolve(primals, tangents, params),
    transpose: (cotangents, inputs, params) => transposeOf(cotangents, inputs, params),
    batch: (inputs, axes, size, params, axisName) => batchSolve(inputs, axes, size, params, axisName),
    lowering: { kind: "call" },
    args: { missing: "its legal arguments are those of the jaxprs that it carries; tested in test/lax" },
  });

/** How many arrays a right-hand side has. */
const widthOf = ({ matvec, numConsts }: CustomLinearSolveParams): number =>
  matvec.jaxpr.inputs.length - numConsts;

/** From A x = b: A dx = db − dA x. */
const jvpSolve = (
  primals: readonly NDArray[],
  tangents: readonly Tangent[],
  params: CustomLinearSolveParams,
): JvpResult => {
  const { matvec, numConsts } = params;
  const width = widthOf(params);
  const outputs = bind(customLinearSolvePrimitive, primals, params);
  const consts = primals.slice(0, numConsts);
  const constTangents = tangents.slice(0, numConsts);
  const { closed, outNonzero } = jvpJaxpr(matvec, [
    ...constTangents.map((t) => t !== null),
    ...flags(width, false),
  ]);
  const live = constTangents.filter((t): t is NDArray => t !== null);
  const pushed = evalJaxpr(closed.jaxpr, closed.consts, [...consts, ...outputs.slice(0, width), ...live]);
  let next = width;
  const rhs = outNonzero.map((isLive, i): Tangent => {
    const db = tangents[numConsts + i] ?? null;
    if (!isLive) return db;
    const moved = pushed[next++] as NDArray;
    return db === null ? neg(moved) : sub(db, moved);
  });
  if (rhs.every((t) => t === null)) return { outputs, tangents: outputs.map(() => null) };
  const inputs = rhs.map((t, i) => t ?? zerosLike(primals[numConsts + i] as NDArray));
  const solved = bind(customLinearSolvePrimitive, [...consts, ...inputs], params);
  return { outputs, tangents: outputs.map((_, i) => (i < width ? (solved[i] as NDArray) : null)) };
};

const transposeOf = (
  cotangents: readonly Tangent[],
  inputs: readonly TransposeInput[],
  params: CustomLinearSolveParams,
): readonly Tangent[] => {
  const { jaxpr, matvec, vecmat, transposeSolve, numConsts } = params;
  if (vecmat === undefined || transposeSolve === undefined) {
    throw new DifferentiationError(
      "customLinearSolve: reverse mode (grad, vjp, jacrev) needs the solution of the transposed system: give " +
        "{ transposeSolve }, or { symmetric: true } if the transpose of matvec is matvec.",
    );
  }
  const width = widthOf(params);
  const consts = inputs.slice(0, numConsts).filter((x): x is NDArray => !isLinearInput(x));
  const cts = matvec.outAvals.map((a: Aval, i) => cotangents[i] ?? zerosLike(a));
  const solved = bind(customLinearSolvePrimitive, [...consts, ...cts], {
    jaxpr: transposeSolve,
    matvec: vecmat,
    vecmat: matvec,
    transposeSolve: jaxpr,
    numConsts,
  });
  return inputs.map((x, i) =>
    i >= numConsts && i < numConsts + width && isLinearInput(x) ? (solved[i - numConsts] as NDArray) : null,
  );
};

const batchSolve = (
  inputs: readonly NDArray[],
  axes: readonly BatchAxis[],
  size: number,
  params: CustomLinearSolveParams,
  axisName: string | undefined,
): BatchResult => {
  const { numConsts } = params;
  const isBatched = axes.map((axis, i) => axis !== null || i >= numConsts);
  const batched = (closed: ClosedJaxpr): ClosedJaxpr =>
    batchJaxprAtFront(closed, isBatched, { size, axisName }, flags(closed.jaxpr.outputs.length, true)).closed;
  const outputs = bind(
    customLinearSolvePrimitive,
    inputs.map((x, i) => (isBatched[i] ? batchedAtFront(x, axes[i] ?? null, size) : x)),
    {
      jaxpr: batched(params.jaxpr),
      matvec: batched(params.matvec),
      vecmat: params.vecmat && batched(params.vecmat),
      transposeSolve: params.transposeSolve && batched(params.transposeSolve),
      numConsts,
    },
  );
  return { outputs, axes: outputs.map(() => 0) };
};
