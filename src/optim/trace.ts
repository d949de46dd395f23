import type { ArrayLike, DType } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { hyper } from "./moments.ts";
import { stateful } from "./stateful.ts";
import type { ArrayTree, GradientTransformation } from "./transformation.ts";
import { mapTrees, zerosLikeTree } from "./trees.ts";

/** The decaying sum of gradients. */
export interface TraceState {
  readonly trace: ArrayTree;
}

/** Options of `trace`. */
export interface TraceOptions {
  /** Look one step ahead, as Nesterov's momentum does. Default false. */
  readonly nesterov?: boolean;
  /** The dtype in which the sum is kept; default: that of the parameters. */
  readonly accumulatorDtype?: DType | null;
}

/**
 * Momentum: replaces gradients by their decaying sum, trace = gradient + decay trace.
 * (I. Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.)
 *
 * @example
 * chain(trace(0.9), scaleByLearningRate(0.1));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.trace
 */
export const trace = (
  decay: ArrayLike,
  { nesterov = false, accumulatorDtype = null }: TraceOptions = {},
): GradientTransformation<TraceState> =>
  stateful("trace", {
    init: (params) => ({ trace: zerosLikeTree("trace", params, accumulatorDtype) }),
    update: (gradients, state) => {
      type P = typeof gradients;
      const accumulate = (trace: unknown): P =>
        mapTrees<P>("trace", { gradients, trace }, (g, t) =>
          np.add(g, np.multiply(hyper(decay, t.dtype), t)),
        );
      const next = accumulate(state.trace);
      return [nesterov ? accumulate(next) : next, { trace: next as ArrayTree }];
    },
  });
