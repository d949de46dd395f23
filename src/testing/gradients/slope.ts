import type { Curve } from "./curve.ts";

/*
 * The slope of a curve at 0, from its values alone.
 *
 * The quick way: (g(h) − g(−h)) / 2h is off by O(h²); two such quotients, of steps h and h/2, are combined to cancel that
 * term (Richardson's extrapolation), which leaves O(h⁴). The step can then be large enough for rounding errors to stay
 * small.
 *
 * The careful way, where the quick one disagrees or looks odd: quotients of a ladder of steps, each a quarter of the one
 * before, are extrapolated as Ridders does ("Accurate computation of F′(x) and F′(x)F″(x)", 1982), and the entry of the
 * tableau whose neighbours differ least is taken, with that difference as its error. The ladder also shows what no
 * single step can: that slopes from the left and from the right keep apart (a kink), or that quotients grow without end
 * (a jump, or an infinite slope).
 */

/** What is known of a slope. */
export type Slope =
  /** The curve has a slope here. */
  | { readonly kind: "smooth"; readonly value: number; readonly error: number; readonly step: number }
  /** It has none: the slopes from the left and from the right, which are infinite at a jump, and NaN outside the domain. */
  | { readonly kind: "kink"; readonly value: number; readonly left: number; readonly right: number }
  /** No step gives the same as the next one. */
  | { readonly kind: "unsettled"; readonly value: number; readonly error: number }
  /** The curve is infinite or NaN here. */
  | { readonly kind: "undefined" };

/** The first step, which suits the precision: at its fifth root or above. */
export const defaultStep = (unit: number): number => (unit > 2 ** -30 ? 2 ** -5 : 2 ** -9);

/** Rounding errors of a quotient of differences of numbers as large as those near 0, of step `h`. */
const noiseOf = (curve: Curve, k: number, h: number): number => {
  const size = Math.max(...[-h, 0, h].map((t) => Math.abs(curve.value(k, t))).filter(Number.isFinite), 0);
  return (4 * curve.unit * size) / h;
};

const central = (curve: Curve, k: number, h: number): number =>
  (curve.value(k, h) - curve.value(k, -h)) / (2 * h);

/** The slope on the right less that on the left. */
const bend = (curve: Curve, k: number, h: number): number =>
  (curve.value(k, h) - 2 * curve.value(k, 0) + curve.value(k, -h)) / h;

/** The slope by four values, and whether it can be believed: a kink leaves a bend that halving the step does not halve. */
export const quickSlope = (
  curve: Curve,
  k: number,
  h: number,
): { readonly value: number; readonly isPlain: (allowed: number) => boolean } => {
  const value = (4 * central(curve, k, h / 2) - central(curve, k, h)) / 3;
  return {
    value,
    isPlain: (allowed) => {
      const [far, near] = [Math.abs(bend(curve, k, h)), Math.abs(bend(curve, k, h / 2))];
      return near <= allowed + 4 * noiseOf(curve, k, h / 2) || near <= 0.7 * far;
    },
  };
};

/** Each step of the ladder is this part of the one before. */
const RUNG = 1 / 4;

const ladderFrom = (curve: Curve, h: number): readonly number[] => {
  // Down to where rounding takes half of the digits.
  const rungs = curve.unit > 2 ** -30 ? 7 : 11;
  return Array.from({ length: rungs }, (_, i) => 4 * h * RUNG ** i);
};

/** How many steps in a row have to tell the same story. */
const WITNESSES = 3;
/** A bend that is left of a smooth curve is a quarter of the one of the step before. */
const KEEPS_APART = 0.7;
/** Of a slope that is infinite, quotients grow; 4 is a jump, 4^(1/3) the square of a cube root. */
const GROWS = 1.4;

/**
 * The steps at which a quotient as large as the largest would stand out from rounding errors, from the longest on. A
 * quotient that is small at one of them is small, not lost.
 */
const telling = (
  curve: Curve,
  k: number,
  steps: readonly number[],
  quotient: (h: number) => number,
): readonly number[] => {
  const largest = Math.max(...steps.map((h) => Math.abs(quotient(h))).filter(Number.isFinite), 0);
  return steps.filter((h) => noiseOf(curve, k, h) < 0.02 * largest);
};

