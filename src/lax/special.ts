import type { ArrayLike, NDArray } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { binary, operands, unary } from "./operands.ts";

/*
 * Special functions of JAX's lax: like those of `elementwise.ts`, they take operands of one dtype.
 */

/**
 * The error function.
 *
 * @example
 * lax.erf(np.array(0.5)); // 0.5205
 */
export const erf = unary("erf", prim.erf);
/**
 * `1 - erf(x)`.
 *
 * @example
 * lax.erfc(np.array(0.5)); // 0.4795
 */
export const erfc = unary("erfc", prim.erfc);
/**
 * The inverse of the error function.
 *
 * @example
 * lax.erfInv(np.array(0.5)); // 0.476936
 */
export const erfInv = unary("erfInv", prim.erfInv);
/**
 * The logarithm of the absolute value of the gamma function.
 *
 * @example
 * lax.lgamma(np.array(5)); // 3.17805
 */
export const lgamma = unary("lgamma", prim.lgamma);
/**
 * The derivative of `lgamma`.
 *
 * @example
 * lax.digamma(np.array(1)); // -0.577216
 */
export const digamma = unary("digamma", prim.digamma);
/**
 * The derivative of order `m + 1` of `lgamma` at `x`.
 *
 * @example
 * lax.polygamma(np.array(1), np.array(1)); // 1.64493
 */
export const polygamma = binary("polygamma", prim.polygamma);
/**
 * The Hurwitz zeta function.
 *
 * @example
 * lax.zeta(np.array(2), np.array(1)); // 1.64493
 */
export const zeta = binary("zeta", prim.zeta);
/**
 * The regularized lower incomplete gamma function at `a` and `x`.
 *
 * @example
 * lax.igamma(np.array(2), np.array(1)); // 0.264241
 */
export const igamma = binary("igamma", prim.igamma);
/**
 * `1 - igamma(a, x)`.
 *
 * @example
 * lax.igammac(np.array(2), np.array(1)); // 0.735759
 */
export const igammac = binary("igammac", prim.igammac);
/**
 * The derivative of `igamma(a, x)` with respect to `a`.
 *
 * @example
 * lax.igammaGradA(np.array(2), np.array(1)); // -0.276196
 */
export const igammaGradA = binary("igammaGradA", prim.igammaGradA);
/**
 * How a sample `x` of the gamma distribution with shape `a` moves with `a`.
 *
 * @example
 * lax.randomGammaGrad(np.array(2), np.array(1)); // 0.750779
 */
export const randomGammaGrad = binary("randomGammaGrad", prim.randomGammaGrad);
/**
 * The regularized incomplete beta function at `a`, `b` and `x`.
 *
 * @example
 * lax.betainc(np.array(2), np.array(3), np.array(0.5)); // 0.6875
 */
export const betainc = (a: ArrayLike, b: ArrayLike, x: ArrayLike): NDArray => {
  const [p, q, at] = operands("betainc", [a, b, x]) as readonly [NDArray, NDArray, NDArray];
  return prim.betainc(p, q, at);
};
/**
 * exp(−|x|) I₀(x).
 *
 * @example
 * lax.besselI0e(np.array(1)); // 0.46576
 */
export const besselI0e = unary("besselI0e", prim.besselI0e);
/**
 * exp(−|x|) I₁(x).
 *
 * @example
 * lax.besselI1e(np.array(1)); // 0.20791
 */
export const besselI1e = unary("besselI1e", prim.besselI1e);
