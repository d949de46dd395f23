import type { ArrayLike, NDArray } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { xlogy } from "../special/entropy.ts";
import { gammaincc } from "../special/gamma.ts";
import { like, orElse, together } from "./operands.ts";

/*
 * The Poisson distribution with mean `mu`, counted from `loc`.
 *
 * @see https://docs.jax.dev/en/latest/jax.scipy.html#module-jax.scipy.stats.poisson
 */

const logMass = (name: string, k: ArrayLike, mu: ArrayLike, loc: ArrayLike): NDArray => {
  const [x, mean, start] = together(name, [k, mu, loc]) as [NDArray, NDArray, NDArray];
  const count = prim.sub(x, start);
  const isCount = prim.and(prim.ge(count, like(count, 0)), prim.eq(prim.floor(count), count));
  const at = orElse(isCount, count, 0);
  const mass = prim.sub(prim.sub(xlogy(at, mean), prim.lgamma(prim.add(at, like(at, 1)))), mean);
  return orElse(isCount, mass, Number.NEGATIVE_INFINITY);
};

/**
 * The logarithm of the probability of `k`, which is −∞ unless k − loc is 0, 1, 2, ….
 *
 * @example
 * scipy.stats.poisson.logpmf(2, 3); // -1.49592
 */
export const logpmf = (k: ArrayLike, mu: ArrayLike, loc: ArrayLike = 0): NDArray =>
  logMass("poisson.logpmf", k, mu, loc);

/**
 * The probability of `k`.
 *
 * @example
 * scipy.stats.poisson.pmf(2, 3); // 0.224042
 */
export const pmf = (k: ArrayLike, mu: ArrayLike, loc: ArrayLike = 0): NDArray =>
  prim.exp(logMass("poisson.pmf", k, mu, loc));

/**
 * The probability of `k` or less.
 *
 * @example
 * scipy.stats.poisson.cdf(2, 3); // 0.42319
 */
export const cdf = (k: ArrayLike, mu: ArrayLike, loc: ArrayLike = 0): NDArray => {
  const [x, mean, start] = together("poisson.cdf", [k, mu, loc]) as [NDArray, NDArray, NDArray];
  const count = prim.sub(x, start);
  const isBelow = prim.lt(count, like(count, 0));
  const shape = prim.add(prim.floor(prim.select(isBelow, like(count, 0), count)), like(count, 1));
  return orElse(prim.not(isBelow), gammaincc(prim.stopGradient(shape), mean), 0);
};
