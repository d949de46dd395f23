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
export const logpdf = densities.logpdf;
export const pdf = densities.pdf;
export const cdf = probability0("logistic.cdf", prim.logistic);
export const sf = probability0("logistic.sf", (z) => prim.logistic(prim.neg(z)));
export const ppf = quantile0("logistic.ppf", logit, moved);
export const isf = quantile0("logistic.isf", logit, movedBack);
