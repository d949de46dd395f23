import { add, constant, div, type Expr, gt, lt, mul, or, select, sub } from "../../kernel/expr.ts";
import { lgammaPositive } from "../../kernel/math/gamma.ts";
import { log } from "../../kernel/math/index.ts";
import { polynomial } from "../../kernel/math/polynomial.ts";
import { STIRLING_FROM } from "./numeric/index.ts";

/*
 * Pieces of the incomplete gamma and beta functions, of f64.
 */

const f64 = (value: number): Expr => constant("f64", value);

/** r − 1 − log r, given m = r − 1 too, without cancellation where m is small. */
export const excessOverLog = (r: Expr, m: Expr): Expr => {
  const s = div(m, add(m, 2));
  const terms = Array.from({ length: 17 }, (_, k) => 1 / (2 * k + 3));
  const near = mul(s, sub(m, mul(mul(mul(s, s), 2), polynomial(mul(s, s), terms))));
  return select(or(lt(m, -0.5), gt(m, 1)), sub(m, log(r)), near);
};

/** Stirling's series for log Γ(a) − (a − ½) log a + a − ½ log 2π. */
export const stirling = (a: Expr): Expr => {
  const r = div(f64(1), a);
  return mul(
    r,
    polynomial(mul(r, r), [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156]),
  );
};

/** The same for all a > 0: below 10 by its definition. */
export const stirlingRest = (a: Expr): Expr => {
  const small = add(sub(lgammaPositive(a), mul(sub(a, 0.5), log(a))), sub(a, 0.5 * Math.log(2 * Math.PI)));
  return select(lt(a, STIRLING_FROM), small, stirling(a));
};
