import {
  abs,
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
import { ndtriF64 } from "./coefficients.ts";
import { type Double, fastTwoSum, twoProduct } from "./compensated.ts";
import { erfc } from "./error-function.ts";
import { exp } from "./exponential.ts";
import { log } from "./logarithm.ts";
import { polynomial } from "./polynomial.ts";

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

/** What rounding sqrt(1/2) has left. */
const SQRT1_2_LOW = -4.833646656726457e-17;

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
    const [scaled, scaledLow] = twoProduct(z, constant("f64", Math.SQRT1_2));
    const tail = div(sub(mul(erfc(scaled), 0.5), p), density);
    // And the part of it that is due to what rounding z / sqrt(2) has left.
    const excess = sub(tail, mul(add(scaledLow, mul(z, SQRT1_2_LOW)), Math.SQRT2));
    z = add(z, div(excess, sub(constant("f64", 1), mul(mul(z, excess), 0.5))));
  }
  return select(lt(p, DEEP), deep, z);
}

/**
 * The quantile at (1 + x) / 2 for |x| <= 3/4, a polynomial in -log(1 - x^2) (Giles's form) times x; `xLow` is what rounding has
 * left of x.
 */
function centralQuantile([x, xLow]: Double): Expr {
  const w = neg(log(mul(sub(constant("f64", 1), x), add(x, 1))));
  const [high = 0, low = 0, ...others] = ndtriF64;
  // The rest is small beside the first term, and its rounding errors are too.
  const rest = mul(x, add(mul(w, polynomial(w, others)), low));
  // The derivative to a tenth where 1/2 <= |x|, as is enough.
  const slope = sub(mul(abs(x), 3.43), 0.142);
  return add(mul(x, high), add(rest, mul(xLow, slope)));
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
  const near = centralQuantile(fastTwoSum(constant("f64", -1), mul(select(inTail, 0.5, p), 2)));
  const inside = select(inTail, far, near);
  const end = select(isUpper, constant("f64", Infinity), -Infinity);
  const outside = select(or(eq(p, 0), eq(p, 1)), end, Number.NaN);
  return convert(select(and(gt(p, 0), lt(p, 1)), inside, outside), given.type);
}
