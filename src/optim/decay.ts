import type { ArrayLike } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { flatten, unflatten } from "../tree/index.ts";
import { type MaskOrFunction, maskFlags } from "./mask.ts";
import { hyper } from "./moments.ts";
import { requireParams } from "./requirements.ts";
import type { ScheduleState } from "./scale.ts";
import type { EmptyState, GradientTransformation, Schedule } from "./transformation.ts";
import { increment, mapTrees, noSteps } from "./trees.ts";

/** Options of `addDecayedWeights`. */
export interface DecayOptions {
  /** Which parameters decay, or a function of the parameters that says so. Default: all. */
  readonly mask?: MaskOrFunction;
}

/** The state of a decay: how many steps were done, if it depends on that. */
export type DecayState = EmptyState | ScheduleState;

/**
 * Adds `weightDecay`, a number or a function of how many steps were done, times the parameters to the gradients, which
 * draws parameters towards 0. `update` needs the parameters as its third argument.
 *
 * @throws ArgumentError if they are missing, or the mask holds anything but booleans.
 * @example
 * chain(addDecayedWeights(1e-4), sgd(0.1));
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.add_decayed_weights
 */
export const addDecayedWeights = (
  weightDecay: ArrayLike | Schedule = 0,
  { mask = true }: DecayOptions = {},
): GradientTransformation<DecayState> => {
  const where = "addDecayedWeights";
  const isSchedule = typeof weightDecay === "function";
  return {
    init: () => (isSchedule ? { count: noSteps() } : null),
    update: (gradients, state, optionalParams) => {
      const params = requireParams(where, optionalParams);
      const decay = isSchedule ? weightDecay((state as ScheduleState).count) : weightDecay;
      const treedef = flatten(params)[1];
      // As arrays the flags can go along with the others; they are known even where a function is traced.
      const flags = unflatten(treedef, maskFlags(where, mask, params));
      const updates = mapTrees<typeof gradients>(where, { gradients, params, mask: flags }, (g, p, flag) =>
        flag.item() ? np.add(g, np.multiply(hyper(decay, p.dtype), p)) : g,
      );
      return [updates, state === null ? null : { count: increment(state.count) }];
    },
  };
};
