import * as prim from "../primitives/index.ts";
import { densities0, like, probability0 } from "./operands.ts";

/*
 * The Laplace distribution about `loc`, with mean distance `scale` from it.
 *
 * @see https://docs.jax.dev/en/latest/jax.scipy.html#module-jax.scipy.stats.laplace
 */

const densities = densities0("laplace", (z) => prim.neg(prim.add(prim.abs(z), like(z, Math.LN2))));
/**
 * The logarithm of the density of the Laplace distribution around `loc`, of scale `scale`.
 *
 * @example
 * scipy.stats.laplace.logpdf(0.5); // -1.19315
 */
export const logpdf = densities.logpdf;
/**
 * The density of the Laplace distribution around `loc`, of scale `scale`.
 *
 * @example
 * scipy.stats.laplace.pdf(0.5); // 0.303265
 */
export const pdf = densities.pdf;
/**
 * The probability of at most `x` under the Laplace distribution around `loc`, of scale `scale`.
 *
 * @example
 * scipy.stats.laplace.cdf(0.5); // 0.696735
 */
export const cdf = probability0("laplace.cdf", (z) => {
  const half = prim.mul(prim.exp(prim.neg(prim.abs(z))), like(z, 0.5));
  return prim.select(prim.le(z, like(z, 0)), half, prim.sub(like(z, 1), half));
});
