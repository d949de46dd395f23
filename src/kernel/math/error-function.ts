import {
  abs,
  add,
  constant,
  copysign,
  div,
  type Expr,
  eq,
  gt,
  lt,
  mul,
  neg,
  not,
  pmin,
  rare,
  select,
  sqrt,
  sub,
} from "../expr.ts";
import {
  erfcF32,
  erfcF64,
  erfF32,
  erfF64,
  erfInvF32,
  erfInvF64,
  erfInvMiddleF64,
  erfInvTailF32,
  erfInvTailF64,
} from "./coefficients.ts";
import { split } from "./compensated.ts";
import { expOfSum } from "./exponential.ts";
import { type Format, formatOf } from "./format.ts";
import { log } from "./logarithm.ts";
import { polynomial } from "./polynomial.ts";

/** erf x for |x| <= 1. */
function nearZero(x: Expr, format: Format): Expr {
  return add(x, mul(x, polynomial(mul(x, x), format.type === "f32" ? erfF32 : erfF64)));
}

/** erfc a for a >= 1/2, as e^(-a^2) times what varies slowly (Shepherd and Laframboise's form). */
function tail(a: Expr, format: Format): Expr {
  const x = pmin(a, format.type === "f32" ? 10.5 : 27.5);
  const t = div(sub(x, 3.75), add(x, 3.75));
  const [first = 0, ...others] = format.type === "f32" ? erfcF32 : erfcF64;
  const slow = div(add(mul(t, polynomial(t, others)), first), add(add(x, x), 1));
  // The square of the upper half of x is exact; e^(h^2 - x^2) takes up the rest.
  const [h, l] = split(x);
  return mul(expOfSum(neg(mul(h, h)), neg(mul(l, add(x, h)))), slow);
}

/** The error function. */
export function erf(x: Expr): Expr {
  const format = formatOf("erf", x);
  const a = abs(x);
  return copysign(select(lt(a, 1), nearZero(a, format), sub(1, tail(a, format))), x);
}

/** 1 - erf x, without cancellation. */
export function erfc(x: Expr): Expr {
  const format = formatOf("erfc", x);
  const a = abs(x);
  const far = tail(a, format);
  return select(lt(a, 0.5), sub(1, nearZero(x, format)), select(lt(x, 0), sub(2, far), far));
}

/** The inverse of the error function, by polynomials in w = -log(1 - x^2) or its root (Giles's form). */
export function erfInv(x: Expr): Expr {
  const format = formatOf("erfInv", x);
  const a = abs(x);
  const w = neg(log(mul(sub(1, a), add(1, a))));
  const s = sqrt(w);
  const single = format.type === "f32";
  const middle = polynomial(sub(s, 3), single ? erfInvTailF32 : erfInvMiddleF64);
  const outer = single ? middle : select(gt(s, 4), polynomial(sub(s, 5), erfInvTailF64), middle);
  const value = select(lt(w, 5), polynomial(sub(w, 2.5), single ? erfInvF32 : erfInvF64), outer);
  const edge = select(eq(a, 1), constant(format.type, Infinity), Number.NaN);
  return copysign(rare(not(lt(a, 1)), edge, mul(a, value)), x);
}
