import { type ArrayLike, NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import * as lax from "../lax/index.ts";
import * as np from "../numpy/index.ts";
import { valueAndGrad } from "../transforms/index.ts";
import { chain } from "./chain.ts";
import { type LearningRateState, scale, scaleByLearningRate } from "./scale.ts";
import { type LbfgsState, type ScaleByLbfgsOptions, scaleByLbfgs } from "./scale-by-lbfgs.ts";
import type { GradientTransformation, Schedule } from "./transformation.ts";
import { scaleByZoomLinesearch, type ZoomLinesearchState } from "./zoom.ts";

/** Options of `lbfgs`. */
export interface LbfgsOptions<S> extends ScaleByLbfgsOptions {
  /** What gives updates their length; `identity()` for none. Default: `scaleByZoomLinesearch(20)` that tries 1 first. */
  readonly linesearch?: GradientTransformation<S>;
}

/**
 * L-BFGS: a guess of the inverse of the Hessian made of the last gradients, and a line search. For losses without noise.
 * `update` needs the parameters, the loss there and the loss as a function: `{ value, valueFn }`.
 * (D. C. Liu and J. Nocedal, "On the limited memory BFGS method for large scale optimization", 1989.)
 *
 * @param learningRate what updates are multiplied by before the line search; null: 1.
 * @example
 * const optimizer = lbfgs();
 * const [value, grads] = valueAndGradFromState(loss)(params, { state });
 * const [updates, next] = optimizer.update(grads, state, params, { value, valueFn: loss });
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.lbfgs
 */
export const lbfgs = <S = ZoomLinesearchState>(
  learningRate: ArrayLike | Schedule | null = null,
  { linesearch, ...options }: LbfgsOptions<S> = {},
): GradientTransformation<readonly [LbfgsState, LearningRateState, S]> => {
  const zoom: GradientTransformation<unknown> = scaleByZoomLinesearch(20, { initialGuessStrategy: "one" });
  const parts = chain<readonly [LbfgsState, LearningRateState, S]>(
    scaleByLbfgs(options),
    learningRate === null ? scale(-1) : scaleByLearningRate(learningRate),
    // Without one given, S is the state of the default.
    linesearch ?? (zoom as GradientTransformation<S>),
  );
  return {
    init: parts.init,
    // The gradients that come in are those that the line search asks for.
    update: (gradients, state, params, extras) =>
      parts.update(gradients, state, params, { grad: gradients, ...extras }),
  };
};

/** The part of a state that knows the loss and its gradient after the last step. */
const findKnown = (state: unknown): { readonly value: NDArray; readonly grad: unknown } | undefined => {
  if (typeof state !== "object" || state === null || state instanceof NDArray) return undefined;
  if ("value" in state && state.value instanceof NDArray && "grad" in state && state.grad !== null) {
    return { value: state.value, grad: state.grad };
  }
  for (const part of Object.values(state)) {
    const known = findKnown(part);
    if (known !== undefined) return known;
  }
  return undefined;
};

/**
 * `valueAndGrad` that takes what the line search of the last step has calculated already, from the state that it left.
 * The parameters must be those after that step, and the loss must not have changed.
 *
 * @throws ArgumentError if the state holds no value and gradient.
 * @example
 * const [value, grads] = valueAndGradFromState(loss)(params, { state });
 * @see https://optax.readthedocs.io/en/latest/api/utilities.html#optax.value_and_grad_from_state
 */
export const valueAndGradFromState =
  <P>(valueFn: (params: P) => NDArray) =>
  (params: P, { state }: { readonly state: unknown }): readonly [value: NDArray, grad: P] => {
    const known = findKnown(state);
    if (known === undefined) {
      throw new ArgumentError(
        "valueAndGradFromState: the state holds no value and gradient; use a line search that stores them, such as scaleByZoomLinesearch or scaleByBacktrackingLinesearch with storeGrad.",
      );
    }
    const both = valueAndGrad(valueFn as (params: unknown) => NDArray) as unknown as (
      params: P,
    ) => readonly [NDArray, P];
    return lax.cond(
      np.isfinite(known.value),
      (): unknown => [known.value, known.grad],
      (): unknown => {
        const [value, grad] = both(params);
        return [np.astype(value, known.value.dtype), grad];
      },
    ) as unknown as readonly [NDArray, P];
  };
