import { type ArrayLike, type NDArray, scalarArray } from "../array/index.ts";
import * as lax from "../lax/index.ts";
import * as np from "../numpy/index.ts";
import { infiniteIfNaN, lineAlong, scaleUpdates } from "./line.ts";
import { requireWhole } from "./requirements.ts";
import { stateful } from "./stateful.ts";
import type { ArrayTree, GradientTransformation } from "./transformation.ts";
import { dtypeOfTree, increment, noSteps, zerosLikeTree } from "./trees.ts";

/** What the last search found. */
export interface BacktrackingLinesearchState {
  /** The length of the step, in terms of the updates that came in. */
  readonly learningRate: NDArray;
  /** The loss after the step; infinite before the first. */
  readonly value: NDArray;
  /** The gradient after the step, or null without `storeGrad`. */
  readonly grad: ArrayTree;
  readonly info: {
    /** How many lengths were tried, int32[]. */
    readonly numLinesearchSteps: NDArray;
    /** By how much the loss is too great. */
    readonly decreaseError: NDArray;
  };
}

/** Options of `scaleByBacktrackingLinesearch`. */
export interface BacktrackingLinesearchOptions {
  /** What part of the decrease that the slope promises is enough; default 1e-4. */
  readonly slopeRtol?: ArrayLike;
  /** What a step that is too long is multiplied by; default 0.8. */
  readonly decreaseFactor?: ArrayLike;
  /** What the last length is multiplied by for the first try; default 1.5. */
  readonly increaseFactor?: ArrayLike;
  /** The greatest length; default 1. */
  readonly maxLearningRate?: ArrayLike;
  /** By how much the loss may be too great; default 0. */
  readonly atol?: ArrayLike;
  /** By what part of itself the loss may be too great; default 0. */
  readonly rtol?: ArrayLike;
  /** Whether the state holds the gradient after the step, for `valueAndGradFromState`. Default false. */
  readonly storeGrad?: boolean;
}

/**
 * Shortens updates until the loss decreases enough: f(x + s u) ≤ (1 + rtol) f(x) + slopeRtol s ⟨∇f(x), u⟩ + atol. `update`
 * needs the parameters and `{ value, grad, valueFn }`. If no length is found the last is taken, or 0 where the loss is
 * infinite or NaN.
 * (L. Armijo, "Minimization of functions having Lipschitz continuous first partial derivatives", 1966.)
 *
 * @throws ArgumentError for a number of steps that is no positive whole one, or names what `update` lacks.
 * @example
 * const optimizer = chain(sgd(1), scaleByBacktrackingLinesearch(15));
 * optimizer.update(grad, state, params, { value, grad, valueFn: loss });
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_backtracking_linesearch
 */
export const scaleByBacktrackingLinesearch = (
  maxBacktrackingSteps: number,
  {
    slopeRtol = 1e-4,
    decreaseFactor = 0.8,
    increaseFactor = 1.5,
    maxLearningRate = 1,
    atol = 0,
    rtol = 0,
    storeGrad = false,
  }: BacktrackingLinesearchOptions = {},
): GradientTransformation<BacktrackingLinesearchState> => {
  const where = "scaleByBacktrackingLinesearch";
  requireWhole(where, "maxBacktrackingSteps", maxBacktrackingSteps, 1);
  return stateful<BacktrackingLinesearchState>(where, {
    init: (params) => {
      const dtype = dtypeOfTree(`${where}, params`, params);
      return {
        learningRate: scalarArray(1, dtype),
        value: scalarArray(Number.POSITIVE_INFINITY, dtype),
        grad: storeGrad ? zerosLikeTree(where, params) : null,
        info: {
          numLinesearchSteps: noSteps(),
          decreaseError: scalarArray(Number.POSITIVE_INFINITY, dtype),
        },
      };
    },
    update: (updates, state, params, extras) => {
      const line = lineAlong(where, updates, params, extras);
      const { start } = line;
      const real = (x: NDArray): NDArray => np.astype(x, line.dtype);
      const first = np.minimum(np.multiply(increaseFactor, state.learningRate), maxLearningRate);
      const found = lax.whileLoop(
        ({ count, error }) =>
          np.logicalAnd(np.lessEqual(count, maxBacktrackingSteps), np.greater(error, atol)),
        ({ count, step }) => {
          const shorter = np.where(np.greater(count, 0), np.multiply(decreaseFactor, step), step);
          const trial = real(shorter);
          const value = line.valueAt(trial);
          const enough = np.add(
            np.multiply(np.add(1, rtol), start.value),
            np.multiply(np.multiply(trial, slopeRtol), start.slope),
          );
          const error = np.maximum(infiniteIfNaN(np.subtract(value, enough)), 0);
          return { count: increment(count), step: trial, value, error: real(error) };
        },
        {
          count: noSteps(),
          step: real(first),
          value: start.value,
          error: scalarArray(Number.POSITIVE_INFINITY, line.dtype),
        },
      );
      const learningRate = np.where(np.isinf(found.error), 0, found.step);
      return [
        scaleUpdates(where, updates, learningRate),
        {
          learningRate,
          value: found.value,
          grad: storeGrad ? (line.gradAt(learningRate) as ArrayTree) : null,
          info: { numLinesearchSteps: found.count, decreaseError: found.error },
        },
      ];
    },
  });
};
