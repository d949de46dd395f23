import { type NDArray, sizeOf } from "../../array/index.ts";
import { DTypeError, describeAval, sameAval, type Tangent } from "../../core/index.ts";
import { elementsOf } from "../closeness.ts";
import { innerProduct } from "../inner-product.ts";
import { adviceFor, kinkAdvice, locateKink } from "./advice.ts";
import {
  allowedBy,
  type Comparison,
  maskKinks,
  once,
  placeIn,
  type Settings,
  slopeAt,
  stepOf,
  widenedAlong,
} from "./comparison.ts";
import { unitOf } from "./curve.ts";
import { diagnose, type Share } from "./diagnosis.ts";
import { type Judgement, judge, type Misfit, worstOf } from "./judge.ts";
import { alongElement, locate, restrictedTo } from "./locate.ts";
import { defaultStep } from "./slope.ts";
import {
  converted,
  describeLeaf,
  drawCotangents,
  drawTangents,
  productCurve,
  type Subject,
  scaleOf,
} from "./subject.ts";
import type { Finding, GradCheckEntry, GradCheckMode } from "./verdict.ts";

/** A subject at its point with the directions of one comparison. */
interface Pulled {
  readonly subject: Subject;
  readonly outputs: readonly NDArray[];
  readonly tangents: readonly Tangent[];
  readonly cotangents: readonly Tangent[];
  readonly inCotangents: readonly Tangent[];
}

const requireAvals = (inCotangents: readonly Tangent[], inputs: readonly NDArray[], where: string): void => {
  inCotangents.forEach((ct, i) => {
    const x = inputs[i] as NDArray;
    if (ct !== null && !sameAval(ct, x)) {
      throw new DTypeError(`${where}: the cotangent of ${describeAval(x)} is ${describeAval(ct)}.`);
    }
  });
};

/** ⟨Jᵀ ct, v⟩ against the slope of ⟨ct, f⟩ along v. */
const judgeProduct = (
  { subject, outputs, tangents, cotangents, inCotangents }: Pulled,
  settings: Settings,
): Judgement => {
  const { value, size } = innerProduct(inCotangents, tangents);
  const curve = productCurve(subject, tangents, cotangents);
  const last = outputs.length;
  const slopes = new Float64Array(last + 1);
  slopes[last] = value;
  // Of the numbers of the curve only the last one, the sum of the others, is compared.
  const only = (numeric: number, k: number): number =>
    k === last ? allowedBy(settings, size)(numeric) : Infinity;
  const wide = once(() => {
    const other = widenedAlong(subject, tangents);
    if (other === undefined) return undefined;
    const pulled = other.subject.pull(other.subject.inputs);
    const cts = converted(cotangents, pulled.outputs);
    const all = new Float64Array(last + 1);
    all[last] = innerProduct(pulled.pullback(cts), other.tangents).value;
    return { curve: productCurve(other.subject, other.tangents, cts), slopes: all };
  });
  return judge({
    curve,
    slopes,
    allowed: only,
    step: stepOf(settings, subject),
    isStepGiven: settings.eps !== undefined,
    wide,
  });
};

