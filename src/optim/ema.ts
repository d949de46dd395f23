import type { ArrayLike, DType, NDArray } from "../array/index.ts";
import { averageTree, unbiased } from "./moments.ts";
import { stateful } from "./stateful.ts";
import type { ArrayTree, GradientTransformation } from "./transformation.ts";
import { increment, mapTrees, noSteps, zerosLikeTree } from "./trees.ts";

/** The running mean of gradients. */
export interface EmaState {
  /** How many steps were done, int32[]. */
  readonly count: NDArray;
  readonly ema: ArrayTree;
}

/** Options of `ema`. */
export interface EmaOptions {
  /** Whether the mean is made up for its beginning with 0. Default true. */
  readonly debias?: boolean;
  /** The dtype in which the mean is kept; default: that of the parameters. */
  readonly accumulatorDtype?: DType | null;
}

/**
 * Replaces gradients by their running mean, ema = decay ema + (1 − decay) gradient.
 *
 * @example
 * chain(ema(0.9), scaleByLearningRate(0.1));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.ema
 */
export const ema = (
  decay: ArrayLike,
  { debias = true, accumulatorDtype = null }: EmaOptions = {},
): GradientTransformation<EmaState> =>
  stateful("ema", {
    init: (params) => ({ count: noSteps(), ema: zerosLikeTree("ema", params, accumulatorDtype) }),
    update: (gradients, state) => {
      const count = increment(state.count);
      const mean = averageTree("ema", decay, state.ema, gradients);
      const updates = mapTrees<typeof gradients>("ema", { gradients, mean }, (_g, m) =>
        debias ? unbiased(m, decay, count) : m,
      );
      return [updates, { count, ema: mean }];
    },
  });
