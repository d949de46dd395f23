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
export const logpdf = densities.logpdf;
export const pdf = densities.pdf;
export const cdf = probability0("expon.cdf", (z) => prim.neg(prim.expm1(prim.neg(above(z)))));
export const logcdf = probability0("expon.logcdf", (z) => {
  const isPositive = prim.gt(z, like(z, 0));
  const value = prim.log(prim.neg(prim.expm1(prim.neg(orElse(isPositive, z, 1)))));
  return prim.select(prim.ne(z, z), z, orElse(isPositive, value, Number.NEGATIVE_INFINITY));
});
export const sf = probability0("expon.sf", (z) => prim.exp(prim.neg(above(z))));
export const logsf = probability0("expon.logsf", (z) => prim.neg(above(z)));
export const ppf = quantile0("expon.ppf", (p) => prim.neg(prim.log1p(prim.neg(p))), moved);
