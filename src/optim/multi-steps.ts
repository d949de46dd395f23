import { type ArrayLike, type DType, type NDArray, scalarArray } from "../array/index.ts";
import { ArgumentError, describeAval } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import { leaves } from "../tree/index.ts";
import { allFinite } from "./apply-if-finite.ts";
import { requireWhole } from "./requirements.ts";
import { stateful } from "./stateful.ts";
import type { ArrayTree, GradientTransformation, Schedule } from "./transformation.ts";
import { increment, mapTrees, noSteps, zerosLikeTree } from "./trees.ts";
import { updateIf } from "./update-if.ts";

/** Gradients put together so far. */
export interface MultiStepsState<S> {
  /** How many gradients were put together since the last step, int32[]. */
  readonly miniStep: NDArray;
  /** How many steps were done, int32[]. */
  readonly gradientStep: NDArray;
  readonly innerOptState: S;
  readonly accGrads: ArrayTree;
  /** What `shouldSkipUpdateFn` found. */
  readonly skipState: ArrayTree;
}

/** Whether to leave out gradients, a boolean scalar, and what was found, a tree of arrays. */
export type ShouldSkipUpdateFunction = (
  updates: unknown,
  gradientStep: NDArray,
  params: unknown,
) => readonly [shouldSkip: NDArray, skipState: ArrayTree];

/** Options of `multiSteps`. */
export interface MultiStepsOptions {
  /** Whether a step gets the mean of gradients rather than their sum. Default true. */
  readonly useGradMean?: boolean;
  /** Which gradients are left out, as if they had not come; default: none. */
  readonly shouldSkipUpdateFn?: ShouldSkipUpdateFunction | null;
  /** The dtype in which gradients are put together; default float32. */
  readonly accumulatorDtype?: DType;
}

/**
 * For `multiSteps`: leaves out gradients that hold infinities or NaN.
 *
 * @example
 * const optimizer = multiSteps(adam(1e-3), 4, { shouldSkipUpdateFn: skipNotFinite });
 */
export const skipNotFinite: ShouldSkipUpdateFunction = (updates) => {
  const shouldSkip = np.logicalNot(allFinite(updates));
  const counts = leaves(updates).map((x) => np.sum(np.logicalNot(np.isfinite(x as ArrayLike))));
  return [shouldSkip, { shouldSkip, numNotFinite: counts.reduce(np.add, noSteps()) }];
};

/**
 * For `multiSteps`: leaves out gradients whose squares add up to `maxSquaredNorm` or more, or to NaN.
 *
 * @example
 * const optimizer = multiSteps(adam(1e-3), 4, { shouldSkipUpdateFn: skipLargeUpdates(10) });
 */
export const skipLargeUpdates =
  (maxSquaredNorm: ArrayLike): ShouldSkipUpdateFunction =>
  (updates) => {
    const squares = leaves(updates).map((x) => np.sum(np.square(x as ArrayLike)));
    const normSquared = squares.reduce(np.add, scalarArray(0, "float32", true));
    const shouldSkip = np.logicalNot(np.less(normSquared, maxSquaredNorm));
    return [shouldSkip, { shouldSkip, normSquared }];
  };

/**
 * One step of `opt` for every few gradients: their mean is what it gets, and updates are 0 until there are enough. So a
 * large batch can be taken in parts.
 *
 * @param everyKSchedule how many gradients make a step, or that as a function of how many steps were done.
 * @throws ArgumentError unless that number is a positive whole one.
 * @example
 * const optimizer = multiSteps(adam(1e-3), 4);
 * @see https://optax.readthedocs.io/en/latest/api/optimizer_wrappers.html#optax.MultiSteps
 */
export const multiSteps = <S>(
  opt: GradientTransformation<S>,
  everyKSchedule: number | Schedule,
  { useGradMean = true, shouldSkipUpdateFn = null, accumulatorDtype = "float32" }: MultiStepsOptions = {},
): GradientTransformation<MultiStepsState<S>> => {
  const where = "multiSteps";
  if (typeof everyKSchedule === "number") requireWhole(where, "everyKSchedule", everyKSchedule, 1);
  const shouldSkip: ShouldSkipUpdateFunction = (...args) => {
    const [skip, skipState] = shouldSkipUpdateFn?.(...args) ?? [scalarArray(0, "bool"), null];
    if (skip.dtype === "bool" && skip.ndim === 0) return [skip, skipState];
    throw new ArgumentError(
      `${where}: shouldSkipUpdateFn must return a boolean scalar first; it returned ${describeAval(skip)}.`,
    );
  };
  return stateful(where, {
    init: (params) => ({
      miniStep: noSteps(),
      gradientStep: noSteps(),
      innerOptState: opt.init(params),
      accGrads: zerosLikeTree(where, params, accumulatorDtype),
      skipState: shouldSkip(zerosLikeTree(where, params), noSteps(), params)[1],
    }),
    update: (gradients, state, params, extras) => {
      const { miniStep, gradientStep } = state;
      const k = typeof everyKSchedule === "number" ? everyKSchedule : everyKSchedule(gradientStep);
      const [skip, skipState] = shouldSkip(gradients, gradientStep, params);
      const sums = mapTrees<ArrayTree>(where, { gradients, accGrads: state.accGrads }, (g, sum) => {
        if (!useGradMean) return np.add(g, sum);
        const n = np.astype(np.add(miniStep, 1), sum.dtype);
        return np.add(sum, np.divide(np.subtract(g, sum), n));
      });
      const isLast = np.greaterEqual(np.add(miniStep, 1), k);
      const emit = np.logicalAnd(isLast, np.logicalNot(skip));
      const accumulated = mapTrees<typeof gradients>(where, { gradients, sums }, (g, sum) =>
        np.astype(sum, g.dtype),
      );
      const [updates, innerOptState] = updateIf(where, emit, opt, {
        gradients: accumulated,
        state: state.innerOptState,
        params,
        extras,
      });
      const next = np.where(isLast, noSteps(), np.add(miniStep, 1));
      return [
        updates,
        {
          miniStep: np.where(skip, miniStep, next),
          gradientStep: np.where(emit, increment(gradientStep), gradientStep),
          innerOptState,
          accGrads: mapTrees<ArrayTree>(where, { accGrads: state.accGrads, sums }, (before, sum) =>
            np.where(skip, before, np.where(isLast, 0, np.astype(sum, before.dtype))),
          ),
          skipState,
        },
      ];
    },
  });
};
