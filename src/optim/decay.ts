import type { ArrayLike } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import { broadcastPrefix, flatten, type PyTree, unflatten } from "../tree/index.ts";
import { type EmptyState, type GradientTransformation, stateless } from "./transformation.ts";
import { mapTrees } from "./trees.ts";

/** Which parameters: a tree of booleans like the parameters or the upper part of it, such as `{ w: true, b: false }`. */
export type Mask = PyTree<boolean>;

/** Options of `addDecayedWeights`. */
export interface DecayOptions {
  /** Which parameters decay, or a function of the parameters that says so. Default: all. */
  readonly mask?: Mask | ((params: unknown) => Mask);
}

/**
 * Adds `weightDecay` times the parameters to the gradients, which draws parameters towards 0. `update` needs the
 * parameters as its third argument.
 *
 * @throws ArgumentError if they are missing, or the mask holds anything but booleans.
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.add_decayed_weights
 */
export const addDecayedWeights = (
  weightDecay: ArrayLike = 0,
  { mask = true }: DecayOptions = {},
): GradientTransformation<EmptyState> =>
  stateless((gradients, params) => {
    if (params === undefined) {
      throw new ArgumentError(
        "addDecayedWeights: update needs the parameters; call optimizer.update(grads, state, params).",
      );
    }
    const [, treedef] = flatten(params);
    const decays = broadcastPrefix(typeof mask === "function" ? mask(params) : mask, params);
    const wrong = decays.find((flag) => typeof flag !== "boolean");
    if (wrong !== undefined) {
      throw new ArgumentError(`addDecayedWeights: a mask holds booleans; got ${String(wrong)}.`);
    }
    // As arrays the booleans can go along with the others; they are known even where a function is traced.
    return mapTrees(
      "addDecayedWeights",
      { gradients, params, mask: unflatten(treedef, decays) },
      (g, p, flag) => (flag.item() ? np.add(g, np.multiply(weightDecay, p)) : g),
    );
  });
