/*
 * Modified Bessel functions of the first kind, times exp(−|x|): their power series (NIST Digital Library of Mathematical
 * Functions, 10.25.2), whose terms are all positive, up to |x| = 25, and Hankel's expansion (10.40.1) beyond.
 */

/** Up to here the power series is summed. */
export const SERIES_UP_TO = 25;

/** (x/2)^order Σ (x²/4)^k / (k! (k + order)!). */
const series = (order: 0 | 1, x: number): number => {
  const y = (x * x) / 4;
  let term = order === 0 ? 1 : x / 2;
  let sum = term;
  for (let k = 1; Math.abs(term) > Math.abs(sum) * 2 ** -60; k++) {
    term *= y / (k * (k + order));
    sum += term;
  }
  return sum;
};

/** 1 − (4ν² − 1) / 8x + (4ν² − 1)(4ν² − 9) / (2! (8x)²) − …. */
const expansion = (order: 0 | 1, x: number): number => {
  let [term, sum] = [1, 1];
  for (let k = 1; Math.abs(term) > 2 ** -60; k++) {
    term *= ((2 * k - 1) ** 2 - 4 * order) / (k * 8 * x);
    sum += term;
  }
  return sum;
};

const scaledBessel =
  (order: 0 | 1) =>
  (x: number): number => {
    const size = Math.abs(x);
    if (!(size > SERIES_UP_TO)) return Math.exp(-size) * series(order, x);
    const value = expansion(order, size) / Math.sqrt(2 * Math.PI) / Math.sqrt(size);
    return order === 1 && x < 0 ? -value : value;
  };

/** exp(−|x|) I₀(x). */
export const besselI0eOf = scaledBessel(0);

/** exp(−|x|) I₁(x). */
export const besselI1eOf = scaledBessel(1);
