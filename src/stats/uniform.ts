import * as prim from "../primitives/index.ts";
import { densities0, like, orElse, probability0, quantile0 } from "./operands.ts";
import { moved } from "./quantiles.ts";

/*
 * The uniform distribution from `loc` to `loc + scale`.
 *
 * @see https://docs.jax.dev/en/latest/jax.scipy.html#module-jax.scipy.stats.uniform
 */

const densities = densities0("uniform", (z) => {
  const outside = prim.or(prim.lt(z, like(z, 0)), prim.gt(z, like(z, 1)));
  const value = prim.select(prim.ne(z, z), z, prim.zerosLike(z));
  return prim.select(outside, like(z, Number.NEGATIVE_INFINITY), value);
});
/**
 * The logarithm of the density of the uniform distribution from `loc` to `loc + scale`.
 *
 * @example
 * scipy.stats.uniform.logpdf(0.5); // 0
 */
export const logpdf = densities.logpdf;
/**
 * The density of the uniform distribution from `loc` to `loc + scale`.
 *
 * @example
 * scipy.stats.uniform.pdf(0.5); // 1
 */
export const pdf = densities.pdf;
/**
 * The probability of at most `x` under the uniform distribution from `loc` to `loc + scale`.
 *
 * @example
 * scipy.stats.uniform.cdf(0.5); // 0.5
 */
export const cdf = probability0("uniform.cdf", (z) => prim.clamp(like(z, 0), z, like(z, 1)));
/**
 * The number that is exceeded with probability 1 − `q`, the inverse of `cdf`, of the uniform distribution from `loc` to `loc + scale`.
 *
 * @example
 * scipy.stats.uniform.ppf(0.25); // 0.25
 */
export const ppf = quantile0(
  "uniform.ppf",
  (p) => orElse(prim.and(prim.ge(p, like(p, 0)), prim.le(p, like(p, 1))), p, Number.NaN),
  moved,
);
