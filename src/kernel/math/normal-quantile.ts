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

/** Below, erfc and the density come near to the smallest numbers and lose their digits. */
const DEEP = 1e-280;

/**
 * A step of Newton's method for log(erfc(z / sqrt(2)) / 2) = log p, by the asymptotic series of the tail (Abramowitz and
 * Stegun, 26.2.12), which is exact to rounding for z > 35.
 */
function deepStep(z: Expr, logP: Expr): Expr {
  const r = div(constant("f64", 1), mul(z, z));
  let series: Expr = constant("f64", 1);
  for (const factor of [9, 7, 5, 3, 1]) series = sub(constant("f64", 1), mul(mul(series, r), factor));
  const logTail = sub(sub(log(div(series, z)), mul(mul(z, z), 0.5)), 0.5 * Math.log(2 * Math.PI));
  return add(z, div(mul(sub(logTail, logP), series), z));
}

/** z with erfc(z / sqrt(2)) / 2 = p for 0 < p < 1/8: an approximation to 5e-4, and two steps of Halley's method. */
function tailQuantile(p: Expr): Expr {
  const logP = log(p);
  const w = sqrt(mul(logP, -2));
  // Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.23.
  const top = add(mul(add(mul(w, 0.010328), 0.802853), w), 2.515517);
  const bottom = add(mul(add(mul(add(mul(w, 0.001308), 0.189269), w), 1.432788), w), 1);
  const first = sub(w, div(top, bottom));
  const deep = deepStep(deepStep(first, logP), logP);
  let z: Expr = first;
  for (let step = 0; step < 2; step++) {
    const density = mul(exp(mul(mul(z, z), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    const excess = div(sub(mul(erfc(mul(z, Math.SQRT1_2)), 0.5), p), density);
    z = add(z, div(excess, sub(constant("f64", 1), mul(mul(z, excess), 0.5))));
  }
  return select(lt(p, DEEP), deep, z);
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
