import type { NDArray } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { densities0, like, orElse, probability0, quantile0 } from "./operands.ts";
import { moved } from "./quantiles.ts";

/*
 * The exponential distribution from `loc` on, with mean `scale` above it.
 *
 * @see https://docs.jax.dev/en/latest/jax.scipy.html#module-jax.scipy.stats.expon
 */

const isBelow = (z: NDArray): NDArray => prim.lt(z, like(z, 0));
/** z, and 0 below, where nothing depends on it. */
const above = (z: NDArray): NDArray => prim.select(isBelow(z), like(z, 0), z);

const densities = densities0("expon", (z) =>
  prim.select(isBelow(z), like(z, Number.NEGATIVE_INFINITY), prim.neg(z)),
);
/**
 * The logarithm of the density of the exponential distribution of mean `scale`, from `loc` on.
 *
 * @example
 * scipy.stats.expon.logpdf(0.5); // -0.5
 */
export const logpdf = densities.logpdf;
/**
 * The density of the exponential distribution of mean `scale`, from `loc` on.
 *
 * @example
 * scipy.stats.expon.pdf(0.5); // 0.606531
 */
export const pdf = densities.pdf;
/**
 * The probability of at most `x` under the exponential distribution of mean `scale`, from `loc` on.
 *
 * @example
 * scipy.stats.expon.cdf(0.5); // 0.393469
 */
export const cdf = probability0("expon.cdf", (z) => prim.neg(prim.expm1(prim.neg(above(z)))));
/**
 * The logarithm of the probability of at most `x` under the exponential distribution of mean `scale`, from `loc` on.
 *
 * @example
 * scipy.stats.expon.logcdf(0.5); // -0.932752
 */
export const logcdf = probability0("expon.logcdf", (z) => {
  const isPositive = prim.gt(z, like(z, 0));
  const value = prim.log(prim.neg(prim.expm1(prim.neg(orElse(isPositive, z, 1)))));
  return prim.select(prim.ne(z, z), z, orElse(isPositive, value, Number.NEGATIVE_INFINITY));
});
/**
 * The probability of more than `x` under the exponential distribution of mean `scale`, from `loc` on.
 *
 * @example
 * scipy.stats.expon.sf(0.5); // 0.606531
 */
export const sf = probability0("expon.sf", (z) => prim.exp(prim.neg(above(z))));
/**
 * The logarithm of the probability of more than `x` under the exponential distribution of mean `scale`, from `loc` on.
 *
 * @example
 * scipy.stats.expon.logsf(0.5); // -0.5
 */
export const logsf = probability0("expon.logsf", (z) => prim.neg(above(z)));
/**
 * The number that is exceeded with probability 1 − `q`, the inverse of `cdf`, of the exponential distribution of mean `scale`, from `loc` on.
 *
 * @example
 * scipy.stats.expon.ppf(0.25); // 0.287682
 */
export const ppf = quantile0("expon.ppf", (p) => prim.neg(prim.log1p(prim.neg(p))), moved);
