import { isFloat, type NDArray } from "../array/index.ts";
import {
  aval,
  type ClosedJaxpr,
  evalJaxpr,
  type FlatFunction,
  JaxprTrace,
  type JaxprTracer,
  type Tangent,
  withTrace,
} from "../core/index.ts";
import { JvpTrace } from "../interpreters/jvp-trace.ts";
import { zerosLike } from "../primitives/broadcast.ts";
import { type Arrays, unflatten } from "../tree/index.ts";
import { flattenArrays } from "./flatten-function.ts";
import { matchTangents, splitAux } from "./jvp.ts";
import type { InputsOf } from "./types.ts";

/** A flat function at a point: its outputs, and its derivative there as a linear jaxpr. */
export interface Linearized {
  readonly outputs: readonly NDArray[];
  /** From tangents of the floating-point inputs to those tangents of outputs that are not always zero. */
  readonly jaxpr: ClosedJaxpr;
  readonly inLive: readonly boolean[];
  readonly outLive: readonly boolean[];
}

/**
 * Evaluate `fun` and record its derivative. The JVP of each primitive runs with its primals as they are and with
 * tangents that are variables: what depends on primals only is computed at once, what depends on tangents is recorded.
 */
export const linearizeFlat = (
  fun: FlatFunction,
  primals: readonly NDArray[],
  transform: string,
): Linearized =>
  withTrace(
    (level) => new JaxprTrace(level, transform, true),
    (linear) =>
      withTrace(
        (level) => new JvpTrace(level, transform, linear),
        (trace) => {
          const inTangents: JaxprTracer[] = [];
          const inputs = primals.map((x) => {
            if (!isFloat(x.dtype)) return x;
            const tangent = linear.input(aval(x.shape, x.dtype));
            inTangents.push(tangent);
            return trace.pair(x, tangent);
          });
          const outTangents: NDArray[] = [];
          const outLive: boolean[] = [];
          const outputs = fun(...inputs).map((x) => {
            const tangent = trace.tangentOf(x);
            outLive.push(tangent !== null);
            if (tangent !== null) outTangents.push(tangent);
            return trace.primalOf(x);
          });
          const inLive = primals.map((x) => isFloat(x.dtype));
          return { outputs, jaxpr: linear.finish(inTangents, outTangents), inLive, outLive };
        },
      ),
  );

/** Push tangents of all inputs through a linearized function. */
const pushForward = (
  { jaxpr, inLive, outLive, outputs }: Linearized,
  tangents: readonly Tangent[],
): NDArray[] => {
  const live = inLive.flatMap((isLive, i) => (isLive ? [tangents[i] as NDArray] : []));
  const results = evalJaxpr(jaxpr.jaxpr, jaxpr.consts, live);
  let next = 0;
  return outputs.map((x, i) => (outLive[i] ? (results[next++] as NDArray) : zerosLike(x)));
};

/**
 * Evaluate `f` at `primals` once, and get its derivative there as a linear function of tangents, which may be called
 * many times without evaluating `f` again. `linearFn` takes one tangent an argument.
 *
 * @returns `[output, linearFn]`.
 * @example
 * const [y, df] = linearize(np.sin, [0.5]);
 * df(1); // cos(0.5)
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.linearize.html
 */
export const linearize = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  primals: Readonly<InputsOf<A>>,
): [output: Arrays<R>, linearFn: (...tangents: InputsOf<A>) => Arrays<R>] => {
  const [inputs, inTree] = flattenArrays(primals, "linearize, primals");
  const flat = splitAux(f as (...args: never[]) => unknown, inTree, "linearize", false);
  const linearized = linearizeFlat(flat.fun, inputs, "linearize");
  const outTree = flat.outTree();

  const linearFn = (...tangents: InputsOf<A>): Arrays<R> =>
    unflatten(
      outTree,
      pushForward(linearized, matchTangents(inputs, inTree, tangents, "linearFn")),
    ) as Arrays<R>;
  return [unflatten(outTree, linearized.outputs) as Arrays<R>, linearFn];
};
