import * as prim from "../primitives/index.ts";
import { betaln } from "../special/gamma.ts";
import { densities1, like } from "./operands.ts";

/*
 * Student's t distribution with `df` degrees of freedom, moved by `loc` and scaled by `scale`.
 *
 * @see https://docs.jax.dev/en/latest/jax.scipy.html#module-jax.scipy.stats.t
 */

/** −½ (df + 1) log(1 + z²/df) − ½ log df − log B(½, df/2). */
const densities = densities1("t", (z, df) => {
  const half = like(z, 0.5);
  const power = prim.mul(prim.add(df, like(df, 1)), prim.log1p(prim.div(prim.square(z), df)));
  const rest = prim.add(prim.mul(prim.add(power, prim.log(df)), half), betaln(0.5, prim.mul(df, half)));
  return prim.neg(rest);
});
/**
 * The logarithm of the density of Student's t distribution with `df` degrees of freedom, around `loc`, of scale `scale`.
 *
 * @example
 * scipy.stats.t.logpdf(0.5, 5); // -1.11499
 */
export const logpdf = densities.logpdf;
/**
 * The density of Student's t distribution with `df` degrees of freedom, around `loc`, of scale `scale`.
 *
 * @example
 * scipy.stats.t.pdf(0.5, 5); // 0.327919
 */
export const pdf = densities.pdf;
