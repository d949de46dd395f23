import { ConcreteArray, type NDArray } from "../../array/index.ts";
import type { Tangent } from "../../core/index.ts";
import { elementsOf, positionOf } from "../closeness.ts";
import type { Source } from "../tape.ts";
import type { Curve } from "./curve.ts";
import { carefulSlope, defaultStep, quickSlope } from "./slope.ts";
import { converted, elementCurve, layoutOf, type Subject, widened } from "./subject.ts";
import type { Finding, GradCheckEntry, Place } from "./verdict.ts";

/** How a derivative is compared. */
export interface Settings {
  readonly rtol: number;
  readonly atol: number;
  /** How far the two modes may be apart. */
  readonly adjointTol: number;
  /** The caller's step, if there is one. */
  readonly eps: number | undefined;
  readonly source: Source;
}

/** What a comparison found. */
export interface Comparison {
  readonly entry: GradCheckEntry;
  readonly finding: Finding | undefined;
}

/** The first step of the differences. */
export const stepOf = ({ eps }: Settings, { unit }: Subject): number => eps ?? defaultStep(unit);

/** How far apart a derivative and its differences may be. `size` is that of the numbers it is a sum of. */
export const allowedBy =
  ({ rtol, atol }: Settings, size = 1) =>
  (numeric: number): number =>
    atol * Math.max(1, size) + rtol * Math.abs(numeric);

/** Compute it once, when somebody asks. */
export const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

/** The place of an element of one of several arrays. */
export const placeIn = (
  side: Place["side"],
  paths: Subject["inPaths"],
  arrays: readonly { readonly shape: readonly number[] }[],
  i: number,
  element: number,
): Place => ({ side, path: paths[i] ?? [], index: positionOf(element, arrays[i]?.shape ?? []) });

/** The slope of one number of a curve by differences, with care where it is needed; NaN where there is none. */
export const slopeAt = (curve: Curve, k: number, step: number): number => {
  const quick = quickSlope(curve, k, step);
  if (Number.isFinite(quick.value) && quick.isPlain(1e-6 * Math.abs(quick.value) + 1e-9)) return quick.value;
  const careful = carefulSlope(curve, k, step, 1e-6);
  return careful.kind === "smooth" || careful.kind === "unsettled" ? careful.value : Number.NaN;
};

/** The same point and direction in float64, where the function takes that. */
export const widenedAlong = (
  subject: Subject,
  tangents: readonly Tangent[],
): { readonly subject: Subject; readonly tangents: readonly Tangent[] } | undefined => {
  const other = widened(subject);
  return other && { subject: other, tangents: converted(tangents, other.inputs) };
};

/** Cotangents with zeros where the function has a kink along the way. */
export const maskKinks = (
  subject: Subject,
  tangents: readonly Tangent[],
  cotangents: readonly Tangent[],
  outputs: readonly NDArray[],
  settings: Settings,
): readonly Tangent[] => {
  const layout = layoutOf(outputs);
  const curve = elementCurve(subject, tangents, layout);
  const step = stepOf(settings, subject);
  const allowed = allowedBy(settings)(0);
  return cotangents.map((ct, i) => {
    if (ct === null) return null;
    const kept = elementsOf(ct).slice();
    for (let k = 0; k < kept.length; k++) {
      const at = (layout.starts[i] as number) + k;
      const isPlain = quickSlope(curve, at, step).isPlain(1e-3 * allowed);
      if (!isPlain && carefulSlope(curve, at, step, 1e-3 * allowed).kind !== "smooth") kept[k] = 0;
    }
    return new ConcreteArray(kept, ct.shape, ct.dtype);
  });
};
