import type { NDArray } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { logit } from "../special/normal.ts";
import { densities0, like, probability0, quantile0 } from "./operands.ts";
import { moved, movedBack } from "./quantiles.ts";

/*
 * The logistic distribution about `loc`.
 *
 * @see https://docs.jax.dev/en/latest/jax.scipy.html#module-jax.scipy.stats.logistic
 */

/** −|z| − 2 log(1 + exp(−|z|)), which is symmetric. */
const standard = (z: NDArray): NDArray => {
  const size = prim.select(prim.lt(z, like(z, 0)), prim.neg(z), z);
  return prim.neg(prim.add(size, prim.mul(prim.log1p(prim.exp(prim.neg(size))), like(z, 2))));
};

const densities = densities0("logistic", standard);
/**
 * The logarithm of the density of the logistic distribution around `loc`, of scale `scale`.
 *
 * @example
 * scipy.stats.logistic.logpdf(0.5); // -1.44815
 */
export const logpdf = densities.logpdf;
/**
 * The density of the logistic distribution around `loc`, of scale `scale`.
 *
 * @example
 * scipy.stats.logistic.pdf(0.5); // 0.235004
 */
export const pdf = densities.pdf;
/**
 * The probability of at most `x` under the logistic distribution around `loc`, of scale `scale`.
 *
 * @example
 * scipy.stats.logistic.cdf(0.5); // 0.622459
 */
export const cdf = probability0("logistic.cdf", prim.logistic);
/**
 * The probability of more than `x` under the logistic distribution around `loc`, of scale `scale`.
 *
 * @example
 * scipy.stats.logistic.sf(0.5); // 0.377541
 */
export const sf = probability0("logistic.sf", (z) => prim.logistic(prim.neg(z)));
/**
 * The number that is exceeded with probability 1 − `q`, the inverse of `cdf`, of the logistic distribution around `loc`, of scale `scale`.
 *
 * @example
 * scipy.stats.logistic.ppf(0.25); // -1.09861
 */
export const ppf = quantile0("logistic.ppf", logit, moved);
/**
 * The number that is exceeded with probability `q`, the inverse of `sf`, of the logistic distribution around `loc`, of scale `scale`.
 *
 * @example
 * scipy.stats.logistic.isf(0.25); // 1.09861
 */
export const isf = quantile0("logistic.isf", logit, movedBack);
