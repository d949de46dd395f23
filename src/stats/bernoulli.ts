import type { ArrayLike, NDArray } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { xlog1py, xlogy } from "../special/entropy.ts";
import { like, orElse, together } from "./operands.ts";

/*
 * The Bernoulli distribution: 1 with probability `p`, 0 otherwise.
 *
 * @see https://docs.jax.dev/en/latest/jax.scipy.html#module-jax.scipy.stats.bernoulli
 */

const logMass = (name: string, k: ArrayLike, p: ArrayLike, loc: ArrayLike): NDArray => {
  const [x, chance, start] = together(name, [k, p, loc]) as [NDArray, NDArray, NDArray];
  const value = prim.sub(x, start);
  const one = like(value, 1);
  const isOne = prim.eq(value, one);
  const isPossible = prim.or(isOne, prim.eq(value, like(value, 0)));
  const taken = orElse(isPossible, value, 0);
  const mass = prim.add(xlogy(taken, chance), xlog1py(prim.sub(one, taken), prim.neg(chance)));
  return orElse(isPossible, mass, Number.NEGATIVE_INFINITY);
};

/**
 * The logarithm of the probability of `k`, which is −∞ unless k − loc is 0 or 1.
 *
 * @example
 * scipy.stats.bernoulli.logpmf(1, 0.3); // -1.20397
 */
export const logpmf = (k: ArrayLike, p: ArrayLike, loc: ArrayLike = 0): NDArray =>
  logMass("bernoulli.logpmf", k, p, loc);

/**
 * The probability of `k`.
 *
 * @example
 * scipy.stats.bernoulli.pmf(1, 0.3); // 0.3
 */
export const pmf = (k: ArrayLike, p: ArrayLike, loc: ArrayLike = 0): NDArray =>
  prim.exp(logMass("bernoulli.pmf", k, p, loc));

/**
 * The probability of `k` or less; NaN unless 0 <= p <= 1.
 *
 * @example
 * scipy.stats.bernoulli.cdf(0, 0.3); // 0.7
 */
export const cdf = (k: ArrayLike, p: ArrayLike): NDArray => {
  const [x, chance] = together("bernoulli.cdf", [k, p]) as [NDArray, NDArray];
  const [zero, one] = [like(x, 0), like(x, 1)];
  const below = orElse(prim.ge(x, zero), prim.sub(one, chance), 0);
  const value = orElse(prim.lt(x, one), below, 1);
  const isDefined = prim.and(prim.and(prim.ge(chance, zero), prim.le(chance, one)), prim.eq(x, x));
  return orElse(isDefined, value, Number.NaN);
};
