import type { NDArray } from "../array/index.ts";
import {
  type Aval,
  type BatchAxis,
  type BatchResult,
  bind,
  type ClosedJaxpr,
  DifferentiationError,
  definePrimitive,
  describeAval,
  inLivePlaces,
  type JvpResult,
  type PartialEvalContext,
  type Primitive,
  ShapeError,
  sameAval,
  type Tangent,
} from "../core/index.ts";
import { memoizeOnJaxpr } from "../interpreters/memoize.ts";
import { ignoringInputs } from "../interpreters/rearrange.ts";
import { jvpScanBody } from "../interpreters/scan-jaxprs.ts";
import { batchWhile, knownWhile, type WhileJaxprs, whileGroups } from "../interpreters/while-jaxprs.ts";
import { batchedAt, zerosLike } from "../primitives/broadcast.ts";
import { evaluateWhile } from "./evaluate-while.ts";

/** Parameters of `while`. */
export type WhileParams = WhileJaxprs;

/**
 * A loop that goes on while a condition holds. Operands are constants of the condition, constants of the body, and the
 * first carry; results are the last carry.
 */
export const whilePrimitive: Primitive<WhileParams> = definePrimitive<WhileParams>({
  name: "while",
  abstractEval: (inputs, params) => whileAvals(inputs, params),
  evaluate: (inputs, params, outputs) => evaluateWhile(whilePrimitive as Primitive, inputs, params, outputs),
  jvp: (primals, tangents, params) => jvpWhile(primals, tangents, params),
  transpose: () => {
    throw new DifferentiationError(
      "whileLoop: reverse mode (grad, vjp, jacrev) cannot go back through a loop whose number of turns is not known " +
        "beforehand: the values of each turn would have to be kept. Use lax.scan, or lax.foriLoop with plain numbers as " +
        "bounds (with checkpoint around the function, to keep less), or forward mode (jvp, jacfwd), which needs nothing kept.",
    );
  },
  batch: (inputs, axes, size, params, axisName) => batchOf(inputs, axes, size, params, axisName),
  partialEval: (context, inputs, params) => partialEvalWhile(context, inputs, params),
  lowering: {
    kind: "while",
    describe: ({ condJaxpr, condNconsts, bodyJaxpr, bodyNconsts }) => ({
      cond: condJaxpr,
      body: bodyJaxpr,
      condConsts: condNconsts,
      bodyConsts: bodyNconsts,
    }),
    params: ({ cond, body, condConsts, bodyConsts }) => ({
      condJaxpr: cond as ClosedJaxpr,
      condNconsts: condConsts,
      bodyJaxpr: body as ClosedJaxpr,
      bodyNconsts: bodyConsts,
    }),
  },
  args: { missing: "its legal arguments are those of the jaxprs that it carries; tested in test/lax" },
});

const list = (avals: readonly Aval[]): string => `(${avals.map(describeAval).join(", ")})`;

const whileAvals = (inputs: readonly Aval[], params: WhileParams): readonly Aval[] => {
  const { condJaxpr, bodyJaxpr } = params;
  const [condConsts, bodyConsts, carry] = whileGroups(params, inputs);
  const fits = (given: readonly Aval[], expected: readonly Aval[]): boolean =>
    given.length === expected.length && given.every((x, i) => sameAval(x, expected[i] as Aval));
  if (
    !fits([...condConsts, ...carry], condJaxpr.inAvals) ||
    !fits([...bodyConsts, ...carry], bodyJaxpr.inAvals) ||
    !fits(carry, bodyJaxpr.outAvals)
  ) {
    throw new ShapeError(
      `while: the condition takes ${list(condJaxpr.inAvals)}, the body ${list(bodyJaxpr.inAvals)} to ` +
        `${list(bodyJaxpr.outAvals)}; got ${list(inputs)}.`,
    );
  }
  return bodyJaxpr.outAvals;
};

const isArray = (x: Tangent): x is NDArray => x !== null;

/** A condition that does not look at the tangents behind its own inputs. */
const withTangents = memoizeOnJaxpr(
  (live: readonly boolean[], carry: readonly Aval[]) => `${live.join()}|${carry.length}`,
  (cond, live, carry) =>
    ignoringInputs(
      cond,
      carry.filter((_, i) => live[i]),
    ),
);

const jvpWhile = (
  primals: readonly NDArray[],
  tangents: readonly Tangent[],
  params: WhileParams,
): JvpResult => {
  const [condConsts, bodyConsts, carry] = whileGroups(params, primals);
  const [, constTangents, carryTangents] = whileGroups(params, tangents);
  const layout = { numConsts: params.bodyNconsts, numCarry: carry.length };
  const nonzero = [...constTangents, ...carryTangents].map(isArray);
  const { body, carryNonzero } = jvpScanBody(params.bodyJaxpr, layout, nonzero);
  const liveConsts = constTangents.filter(isArray);
  const liveCarry = carry.flatMap((x, i) => (carryNonzero[i] ? [carryTangents[i] ?? zerosLike(x)] : []));
  const results = bind(
    whilePrimitive,
    [...condConsts, ...bodyConsts, ...liveConsts, ...carry, ...liveCarry],
    {
      condJaxpr: withTangents(params.condJaxpr, carryNonzero, carry),
      condNconsts: params.condNconsts,
      bodyJaxpr: body,
      bodyNconsts: params.bodyNconsts + liveConsts.length,
    },
  );
  const n = carry.length;
  return { outputs: results.slice(0, n), tangents: inLivePlaces(carryNonzero, results, n) };
};

const batchOf = (
  inputs: readonly NDArray[],
  axes: readonly BatchAxis[],
  size: number,
  params: WhileParams,
  axisName: string | undefined,
): BatchResult => {
  const { carryBatched, ...loop } = batchWhile(
    params,
    axes.map((axis) => axis !== null),
    { size, axisName },
  );
  const moved = inputs.map((x, i) => {
    const axis = axes[i] ?? null;
    const isCarry = carryBatched[i - params.condNconsts - params.bodyNconsts] === true;
    return axis === null && !isCarry ? x : batchedAt(x, axis, size, 0);
  });
  const [condConsts, bodyConsts, carry] = whileGroups(params, moved);
  // Where examples are done at different turns, the body asks the condition for each, too.
  const asksCondition = loop.bodyNconsts > params.bodyNconsts;
  return {
    outputs: bind(
      whilePrimitive,
      [...condConsts, ...(asksCondition ? condConsts : []), ...bodyConsts, ...carry],
      loop,
    ),
    axes: carryBatched.map((b) => (b ? 0 : null)),
  };
};

/** What is known throughout runs now. What waits runs the whole loop again, as the values of its turns are not kept. */
const partialEvalWhile = (
  context: PartialEvalContext,
  inputs: readonly NDArray[],
  params: WhileParams,
): readonly NDArray[] => {
  const isUnknown = inputs.map((x) => context.isUnknown(x));
  const waiting = context.record(whilePrimitive, inputs, params);
  const found = knownWhile(params, isUnknown);
  if (found === undefined) return waiting;
  const { carryUnknown, ...known } = found;
  const constsUnknown = isUnknown.slice(0, params.condNconsts + params.bodyNconsts);
  const isWaiting = [...constsUnknown, ...carryUnknown];
  const results = bind(
    whilePrimitive,
    inputs.filter((_, i) => !isWaiting[i]),
    known,
  );
  let next = 0;
  return carryUnknown.map((u, i) => (u ? waiting[i] : results[next++]) as NDArray);
};