/** Where the gradient is worst, element by element, and why it may be. */
const findWorst = (pulled: Pulled, misfit: Misfit, settings: Settings): Finding => {
  const { subject, outputs, tangents, cotangents, inCotangents } = pulled;
  const wide = widenedAlong(subject, tangents);
  const one = wide?.subject ?? subject;
  const along = wide?.tangents ?? tangents;
  const cts = converted(
    cotangents,
    outputs.map((y, i) => (wide === undefined ? y : (cotangents[i] ?? y))),
  );
  const step = defaultStep(one.unit);
  const last = outputs.length;
  const allowed = allowedBy(settings);
  const stretch = locate(one.inputs, (s) => {
    const direction = restrictedTo(along, s);
    const curve = productCurve(one, direction, cts);
    const numeric = slopeAt(curve, last, step);
    return Math.abs(innerProduct(inCotangents, direction).value - numeric) / allowed(numeric);
  });
  const { input, from, to } = stretch;
  const x = subject.inputs[input] as NDArray;
  const scale = scaleOf(x);
  const ct = inCotangents[input] ?? null;
  const analytic = Array.from({ length: to - from }, (_, i) =>
    ct === null ? 0 : (elementsOf(ct)[from + i] as number),
  );
  const curves = analytic.map((_, i) =>
    productCurve(one, alongElement(one.inputs, input, from + i, scale), cts),
  );
  const numericOf = (k: number): number[] => curves.map((curve) => slopeAt(curve, k, step) / scale);
  const numeric = numericOf(last);
  let [worst, most] = [0, -1];
  numeric.forEach((n, i) => {
    const error = Math.abs((analytic[i] as number) - n) / allowed(n);
    if (!(error <= most)) [worst, most] = [i, Number.isNaN(error) ? Infinity : error];
  });
  const place = placeIn("argument", subject.inPaths, subject.inputs, input, from + worst);
  const numbers = {
    kind: misfit.kind,
    place,
    analytic: analytic[worst] as number,
    numeric: numeric[worst] as number,
    tolerance: allowed(numeric[worst] as number),
  };
  const known = adviceFor(misfit, settings);
  if (known !== undefined) return { ...numbers, ...known };
  const live = cotangents.flatMap((c, i) => (c === null ? [] : [i]));
  const shares: Share[] = (live.length < 2 ? [] : live).map((i) => ({
    name: describeLeaf("result", subject.outPaths[i] ?? []),
    numeric: numericOf(i),
  }));
  return { ...numbers, ...diagnose(analytic, numeric, shares, to - from === sizeOf(x.shape)) };
};

const kinkFinding = (pulled: Pulled, misfit: Misfit): Finding => {
  const { subject, outputs, tangents, inCotangents } = pulled;
  const kink = locateKink(subject, tangents, outputs);
  const place = kink?.place;
  const input = place === undefined ? -1 : subject.inPaths.indexOf(place.path);
  const ct = inCotangents[input] ?? null;
  const element = place?.index.reduce(
    (at, i, axis) => at * (subject.inputs[input]?.shape[axis] as number) + i,
    0,
  );
  return {
    ...misfit,
    cause: "kink",
    advice: kinkAdvice(misfit, kink),
    place: place ?? { side: "result", path: subject.outPaths[0] ?? [], index: [] },
    analytic: ct === null || element === undefined ? misfit.analytic : (elementsOf(ct)[element] as number),
  };
};

/** Reverse mode against differences: ⟨Jᵀ ct, v⟩ should be ⟨ct, J v⟩. */
export const compareReverse = (subject: Subject, settings: Settings, where: string): Comparison => {
  const modes: readonly GradCheckMode[] = ["rev", ...subject.modes];
  const tangents = drawTangents(settings.source, subject.inputs);
  const { outputs, pullback } = subject.pull(subject.inputs);
  const here = { ...subject, unit: unitOf([...subject.inputs, ...outputs]) };
  const compare = (cotangents: readonly Tangent[]): readonly [Pulled, Judgement] => {
    const inCotangents = pullback(cotangents);
    requireAvals(inCotangents, subject.inputs, where);
    const pulled = { subject: here, outputs, tangents, cotangents, inCotangents };
    return [pulled, judgeProduct(pulled, settings)];
  };
  const entryOf = (error: number): GradCheckEntry => ({ modes, against: "differences", error });
  const cotangents = drawCotangents(settings.source, outputs);
  let [pulled, judgement] = compare(cotangents);
  let kink: Finding | undefined;
  const first = worstOf(judgement.misfits);
  if (first?.kind === "kink") {
    kink = kinkFinding(pulled, first);
    // What does not come to a kink can be checked all the same.
    [pulled, judgement] = compare(maskKinks(here, tangents, cotangents, outputs, settings));
  }
  const entry = entryOf(judgement.worst);
  const worst = worstOf(judgement.misfits);
  if (worst === undefined || worst.kind === "kink") return { entry, finding: kink };
  return { entry, finding: findWorst(pulled, worst, settings) };
};
