import type { ArrayLike, NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import { hyper } from "./moments.ts";
import { requireWhole } from "./requirements.ts";
import type { GradientTransformation } from "./transformation.ts";
import { mapTrees, noSteps } from "./trees.ts";

/** Parameters that an optimizer moves, and those that follow them slowly: the latter are the result. */
export interface LookaheadParams<P> {
  readonly fast: P;
  readonly slow: P;
}

/** The state of the optimizer inside, and how many of its steps were done since the slow parameters moved. */
export interface LookaheadState<S> {
  readonly fastState: S;
  /** int32[] */
  readonly stepsSinceSync: NDArray;
}

/** Options of `lookahead`. */
export interface LookaheadOptions {
  /** Whether the optimizer inside begins anew when the slow parameters move. Default false. */
  readonly resetState?: boolean;
}

/**
 * What `lookahead` makes. Its gradients are those of the fast parameters and its updates are of pairs, so it stands for
 * itself and not in a chain.
 */
export interface Lookahead<S> {
  /** The state before the first step. */
  init<P>(params: LookaheadParams<P>): LookaheadState<S>;
  /** Updates of both kinds of parameters, and the state after this step. */
  update<P>(
    grads: P,
    state: LookaheadState<S>,
    params: LookaheadParams<P>,
  ): readonly [updates: LookaheadParams<P>, state: LookaheadState<S>];
}

/**
 * Both kinds of parameters at one place, where training begins.
 *
 * @example
 * initSynced({ w: np.array([1, 2]) }); // { fast: { w: [1, 2] }, slow: { w: [1, 2] } }
 */
export const initSynced = <P>(params: P): LookaheadParams<P> => ({ fast: params, slow: params });

const requirePair = <P>(params: LookaheadParams<P>): LookaheadParams<P> => {
  if (typeof params === "object" && params !== null && "fast" in params && "slow" in params) return params;
  throw new ArgumentError(
    "lookahead: needs parameters { fast, slow }; make them with initSynced(params), and pass both to init and update.",
  );
};

/**
 * Every `syncPeriod` steps of the optimizer the slow parameters go a part of the way to the fast ones, which begin anew
 * from there.
 * (M. R. Zhang et al., "Lookahead optimizer: k steps forward, 1 step back", 2019.)
 *
 * @param slowStepSize the part of the way.
 * @throws ArgumentError unless `syncPeriod` is a positive whole number and parameters are pairs.
 * @example
 * const optimizer = lookahead(sgd(0.1), 5, 0.5);
 * let params = initSynced(start);
 * const [updates, state] = optimizer.update(grad(loss)(params.fast), optimizer.init(params), params);
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_wrappers.html#optax.lookahead
 */
export const lookahead = <S>(
  fastOptimizer: GradientTransformation<S>,
  syncPeriod: number,
  slowStepSize: ArrayLike,
  { resetState = false }: LookaheadOptions = {},
): Lookahead<S> => {
  const where = "lookahead";
  requireWhole(where, "syncPeriod", syncPeriod, 1);
  return {
    init: (params) => ({
      fastState: fastOptimizer.init(requirePair(params).fast),
      stepsSinceSync: noSteps(),
    }),
    update: (gradients, state, params) => {
      type P = typeof gradients;
      const { fast, slow } = requirePair(params);
      const [steps, fastState] = fastOptimizer.update(gradients, state.fastState, fast);
      const done = np.add(state.stepsSinceSync, 1);
      const syncs = np.greaterEqual(done, syncPeriod);
      const distances = mapTrees(where, { fast, steps, slow }, (f, u, s) =>
        np.subtract(np.add(f, u), s as NDArray),
      );
      const slowSteps = mapTrees<P>(where, { slow, distances }, (s, d) =>
        np.where(syncs, np.multiply(hyper(slowStepSize, s.dtype), d), 0),
      );
      const fastSteps = mapTrees<P>(where, { steps, distances, slowSteps }, (u, d, s) =>
        np.where(syncs, np.subtract(u, np.subtract(d, s as NDArray)), u),
      );
      const current = !resetState
        ? fastState
        : mapTrees<S>(where, { fastState, initial: fastOptimizer.init(fast) }, (x, initial) =>
            np.where(syncs, initial, x),
          );
      return [
        { fast: fastSteps, slow: slowSteps },
        { fastState: current, stepsSinceSync: np.where(syncs, noSteps(), done) },
      ];
    },
  };
};
