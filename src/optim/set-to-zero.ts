import { type EmptyState, type GradientTransformation, stateless } from "./transformation.ts";
import { zerosLikeTree } from "./trees.ts";

/**
 * Updates of 0, which freeze parameters; for `masked` and `partition`.
 *
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.set_to_zero
 */
export const setToZero = (): GradientTransformation<EmptyState> =>
  stateless((gradients) => zerosLikeTree("setToZero", gradients));
