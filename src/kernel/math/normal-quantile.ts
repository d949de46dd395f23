import {
  add,
  and,
  constant,
  convert,
  div,
  type Expr,
  eq,
  gt,
  lt,
  mul,
  neg,
  or,
  select,
  sqrt,
  sub,
} from "../expr.ts";
import { erfc, erfInv } from "./error-function.ts";
import { exp } from "./exponential.ts";
import { log } from "./logarithm.ts";

/** z with erfc(z / sqrt(2)) / 2 = p for 0 < p < 1/8: an approximation to 5e-4, and two steps of Halley's method. */
function tailQuantile(p: Expr): Expr {
  const w = sqrt(mul(log(p), -2));
  // Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23.
  const top = add(mul(add(mul(w, 0.010328), 0.802853), w), 2.515517);
  const bottom = add(mul(add(mul(add(mul(w, 0.001308), 0.189269), w), 1.432788), w), 1);
  let z = sub(w, div(top, bottom));
  for (let step = 0; step < 2; step++) {
    const density = mul(exp(mul(mul(z, z), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    const excess = div(sub(mul(erfc(mul(z, Math.SQRT1_2)), 0.5), p), density);
    z = add(z, div(excess, sub(constant("f64", 1), mul(mul(z, excess), 0.5))));
  }
  return z;
}

/**
 * The quantile of the standard normal distribution, worked out in double precision: infinite at 0 and 1, NaN outside. In
 * the tails it is found from the tail probability, so that none of its digits are lost.
 */
export function ndtri(given: Expr): Expr {
  const p = convert(given, "f64");
  const isUpper = gt(p, 0.5);
  const tail = select(isUpper, sub(constant("f64", 1), p), p);
  const inTail = lt(tail, 0.125);
  const size = tailQuantile(select(and(inTail, gt(tail, 0)), tail, 0.1));
  const far = select(isUpper, size, neg(size));
  const near = mul(erfInv(sub(mul(p, 2), 1)), Math.SQRT2);
  const inside = select(inTail, far, near);
  const end = select(isUpper, constant("f64", Infinity), -Infinity);
  const outside = select(or(eq(p, 0), eq(p, 1)), end, Number.NaN);
  return convert(select(and(gt(p, 0), lt(p, 1)), inside, outside), given.type);
}
