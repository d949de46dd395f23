import { isFloat, type NDArray } from "../array/index.ts";
import {
  aval,
  type ClosedJaxpr,
  DifferentiationError,
  hoistTracers,
  JaxprTrace,
  type Tangent,
  UndefinedPrimal,
  withTrace,
} from "../core/index.ts";
import { backwardPass } from "../interpreters/backward-pass.ts";
import { jvpJaxpr, partialEvalJaxpr } from "../interpreters/jaxpr-transforms.ts";
import { zerosLike } from "../primitives/broadcast.ts";
import { type Arrays, type Inputs, unflatten } from "../tree/index.ts";
import { flattenArrays, flattenFunction, requireSameStructure } from "./flatten-function.ts";
import { matchCotangent } from "./jvp.ts";
import type { ArraysOf, InputsOf } from "./types.ts";

/**
 * The transpose of a linear function: from a cotangent of its output to one cotangent an argument. `primals` are only
 * looked at for their shapes and dtypes.
 *
 * @throws DifferentiationError if `f` is not linear in all its arguments together (a constant term goes unnoticed).
 * @example
 * const fT = linearTranspose((x: NDArray) => matrix.matmul(x), np.zeros([3]));
 * const [x] = fT(y); // matrixᵀ y
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.linear_transpose.html
 */
export const linearTranspose = <A extends readonly unknown[], R>(
  f: (...args: A) => R,
  ...primals: InputsOf<A>
): ((cotangent: Inputs<Arrays<R>>) => ArraysOf<A>) => {
  const [inputs, inTree] = flattenArrays(primals, "linearTranspose, primals");
  const flat = flattenFunction(f as (...args: never[]) => unknown, inTree, "linearTranspose");
  const { closed, outputs } = withTrace(
    (level) => new JaxprTrace(level, "linearTranspose", true),
    (trace) => {
      const tracers = inputs.map((x) => trace.input(aval(x.shape, x.dtype)));
      const results = flat.fun(...tracers);
      return { closed: trace.finish(tracers, results), outputs: results.map((x) => aval(x.shape, x.dtype)) };
    },
  );
  if (!isLinear(closed)) {
    throw new DifferentiationError(
      "linearTranspose: the function is not linear in its arguments: its derivative depends on them. " +
        "Close over what it is not linear in, or use vjp.",
    );
  }
  const places = inputs.map((x) => new UndefinedPrimal(aval(x.shape, x.dtype)));
  return (cotangent) => {
    const [cts, ctTree] = flattenArrays<unknown>(cotangent, "linearTranspose, cotangent");
    requireSameStructure(flat.outTree(), ctTree, {
      where: "linearTranspose",
      names: ["output", "cotangent"],
    });
    const seeds = outputs.map(
      (a, i): Tangent => matchCotangent(a, cts[i] as NDArray, "linearTranspose: the cotangent of an output"),
    );
    const results = backwardPass(closed.jaxpr, closed.consts, places, seeds);
    return unflatten(
      inTree,
      inputs.map((x, i) => results[i] ?? zerosLike(x)),
    ) as unknown as ArraysOf<A>;
  };
};

/** Whether the derivative of a jaxpr can be computed without its inputs: from their tangents alone. */
const isLinear = (closed: ClosedJaxpr): boolean => {
  const { closed: jaxpr, hoisted } = hoistTracers(closed);
  const constants = hoisted.map(() => false);
  const hasTangent = closed.inAvals.map((a) => isFloat(a.dtype));
  const { closed: derivative, outNonzero } = jvpJaxpr(jaxpr, [...constants, ...hasTangent]);
  const tangents = hasTangent.filter(Boolean).map(() => false);
  const { outUnknown } = partialEvalJaxpr(derivative, [
    ...constants,
    ...hasTangent.map(() => true),
    ...tangents,
  ]);
  return !outUnknown.slice(outNonzero.length).includes(true);
};
