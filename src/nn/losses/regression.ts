import type { ArrayLike, NDArray } from "../../array/index.ts";
import { ArgumentError } from "../../core/index.ts";
import * as np from "../../numpy/index.ts";
import { lgamma } from "../../primitives/index.ts";
import { softplus } from "../smooth.ts";
import { pair } from "./operands.ts";

/**
 * (prediction − target)², element by element.
 *
 * @example
 * nn.losses.squaredError(np.array([1, 2]), np.array([3, 2])); // [4, 0]
 */
export const squaredError = (predictions: ArrayLike, targets: ArrayLike): NDArray =>
  np.square(np.subtract(...pair("squaredError", predictions, targets)));

/**
 * |prediction − target|, element by element.
 *
 * @example
 * nn.losses.absoluteError(np.array([1, 2]), np.array([3, 2])); // [2, 0]
 */
export const absoluteError = (predictions: ArrayLike, targets: ArrayLike): NDArray =>
  np.abs(np.subtract(...pair("absoluteError", predictions, targets)));

/**
 * The mean of (prediction − target)² over all elements, a scalar.
 *
 * @throws ShapeError unless the shapes agree.
 * @example
 * nn.losses.mse(np.array([1, 2]), np.array([3, 2])); // 2
 */
export const mse = (predictions: ArrayLike, targets: ArrayLike): NDArray =>
  np.mean(np.square(np.subtract(...pair("mse", predictions, targets))));

/**
 * The mean of |prediction − target| over all elements, a scalar.
 *
 * @example
 * nn.losses.mae(np.array([1, 2]), np.array([3, 2])); // 1
 */
export const mae = (predictions: ArrayLike, targets: ArrayLike): NDArray =>
  np.mean(np.abs(np.subtract(...pair("mae", predictions, targets))));

/**
 * Half the square of small errors, and linear beyond `delta`, element by element. (P. J. Huber, "Robust estimation of a
 * location parameter", 1964.)
 *
 * @example
 * nn.losses.huber(np.array([0.5, 3]), np.array([0, 0])); // [0.125, 2.5]
 * @see https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.huber_loss
 */
export const huber = (predictions: ArrayLike, targets: ArrayLike, delta = 1): NDArray => {
  if (!(delta > 0)) throw new ArgumentError(`huber: delta must be positive; got ${delta}.`);
  const size = np.abs(np.subtract(...pair("huber", predictions, targets)));
  const square = np.minimum(size, delta);
  const line = np.subtract(size, square);
  return np.add(np.multiply(np.square(square), 0.5), np.multiply(line, delta));
};

/**
 * log(cosh(prediction − target)), element by element: like half the square for small errors, like the absolute error
 * for large ones, for which it does not overflow.
 *
 * @example
 * nn.losses.logCosh(np.array([1, 100]), np.array([0, 0])); // [0.433781, 99.3069]
 * @see https://optax.readthedocs.io/en/latest/api/losses.html#optax.losses.log_cosh
 */
export const logCosh = (predictions: ArrayLike, targets: ArrayLike): NDArray => {
  const error = np.subtract(...pair("logCosh", predictions, targets));
  return np.subtract(np.add(error, softplus(np.multiply(error, -2))), Math.LN2);
};

/** Options of `poissonNll`. */
export interface PoissonNllOptions {
  /** Whether predictions are logarithms of rates; default true. */
  readonly logInput?: boolean;
  /** Whether log(target!) is added, which does not depend on predictions; default false. */
  readonly full?: boolean;
  /** What is added to a rate before its logarithm is taken; default 1e-8. */
  readonly eps?: number;
}

/**
 * The negative log-likelihood of counts under Poisson distributions with the predicted rates, element by element.
 *
 * @param predictions logarithms of rates, or rates if `logInput` is false.
 * @param targets counts.
 * @example
 * nn.losses.poissonNll(np.array([0, 1]), np.array([1, 2])); // [1, 0.718282]
 */
export const poissonNll = (
  predictions: ArrayLike,
  targets: ArrayLike,
  { logInput = true, full = false, eps = 1e-8 }: PoissonNllOptions = {},
): NDArray => {
  const [x, y] = pair("poissonNll", predictions, targets);
  const loss = logInput
    ? np.subtract(np.exp(x), np.multiply(y, x))
    : np.subtract(x, np.multiply(y, np.log(np.add(x, eps))));
  return full ? np.add(loss, lgamma(np.add(y, 1))) : loss;
};
