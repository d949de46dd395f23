import { erfcOf, erfInvOf } from "./erf.ts";

/** Below, the quantile is found by its tail probability, which loses no digits. */
export const TAIL_BELOW = 0.125;

/** z with ½ erfc(z / √2) = p, by halving an interval; for 0 < p < ½. */
const tailQuantile = (p: number): number => {
  let [low, high] = [0, 40];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (0.5 * erfcOf(middle * Math.SQRT1_2) > p) low = middle;
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
