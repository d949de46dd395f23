import { type ArrayLike, type NDArray, scalarArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { leaves } from "../tree/index.ts";
import { requireWhole } from "./requirements.ts";
import type { GradientTransformation } from "./transformation.ts";
import { increment, noSteps } from "./trees.ts";
import { updateIf } from "./update-if.ts";

/** What is known of gradients with infinities or NaN so far. */
export interface ApplyIfFiniteState<S> {
  /** How many steps in a row had such gradients, int32[]. */
  readonly notfiniteCount: NDArray;
  /** Whether the last gradients were finite, bool[]. */
  readonly lastFinite: NDArray;
  /** How many steps had such gradients at all, int32[]. */
  readonly totalNotfinite: NDArray;
  readonly innerState: S;
}

/** Whether all elements of a tree are finite. */
export const allFinite = (tree: unknown): NDArray =>
  leaves(tree)
    .map((x) => np.all(np.isfinite(x as ArrayLike)))
    .reduce((a, b) => np.logicalAnd(a, b), scalarArray(1, "bool"));

/**
 * `inner`, but steps whose gradients hold infinities or NaN are left out: their updates are 0 and the state stays. After
 * `maxConsecutiveErrors` of them in a row it gives up and lets them through.
 *
 * @throws ArgumentError unless `maxConsecutiveErrors` is a whole number.
 * @example
 * applyIfFinite(adam(1e-3), 5);
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.apply_if_finite
 */
export const applyIfFinite = <S>(
  inner: GradientTransformation<S>,
  maxConsecutiveErrors: number,
): GradientTransformation<ApplyIfFiniteState<S>> => {
  requireWhole("applyIfFinite", "maxConsecutiveErrors", maxConsecutiveErrors, 0);
  return {
    init: (params) => ({
      notfiniteCount: noSteps(),
      lastFinite: scalarArray(1, "bool"),
      totalNotfinite: noSteps(),
      innerState: inner.init(params),
    }),
    update: (gradients, state, params, extras) => {
      const finite = allFinite(gradients);
      const notfiniteCount = np.where(finite, noSteps(), increment(state.notfiniteCount));
      const [updates, innerState] = updateIf(
        "applyIfFinite",
        np.logicalOr(finite, np.greater(notfiniteCount, maxConsecutiveErrors)),
        inner,
        { gradients, state: state.innerState, params, extras },
      );
      const { totalNotfinite } = state;
      return [
        updates,
        {
          notfiniteCount,
          lastFinite: finite,
          totalNotfinite: np.where(finite, totalNotfinite, increment(totalNotfinite)),
          innerState,
        },
      ];
    },
  };
};
