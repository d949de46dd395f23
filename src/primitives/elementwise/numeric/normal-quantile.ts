import { erfcOf, erfInvOf } from "./erf.ts";

/** Below, the quantile is found by its tail probability, which loses no digits. */
export const TAIL_BELOW = 0.125;

/** Below, erfc comes near to the smallest numbers and loses its digits. */
const DEEP = 1e-280;

/** log(½ erfc(z / √2)) for z > 35, by the asymptotic series (Abramowitz and Stegun, 26.2.12). */
const logTail = (z: number): number => {
  const r = 1 / (z * z);
  const series = 1 - r * (1 - 3 * r * (1 - 5 * r * (1 - 7 * r * (1 - 9 * r))));
  return Math.log(series / z) - 0.5 * z * z - 0.5 * Math.log(2 * Math.PI);
};

/** z with ½ erfc(z / √2) = p, by halving an interval; for 0 < p < ½. */
const tailQuantile = (p: number): number => {
  const isDeep = p < DEEP;
  const logP = Math.log(p);
  let [low, high] = isDeep ? [35, 40] : [0, 40];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (isDeep ? logTail(middle) > logP : 0.5 * erfcOf(middle * Math.SQRT1_2) > p) low = middle;
    else high = middle;
  }
};

/** The quantile of the standard normal distribution: infinite at 0 and 1, NaN outside. */
export const ndtriOf = (p: number): number => {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0 || p === 1) return p === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (p < TAIL_BELOW) return -tailQuantile(p);
  if (p > 1 - TAIL_BELOW) return tailQuantile(1 - p);
  return Math.SQRT2 * erfInvOf(2 * p - 1);
};
