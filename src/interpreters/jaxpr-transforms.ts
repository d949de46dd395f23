import type { NDArray } from "../array/index.ts";
import {
  type Aval,
  aval,
  type BatchAxis,
  ClosedJaxpr,
  evalJaxpr,
  Jaxpr,
  JaxprTrace,
  type JaxprTracer,
  jaxprAsFunction,
  type Tangent,
  Tracer,
  traceToJaxpr,
  UndefinedPrimal,
  withTrace,
} from "../core/index.ts";
import { batchedAtFront, zerosLike } from "../primitives/broadcast.ts";
import { backwardPass } from "./backward-pass.ts";
import { type BatchSpec, callBatched } from "./batch-trace.ts";
import { JvpTrace } from "./jvp-trace.ts";
import { flagsKey, memoizeOnJaxpr } from "./memoize.ts";

/*
 * Transforms from jaxprs to jaxprs, for primitives that carry jaxprs. Each result is remembered.
 */

const isArray = (x: Tangent): x is NDArray => x !== null;

/** The tangent of a value has its shape and dtype, and is never weakly typed. */
const tangentAval = (a: Aval): Aval => aval(a.shape, a.dtype);

/** Flags of inputs and flags of outputs as a key. */
const twoFlagsKey = (inputs: readonly boolean[], outputs: readonly boolean[] = []): string =>
  `${flagsKey(inputs)}|${flagsKey(outputs)}`;

/**
 * The JVP of a jaxpr: primals, then those tangents that are not zero, to outputs, then tangents that are not zero.
 * `instantiate` says which outputs must have a tangent: where theirs is zero it is made of zeros.
 */
export const jvpJaxpr = memoizeOnJaxpr(
  twoFlagsKey,
  (
    closed: ClosedJaxpr,
    nonzero: readonly boolean[],
    instantiate: readonly boolean[] = [],
  ): { readonly closed: ClosedJaxpr; readonly outNonzero: readonly boolean[] } => {
    const n = closed.jaxpr.inputs.length;
    let outNonzero: readonly boolean[] = [];
    const avals = closed.inAvals;
    const result = traceToJaxpr(
      (...args) =>
        withTrace(
          (level) => new JvpTrace(level, "jvp"),
          (trace) => {
            let next = n;
            const inputs = nonzero.map((live, i) =>
              trace.pair(args[i] as NDArray, live ? (args[next++] as NDArray) : null),
            );
            const outputs = evalJaxpr(closed.jaxpr, closed.consts, inputs);
            const tangents = outputs.map(
              (x, i): Tangent => trace.tangentOf(x) ?? (instantiate[i] === true ? zerosLike(x) : null),
            );
            outNonzero = tangents.map(isArray);
            return [...outputs.map((x) => trace.primalOf(x)), ...tangents.filter(isArray)];
          },
        ),
      [...avals, ...avals.filter((_, i) => nonzero[i]).map(tangentAval)],
      "jvp",
    );
    return { closed: result, outNonzero };
  },
);

/**
 * A jaxpr applied to a batch, whose batch axes are all in front. `instantiate` says which outputs must have one: where
 * the whole batch shares them they are repeated.
 */
export const batchJaxprAtFront = memoizeOnJaxpr(
  (batched: readonly boolean[], { size, axisName }: BatchSpec, instantiate: readonly boolean[] = []) =>
    `${twoFlagsKey(batched, instantiate)}|${size}|${axisName ?? ""}`,
  (
    closed: ClosedJaxpr,
    batched: readonly boolean[],
    spec: BatchSpec,
    instantiate: readonly boolean[] = [],
  ): { readonly closed: ClosedJaxpr; readonly outBatched: readonly boolean[] } => {
    const axes = batched.map((isBatched): BatchAxis => (isBatched ? 0 : null));
    let outBatched: readonly boolean[] = [];
    const result = traceToJaxpr(
      (...args) => {
        const { outputs, axes: outAxes } = callBatched(jaxprAsFunction(closed), args, axes, spec);
        outBatched = outAxes.map((axis, i) => axis !== null || instantiate[i] === true);
        return outputs.map((x, i) => (outBatched[i] ? batchedAtFront(x, outAxes[i] ?? null, spec.size) : x));
      },
      closed.inAvals.map((a, i) => (batched[i] ? aval([spec.size, ...a.shape], a.dtype, a.weakType) : a)),
      "vmap",
    );
    return { closed: result, outBatched };
  },
);

/** A jaxpr applied to a batch; `outAxes` tells where the outputs have their batch axes. */
export const batchJaxpr = memoizeOnJaxpr(
  (axes: readonly BatchAxis[], spec: BatchSpec) => `${axes.join()}|${spec.size}|${spec.axisName ?? ""}`,
  (
    closed: ClosedJaxpr,
    axes: readonly BatchAxis[],
    spec: BatchSpec,
  ): { readonly closed: ClosedJaxpr; readonly outAxes: readonly BatchAxis[] } => {
    let outAxes: readonly BatchAxis[] = [];
    const inputs = closed.inAvals.map((a, i) => {
      const axis = axes[i] ?? null;
      return axis === null
        ? a
        : aval([...a.shape.slice(0, axis), spec.size, ...a.shape.slice(axis)], a.dtype, a.weakType);
    });
    const result = traceToJaxpr(
      (...args) => {
        const batched = callBatched(jaxprAsFunction(closed), args, axes, spec);
        outAxes = batched.axes;
        return batched.outputs;
      },
      inputs,
      "vmap",
    );
    return { closed: result, outAxes };
  },
);

