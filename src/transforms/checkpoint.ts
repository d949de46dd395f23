import type { NDArray } from "../array/index.ts";
import { type CheckpointPolicy, checkpointCall } from "../calls/checkpoint-call.ts";
import { bind, hoistTracers, type Params, type Primitive } from "../core/index.ts";
import { type Arrays, unflatten } from "../tree/index.ts";
import { functionName } from "./flatten-function.ts";
import { traceFunction } from "./make-jaxpr.ts";
import type { InputsOf } from "./types.ts";

const isDot = ({ primitive }: { readonly primitive: Primitive }): boolean => primitive.name === "dotGeneral";

/** What may be kept between the forward and the backward pass of a checkpointed function. */
export const checkpointPolicies = {
  /** Keep nothing but the arguments: least memory, most recomputation. The default. */
  nothingSaveable: (): boolean => false,
  /** Keep everything, as without `checkpoint`. */
  everythingSaveable: (): boolean => true,
  /** Keep the results of matrix products, and compute the rest again. */
  dotsSaveable: isDot,
  /** Keep the results of matrix products without batch axes. */
  dotsWithNoBatchDimsSaveable: (equation: {
    readonly primitive: Primitive;
    readonly params: Params;
  }): boolean => {
    if (!isDot(equation)) return false;
    const { params } = equation;
    const numbers: unknown = "dimensionNumbers" in params ? params.dimensionNumbers : undefined;
    const batch: unknown =
      typeof numbers === "object" && numbers !== null && "lhsBatch" in numbers ? numbers.lhsBatch : [];
    return Array.isArray(batch) && batch.length === 0;
  },
  /** Keep the values that `checkpointName` gave one of these names. */
  saveOnlyTheseNames:
    (...names: readonly string[]): CheckpointPolicy =>
    ({ primitive, params }) =>
      primitive.name === "checkpointName" && "label" in params && names.includes(String(params.label)),
  /** Keep everything but the values that `checkpointName` gave one of these names. */
  saveAnythingExceptTheseNames:
    (...names: readonly string[]): CheckpointPolicy =>
    ({ primitive, params }) =>
      !(primitive.name === "checkpointName" && "label" in params && names.includes(String(params.label))),
} as const;

/** Options of `checkpoint`. */
export interface CheckpointOptions {
  /** Which intermediate values may be kept; default `checkpointPolicies.nothingSaveable`. */
  readonly policy?: CheckpointPolicy;
}

/**
 * `f` with the same values and derivatives, whose intermediate values are not kept for the backward pass but computed
 * again there: memory for time.
 *
 * @example
 * const block = checkpoint((params: Params, x: NDArray) => layer(params, x));
 * const cheap = checkpoint(block, { policy: checkpointPolicies.dotsSaveable });
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.checkpoint.html
 */
export const checkpoint =
  <A extends readonly unknown[], R>(
    f: (...args: A) => R,
    { policy = checkpointPolicies.nothingSaveable }: CheckpointOptions = {},
  ): ((...args: InputsOf<A>) => Arrays<R>) =>
  (...args) => {
    const { closed, inputs, outTree } = traceFunction(f as (...args: never[]) => unknown, args, "checkpoint");
    const { closed: jaxpr, hoisted } = hoistTracers(closed);
    const outputs: readonly NDArray[] = bind(checkpointCall, [...hoisted, ...inputs], {
      jaxpr,
      policy,
      name: functionName(f),
    });
    return unflatten(outTree, outputs) as Arrays<R>;
  };
