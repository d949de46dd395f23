import * as np from "../numpy/index.ts";
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
}

/**
 * Momentum: replaces gradients by their decaying sum, trace = gradient + decay trace.
 * (I. Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.)
 *
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.trace
 */
export const trace = (
  decay: number,
  { nesterov = false }: TraceOptions = {},
): GradientTransformation<TraceState> => ({
  init: (params) => ({ trace: zerosLikeTree("trace", params) }),
  update: (gradients, state) => {
    type P = typeof gradients;
    const accumulate = (trace: unknown): P =>
      mapTrees<P>("trace", { gradients, trace }, (g, t) => np.add(g, np.multiply(decay, t)));
    const next = accumulate(state.trace);
    return [nesterov ? accumulate(next) : next, { trace: next as ArrayTree }];
  },
});
