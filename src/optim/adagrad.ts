import type { ArrayLike } from "../array/index.ts";
import * as lax from "../lax/index.ts";
import * as np from "../numpy/index.ts";
import { chain } from "./chain.ts";
import { hyper } from "./moments.ts";
import { type LearningRateState, scaleByLearningRate } from "./scale.ts";
import { stateful } from "./stateful.ts";
import type { ArrayTree, GradientTransformation, Schedule } from "./transformation.ts";
import { fullLikeTree, mapTrees } from "./trees.ts";

/** The sum of the squares of all gradients so far. */
export interface RssState {
  readonly sumOfSquares: ArrayTree;
}

/** Options of `scaleByRss` and `adagrad`. */
export interface RssOptions {
  /** What the sum of squares begins with; default 0.1. */
  readonly initialAccumulatorValue?: ArrayLike;
  /** What is added to the sum under the root; default 1e-7. */
  readonly eps?: ArrayLike;
}

/**
 * Divides gradients by the root of the sum of the squares of all so far; where that sum is 0, the update is 0.
 * (J. Duchi et al., "Adaptive subgradient methods for online learning and stochastic optimization", 2011.)
 *
 * @example
 * chain(scaleByRss(), scaleByLearningRate(0.1));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_rss
 */
export const scaleByRss = ({
  initialAccumulatorValue = 0.1,
  eps = 1e-7,
}: RssOptions = {}): GradientTransformation<RssState> => {
  const where = "scaleByRss";
  return stateful(where, {
    init: (params) => ({ sumOfSquares: fullLikeTree(where, params, initialAccumulatorValue) }),
    update: (gradients, state) => {
      const sumOfSquares = mapTrees<ArrayTree>(
        where,
        { gradients, sumOfSquares: state.sumOfSquares },
        (g, sum) => np.add(np.square(g), sum),
      );
      const updates = mapTrees<typeof gradients>(where, { gradients, sumOfSquares }, (g, sum) => {
        const hasSum = np.greater(sum, 0);
        // The root of 1 in place of that of 0 keeps derivatives finite.
        const root = lax.rsqrt(np.add(np.where(hasSum, sum, 1), hyper(eps, sum.dtype)));
        return np.multiply(np.where(hasSum, root, 0), g);
      });
      return [updates, { sumOfSquares }];
    },
  });
};

/**
 * AdaGrad: steps that become smaller the more a parameter has been moved.
 * (J. Duchi et al., "Adaptive subgradient methods for online learning and stochastic optimization", 2011.)
 *
 * @param learningRate a number, or a function of how many steps were done.
 * @example
 * const optimizer = adagrad(0.1);
 * @see https://optax.readthedocs.io/en/latest/api/optimizers.html#optax.adagrad
 */
export const adagrad = (
  learningRate: ArrayLike | Schedule,
  options: RssOptions = {},
): GradientTransformation<readonly [RssState, LearningRateState]> =>
  chain(scaleByRss(options), scaleByLearningRate(learningRate));
