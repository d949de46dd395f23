import { type ArrayLike, type NDArray, scalarArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import * as lax from "../lax/index.ts";
import * as np from "../numpy/index.ts";
import { choose, infiniteIfNaN, type Line, type LinePoint, lineAlong, scaleUpdates } from "./line.ts";
import { requireWhole } from "./requirements.ts";
import { stateful } from "./stateful.ts";
import type { ArrayTree, GradientTransformation } from "./transformation.ts";
import { dtypeOfTree, increment, noSteps, zerosLikeTree } from "./trees.ts";
import { stepBetween } from "./zoom-interpolation.ts";

/** What the last search found. */
export interface ZoomLinesearchState {
  /** The length of the step, in terms of the updates that came in. */
  readonly learningRate: NDArray;
  /** The loss after the step; infinite before the first. */
  readonly value: NDArray;
  /** The gradient after the step. */
  readonly grad: ArrayTree;
  readonly info: {
    /** How many lengths were tried, int32[]. */
    readonly numLinesearchSteps: NDArray;
    /** By how much the loss is too great. */
    readonly decreaseError: NDArray;
    /** By how much the slope is too steep. */
    readonly curvatureError: NDArray;
  };
}

/** Options of `scaleByZoomLinesearch`. */
export interface ZoomLinesearchOptions {
  /** The greatest length; default: none. */
  readonly maxLearningRate?: ArrayLike | null;
  /** By how much the conditions may be missed; default 0. */
  readonly tol?: ArrayLike;
  /** What the length is multiplied by until a minimum is enclosed; default 2. */
  readonly increaseFactor?: ArrayLike;
  /** What part of the decrease that the slope promises is enough; default 1e-4. */
  readonly slopeRtol?: ArrayLike;
  /** What part of the slope may be left; default 0.9. */
  readonly curvRtol?: ArrayLike;
  /** By what part of itself the loss may grow if slopes say that it decreases, where digits end; null: not. Default 1e-6. */
  readonly approxDecRtol?: ArrayLike | null;
  /** The length of an interval that is not divided further; default 1e-5. */
  readonly stepsizePrecision?: ArrayLike;
  /** What is tried first: 1 or the last length. Default "keep". */
  readonly initialGuessStrategy?: "one" | "keep";
}

/** A search under way. */
interface Search {
  readonly count: NDArray;
  /** Whether a minimum is enclosed by `low` and `high`. */
  readonly found: NDArray;
  readonly done: NDArray;
  readonly failed: NDArray;
  /** The last place tried. */
  readonly point: LinePoint;
  readonly grad: ArrayTree;
  readonly decreaseError: NDArray;
  readonly curvatureError: NDArray;
  /** The better end of the interval, and the other. */
  readonly low: LinePoint;
  readonly high: LinePoint;
  /** The end that was last given up, a third place for the cubic. */
  readonly third: LinePoint;
  /** The best place where the loss decreases enough. */
  readonly safe: LinePoint;
  readonly safeGrad: ArrayTree;
}

/**
 * Finds a length of updates for which the strong Wolfe conditions hold: the loss decreases enough,
 * f(x + s u) ≤ f(x) + slopeRtol s ⟨∇f(x), u⟩, and the slope becomes flat enough, |⟨∇f(x + s u), u⟩| ≤ curvRtol |⟨∇f(x), u⟩|. The
 * length grows until a minimum is enclosed; that interval is then made smaller by interpolation. If that fails, the best
 * length is taken that decreases the loss enough, or 0 where the loss is infinite or NaN. `update` needs the parameters
 * and `{ value, grad, valueFn }`.
 * (J. Nocedal and S. J. Wright, "Numerical optimization", 2nd ed., algorithms 3.5 and 3.6; `approxDecRtol`: W. W. Hager
 * and H. Zhang, "Algorithm 851: CG_DESCENT", 2006.)
 *
 * @throws ArgumentError for a number of steps that is no positive whole one, another strategy, or names what `update` lacks.
 * @example
 * const optimizer = chain(sgd(1), scaleByZoomLinesearch(15));
 * optimizer.update(grad, state, params, { value, grad, valueFn: loss });
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.scale_by_zoom_linesearch
 */
export const scaleByZoomLinesearch = (
  maxLinesearchSteps: number,
  {
    maxLearningRate = null,
    tol = 0,
    increaseFactor = 2,
    slopeRtol = 1e-4,
    curvRtol = 0.9,
    approxDecRtol = 1e-6,
    stepsizePrecision = 1e-5,
    initialGuessStrategy = "keep",
  }: ZoomLinesearchOptions = {},
): GradientTransformation<ZoomLinesearchState> => {
  const where = "scaleByZoomLinesearch";
  requireWhole(where, "maxLinesearchSteps", maxLinesearchSteps, 1);
  if (initialGuessStrategy !== "one" && initialGuessStrategy !== "keep") {
    throw new ArgumentError(
      `${where}: initialGuessStrategy must be "one" or "keep"; got ${String(initialGuessStrategy)}.`,
    );
  }

  /** By how much the loss is too great at a place. */
  const decreaseErrorOf = ({ step, value, slope }: LinePoint, start: LinePoint): NDArray => {
    const growth = np.subtract(value, start.value);
    const exact = np.subtract(growth, np.multiply(np.multiply(slopeRtol, step), start.slope));
    if (approxDecRtol === null) return infiniteIfNaN(np.maximum(exact, 0));
    const limit = np.multiply(np.subtract(np.multiply(2, slopeRtol), 1), start.slope);
    const bySlope = np.subtract(slope, limit);
    const byValue = np.subtract(growth, np.multiply(approxDecRtol, np.abs(start.value)));
    return infiniteIfNaN(np.maximum(np.minimum(np.maximum(bySlope, byValue), exact), 0));
  };
  /** By how much the slope is too steep at a place. */
  const curvatureErrorOf = ({ slope }: LinePoint, start: LinePoint): NDArray =>
    infiniteIfNaN(np.maximum(np.subtract(np.abs(slope), np.multiply(curvRtol, np.abs(start.slope))), 0));

  const pick = (pred: NDArray, yes: LinePoint, no: LinePoint): LinePoint => choose(where, pred, yes, no);
  const and = (x: NDArray, y: NDArray): NDArray => np.logicalAnd(x, y);
  const or = (x: NDArray, y: NDArray): NDArray => np.logicalOr(x, y);
  const not = (x: NDArray): NDArray => np.logicalNot(x);

  /** The search after one more place was tried. */
  const turn = <P>(line: Line<P>, guess: NDArray, search: Search): Search => {
    const { start } = line;
    const real = (x: NDArray): NDArray => np.astype(x, line.dtype);
    const { found, low, high, third, point: last } = search;
    const isFirst = np.equal(search.count, 0);
    const wanted = np.where(isFirst, guess, np.multiply(increaseFactor, last.step));
    const longer = maxLearningRate === null ? wanted : np.minimum(wanted, maxLearningRate);
    const isLongest = maxLearningRate === null ? np.array(false) : np.greaterEqual(wanted, maxLearningRate);
    const { point, grad } = line.pointAt(real(np.where(found, stepBetween(low, high, third), longer)));

    const decreaseError = decreaseErrorOf(point, start);
    const curvatureError = curvatureErrorOf(point, start);
    const isGood = np.lessEqual(np.maximum(decreaseError, curvatureError), tol);
    const isSafe = np.lessEqual(decreaseError, tol);
    const isTooGreat = np.greater(decreaseError, 0);

    // While looking for an interval: is there a minimum between the last place and this one?
    const passed = or(isTooGreat, and(np.greaterEqual(point.value, last.value), not(isFirst)));
    const turned = and(np.greaterEqual(point.slope, 0), not(passed));
    const outer = { low: pick(turned, point, last), high: pick(turned, last, point) };
    const isEnclosed = or(or(passed, turned), isGood);

    // While dividing it: which half has the minimum?
    const isHigh = or(isTooGreat, np.greaterEqual(point.value, low.value));
    const flips = np.greaterEqual(np.multiply(point.slope, np.subtract(high.step, low.step)), 0);
    const lowGoesHigh = and(flips, not(isHigh));
    const inner = {
      low: pick(isHigh, low, point),
      high: pick(isHigh, point, pick(lowGoesHigh, low, high)),
      third: pick(or(isHigh, lowGoesHigh), high, low),
    };

    const isBetter = and(isSafe, or(not(found), np.less(point.value, search.safe.value)));
    const safe = pick(isBetter, point, search.safe);
    const width = np.abs(np.subtract(high.step, low.step));
    const isNarrow = and(np.lessEqual(width, stepsizePrecision), np.greater(safe.step, 0));
    const isLast = np.greaterEqual(np.add(search.count, 1), maxLinesearchSteps);
    const done = or(isGood, and(not(found), and(isLongest, not(isEnclosed))));
    return {
      count: increment(search.count),
      found: or(found, isEnclosed),
      done,
      failed: and(not(done), or(isLast, and(found, isNarrow))),
      point,
      grad: grad as ArrayTree,
      decreaseError: real(decreaseError),
      curvatureError: real(curvatureError),
      low: pick(found, inner.low, outer.low),
      high: pick(found, inner.high, outer.high),
      third: pick(found, inner.third, outer.low),
      safe,
      safeGrad: choose(where, isBetter, grad as ArrayTree, search.safeGrad),
    };
  };

  return stateful<ZoomLinesearchState>(where, {
    init: (params) => {
      const dtype = dtypeOfTree(`${where}, params`, params);
      const infinite = scalarArray(Number.POSITIVE_INFINITY, dtype);
      return {
        learningRate: scalarArray(1, dtype),
        value: infinite,
        grad: zerosLikeTree(where, params),
        info: { numLinesearchSteps: noSteps(), decreaseError: infinite, curvatureError: infinite },
      };
    },
    update: (updates, state, params, extras) => {
      const line = lineAlong(where, updates, params, extras);
      const { start } = line;
      const startGrad = line.startGrad as ArrayTree;
      const guess = initialGuessStrategy === "one" ? scalarArray(1, line.dtype) : state.learningRate;
      const [no, infinite] = [scalarArray(0, "bool"), scalarArray(Number.POSITIVE_INFINITY, line.dtype)];
      const begin: Search = {
        count: noSteps(),
        ...{ found: no, done: no, failed: no },
        ...{ point: start, grad: startGrad, decreaseError: infinite, curvatureError: infinite },
        ...{ low: start, high: start, third: start, safe: start, safeGrad: startGrad },
      };
      const end = lax.whileLoop(
        (search: Search) => not(or(search.done, search.failed)),
        (search: Search) => turn(line, guess, search),
        begin,
      ) as unknown as Search;
      // Where the conditions were not met, a place that decreases the loss is better than the last one.
      const isInfinite = np.isinf(end.decreaseError);
      const usesSafe = and(end.failed, or(np.greater(end.safe.step, 0), isInfinite));
      const { step, value } = pick(usesSafe, end.safe, end.point);
      return [
        scaleUpdates(where, updates, step),
        {
          learningRate: step,
          value,
          grad: choose(where, usesSafe, end.safeGrad, end.grad),
          info: {
            numLinesearchSteps: end.count,
            decreaseError: end.decreaseError,
            curvatureError: end.curvatureError,
          },
        },
      ];
    },
  });
};
