import type { NDArray } from "../../array/index.ts";
import { bind1, NO_PARAMS, type Primitive } from "../../core/index.ts";
import { scalarLike } from "../rules.ts";
import { add } from "./add.ts";
import { mul, neg, sub } from "./arithmetic.ts";
import { elementwiseArgs, FLOAT } from "./base.ts";
import { defineElementwise } from "./define.ts";
import { exp, log, log1p } from "./exponential.ts";
import { incompleteBeta } from "./incomplete-beta-steps.ts";
import { betaincOf } from "./numeric/index.ts";
import { lgamma, noDerivative } from "./special.ts";

/** The density x^(a − 1) (1 − x)^(b − 1) / B(a, b). */
const density = (a: NDArray, b: NDArray, x: NDArray): NDArray => {
  const one = scalarLike(x, 1);
  const powers = add(mul(sub(a, one), log(x)), mul(sub(b, one), log1p(neg(x))));
  return exp(add(powers, sub(lgamma(add(a, b)), add(lgamma(a), lgamma(b)))));
};

export const betaincPrimitive: Primitive = defineElementwise({
  name: "betainc",
  kinds: FLOAT,
  scalar: (a, b, x) => betaincOf(a, b, x),
  expr: { steps: incompleteBeta },
  derivatives: [
    noDerivative("betainc", "a"),
    noDerivative("betainc", "b"),
    (t, _, a, b, x) => mul(t, density(a, b, x)),
  ],
  args: elementwiseArgs(
    [
      { min: 0.4, max: 6 },
      { min: 0.4, max: 6 },
      { min: 0.1, max: 0.9 },
    ],
    NO_PARAMS,
    { differentiable: [2] },
  ),
});

/**
 * The regularized incomplete beta function, 1/B(a, b) ∫₀ˣ t^(a − 1) (1 − t)^(b − 1) dt, for a, b >= 0 and 0 <= x <= 1; NaN
 * elsewhere, and for a and b beyond 10¹¹ next to the mean, where it would take too many terms. As in JAX it has a
 * derivative with respect to `x` alone.
 */
export const betainc = (a: NDArray, b: NDArray, x: NDArray): NDArray =>
  bind1(betaincPrimitive, [a, b, x], NO_PARAMS);
