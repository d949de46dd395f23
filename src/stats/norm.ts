import * as prim from "../primitives/index.ts";
import { logNdtr, ndtr, ndtri } from "../special/normal.ts";
import { densities0, like, probability0, quantile0 } from "./operands.ts";
import { moved, movedBack } from "./quantiles.ts";

/*
 * The normal distribution with mean `loc` and standard deviation `scale`.
 *
 * @see https://docs.jax.dev/en/latest/jax.scipy.html#module-jax.scipy.stats.norm
 */

const LOG_ROOT = 0.5 * Math.log(2 * Math.PI);

const densities = densities0("norm", (z) =>
  prim.sub(prim.mul(prim.square(z), like(z, -0.5)), like(z, LOG_ROOT)),
);
export const logpdf = densities.logpdf;
export const pdf = densities.pdf;
export const cdf = probability0("norm.cdf", ndtr);
export const logcdf = probability0("norm.logcdf", logNdtr);
export const sf = probability0("norm.sf", (z) => ndtr(prim.neg(z)));
export const logsf = probability0("norm.logsf", (z) => logNdtr(prim.neg(z)));
export const ppf = quantile0("norm.ppf", ndtri, moved);
export const isf = quantile0("norm.isf", ndtri, movedBack);