/**
 * The transpose of a jaxpr that is linear in some inputs: the other inputs, then the cotangents that are not zero, to
 * the cotangents of the linear inputs that are not zero. `instantiate` says which inputs must have a cotangent.
 */
export const transposeJaxpr = memoizeOnJaxpr(
  (linear: readonly boolean[], nonzero: readonly boolean[], instantiate: readonly boolean[] = []) =>
    `${twoFlagsKey(linear, nonzero)}|${flagsKey(instantiate)}`,
  (
    closed: ClosedJaxpr,
    linear: readonly boolean[],
    nonzero: readonly boolean[],
    instantiate: readonly boolean[] = [],
  ): { readonly closed: ClosedJaxpr; readonly inNonzero: readonly boolean[] } => {
    const { inAvals, outAvals } = closed;
    const known = inAvals.filter((_, i) => !linear[i]);
    const cts = outAvals.filter((_, i) => nonzero[i]).map(tangentAval);
    let inNonzero: readonly boolean[] = [];
    const result = traceToJaxpr(
      (...args) => {
        let nextKnown = 0;
        let nextCt = known.length;
        const inputs = inAvals.map((a, i) =>
          linear[i] ? new UndefinedPrimal(a) : (args[nextKnown++] as NDArray),
        );
        const cotangents = outAvals.map((_, i): Tangent => (nonzero[i] ? (args[nextCt++] as NDArray) : null));
        const inCts = backwardPass(closed.jaxpr, closed.consts, inputs, cotangents).map(
          (ct, i): Tangent => ct ?? (instantiate[i] === true ? zerosLike(inAvals[i] as Aval) : null),
        );
        inNonzero = inCts.map(isArray);
        return inCts.filter(isArray);
      },
      [...known, ...cts],
      "transpose",
    );
    return { closed: result, inNonzero };
  },
);

/** A jaxpr split in two. */
export interface PartialJaxprs {
  /** Known inputs to known outputs, then residuals. */
  readonly known: ClosedJaxpr;
  /** Residuals, then the known inputs that it needs, then unknown inputs, to unknown outputs. */
  readonly unknown: ClosedJaxpr;
  /** Which outputs are unknown. */
  readonly outUnknown: readonly boolean[];
  /** Which inputs of the original, all of them known, the unknown part needs. */
  readonly needed: readonly number[];
  readonly numResiduals: number;
}

/**
 * Split a jaxpr into what can run when some inputs are known, and the rest. `instantiate` says which outputs the rest
 * must give, known or not.
 */
export const partialEvalJaxpr = memoizeOnJaxpr(
  twoFlagsKey,
  (
    closed: ClosedJaxpr,
    isUnknown: readonly boolean[],
    instantiate: readonly boolean[] = [],
  ): PartialJaxprs => {
    const { inAvals } = closed;
    return withTrace(
      (level) => new JaxprTrace(level, "partial evaluation", false),
      (knownTrace) => {
        const inputs = inAvals.map((a, i) => (isUnknown[i] ? undefined : knownTrace.input(a)));
        const knownInputs = inputs.filter((x): x is JaxprTracer => x !== undefined);
        const split = withTrace(
          (level) => new JaxprTrace(level, "partial evaluation", true),
          (trace) => {
            const waiting: JaxprTracer[] = [];
            const args = inputs.map((x, i) => {
              if (x !== undefined) return x;
              const tracer = trace.input(inAvals[i] as Aval);
              waiting.push(tracer);
              return tracer;
            });
            const outputs = evalJaxpr(closed.jaxpr, closed.consts, args);
            const outUnknown = outputs.map((x, i) => trace.isUnknown(x) || instantiate[i] === true);
            return {
              outUnknown,
              knownOutputs: outputs.filter((_, i) => !outUnknown[i]),
              jaxpr: trace.finish(
                waiting,
                outputs.filter((_, i) => outUnknown[i]),
              ),
            };
          },
        );
        const { jaxpr, consts } = split.jaxpr;
        // A constant of the unknown part is an input as it came, a value of the known part, or a plain array.
        const source = consts.map((c) => inputs.indexOf(c as JaxprTracer));
        const isResidual = consts.map((c, i) => c instanceof Tracer && (source[i] as number) < 0);
        const isNeeded = source.map((s) => s >= 0);
        const constVars = (keep: (i: number) => boolean) => jaxpr.constVars.filter((_, i) => keep(i));
        const residuals = consts.filter((_, i) => isResidual[i]);
        return {
          known: knownTrace.finish(knownInputs, [...split.knownOutputs, ...residuals]),
          unknown: new ClosedJaxpr(
            new Jaxpr(
              constVars((i) => !isResidual[i] && !isNeeded[i]),
              [
                ...constVars((i) => isResidual[i] === true),
                ...constVars((i) => isNeeded[i] === true),
                ...jaxpr.inputs,
              ],
              jaxpr.equations,
              jaxpr.outputs,
            ),
            consts.filter((_, i) => !isResidual[i] && !isNeeded[i]),
          ),
          outUnknown: split.outUnknown,
          needed: source.filter((s) => s >= 0),
          numResiduals: residuals.length,
        };
      },
      true,
    );
  },
);
