import type { NDArray } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { densities0, like, probability0, quantile0 } from "./operands.ts";
import { moved, movedBack } from "./quantiles.ts";

/*
 * The Cauchy distribution about `loc`.
 *
 * @see https://docs.jax.dev/en/latest/jax.scipy.html#module-jax.scipy.stats.cauchy
 */

const densities = densities0("cauchy", (z) =>
  prim.neg(prim.add(prim.log1p(prim.square(z)), like(z, Math.log(Math.PI)))),
);
/**
 * The logarithm of the density of the Cauchy distribution around `loc`, of half width `scale`.
 *
 * @example
 * scipy.stats.cauchy.logpdf(0.5); // -1.36787
 */
export const logpdf = densities.logpdf;
/**
 * The density of the Cauchy distribution around `loc`, of half width `scale`.
 *
 * @example
 * scipy.stats.cauchy.pdf(0.5); // 0.254648
 */
export const pdf = densities.pdf;

/** The distribution function as an angle, which keeps its digits where it is small. */
const lower = (z: NDArray): NDArray =>
  prim.mul(prim.atan2(prim.add(prim.zerosLike(z), like(z, 1)), prim.neg(z)), like(z, 1 / Math.PI));

/**
 * The probability of at most `x` under the Cauchy distribution around `loc`, of half width `scale`.
 *
 * @example
 * scipy.stats.cauchy.cdf(0.5); // 0.647584
 */
export const cdf = probability0("cauchy.cdf", lower);
/**
 * The logarithm of the probability of at most `x` under the Cauchy distribution around `loc`, of half width `scale`.
 *
 * @example
 * scipy.stats.cauchy.logcdf(0.5); // -0.434507
 */
export const logcdf = probability0("cauchy.logcdf", (z) => prim.log(lower(z)));
/**
 * The probability of more than `x` under the Cauchy distribution around `loc`, of half width `scale`.
 *
 * @example
 * scipy.stats.cauchy.sf(0.5); // 0.352416
 */
export const sf = probability0("cauchy.sf", (z) => lower(prim.neg(z)));
/**
 * The logarithm of the probability of more than `x` under the Cauchy distribution around `loc`, of half width `scale`.
 *
 * @example
 * scipy.stats.cauchy.logsf(0.5); // -1.04294
 */
export const logsf = probability0("cauchy.logsf", (z) => prim.log(lower(prim.neg(z))));

const quantile = (p: NDArray): NDArray => prim.tan(prim.mul(prim.sub(p, like(p, 0.5)), like(p, Math.PI)));

/**
 * The number that is exceeded with probability 1 − `q`, the inverse of `cdf`, of the Cauchy distribution around `loc`, of half width `scale`.
 *
 * @example
 * scipy.stats.cauchy.ppf(0.25); // -1
 */
export const ppf = quantile0("cauchy.ppf", quantile, moved);
/**
 * The number that is exceeded with probability `q`, the inverse of `sf`, of the Cauchy distribution around `loc`, of half width `scale`.
 *
 * @example
 * scipy.stats.cauchy.isf(0.25); // 1
 */
export const isf = quantile0("cauchy.isf", quantile, movedBack);
