import type { ArrayLike, NDArray } from "../array/index.ts";
import { ArgumentError, describeAval } from "../core/index.ts";
import { triangularSolve } from "../lax/linalg.ts";
import { cholesky } from "../linalg/cholesky.ts";
import { add, divide, multiply, square, subtract } from "../numpy/arithmetic.ts";
import { exp, log } from "../numpy/exponential.ts";
import { diagonal } from "../numpy/matrices.ts";
import { promote, toInexact } from "../numpy/operands.ts";
import { sum } from "../numpy/reductions.ts";
import { broadcastTo, expandDims, squeeze } from "../numpy/shaping.ts";

/*
 * The normal distribution of vectors with mean `mean` and covariance `cov`.
 *
 * @see https://docs.jax.dev/en/latest/jax.scipy.html#module-jax.scipy.stats.multivariate_normal
 */

const LOG_TAU = Math.log(2 * Math.PI);

const logDensity = (name: string, x: ArrayLike, mean: ArrayLike, cov: ArrayLike): NDArray => {
  const [point, center, covariance] = promote(name, [x, mean, cov], toInexact) as [NDArray, NDArray, NDArray];
  if (center.ndim === 0) {
    if (covariance.ndim !== 0) {
      throw new ArgumentError(
        `${name}: a scalar mean goes with a scalar cov; got mean ${describeAval(center)} and cov ${describeAval(covariance)}.`,
      );
    }
    const distance = divide(square(subtract(point, center)), covariance);
    return multiply(add(distance, add(log(covariance), LOG_TAU)), -0.5);
  }
  const n = center.shape.at(-1) as number;
  const isSquare = covariance.ndim >= 2 && covariance.shape.at(-1) === n && covariance.shape.at(-2) === n;
  if (!isSquare || (point.ndim > 0 && point.shape.at(-1) !== n)) {
    throw new ArgumentError(
      `${name}: x and mean must have ${n} entries along the last axis and cov be ${n}×${n}; got x ${describeAval(point)}, ` +
        `mean ${describeAval(center)} and cov ${describeAval(covariance)}.`,
    );
  }
  const difference = subtract(point, center);
  const factor = cholesky(covariance);
  const batch = difference.shape.slice(0, -1);
  const factors = covariance.ndim === 2 ? broadcastTo(factor, [...batch, n, n]) : factor;
  const solved = squeeze(
    triangularSolve(factors, expandDims(difference, -1), { leftSide: true, lower: true }),
    -1,
  );
  const logRoot = sum(log(diagonal(factor, 0, -2, -1)), -1);
  const quadratic = multiply(sum(square(solved), -1), -0.5);
  return subtract(subtract(quadratic, logRoot), (n * LOG_TAU) / 2);
};

/**
 * The logarithm of the density at vectors along the last axis of `x`; with a scalar mean and variance, at numbers.
 *
 * @throws ArgumentError if the lengths of x, mean and cov do not agree.
 * @example
 * scipy.stats.multivariateNormal.logpdf(np.array([0, 0]), np.zeros([2]), np.eye(2)); // -1.83788
 */
export const logpdf = (x: ArrayLike, mean: ArrayLike, cov: ArrayLike): NDArray =>
  logDensity("multivariateNormal.logpdf", x, mean, cov);

/**
 * The density.
 *
 * @example
 * scipy.stats.multivariateNormal.pdf(np.array([0, 0]), np.zeros([2]), np.eye(2)); // 0.159155
 */
export const pdf = (x: ArrayLike, mean: ArrayLike, cov: ArrayLike): NDArray =>
  exp(logDensity("multivariateNormal.pdf", x, mean, cov));
