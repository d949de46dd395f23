import type { NDArray } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { xlogy } from "../special/entropy.ts";
import { gammainc, gammaincc } from "../special/gamma.ts";
import { densities1, like, orElse, probability1 } from "./operands.ts";

/*
 * The gamma distribution with shape `a`, from `loc` on, scaled by `scale`.
 *
 * @see https://docs.jax.dev/en/latest/jax.scipy.html#module-jax.scipy.stats.gamma
 */

/** The points of the half-line z >= 0; NaN is left to itself. */
const above = (z: NDArray): readonly [isBelow: NDArray, z: NDArray] => {
  const isBelow = prim.lt(z, like(z, 0));
  return [isBelow, prim.select(isBelow, like(z, 1), z)];
};

const densities = densities1("gamma", (z, a) => {
  const [isBelow, at] = above(z);
  const value = prim.sub(prim.sub(xlogy(prim.sub(a, like(a, 1)), at), at), prim.lgamma(a));
  return prim.select(isBelow, like(z, Number.NEGATIVE_INFINITY), value);
});
/**
 * The logarithm of the density of the gamma distribution of shape `a`, moved by `loc` and stretched by `scale`.
 *
 * @example
 * scipy.stats.gamma.logpdf(0.5, 2); // -1.19315
 */
export const logpdf = densities.logpdf;
/**
 * The density of the gamma distribution of shape `a`, moved by `loc` and stretched by `scale`.
 *
 * @example
 * scipy.stats.gamma.pdf(0.5, 2); // 0.303265
 */
export const pdf = densities.pdf;

const lower = (z: NDArray, a: NDArray): NDArray => {
  const [isBelow, at] = above(z);
  return orElse(prim.not(isBelow), gammainc(a, at), 0);
};

const upper = (z: NDArray, a: NDArray): NDArray => {
  const [isBelow, at] = above(z);
  return orElse(prim.not(isBelow), gammaincc(a, at), 1);
};

/**
 * The probability of at most `x` under the gamma distribution of shape `a`, moved by `loc` and stretched by `scale`.
 *
 * @example
 * scipy.stats.gamma.cdf(0.5, 2); // 0.090204
 */
export const cdf = probability1("gamma.cdf", lower);
/**
 * The logarithm of the probability of at most `x` under the gamma distribution of shape `a`, moved by `loc` and stretched by `scale`.
 *
 * @example
 * scipy.stats.gamma.logcdf(0.5, 2); // -2.40568
 */
export const logcdf = probability1("gamma.logcdf", (z, a) => prim.log(lower(z, a)));
/**
 * The probability of more than `x` under the gamma distribution of shape `a`, moved by `loc` and stretched by `scale`.
 *
 * @example
 * scipy.stats.gamma.sf(0.5, 2); // 0.909796
 */
export const sf = probability1("gamma.sf", upper);
/**
 * The logarithm of the probability of more than `x` under the gamma distribution of shape `a`, moved by `loc` and stretched by `scale`.
 *
 * @example
 * scipy.stats.gamma.logsf(0.5, 2); // -0.0945349
 */
export const logsf = probability1("gamma.logsf", (z, a) => prim.log(upper(z, a)));
