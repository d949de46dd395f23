import type { Curve } from "./curve.ts";
import { carefulSlope, quickSlope, type Slope } from "./slope.ts";

/** A number that differs, or cannot be compared. */
export interface Misfit {
  /** Which of the numbers. */
  readonly k: number;
  readonly kind: "wrong" | "kink" | "undecided";
  readonly cause?: "step" | "dtype" | "not finite";
  readonly analytic: number;
  readonly numeric: number;
  readonly tolerance: number;
  /** What differences found, for a kink. */
  readonly slope?: Slope;
}

/** Slopes to be compared with a curve. */
export interface Claim {
  readonly curve: Curve;
  readonly slopes: ArrayLike<number>;
  /** How far apart the numbers may be, for a slope as differences give it. */
  readonly allowed: (numeric: number, k: number) => number;
  readonly step: number;
  /** Whether `step` is the caller's own choice. */
  readonly isStepGiven: boolean;
  /** The same in float64, where float32 takes part and the function takes float64 as well. */
  readonly wide?:
    | (() => { readonly curve: Curve; readonly slopes: ArrayLike<number> } | undefined)
    | undefined;
}

/** What came of a comparison. */
export interface Judgement {
  /** The greatest error of those that fit, as a multiple of what is allowed. */
  readonly worst: number;
  readonly misfits: readonly Misfit[];
  /** The slopes by differences; NaN where there is none. */
  readonly numeric: Float64Array;
}

const WIDE_STEP = 2 ** -9;

/** One slope against its differences, with all the care there is. */
const judgeCarefully = (claim: Claim, k: number, quick: number): Misfit | { readonly numeric: number } => {
  const { curve, slopes, allowed, step, isStepGiven } = claim;
  const analytic = slopes[k] as number;
  const fits = (numeric: number): boolean => Math.abs(analytic - numeric) <= allowed(numeric, k);
  const misfit = (kind: Misfit["kind"], numeric: number, cause?: Misfit["cause"]): Misfit => ({
    k,
    kind,
    analytic,
    numeric,
    tolerance: allowed(Number.isFinite(numeric) ? numeric : 0, k),
    ...(cause !== undefined && { cause }),
  });
  const coarse = carefulSlope(curve, k, step, allowed(0, k));
  if (coarse.kind === "undefined") return misfit("undecided", Number.NaN, "not finite");
  if (coarse.kind === "smooth" && fits(coarse.value)) {
    return isStepGiven && !fits(quick) ? misfit("undecided", quick, "step") : { numeric: coarse.value };
  }
  // In float32 noise can look like anything, so float64 has the last word.
  const wide = claim.wide?.();
  const found = wide === undefined ? coarse : carefulSlope(wide.curve, k, WIDE_STEP, allowed(0, k));
  if (found.kind === "undefined") return misfit("undecided", Number.NaN, "not finite");
  if (found.kind === "kink") return { ...misfit("kink", found.value), slope: found };
  if (wide !== undefined && found.kind === "smooth") {
    if (fits(found.value)) return { numeric: found.value };
    const isRightInDoubles =
      Math.abs((wide.slopes[k] as number) - found.value) <= 1e-2 * allowed(found.value, k);
    if (isRightInDoubles) return misfit("wrong", found.value, "dtype");
  }
  if (!Number.isFinite(analytic)) return misfit("wrong", found.value, "not finite");
  if (found.kind === "smooth") return misfit("wrong", found.value);
  const isFar = Math.abs(analytic - found.value) > Math.max(10 * found.error, allowed(found.value, k));
  return isFar ? misfit("wrong", found.value) : misfit("undecided", found.value, "step");
};

/** Compare slopes with the differences of a curve: quickly where they agree, with care where they do not. */
export const judge = (claim: Claim): Judgement => {
  const { curve, slopes, allowed, step } = claim;
  const numeric = new Float64Array(slopes.length);
  const misfits: Misfit[] = [];
  let worst = 0;
  for (let k = 0; k < slopes.length; k++) {
    const quick = quickSlope(curve, k, step);
    const tolerance = allowed(quick.value, k);
    const fits = Math.abs((slopes[k] as number) - quick.value) <= tolerance;
    let slope = quick.value;
    if (!(fits && quick.isPlain(allowed(0, k)))) {
      const careful = judgeCarefully(claim, k, quick.value);
      slope = careful.numeric;
      if ("k" in careful) {
        misfits.push(careful);
        numeric[k] = careful.kind === "wrong" ? slope : Number.NaN;
        continue;
      }
    }
    numeric[k] = slope;
    const error = Math.abs((slopes[k] as number) - slope);
    if (error > 0) worst = Math.max(worst, error / allowed(slope, k));
  }
  return { worst, misfits, numeric };
};

/** How far beyond what is allowed. */
export const excessOf = ({ analytic, numeric, tolerance }: Misfit): number => {
  const excess = Math.abs(analytic - numeric) / tolerance;
  return Number.isNaN(excess) ? Infinity : excess;
};

/** The misfit that is told: one that is wrong rather than one that cannot be checked, then the greatest. */
export const worstOf = (misfits: readonly Misfit[]): Misfit | undefined => {
  const rank = { wrong: 2, kink: 1, undecided: 0 };
  let worst: Misfit | undefined;
  for (const m of misfits) {
    const order = worst === undefined ? 1 : rank[m.kind] - rank[worst.kind];
    if (order > 0 || (order === 0 && worst !== undefined && excessOf(m) > excessOf(worst))) worst = m;
  }
  return worst;
};
