import { type EmptyState, type GradientTransformation, stateless } from "./transformation.ts";
import { zerosLikeTree } from "./trees.ts";

/**
 * Updates of 0, which freeze parameters; for `masked` and `partition`.
 *
 * @example
 * const transform = setToZero();
 * transform.update({ w: np.array([1, 2]) }, transform.init({ w: np.zeros([2]) }))[0]; // { w: [0, 0] }
 * @see https://optax.readthedocs.io/en/latest/api/transformations.html#optax.set_to_zero
 */
export const setToZero = (): GradientTransformation<EmptyState> =>
  stateless((gradients) => zerosLikeTree("setToZero", gradients));
