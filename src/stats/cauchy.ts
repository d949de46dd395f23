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
export const logpdf = densities.logpdf;
export const pdf = densities.pdf;

/** The distribution function as an angle, which keeps its digits where it is small. */
const lower = (z: NDArray): NDArray =>
  prim.mul(prim.atan2(prim.add(prim.zerosLike(z), like(z, 1)), prim.neg(z)), like(z, 1 / Math.PI));

export const cdf = probability0("cauchy.cdf", lower);
export const logcdf = probability0("cauchy.logcdf", (z) => prim.log(lower(z)));
export const sf = probability0("cauchy.sf", (z) => lower(prim.neg(z)));
export const logsf = probability0("cauchy.logsf", (z) => prim.log(lower(prim.neg(z))));

const quantile = (p: NDArray): NDArray => prim.tan(prim.mul(prim.sub(p, like(p, 0.5)), like(p, Math.PI)));

export const ppf = quantile0("cauchy.ppf", quantile, moved);
export const isf = quantile0("cauchy.isf", quantile, movedBack);
