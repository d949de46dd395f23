import {
  abs,
  add,
  and,
  ceil,
  constant,
  convert,
  copysign,
  div,
  type Expr,
  eq,
  floor,
  gt,
  le,
  lookup,
  lt,
  mul,
  neg,
  rare,
  select,
  sub,
  type Table,
} from "../expr.ts";
import { exp } from "./exponential.ts";
import { formatOf } from "./format.ts";
import { digamma as digammaByLimits } from "./gamma.ts";
import { log, logNormal } from "./logarithm.ts";
import { pow } from "./power.ts";

/*
 * The Hurwitz zeta function by Euler-Maclaurin summation (NIST Digital Library of Mathematical Functions, 25.11.5 with
 * a = 1), and the polygamma functions by it (25.11.12), worked out in double precision. Relative errors there grow with
 * s log(q), from 1e-15 to 1e-13.
 */

/** B_2k / (2k)! for k = 1, 2, ...: the coefficients of Euler-Maclaurin summation. */
const eulerMaclaurin: readonly number[] = [
  1 / 12,
  -1 / 720,
  1 / 30240,
  -1 / 1209600,
  1 / 47900160,
  -691 / 1307674368000,
  1 / 74724249600,
  -3617 / 10670622842880000,
  43867 / 5109094217170944000,
  -174611 / 802857662698291200000,
];

/** How many terms are summed one by one, before the rest is summed as an integral with corrections. */
const directTerms = { f32: 4, f64: 10 } as const;

/** b^-s for normal b > 0. */
const power = (b: Expr, s: Expr): Expr => exp(neg(mul(s, logNormal(b))));

/** zeta(s, q) for f64 s > 1 and q > 0, both finite, to the precision of `type`. */
function positive(s: Expr, q: Expr, type: "f32" | "f64"): Expr {
  const terms = directTerms[type];
  // What was an f32 is a normal f64.
  let sum = type === "f32" ? power(q, s) : pow(q, neg(s));
  for (let k = 1; k < terms; k++) sum = add(sum, power(add(q, k), s));
  const a = add(q, terms);
  const last = power(a, s);
  const inverse = div(constant("f64", 1), a);
  const inverseSquare = mul(inverse, inverse);
  let rest = add(div(mul(last, a), sub(s, 1)), mul(last, 0.5));
  let factor = mul(mul(s, last), inverse);
  eulerMaclaurin.forEach((coefficient, k) => {
    rest = add(rest, mul(factor, coefficient));
    factor = mul(factor, mul(mul(add(s, 2 * k + 1), add(s, 2 * k + 2)), inverseSquare));
  });
  // Where the last term is nothing beside the sum the rest is too, but its factors may overflow.
  return select(le(last, mul(sum, 2 ** -60)), sum, add(sum, rest));
}

const isWhole = (x: Expr): Expr => and(eq(floor(x), x), lt(abs(x), Infinity));

const isEven = (x: Expr): Expr => isWhole(mul(x, 0.5));

/** The function for f64 operands. */
function ofDoubles(s: Expr, q: Expr, type: "f32" | "f64"): Expr {
  const [infinity, nan] = [constant("f64", Infinity), constant("f64", Number.NaN)];
  const reflected = le(q, 0);
  const first = positive(s, select(reflected, sub(q, floor(q)), q), type);
  // The sum over all whole k has period 1 in q; the terms with k < 0 are a zeta function again.
  const rest = sub(positive(s, sub(ceil(q), q), type), positive(s, sub(1, q), type));
  const both = add(first, select(isEven(s), rest, neg(rest)));
  const atPole = select(isEven(s), infinity, nan);
  const left = select(isWhole(q), atPole, select(isWhole(s), both, nan));
  const ofInfinity = select(lt(q, 1), infinity, select(eq(q, 1), constant("f64", 1), 0));
  const right = select(eq(s, Infinity), ofInfinity, first);
  const finite = rare(reflected, left, right);
  const atOne = select(eq(s, 1), infinity, nan);
  const value = select(gt(s, 1), select(eq(q, Infinity), 0, finite), atOne);
  return select(and(eq(q, q), gt(q, -Infinity)), value, nan);
}

/**
 * The Hurwitz zeta function, the sum of (q + k)^-s over k = 0, 1, ... for s > 1: infinite at s = 1, NaN below. For
 * negative q it is real only if s is whole; at its poles q = 0, -1, ... it is infinite for even s and NaN otherwise.
 */
export function zeta(s: Expr, q: Expr): Expr {
  const { type } = formatOf("zeta", s);
  return convert(ofDoubles(convert(s, "f64"), convert(q, "f64"), type), type);
}

/** n! for n up to 170; beyond, it is infinite. */
const factorials: Table = {
  type: "f64",
  values: Array.from({ length: 256 }, (_, n) => {
    let product = 1;
    for (let k = 2; k <= n; k++) product *= k;
    return product;
  }),
};

/** log n! for n > 170, by Stirling's series. */
function logFactorial(n: Expr): Expr {
  const x = add(n, 1);
  const r = div(constant("f64", 1), x);
  const series = mul(r, sub(1 / 12, mul(mul(r, r), 1 / 360)));
  return add(mul(sub(x, 0.5), sub(log(x), 1)), add(series, 0.4189385332046727));
}

/** The logarithmic derivative of gamma; NaN at 0, -1, -2, ..., whatever the sign of 0. */
export function digamma(x: Expr): Expr {
  return select(eq(x, 0), Number.NaN, digammaByLimits(x));
}

/**
 * The derivative of order m + 1 of log Gamma at x, (-1)^(m + 1) m! zeta(m + 1, x); NaN unless m is a whole number of at
 * least 0.
 */
export function polygamma(m: Expr, x: Expr): Expr {
  const { type } = formatOf("polygamma", m);
  const [order, at] = [convert(m, "f64"), convert(x, "f64")];
  const z = ofDoubles(add(order, 1), at, type);
  const usual = mul(lookup(factorials, convert(order, "i32")), z);
  // The factorial may be infinite where the product is not.
  const far = copysign(exp(add(logFactorial(order), log(abs(z)))), z);
  const size = rare(gt(order, 170), far, usual);
  const higher = select(isEven(order), neg(size), size);
  const nan = constant("f64", Number.NaN);
  const defined = select(and(gt(order, 0), isWhole(order)), higher, nan);
  return convert(rare(eq(order, 0), digamma(at), defined), type);
}
