import * as prim from "../primitives/index.ts";
import { logNdtr, ndtr, ndtri } from "../special/normal.ts";
import { densities0, like, probability0, quantile0 } from "./operands.ts";
import { moved, movedBack } from "./quantiles.ts";

/*
 * The normal distribution with mean `loc` and standard deviation `scale`.
 *
 * @see https://docs.jax.dev/en/latest/jax.scipy.html#module-jax.scipy.stats.norm
 */

const LOG_ROOT = 0.5 * Math.log(2 * Math.PI);

const densities = densities0("norm", (z) =>
  prim.sub(prim.mul(prim.square(z), like(z, -0.5)), like(z, LOG_ROOT)),
);
/**
 * The logarithm of the density of the normal distribution with mean `loc` and standard deviation `scale`.
 *
 * @example
 * scipy.stats.norm.logpdf(0.5); // -1.04394
 */
export const logpdf = densities.logpdf;
/**
 * The density of the normal distribution with mean `loc` and standard deviation `scale`.
 *
 * @example
 * scipy.stats.norm.pdf(0.5); // 0.352065
 */
export const pdf = densities.pdf;
/**
 * The probability of at most `x` under the normal distribution with mean `loc` and standard deviation `scale`.
 *
 * @example
 * scipy.stats.norm.cdf(0.5); // 0.691462
 */
export const cdf = probability0("norm.cdf", ndtr);
/**
 * The logarithm of the probability of at most `x` under the normal distribution with mean `loc` and standard deviation `scale`.
 *
 * @example
 * scipy.stats.norm.logcdf(0.5); // -0.368946
 */
export const logcdf = probability0("norm.logcdf", logNdtr);
/**
 * The probability of more than `x` under the normal distribution with mean `loc` and standard deviation `scale`.
 *
 * @example
 * scipy.stats.norm.sf(0.5); // 0.308538
 */
export const sf = probability0("norm.sf", (z) => ndtr(prim.neg(z)));
/**
 * The logarithm of the probability of more than `x` under the normal distribution with mean `loc` and standard deviation `scale`.
 *
 * @example
 * scipy.stats.norm.logsf(0.5); // -1.17591
 */
export const logsf = probability0("norm.logsf", (z) => logNdtr(prim.neg(z)));
/**
 * The number that is exceeded with probability 1 − `q`, the inverse of `cdf`, of the normal distribution with mean `loc` and standard deviation `scale`.
 *
 * @example
 * scipy.stats.norm.ppf(0.25); // -0.67449
 */
export const ppf = quantile0("norm.ppf", ndtri, moved);
/**
 * The number that is exceeded with probability `q`, the inverse of `sf`, of the normal distribution with mean `loc` and standard deviation `scale`.
 *
 * @example
 * scipy.stats.norm.isf(0.25); // 0.67449
 */
export const isf = quantile0("norm.isf", ndtri, movedBack);
