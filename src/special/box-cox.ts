import type { NDArray } from "../array/index.ts";
import { binary, toInexact } from "../numpy/operands.ts";
import * as prim from "../primitives/index.ts";

/*
 * The transformation of positive numbers towards a normal distribution (G. Box and D. Cox, "An analysis of transformations",
 * 1964).
 */

/** (exp(λ log x) − 1) / λ, which is log x for λ = 0. */
const transformed = (log: NDArray, lambda: NDArray): NDArray => {
  const isZero = prim.eq(lambda, prim.scalarLike(lambda, 0));
  const safe = prim.select(isZero, prim.scalarLike(lambda, 1), lambda);
  return prim.select(isZero, log, prim.div(prim.expm1(prim.mul(safe, log)), safe));
};

/**
 * (x^λ − 1) / λ, which is log x for λ = 0.
 *
 * @example
 * special.boxcox(np.array([4]), 0.5); // [2]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.scipy.special.boxcox.html
 */
export const boxcox = binary("boxcox", (x, lambda) => transformed(prim.log(x), lambda), toInexact);

/**
 * `boxcox` of 1 + x, exact for small x.
 *
 * @example
 * special.boxcox1p(np.array([3]), 0.5); // [2]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.scipy.special.boxcox1p.html
 */
export const boxcox1p = binary("boxcox1p", (x, lambda) => transformed(prim.log1p(x), lambda), toInexact);
