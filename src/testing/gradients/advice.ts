import type { NDArray } from "../../array/index.ts";
import type { Tangent } from "../../core/index.ts";
import { placeIn, type Settings } from "./comparison.ts";
import type { Curve } from "./curve.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { Misfit } from "./judge.ts";
import { alongElement, locate, restrictedTo } from "./locate.ts";
import { carefulSlope, defaultStep } from "./slope.ts";
import { describeLeaf, elementCurve, layoutOf, type Subject, scaleOf } from "./subject.ts";
import type { Place } from "./verdict.ts";

/** A kink: the element of the arguments along which it lies, and the slopes on both sides of it. */
export interface LocatedKink {
  readonly place: Place;
  readonly left: number;
  readonly right: number;
}

/** How long a step is at which kinks still show, and curvature hardly. */
const shortStep = (unit: number): number => defaultStep(unit) / (unit > 2 ** -30 ? 2 ** 4 : 2 ** 10);

/** Find the element of the arguments along which some output has its kink. */
export const locateKink = (
  subject: Subject,
  tangents: readonly Tangent[],
  outputs: readonly NDArray[],
): LocatedKink | undefined => {
  const layout = layoutOf(outputs);
  const h = shortStep(subject.unit);
  /** The output with the greatest bend along a direction. */
  const bendAlong = (direction: readonly Tangent[]): { most: number; k: number; curve: Curve } => {
    const curve = elementCurve(subject, direction, layout);
    const [below, low, here, high, above] = [-4 * h, -h, 0, h, 4 * h].map((t) => curve.at(t));
    let [most, at] = [0, 0];
    for (let k = 0; k < layout.size; k++) {
      const [a, b, c, d, e] = [below, low, here, high, above].map((values) => values?.[k] as number) as [
        number,
        number,
        number,
        number,
        number,
      ];
      // Curvature is what is left of slopes that differ on both sides; a jump shows in quotients that grow.
      const bend = Math.max(Math.abs(d - 2 * c + b), Math.abs(d - b - (e - a) / 4));
      if (!(bend <= most)) [most, at] = [Number.isNaN(bend) ? Infinity : bend, k];
    }
    return { most, k: at, curve };
  };
  const { input, from, to } = locate(
    subject.inputs,
    (stretch) => bendAlong(restrictedTo(tangents, stretch)).most,
  );
  const scale = scaleOf(subject.inputs[input] as NDArray);
  let [worst, found] = [from, bendAlong([])];
  for (let k = from; k < to; k++) {
    const bend = bendAlong(alongElement(subject.inputs, input, k, scale));
    if (bend.most > found.most) [worst, found] = [k, bend];
  }
  if (found.most === 0) return undefined;
  const slope = carefulSlope(found.curve, found.k, defaultStep(subject.unit), 0);
  if (slope.kind !== "kink") return undefined;
  return {
    place: placeIn("argument", subject.inPaths, subject.inputs, input, worst),
    left: slope.left / scale,
    right: slope.right / scale,
  };
};

const digits = (x: number): string => String(Number(x.toPrecision(4)));

/** What there is to say of a kink, and of where it lies. */
export const kinkAdvice = ({ slope }: Misfit, kink: LocatedKink | undefined): string => {
  const [left, right] =
    kink !== undefined
      ? [kink.left, kink.right]
      : slope?.kind === "kink"
        ? [slope.left, slope.right]
        : [Number.NaN, Number.NaN];
  const index = kink === undefined || kink.place.index.length === 0 ? "" : `[${kink.place.index.join(", ")}]`;
  const along = kink === undefined ? "" : ` along ${describeLeaf("argument", kink.place.path)}${index}`;
  const what =
    Number.isNaN(left) || Number.isNaN(right)
      ? "the edge of the domain of the function"
      : Number.isFinite(left) && Number.isFinite(right)
        ? "a kink of the function"
        : "a jump of the function, or an infinite slope";
  return (
    `This is ${what}: its slope${along} is ${digits(left)} on the left and ${digits(right)} on the right, so no ` +
    "derivative is the right one. This is neither a failure nor a pass: check at another point."
  );
};

/** What there is to say where the cause is known already. */
export const adviceFor = (misfit: Misfit, settings: Settings): Diagnosis | undefined => {
  if (misfit.cause === "dtype") {
    return {
      cause: "dtype",
      advice:
        "rounding in float32, for it is right in float64. Use float64, or a formula that doesn't cancel.",
    };
  }
  if (misfit.cause === "not finite") {
    return misfit.kind === "wrong"
      ? {
          cause: "not finite",
          advice:
            "a derivative that is infinite or NaN where the function is smooth, as when a branch that is not chosen " +
            "divides by 0. Make its operand harmless with where, before the division.",
        }
      : {
          cause: "not finite",
          advice: "The function itself is infinite or NaN here. Check at another point.",
        };
  }
  if (misfit.cause === "step") {
    return settings.eps === undefined
      ? {
          cause: "step",
          advice:
            "Differences of the function don't settle at any step: it is noisy, or oscillates fast. Pass eps.",
        }
      : {
          cause: "step",
          advice: `The step eps = ${settings.eps} is wrong here; with other steps the derivative is right. Leave out eps.`,
        };
  }
  return undefined;
};
