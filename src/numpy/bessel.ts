import type { NDArray } from "../array/index.ts";
import { bindCustomJvp, type CustomJvp } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { toInexact, unary } from "./operands.ts";

/** A modified Bessel function from the one that is scaled by exp(−|x|). */
export const unscaledBessel = (x: NDArray, scaled: (x: NDArray) => NDArray): NDArray =>
  prim.mul(prim.exp(prim.abs(x)), scaled(x));

/** The derivative is I₁ by name: that of the product would be a difference of nearly equal numbers. */
const call: CustomJvp = {
  name: "i0",
  fun: (x) => [unscaledBessel(x as NDArray, prim.besselI0e)],
  jvp: ([x], [t]) => ({
    outputs: bindCustomJvp(call, [x as NDArray]),
    tangents: [t ? prim.mul(t, unscaledBessel(x as NDArray, prim.besselI1e)) : null],
  }),
};

/**
 * The modified Bessel function of the first kind of order 0, element by element, with promotion to floats. It is
 * infinite where exp(|x|) overflows, and NaN at ±∞, as in JAX.
 *
 * @example
 * numpy.i0(1).item(); // 1.2660658
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.i0.html
 */
export const i0 = unary("i0", (x) => bindCustomJvp(call, [x])[0] as NDArray, toInexact);
