import type { NDArray } from "../../array/index.ts";
import { bind1, DifferentiationError, NO_PARAMS, type Primitive } from "../../core/index.ts";
import * as math from "../../kernel/math/index.ts";
import * as series from "../../kernel/math/zeta.ts";
import { scalarLike } from "../rules.ts";
import { add } from "./add.ts";
import { mul, neg } from "./arithmetic.ts";
import { elementwiseArgs, FLOAT } from "./base.ts";
import { defineElementwise } from "./define.ts";
import { exp, square } from "./exponential.ts";
import {
  digammaOf,
  erfcOf,
  erfInvOf,
  erfOf,
  lgammaOf,
  ndtriOf,
  polygammaOf,
  zetaOf,
} from "./numeric/index.ts";
import { defineSmooth } from "./unary.ts";

/*
 * Special functions; how their numbers are computed stands in `numeric/`.
 */

/** d erf(x) / dx = 2 / √π exp(−x²). */
const gaussian = (x: NDArray, factor: number): NDArray =>
  mul(scalarLike(x, (factor * 2) / Math.sqrt(Math.PI)), exp(neg(square(x))));

export const erfPrimitive: Primitive = defineSmooth("erf", erfOf, math.erf, (t, _, x) =>
  mul(t, gaussian(x, 1)),
);

/** The error function, 2/√π ∫₀ˣ exp(−t²) dt. */
export const erf = (x: NDArray): NDArray => bind1(erfPrimitive, [x], NO_PARAMS);

export const erfcPrimitive: Primitive = defineSmooth("erfc", erfcOf, math.erfc, (t, _, x) =>
  mul(t, gaussian(x, -1)),
);

/** The complementary error function, 1 − erf(x), accurate where it is small. */
export const erfc = (x: NDArray): NDArray => bind1(erfcPrimitive, [x], NO_PARAMS);

export const erfInvPrimitive: Primitive = defineSmooth(
  "erfInv",
  erfInvOf,
  math.erfInv,
  (t, out) => mul(t, mul(scalarLike(out, Math.sqrt(Math.PI) / 2), exp(square(out)))),
  { min: -0.8, max: 0.8 },
);

/** The inverse of the error function: infinite at ±1, NaN beyond. */
export const erfInv = (x: NDArray): NDArray => bind1(erfInvPrimitive, [x], NO_PARAMS);

export const ndtriPrimitive: Primitive = defineSmooth(
  "ndtri",
  ndtriOf,
  math.ndtri,
  (t, out) =>
    mul(t, mul(scalarLike(out, Math.sqrt(2 * Math.PI)), exp(mul(scalarLike(out, 0.5), square(out))))),
  { min: 0.05, max: 0.95 },
);

/** The quantile function of the standard normal distribution: infinite at 0 and 1, NaN outside. */
export const ndtri = (p: NDArray): NDArray => bind1(ndtriPrimitive, [p], NO_PARAMS);

export const lgammaPrimitive: Primitive = defineSmooth(
  "lgamma",
  lgammaOf,
  math.lgamma,
  (t, _, x) => mul(t, digamma(x)),
  {
    min: 0.4,
    max: 5,
  },
);

/** The logarithm of the absolute value of the gamma function; infinite at 0, −1, −2, …. */
export const lgamma = (x: NDArray): NDArray => bind1(lgammaPrimitive, [x], NO_PARAMS);

export const digammaPrimitive: Primitive = defineSmooth(
  "digamma",
  digammaOf,
  series.digamma,
  (t, _, x) => mul(t, polygamma(scalarLike(x, 1), x)),
  { min: 0.5, max: 5 },
);

/** The derivative of the logarithm of the gamma function; NaN at 0, −1, −2, …. */
export const digamma = (x: NDArray): NDArray => bind1(digammaPrimitive, [x], NO_PARAMS);

/** The rule of an argument that has no derivative: an error that says what to do. */
export const noDerivative = (name: string, argument: string) => (): never => {
  throw new DifferentiationError(
    `${name} has no derivative with respect to ${argument}. Keep that a constant (stopGradient).`,
  );
};

export const polygammaPrimitive: Primitive = defineElementwise({
  name: "polygamma",
  kinds: FLOAT,
  scalar: (m, x) => polygammaOf(m, x),
  expr: series.polygamma,
  derivatives: [
    noDerivative("polygamma", "the order m"),
    (t, _, m, x) => mul(t, polygamma(add(m, scalarLike(m, 1)), x)),
  ],
  args: {
    example: (choose) => {
      const m = choose.int(0, 3);
      return elementwiseArgs(
        [
          { min: m, max: m },
          { min: 0.8, max: 4 },
        ],
        NO_PARAMS,
      ).example(choose);
    },
    differentiable: [1],
  },
});

/** The derivative of order `m` + 1 of the logarithm of the gamma function at `x`; NaN unless `m` is 0, 1, 2, …. */
export const polygamma = (m: NDArray, x: NDArray): NDArray => bind1(polygammaPrimitive, [m, x], NO_PARAMS);

export const zetaPrimitive: Primitive = defineElementwise({
  name: "zeta",
  kinds: FLOAT,
  scalar: (s, q) => zetaOf(s, q),
  expr: series.zeta,
  derivatives: [
    noDerivative("zeta", "the exponent s"),
    (t, _, s, q) => neg(mul(t, mul(s, zeta(add(s, scalarLike(s, 1)), q)))),
  ],
  args: elementwiseArgs(
    [
      { min: 1.5, max: 4 },
      { min: 0.8, max: 4 },
    ],
    NO_PARAMS,
    { differentiable: [1] },
  ),
});

/** The Hurwitz zeta function, Σ (q + k)^−s over k = 0, 1, …. */
export const zeta = (s: NDArray, q: NDArray): NDArray => bind1(zetaPrimitive, [s, q], NO_PARAMS);
