import type { NDArray } from "../../array/index.ts";
import { bind1, NO_PARAMS, type Primitive } from "../../core/index.ts";
import { scalarLike } from "../rules.ts";
import { add } from "./add.ts";
import { div, mul, neg, sub } from "./arithmetic.ts";
import { elementwiseArgs, FLOAT } from "./base.ts";
import { defineElementwise } from "./define.ts";
import { exp, log } from "./exponential.ts";
import { incompleteGamma } from "./incomplete-gamma-steps.ts";
import { igammacOf, igammaGradAOf, igammaOf, randomGammaGradOf } from "./numeric/index.ts";
import { digamma, lgamma, noDerivative } from "./special.ts";

/** The density x^(a − 1) e^−x / Γ(a), the derivative of P(a, x) with respect to x. */
const density = (a: NDArray, x: NDArray): NDArray =>
  exp(sub(sub(mul(sub(a, scalarLike(a, 1)), log(x)), x), lgamma(a)));

const SHAPE_AND_POINT = [
  { min: 0.3, max: 8 },
  { min: 0.2, max: 9 },
] as const;

/** There is no second derivative with respect to a. */
const valueArgs = elementwiseArgs(SHAPE_AND_POINT, NO_PARAMS, { smooth: false });
const slopeArgs = elementwiseArgs(SHAPE_AND_POINT, NO_PARAMS, { differentiable: [1] });

export const igammaPrimitive: Primitive = defineElementwise({
  name: "igamma",
  kinds: FLOAT,
  scalar: (a, x) => igammaOf(a, x),
  expr: { steps: incompleteGamma("lower") },
  derivatives: [(t, _, a, x) => mul(t, igammaGradA(a, x)), (t, _, a, x) => mul(t, density(a, x))],
  args: valueArgs,
});

/**
 * The regularized lower incomplete gamma function, 1/Γ(a) ∫₀ˣ t^(a − 1) e^−t dt, for a, x >= 0; NaN elsewhere and at
 * a = x = 0.
 */
export const igamma = (a: NDArray, x: NDArray): NDArray => bind1(igammaPrimitive, [a, x], NO_PARAMS);

export const igammacPrimitive: Primitive = defineElementwise({
  name: "igammac",
  kinds: FLOAT,
  scalar: (a, x) => igammacOf(a, x),
  expr: { steps: incompleteGamma("upper") },
  derivatives: [(t, _, a, x) => neg(mul(t, igammaGradA(a, x))), (t, _, a, x) => neg(mul(t, density(a, x)))],
  args: valueArgs,
});

/** The regularized upper incomplete gamma function, 1 − `igamma(a, x)`, accurate where it is small. */
export const igammac = (a: NDArray, x: NDArray): NDArray => bind1(igammacPrimitive, [a, x], NO_PARAMS);

export const igammaGradAPrimitive: Primitive = defineElementwise({
  name: "igammaGradA",
  kinds: FLOAT,
  scalar: (a, x) => igammaGradAOf(a, x),
  expr: { steps: incompleteGamma("gradA") },
  derivatives: [
    noDerivative("igammaGradA", "a"),
    (t, _, a, x) => mul(t, mul(density(a, x), sub(log(x), digamma(a)))),
  ],
  args: slopeArgs,
});

/** The derivative of `igamma(a, x)` with respect to a. */
export const igammaGradA = (a: NDArray, x: NDArray): NDArray =>
  bind1(igammaGradAPrimitive, [a, x], NO_PARAMS);

export const randomGammaGradPrimitive: Primitive = defineElementwise({
  name: "randomGammaGrad",
  kinds: FLOAT,
  scalar: (a, x) => randomGammaGradOf(a, x),
  expr: { steps: incompleteGamma("sample") },
  derivatives: [
    noDerivative("randomGammaGrad", "a"),
    // d/dx of −P_a / p: −p_a / p, and −(p' / p) times the value.
    (t, out, a, x) => {
      const one = scalarLike(a, 1);
      const slope = sub(div(sub(a, one), x), one);
      return neg(mul(t, add(sub(log(x), digamma(a)), mul(out, slope))));
    },
  ],
  args: slopeArgs,
});

/**
 * How a sample `x` of the gamma distribution with shape `a` moves with `a` while its rank stays: −(∂P/∂a) / (∂P/∂x), the
 * derivative that implicit reparameterisation gives.
 *
 * @see Figurnov, Mohamed and Mnih, Implicit reparameterization gradients, 2018.
 */
export const randomGammaGrad = (a: NDArray, x: NDArray): NDArray =>
  bind1(randomGammaGradPrimitive, [a, x], NO_PARAMS);
