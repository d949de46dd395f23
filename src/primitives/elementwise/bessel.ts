import type { NDArray } from "../../array/index.ts";
import { bind1, NO_PARAMS, type Primitive } from "../../core/index.ts";
import * as math from "../../kernel/math/index.ts";
import { scalarLike } from "../rules.ts";
import { div, mul, sub } from "./arithmetic.ts";
import { eq } from "./comparison.ts";
import { besselI0eOf, besselI1eOf } from "./numeric/index.ts";
import { sign } from "./rounding.ts";
import { select } from "./select.ts";
import { defineSmooth } from "./unary.ts";

/** Away from 0, where the factor exp(−|x|) has a kink. */
const AWAY_FROM_ZERO = { min: -8, max: 8, avoid: [0], margin: 0.2 };

export const besselI0ePrimitive: Primitive = defineSmooth(
  "besselI0e",
  besselI0eOf,
  math.besselI0e,
  (t, out, x) => mul(t, sub(besselI1e(x), mul(sign(x), out))),
  AWAY_FROM_ZERO,
);

/** exp(−|x|) I₀(x), the exponentially scaled modified Bessel function of order 0. */
export const besselI0e = (x: NDArray): NDArray => bind1(besselI0ePrimitive, [x], NO_PARAMS);

export const besselI1ePrimitive: Primitive = defineSmooth(
  "besselI1e",
  besselI1eOf,
  math.besselI1e,
  (t, out, x) => {
    // I₁(x) / x is ½ at 0.
    const isZero = eq(x, scalarLike(x, 0));
    const ratio = div(out, select(isZero, scalarLike(x, 1), x));
    const slope = sub(besselI0e(x), mul(sign(x), out));
    return mul(t, sub(slope, select(isZero, scalarLike(x, 0.5), ratio)));
  },
  AWAY_FROM_ZERO,
);

/** exp(−|x|) I₁(x), the exponentially scaled modified Bessel function of order 1. */
export const besselI1e = (x: NDArray): NDArray => bind1(besselI1ePrimitive, [x], NO_PARAMS);
