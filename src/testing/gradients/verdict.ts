import type { Path } from "../../tree/index.ts";
import { formatPath } from "../../tree/index.ts";

/** Forward mode (`jvp`) or reverse mode (`vjp`). */
export type GradCheckMode = "fwd" | "rev";

/** What may be behind a derivative that differs from the numerical one. */
export type GradCheckCause =
  /** The function has a corner, a jump, an infinite slope or the edge of its domain here. */
  | "kink"
  /** The step of the differences does not suit the function, or none does. */
  | "step"
  /** Rounding in float32: in float64 the derivative is right. */
  | "dtype"
  /** It has the wrong sign. */
  | "sign"
  /** It is a multiple of the right one. */
  | "factor"
  /** What comes by one argument or goes to one result is left out. */
  | "missing term"
  /** The right numbers in other places. */
  | "order"
  /** It is infinite or NaN. */
  | "not finite"
  /** The two modes disagree with each other. */
  | "modes disagree"
  /** None of these: some term is wrong or left out. */
  | "wrong term";

/** One comparison: a derivative along a random direction. */
export interface GradCheckEntry {
  /** The modes from the outermost on: `["rev", "fwd"]` is the VJP of a JVP. */
  readonly modes: readonly GradCheckMode[];
  /** What it was compared with: differences of the function, or the other mode. */
  readonly against: "differences" | "other mode";
  /** The greatest difference, as a multiple of what is allowed. */
  readonly error: number;
}

/** All comparisons that were made, none of which failed. */
export interface GradCheckReport {
  readonly entries: readonly GradCheckEntry[];
  /** The greatest error of all. */
  readonly worst: number;
}

/** Why a check did not pass. */
export interface GradCheckFailure {
  /**
   * `"wrong"`: the derivative is not what differences say. `"kink"`: there is none to be right or wrong, since the
   * function is not smooth here. `"undecided"`: differences are of no use here.
   */
  readonly kind: "wrong" | "kink" | "undecided";
  /** A guess. */
  readonly cause: GradCheckCause;
  /** The modes from the outermost on. */
  readonly modes: readonly GradCheckMode[];
  /** Whether `path` is one of the arguments (reverse mode: a gradient) or of the result (forward mode: a tangent). */
  readonly side: "argument" | "result";
  /** The leaf where it is worst, such as `[0].w`; empty for a result that is one array. */
  readonly path: string;
  /** Where in the leaf, one number an axis. */
  readonly index: readonly number[];
  /** What the transform says, and what differences of the function say. */
  readonly analytic: number;
  readonly numeric: number;
  /** `|analytic - numeric| / |numeric|`. */
  readonly relativeError: number;
  /** How far apart the two may be. */
  readonly tolerance: number;
  /** All of this in words. */
  readonly message: string;
}

/** Where a number stands: a leaf of the arguments or the result, and the place in it. */
export interface Place {
  readonly side: "argument" | "result";
  readonly path: Path;
  readonly index: readonly number[];
}

const MODE_NAMES: { readonly [M in GradCheckMode]: string } = { fwd: "forward mode", rev: "reverse mode" };

/** `reverse over forward mode`. */
export const describeModes = (modes: readonly GradCheckMode[]): string =>
  modes.map((m) => MODE_NAMES[m]).join(" over ");

const describePlace = ({ side, path, index }: Place): string => {
  const leaf = `${formatPath(path)}`;
  const at = index.length === 0 ? "" : `[${index.join(", ")}]`;
  if (leaf === "") return `the ${side}${at === "" ? "" : `, element ${at}`}`;
  return `${side} ${leaf}${at === "" ? "" : `, element ${at}`}`;
};

const digits = (x: number): string => String(Number(x.toPrecision(7)));

/** What a failure is made of. */
export interface Finding {
  readonly kind: GradCheckFailure["kind"];
  readonly cause: GradCheckCause;
  /** The cause in words, and what to do. */
  readonly advice: string;
  readonly place: Place;
  readonly analytic: number;
  readonly numeric: number;
  readonly tolerance: number;
}

const HEADS: { readonly [K in GradCheckFailure["kind"]]: string } = {
  wrong: "is wrong",
  kink: "cannot be checked",
  undecided: "cannot be checked",
};

/** A finding as people read it. `where` names the function that checked. */
export const failureOf = (
  where: string,
  modes: readonly GradCheckMode[],
  { kind, cause, advice, place, analytic, numeric, tolerance }: Finding,
): GradCheckFailure => {
  const error = Math.abs(analytic - numeric);
  const relativeError = error === 0 ? 0 : error / Math.abs(numeric);
  const order = modes.length === 1 ? "" : ` of order ${modes.length}`;
  const numbers =
    kind === "kink"
      ? `analytic ${digits(analytic)}`
      : `analytic ${digits(analytic)}, numeric ${digits(numeric)}, relative error ${relativeError.toPrecision(3)} ` +
        `(allowed: a difference of ${tolerance.toPrecision(2)})`;
  const message =
    `${where}: the derivative${order} by ${describeModes(modes)} ${HEADS[kind]} at ${describePlace(place)}: ` +
    `${numbers}. ${kind === "wrong" ? "Probable cause: " : ""}${advice}`;
  return {
    kind,
    cause,
    modes,
    side: place.side,
    path: formatPath(place.path),
    index: place.index,
    analytic,
    numeric,
    relativeError,
    tolerance,
    message,
  };
};
