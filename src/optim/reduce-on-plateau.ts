import { type ArrayLike, asArray, type NDArray, scalarArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import { requireExtra, requireWhole } from "./requirements.ts";
import { stateful } from "./stateful.ts";
import type { GradientTransformation } from "./transformation.ts";
import { dtypeOfTree, increment, mapTrees, noSteps } from "./trees.ts";

/** What is known of the loss so far; all scalars. */
export interface ReduceOnPlateauState {
  /** What gradients are multiplied by. */
  readonly scale: NDArray;
  /** The least mean of losses so far. */
  readonly bestValue: NDArray;
  /** How many means since then were no better, int32. */
  readonly plateauCount: NDArray;
  /** How many means more are not counted, int32. */
  readonly cooldownCount: NDArray;
  /** How many losses are in the present mean, int32. */
  readonly count: NDArray;
  /** The present mean of losses. */
  readonly avgValue: NDArray;
}

/** Options of `reduceOnPlateau`. */
export interface ReduceOnPlateauOptions {
  /** What the scale is multiplied by; default 0.1. */
  readonly factor?: number;
  /** How many means that are no better it takes; default 10. */
  readonly patience?: number;
  /** By what part of it a mean must be below the best to be better; default 1e-4. */
  readonly rtol?: number;
  /** By how much it must be below; default 0. */
  readonly atol?: number;
  /** How many means after a reduction are not counted; default 0. */
  readonly cooldown?: number;
  /** How many losses make a mean; default 1. */
  readonly accumulationSize?: number;
  /** The least scale; default 0. */
  readonly minScale?: ArrayLike;
}

/**
 * Multiplies gradients by a scale that becomes smaller where the loss does not. `update` needs the loss:
 * `optimizer.update(grads, state, params, { value })`.
 *
 * @throws ArgumentError for options that make no sense, or without `value`.
 * @example
 * const optimizer = chain(adam(1e-3), reduceOnPlateau({ factor: 0.5, patience: 5 }));
 * @see https://optax.readthedocs.io/en/latest/api/contrib.html#optax.contrib.reduce_on_plateau
 */
export const reduceOnPlateau = ({
  factor = 0.1,
  patience = 10,
  rtol = 1e-4,
  atol = 0,
  cooldown = 0,
  accumulationSize = 1,
  minScale = 0,
}: ReduceOnPlateauOptions = {}): GradientTransformation<ReduceOnPlateauState> => {
  const where = "reduceOnPlateau";
  if (!(factor > 0 && factor < 1)) {
    throw new ArgumentError(`${where}: factor must lie between 0 and 1; got ${factor}.`);
  }
  if (!(rtol >= 0 && rtol <= 1 && atol >= 0 && rtol + atol > 0)) {
    throw new ArgumentError(
      `${where}: rtol must lie within 0 and 1, atol must not be negative, and one of them must be positive; got rtol = ${rtol} and atol = ${atol}.`,
    );
  }
  requireWhole(where, "patience", patience, 0);
  requireWhole(where, "cooldown", cooldown, 0);
  requireWhole(where, "accumulationSize", accumulationSize, 1);

  /** The state after a mean is complete. */
  const judge = (state: ReduceOnPlateauState): ReduceOnPlateauState => {
    const { avgValue, bestValue, cooldownCount, scale } = state;
    const isBetter = np.less(avgValue, np.subtract(np.multiply(1 - rtol, bestValue), atol));
    const waited = np.where(isBetter, noSteps(), increment(state.plateauCount));
    const cools = np.greater(cooldownCount, 0);
    const reduces = np.logicalAnd(np.logicalNot(cools), np.equal(waited, patience));
    const bounded = np.maximum(np.where(reduces, np.multiply(scale, factor), scale), minScale);
    return {
      scale: np.where(cools, scale, bounded),
      bestValue: np.where(isBetter, avgValue, bestValue),
      plateauCount: np.where(np.logicalOr(cools, reduces), noSteps(), waited),
      cooldownCount: np.where(
        cools,
        np.subtract(cooldownCount, 1),
        np.where(reduces, scalarArray(cooldown, "int32"), noSteps()),
      ),
      count: noSteps(),
      avgValue: np.zerosLike(avgValue),
    };
  };
  return stateful<ReduceOnPlateauState>(where, {
    init: (params) => {
      const dtype = dtypeOfTree(`${where}, params`, params);
      return {
        scale: scalarArray(1, dtype),
        bestValue: scalarArray(Number.POSITIVE_INFINITY, dtype),
        plateauCount: noSteps(),
        cooldownCount: noSteps(),
        count: noSteps(),
        avgValue: scalarArray(0, dtype),
      };
    },
    update: (gradients, state, _params, extras) => {
      const value = asArray(requireExtra(where, "value", extras?.value), `${where}, value`);
      const { avgValue } = state;
      const count = increment(state.count);
      const sum = np.add(np.multiply(state.count, avgValue), np.astype(value, avgValue.dtype));
      const added = { ...state, count, avgValue: np.divide(sum, count) };
      const isComplete = np.equal(count, accumulationSize);
      const next = mapTrees<ReduceOnPlateauState>(where, { judged: judge(added), added }, (x, y) =>
        np.where(isComplete, x, y as NDArray),
      );
      const updates = mapTrees<typeof gradients>(where, { gradients }, (g) =>
        np.multiply(np.astype(next.scale, g.dtype), g),
      );
      return [updates, next];
    },
  });
};
