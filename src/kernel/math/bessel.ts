import { abs, constant, convert, copysign, div, type Expr, gt, mul, neg, select, sqrt } from "../expr.ts";
import { exp } from "./exponential.ts";
import { polynomial } from "./polynomial.ts";

/*
 * Modified Bessel functions of the first kind, times exp(-|x|), worked out in double precision: the power series (NIST
 * Digital Library of Mathematical Functions, 10.25.2), whose terms are all positive, up to |x| = 25, Hankel's expansion
 * (10.40.1) beyond. So many terms that the rest is below 1e-17 of the sum.
 */

const SERIES_UP_TO = 25;
const SERIES_TERMS = 44;
const EXPANSION_TERMS = 27;

/** 1 / (k! (k + order)!), the coefficients of (x^2 / 4)^k. */
const seriesOf = (order: 0 | 1): readonly number[] => {
  const coefficients = [1];
  for (let k = 1; k < SERIES_TERMS; k++)
    coefficients.push((coefficients[k - 1] as number) / (k * (k + order)));
  return coefficients;
};

/** The coefficients of 1 / x^k. */
const expansionOf = (order: 0 | 1): readonly number[] => {
  const coefficients = [1];
  for (let k = 1; k < EXPANSION_TERMS; k++) {
    coefficients.push(((coefficients[k - 1] as number) * ((2 * k - 1) ** 2 - 4 * order)) / (8 * k));
  }
  return coefficients;
};

const scaled = (order: 0 | 1, given: Expr): Expr => {
  const x = convert(given, "f64");
  const size = abs(x);
  const isGreat = gt(size, SERIES_UP_TO);
  const small = select(isGreat, 1, size);
  const sum = polynomial(mul(mul(small, small), 0.25), seriesOf(order));
  const near = mul(exp(neg(small)), order === 0 ? sum : mul(mul(small, 0.5), sum));
  const great = select(isGreat, size, SERIES_UP_TO);
  const inverse = div(constant("f64", 1), great);
  const far = mul(mul(polynomial(inverse, expansionOf(order)), 1 / Math.sqrt(2 * Math.PI)), sqrt(inverse));
  const value = select(isGreat, far, near);
  return convert(order === 0 ? value : copysign(value, x), given.type);
};

/** exp(-|x|) times the modified Bessel function of order 0. */
export const besselI0e = (x: Expr): Expr => scaled(0, x);

/** exp(-|x|) times the modified Bessel function of order 1. */
export const besselI1e = (x: Expr): Expr => scaled(1, x);
