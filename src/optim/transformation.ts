import type { ArrayLike, NDArray } from "../array/index.ts";
import type { PyTree } from "../tree/index.ts";

/**
 * A pure rule that turns gradients into updates of parameters, with a state `S` that it hands from step to step.
 * Parameters, gradients and updates are trees of arrays of one structure; `applyUpdates` adds updates to parameters.
 * States are trees of arrays too, so that a whole training step goes through `jit`.
 *
 * @example
 * const optimizer = adam(1e-3);
 * let state = optimizer.init(params);
 * const [updates, next] = optimizer.update(grads, state, params);
 */
export interface GradientTransformation<S> {
  /** The state before the first step. */
  init<P>(params: P): S;
  /**
   * Updates made of gradients, and the state after this step. Some rules look at the parameters too, and a few at more
   * than that; one that misses something says so.
   */
  update<P>(grads: P, state: S, params?: P, extras?: UpdateExtras<P>): readonly [updates: P, state: S];
}

/** What a few rules want to know besides gradients and parameters: line searches and `reduceOnPlateau`. */
export interface UpdateExtras<P> {
  /** The loss at the parameters, a scalar. */
  readonly value?: ArrayLike;
  /** The gradient of the loss at the parameters, as it was before the rules in front made updates of it. */
  readonly grad?: P;
  /** The loss as a function of the parameters. It is traced, also outside `jit`. */
  readonly valueFn?: (params: P) => NDArray;
}

/** The state of a rule that remembers nothing. */
export type EmptyState = null;

/** A tree of arrays like the parameters, inside a state. */
export type ArrayTree = PyTree<NDArray>;

/** A number that may change from step to step: a function of how many steps were done, an int32 scalar. */
export type Schedule = (count: NDArray) => ArrayLike;

/** A transformation without state: a function of gradients, and of parameters if it needs them. */
export const stateless = (
  update: <P>(grads: P, params: P | undefined) => P,
): GradientTransformation<EmptyState> => ({
  init: () => null,
  update: (grads, state, params) => [update(grads, params), state],
});
