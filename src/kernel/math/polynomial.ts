import { add, constant, type Expr, mul } from "../expr.ts";

/**
 * A polynomial with the coefficients given lowest power first. Neighbouring terms are paired and the pairs joined in
 * powers of x^2 (Estrin's scheme for the first level), which halves the chain of operations that wait for one
 * another.
 */
export function polynomial(x: Expr, coefficients: readonly (number | Expr)[]): Expr {
  const c = coefficients.map((value) => (typeof value === "number" ? constant(x.type, value) : value));
  if (c.length <= 3) return horner(x, c);
  const pairs: Expr[] = [];
  for (let i = 0; i < c.length; i += 2) {
    const [low, high] = [c[i] as Expr, c[i + 1]];
    pairs.push(high === undefined ? low : add(mul(high, x), low));
  }
  return horner(mul(x, x), pairs);
}

/** Horner's scheme, for coefficients that are expressions. */
export function horner(x: Expr, coefficients: readonly Expr[]): Expr {
  return coefficients.reduceRight((sum, c) => add(mul(sum, x), c));
}
