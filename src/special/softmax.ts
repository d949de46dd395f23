import type { ArrayLike, AxisArgument, NDArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { operand, toInexact } from "../numpy/operands.ts";
import { requireAxes } from "../numpy/reducing.ts";
import { stopGradient } from "../primitives/index.ts";

/** Options of `softmax` and `logSoftmax`. */
export interface SoftmaxOptions {
  /** Only elements where this is true (it broadcasts) take part; the others have probability 0. */
  readonly where?: ArrayLike | null;
}

/** `x` less its greatest element over `axis`, so that no exponential overflows; −∞ where elements take no part. */
const shifted = (x: NDArray, axis: AxisArgument, where: ArrayLike | null): NDArray => {
  const greatest = np.max(x, axis, { where, initial: Number.NEGATIVE_INFINITY, keepdims: true });
  const taking = where === null ? x : np.where(where, x, Number.NEGATIVE_INFINITY);
  // The result does not depend on the shift, so neither does its derivative.
  return np.subtract(taking, stopGradient(greatest));
};

/**
 * Probabilities proportional to exp(x) over `axis` (one, several, or all of them): they are positive and add up to 1.
 *
 * @param axis default -1, the last.
 * @example
 * nn.softmax(np.array([0, Math.log(3)])); // [0.25, 0.75]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.nn.softmax.html
 */
export const softmax = (
  x: ArrayLike,
  axis: AxisArgument = -1,
  { where = null }: SoftmaxOptions = {},
): NDArray => {
  const array = operand(x, "softmax", toInexact);
  requireAxes("softmax", array, axis);
  const exps = np.exp(shifted(array, axis, where));
  const result = np.divide(exps, np.sum(exps, axis, { where, keepdims: true }));
  return where === null ? result : np.where(where, result, 0);
};

/**
 * The logarithm of `softmax`, exact where probabilities are too small for floats.
 *
 * @param axis default -1, the last.
 * @example
 * const crossEntropy = np.mean(np.sum(labels.mul(nn.logSoftmax(logits)), -1)).neg();
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.nn.log_softmax.html
 */
export const logSoftmax = (
  x: ArrayLike,
  axis: AxisArgument = -1,
  { where = null }: SoftmaxOptions = {},
): NDArray => {
  const array = operand(x, "logSoftmax", toInexact);
  requireAxes("logSoftmax", array, axis);
  const shift = shifted(array, axis, where);
  const total = np.sum(np.exp(shift), axis, { where, keepdims: true });
  const result = np.subtract(shift, np.log(total));
  return where === null ? result : np.where(where, result, Number.NEGATIVE_INFINITY);
};
