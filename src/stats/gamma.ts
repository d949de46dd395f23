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
export const logpdf = densities.logpdf;
export const pdf = densities.pdf;

const lower = (z: NDArray, a: NDArray): NDArray => {
  const [isBelow, at] = above(z);
  return orElse(prim.not(isBelow), gammainc(a, at), 0);
};

const upper = (z: NDArray, a: NDArray): NDArray => {
  const [isBelow, at] = above(z);
  return orElse(prim.not(isBelow), gammaincc(a, at), 1);
};

export const cdf = probability1("gamma.cdf", lower);
export const logcdf = probability1("gamma.logcdf", (z, a) => prim.log(lower(z, a)));
export const sf = probability1("gamma.sf", upper);
export const logsf = probability1("gamma.logsf", (z, a) => prim.log(upper(z, a)));
