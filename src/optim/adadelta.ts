import type { ArrayLike } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { chain } from "./chain.ts";
import { addDecayedWeights, type DecayState } from "./decay.ts";
import type { MaskOrFunction } from "./mask.ts";
import { averageSquares, hyper } from "./moments.ts";
import { type LearningRateState, scaleByLearningRate } from "./scale.ts";
import { stateful } from "./stateful.ts";
import type { ArrayTree, GradientTransformation, Schedule } from "./transformation.ts";
import { mapTrees, zerosLikeTree } from "./trees.ts";

/** Running means of the squares of gradients and of updates. */
export interface AdaDeltaState {
  readonly eG: ArrayTree;
  readonly eX: ArrayTree;
}

/** Options of `scaleByAdaDelta`. */
export interface ScaleByAdaDeltaOptions {
  /** How much of the means stays from step to step; default 0.9. */
  readonly rho?: ArrayLike;
  /** What is added to the means under the roots; default 1e-6. */
  readonly eps?: ArrayLike;
}

/**
 * Multiplies gradients by the root of the mean square of updates over that of gradients, so that an update has the unit
 * of its parameter.
 * (M. D. Zeiler, "ADADELTA: an adaptive learning rate method", 2012.)
 *
 * @example
 * chain(scaleByAdaDelta(), scaleByLearningRate(1));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_adadelta
 */
export const scaleByAdaDelta = ({
  rho = 0.9,
  eps = 1e-6,
}: ScaleByAdaDeltaOptions = {}): GradientTransformation<AdaDeltaState> => {
  const where = "scaleByAdaDelta";
  return stateful(where, {
    init: (params) => ({ eG: zerosLikeTree(where, params), eX: zerosLikeTree(where, params) }),
    update: (gradients, state) => {
      const eG = averageSquares(where, rho, state.eG, gradients);
      const updates = mapTrees<typeof gradients>(
        where,
        { gradients, eG, eX: state.eX },
        (g, meanOfGradients, meanOfUpdates) => {
          const e = hyper(eps, meanOfGradients.dtype);
          const roots = [meanOfUpdates, meanOfGradients].map((mean) => np.sqrt(np.add(mean, e)));
          return np.multiply(np.divide(...(roots as [typeof g, typeof g])), g);
        },
      );
      return [updates, { eG, eX: averageSquares(where, rho, state.eX, updates) }];
    },
  });
};

/** Options of `adadelta`. */
export interface AdaDeltaOptions extends ScaleByAdaDeltaOptions {
  /** How much of each parameter is added to its gradient; default 0. */
  readonly weightDecay?: ArrayLike | Schedule;
  /** Which parameters decay. Default: all. */
  readonly weightDecayMask?: MaskOrFunction;
}

/**
 * AdaDelta: steps in the unit of the parameters. `update` needs the parameters.
 * (M. D. Zeiler, "ADADELTA: an adaptive learning rate method", 2012.)
 *
 * @param learningRate a number, or a function of how many steps were done; default 1.
 * @example
 * const optimizer = adadelta(1);
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.adadelta
 */
export const adadelta = (
  learningRate: ArrayLike | Schedule = 1,
  { weightDecay = 0, weightDecayMask = true, ...options }: AdaDeltaOptions = {},
): GradientTransformation<readonly [DecayState, AdaDeltaState, LearningRateState]> =>
  chain(
    addDecayedWeights(weightDecay, { mask: weightDecayMask }),
    scaleByAdaDelta(options),
    scaleByLearningRate(learningRate),
  );
