import type { ArrayLike, DType, NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import { chain } from "./chain.ts";
import { addDecayedWeights, type DecayOptions, type DecayState } from "./decay.ts";
import { average, averageTree, hyper } from "./moments.ts";
import { type LearningRateState, scaleByLearningRate } from "./scale.ts";
import { stateful } from "./stateful.ts";
import type { ArrayTree, GradientTransformation, Schedule } from "./transformation.ts";
import { increment, mapTrees, noSteps, zerosLikeTree } from "./trees.ts";

/** The running mean of gradients. */
export interface LionState {
  /** How many steps were done, int32[]. */
  readonly count: NDArray;
  readonly mu: ArrayTree;
}

/** Options of `scaleByLion`. */
export interface ScaleByLionOptions {
  /** How much of the mean goes into the update; default 0.9. */
  readonly b1?: ArrayLike;
  /** How much of the mean stays from step to step; default 0.99. */
  readonly b2?: ArrayLike;
  /** The dtype in which the mean is kept; default: that of the parameters. */
  readonly muDtype?: DType | null;
  /** What is made of the mean: its sign, the tangent hyperbolic, or itself held within ±1. Default "hard". */
  readonly mode?: "hard" | "smooth" | "refined";
  /** What the mean is multiplied by under the tangent hyperbolic; default 1. */
  readonly smoothBeta?: ArrayLike;
}

/**
 * The sign of a mean of gradients, of which the newest weighs more in the update than in what is remembered.
 * (X. Chen et al., "Symbolic discovery of optimization algorithms", 2023.)
 *
 * @example
 * chain(scaleByLion(), scaleByLearningRate(1e-4));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_lion
 */
export const scaleByLion = ({
  b1 = 0.9,
  b2 = 0.99,
  muDtype = null,
  mode = "hard",
  smoothBeta = 1,
}: ScaleByLionOptions = {}): GradientTransformation<LionState> => {
  const where = "scaleByLion";
  const squash: { readonly [mode: string]: (x: NDArray) => NDArray } = {
    hard: (x) => np.sign(x),
    smooth: (x) => np.tanh(np.multiply(hyper(smoothBeta, x.dtype), x)),
    refined: (x) => np.clip(x, -1, 1),
  };
  const f = squash[mode];
  if (f === undefined) {
    throw new ArgumentError(`${where}: mode must be "hard", "smooth" or "refined"; got ${String(mode)}.`);
  }
  return stateful(where, {
    init: (params) => ({ count: noSteps(), mu: zerosLikeTree(where, params, muDtype) }),
    update: (gradients, state) => {
      const { mu } = state;
      const updates = mapTrees<typeof gradients>(where, { gradients, mu }, (g, m) => f(average(b1, m, g)));
      return [updates, { count: increment(state.count), mu: averageTree(where, b2, mu, gradients) }];
    },
  });
};

/** Options of `lion`. */
export interface LionOptions extends ScaleByLionOptions, DecayOptions {
  /** How much of each parameter is taken off, times the learning rate; default 1e-3. */
  readonly weightDecay?: ArrayLike | Schedule;
}

/**
 * Lion: steps of one size for all parameters, with decoupled weight decay. `update` needs the parameters.
 * (X. Chen et al., "Symbolic discovery of optimization algorithms", 2023.)
 *
 * @param learningRate a number, or a function of how many steps were done; a tenth to a third of that of `adamw`.
 * @example
 * const optimizer = lion(1e-4, { weightDecay: 0.1 });
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.lion
 */
export const lion = (
  learningRate: ArrayLike | Schedule,
  { weightDecay = 1e-3, mask = true, ...options }: LionOptions = {},
): GradientTransformation<readonly [LionState, DecayState, LearningRateState]> =>
  chain(scaleByLion(options), addDecayedWeights(weightDecay, { mask }), scaleByLearningRate(learningRate));
