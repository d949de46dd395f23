import type { ArrayLike, AxisArgument, NDArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { promote, toInexact } from "../numpy/operands.ts";
import { requireAxes } from "../numpy/reducing.ts";
import { rsqrt } from "../primitives/index.ts";

/** Options of `standardize`. */
export interface StandardizeOptions {
  /** The mean to take off; default: that of `x`. */
  readonly mean?: ArrayLike | null;
  /** The variance to divide by; default: that of `x`. */
  readonly variance?: ArrayLike | null;
  /** What is added to the variance; default 1e-5. */
  readonly epsilon?: ArrayLike;
  /** Only elements where this is true (it broadcasts) count in mean and variance. */
  readonly where?: ArrayLike | null;
}

/**
 * `x` with mean 0 and variance 1 over `axis` (one, several, or all of them): (x − mean) / sqrt(variance + epsilon).
 *
 * The variance is the mean square of x − mean, JAX's algorithm "stable".
 *
 * @param axis default -1, the last.
 * @example
 * nn.standardize(np.array([1, 3])); // [-0.999995, 0.999995]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.nn.standardize.html
 */
export const standardize = (
  x: ArrayLike,
  axis: AxisArgument = -1,
  { mean = null, variance = null, epsilon = 1e-5, where = null }: StandardizeOptions = {},
): NDArray => {
  const options = { where, keepdims: true };
  // All in the dtype of the result: numbers on their own would be computed in float32.
  const given = [x, epsilon, mean ?? 0, variance ?? 0];
  const [array, added, center, divisor] = promote("standardize", given, toInexact) as Four;
  requireAxes("standardize", array, axis);
  const centered = np.subtract(array, mean === null ? np.mean(array, axis, options) : center);
  const spread = variance === null ? np.mean(np.square(centered), axis, options) : divisor;
  return np.multiply(centered, rsqrt(np.add(spread, added)));
};

type Four = [NDArray, NDArray, NDArray, NDArray];
