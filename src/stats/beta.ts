import type { NDArray } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { xlog1py, xlogy } from "../special/entropy.ts";
import { betainc, betaln } from "../special/gamma.ts";
import { densities2, like, orElse, probability2 } from "./operands.ts";

/*
 * The beta distribution with shapes `a` and `b`, on the interval from `loc` to `loc + scale`. Distribution functions have
 * derivatives with respect to the point, not to the shapes.
 *
 * @see https://docs.jax.dev/en/latest/jax.scipy.html#module-jax.scipy.stats.beta
 */

const isOutside = (z: NDArray): NDArray => prim.or(prim.lt(z, like(z, 0)), prim.gt(z, like(z, 1)));

const densities = densities2("beta", (z, a, b) => {
  const outside = isOutside(z);
  const at = prim.select(outside, like(z, 0.5), z);
  const one = like(z, 1);
  const powers = prim.add(xlogy(prim.sub(a, one), at), xlog1py(prim.sub(b, one), prim.neg(at)));
  return prim.select(outside, like(z, Number.NEGATIVE_INFINITY), prim.sub(powers, betaln(a, b)));
});
/**
 * The logarithm of the density of the beta distribution with parameters `a` and `b`, moved by `loc` and stretched by `scale`.
 *
 * @example
 * scipy.stats.beta.logpdf(0.5, 2, 3); // 0.405465
 */
export const logpdf = densities.logpdf;
/**
 * The density of the beta distribution with parameters `a` and `b`, moved by `loc` and stretched by `scale`.
 *
 * @example
 * scipy.stats.beta.pdf(0.5, 2, 3); // 1.5
 */
export const pdf = densities.pdf;

/** I(z; a, b), which stays what it is beyond the ends. */
const lower = (z: NDArray, a: NDArray, b: NDArray): NDArray => {
  const value = betainc(a, b, prim.select(isOutside(z), like(z, 0.5), z));
  const below = orElse(prim.ge(z, like(z, 0)), value, 0);
  return prim.select(prim.ne(z, z), z, orElse(prim.le(z, like(z, 1)), below, 1));
};

const upper = (z: NDArray, a: NDArray, b: NDArray): NDArray => lower(prim.sub(like(z, 1), z), b, a);

/**
 * The probability of at most `x` under the beta distribution with parameters `a` and `b`, moved by `loc` and stretched by `scale`.
 *
 * @example
 * scipy.stats.beta.cdf(0.5, 2, 3); // 0.6875
 */
export const cdf = probability2("beta.cdf", lower);
/**
 * The logarithm of the probability of at most `x` under the beta distribution with parameters `a` and `b`, moved by `loc` and stretched by `scale`.
 *
 * @example
 * scipy.stats.beta.logcdf(0.5, 2, 3); // -0.374693
 */
export const logcdf = probability2("beta.logcdf", (z, a, b) => prim.log(lower(z, a, b)));
/**
 * The probability of more than `x` under the beta distribution with parameters `a` and `b`, moved by `loc` and stretched by `scale`.
 *
 * @example
 * scipy.stats.beta.sf(0.5, 2, 3); // 0.3125
 */
export const sf = probability2("beta.sf", upper);
/**
 * The logarithm of the probability of more than `x` under the beta distribution with parameters `a` and `b`, moved by `loc` and stretched by `scale`.
 *
 * @example
 * scipy.stats.beta.logsf(0.5, 2, 3); // -1.16315
 */
export const logsf = probability2("beta.logsf", (z, a, b) => prim.log(upper(z, a, b)));