/** Whether the quotients of the last telling steps keep up: each is at least so many times the one before. */
const keepsUp = (
  curve: Curve,
  k: number,
  steps: readonly number[],
  quotient: (h: number) => number,
  least: number,
): boolean => {
  const last = telling(curve, k, steps, quotient).slice(-WITNESSES - 1);
  const values = last.map((h) => Math.abs(quotient(h)));
  return (
    last.length > WITNESSES &&
    last.every((h, i) => (values[i] as number) > 10 * noiseOf(curve, k, h)) &&
    values.slice(1).every((q, i) => q >= least * (values[i] as number))
  );
};

const oneSided = (curve: Curve, k: number, h: number): number => (curve.value(k, h) - curve.value(k, 0)) / h;

/** The slopes on both sides, at the shortest step that still says something. */
const sides = (
  curve: Curve,
  k: number,
  steps: readonly number[],
): { readonly left: number; readonly right: number } => {
  const limit = (sign: number): number => {
    const at = (h: number): number => oneSided(curve, k, sign * h);
    if (keepsUp(curve, k, steps, at, GROWS)) return Math.sign(at(steps.at(-1) as number)) * Infinity;
    return at(telling(curve, k, steps, at).at(-1) ?? (steps.at(-1) as number));
  };
  return { left: limit(-1), right: limit(1) };
};

/** Ridders' tableau: the slope, how far off it may be, and the longest step that it rests on. */
const extrapolated = (
  curve: Curve,
  k: number,
  steps: readonly number[],
): { readonly value: number; readonly error: number; readonly step: number } => {
  let best = { value: Number.NaN, error: Infinity, step: steps[0] as number };
  let row: number[] = [];
  steps.forEach((h, i) => {
    const next = [central(curve, k, h)];
    let power = 1;
    for (let j = 1; j <= Math.min(i, 4); j++) {
      power *= RUNG ** 2;
      next[j] = ((next[j - 1] as number) - power * (row[j - 1] as number)) / (1 - power);
      const spread = Math.max(
        Math.abs((next[j] as number) - (next[j - 1] as number)),
        Math.abs((next[j] as number) - (row[j - 1] as number)),
      );
      const error = Math.max(spread, noiseOf(curve, k, h));
      if (error < best.error) best = { value: next[j] as number, error, step: h };
    }
    row = next;
  });
  return best;
};

/**
 * The slope of the `k`th number of a curve, from a ladder of steps that begins above `h`; a bend up to `allowed` is
 * taken for none.
 */
export const carefulSlope = (curve: Curve, k: number, h: number, allowed: number): Slope => {
  if (!Number.isFinite(curve.value(k, 0))) return { kind: "undefined" };
  const steps = ladderFrom(curve, h).filter(
    (t, i, all) => i >= all.length - WITNESSES || [t, -t].every((at) => Number.isFinite(curve.value(k, at))),
  );
  const isDefined = (sign: number): boolean =>
    steps.slice(-WITNESSES).every((t) => Number.isFinite(curve.value(k, sign * t)));
  const value = extrapolated(curve, k, steps);
  if (!(isDefined(1) && isDefined(-1))) {
    const nan = Number.NaN;
    const slope = (sign: number): number =>
      isDefined(sign) ? oneSided(curve, k, sign * (steps.at(-1) as number)) : nan;
    return { kind: "kink", value: nan, left: slope(-1), right: slope(1) };
  }
  const bendAt = (t: number): number => bend(curve, k, t);
  const centralAt = (t: number): number => central(curve, k, t);
  const lasting = keepsUp(curve, k, steps, bendAt, KEEPS_APART);
  const apart = lasting && Math.abs(bendAt(telling(curve, k, steps, bendAt).at(-1) as number)) > allowed;
  if (apart || keepsUp(curve, k, steps, centralAt, GROWS)) {
    return { kind: "kink", value: value.value, ...sides(curve, k, steps) };
  }
  if (!Number.isFinite(value.error)) return { kind: "unsettled", ...value };
  return value.error <= Math.max(allowed, 1e-3 * Math.abs(value.value))
    ? { kind: "smooth", ...value }
    : { kind: "unsettled", ...value };
};
