import { lgammaOf } from "./gamma.ts";
import { excessOverLog } from "./incomplete-gamma.ts";

/*
 * The incomplete beta function by its continued fraction (NIST Digital Library of Mathematical Functions, 8.17.22), which
 * converges fast for x < (a + 1) / (a + b + 2); beyond, by I(x; a, b) = 1 − I(1 − x; b, a).
 */

/** From here on Stirling's series is good to all digits. */
export const STIRLING_FROM = 10;

/**
 * Turns after which the fraction is given up, and the result is NaN. With a = b it takes ¼ √a of them or fewer where x is
 * the mean, and fewer elsewhere, so this many are enough up to 10¹¹.
 */
export const MOST_TURNS = 100_000;

/** log Γ(a) − (a − ½) log a + a − ½ log 2π. */
const stirlingRest = (a: number): number => {
  if (a < STIRLING_FROM) return lgammaOf(a) - (a - 0.5) * Math.log(a) + a - 0.5 * Math.log(2 * Math.PI);
  const r2 = 1 / (a * a);
  const inner = 1 / 1188 + r2 * (-691 / 360360 + r2 / 156);
  return (1 / 12 + r2 * (-1 / 360 + r2 * (1 / 1260 + r2 * (-1 / 1680 + r2 * inner)))) / a;
};

/**
 * x^a y^b / (a B(a, b)) with y = 1 − x. It is written as a log(x / p) + b log(y / q) with p = a / (a + b) and q = 1 − p, of
 * which the linear parts cancel, and the rests of Stirling's series, so that great logarithms do not.
 */
const factor = (a: number, b: number, x: number, y: number): number => {
  const difference = x * b - y * a;
  const sum = a + b;
  const left = excessOverLog((x * sum) / a, difference / a);
  const right = excessOverLog((y * sum) / b, -difference / b);
  const rest = stirlingRest(sum) - stirlingRest(a) - stirlingRest(b);
  return (Math.exp(rest - a * left - b * right) * Math.sqrt((a * b) / (2 * Math.PI * sum))) / a;
};

/** By Lentz's method, as modified by Thompson and Barnett. */
const fraction = (a: number, b: number, x: number): number => {
  const tiny = 1e-300;
  const nonzero = (z: number): number => (Math.abs(z) < tiny ? tiny : z);
  let c = 1;
  let d = 1 / nonzero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= MOST_TURNS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonzero(1 + even * d);
    c = nonzero(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonzero(1 + odd * d);
    c = nonzero(1 + odd / c);
    value *= d * c;
    if (!(Math.abs(d * c - 1) > 2 ** -52)) return value;
  }
  return Number.NaN;
};

/**
 * The regularized incomplete beta function for a, b >= 0 and 0 <= x <= 1; NaN elsewhere, where a and b are both 0 or
 * both infinite, and where the fraction does not converge.
 */
export const betaincOf = (a: number, b: number, x: number): number => {
  if (!(a >= 0 && b >= 0 && x >= 0 && x <= 1)) return Number.NaN;
  if ((a === 0 && b === 0) || (a === Number.POSITIVE_INFINITY && b === a)) return Number.NaN;
  if (x === 0 || x === 1) return x;
  if (a === 0 || b === Number.POSITIVE_INFINITY) return 1;
  if (b === 0 || a === Number.POSITIVE_INFINITY) return 0;
  const y = 1 - x;
  return x < (a + 1) / (a + b + 2)
    ? factor(a, b, x, y) * fraction(a, b, x)
    : 1 - factor(b, a, y, x) * fraction(b, a, y);
};
