import { sizeOf } from "../../array/index.ts";
import { adviceFor, kinkAdvice, locateKink } from "./advice.ts";
import {
  allowedBy,
  type Comparison,
  once,
  placeIn,
  type Settings,
  slopeAt,
  stepOf,
  widenedAlong,
} from "./comparison.ts";
import { unitOf } from "./curve.ts";
import { diagnose, type Share } from "./diagnosis.ts";
import { judge, worstOf } from "./judge.ts";
import { restrictedTo } from "./locate.ts";
import { defaultStep } from "./slope.ts";
import { describeLeaf, drawTangents, elementCurve, layoutOf, listOf, type Subject } from "./subject.ts";
import type { GradCheckEntry, GradCheckMode } from "./verdict.ts";

/** Forward mode against differences, element by element. */
export const compareForward = (subject: Subject, settings: Settings): Comparison => {
  const modes: readonly GradCheckMode[] = ["fwd", ...subject.modes];
  const tangents = drawTangents(settings.source, subject.inputs);
  const { outputs, tangents: outTangents } = subject.push(subject.inputs, tangents);
  const layout = layoutOf(outputs);
  const here = { ...subject, unit: unitOf([...subject.inputs, ...outputs]) };
  const slopes = listOf(outTangents, layout);
  const wide = once(() => {
    const other = widenedAlong(here, tangents);
    return (
      other && {
        ...other,
        curve: elementCurve(other.subject, other.tangents, layout),
        slopes: listOf(other.subject.push(other.subject.inputs, other.tangents).tangents, layout),
      }
    );
  });
  const judgement = judge({
    curve: elementCurve(here, tangents, layout),
    slopes,
    allowed: allowedBy(settings),
    step: stepOf(settings, here),
    isStepGiven: settings.eps !== undefined,
    wide,
  });
  const entry: GradCheckEntry = { modes, against: "differences", error: judgement.worst };
  const worst = worstOf(judgement.misfits);
  if (worst === undefined) return { entry, finding: undefined };
  const [output, element] = layout.placeOf(worst.k);
  const place = placeIn("result", subject.outPaths, outputs, output, element);
  if (worst.kind === "kink") {
    const advice = kinkAdvice(worst, locateKink(here, tangents, outputs));
    return { entry, finding: { ...worst, cause: "kink", advice, place } };
  }
  const known = adviceFor(worst, settings);
  if (known !== undefined) return { entry, finding: { ...worst, ...known, place } };
  // Why, is asked of the leaf that is worst.
  const first = layout.starts[output] as number;
  const leaf = (list: Float64Array): Float64Array =>
    list.subarray(first, first + sizeOf(outputs[output]?.shape ?? []));
  const shares = (): Share[] => {
    const [one, along] = [wide()?.subject ?? here, wide()?.tangents ?? tangents];
    const step = defaultStep(one.unit);
    return along.flatMap((t, i) => {
      if (t === null || along.filter((other) => other !== null).length < 2) return [];
      const curve = elementCurve(
        one,
        restrictedTo(along, { input: i, from: 0, to: sizeOf(t.shape) }),
        layout,
      );
      const numeric = leaf(slopes).map((_, k) => slopeAt(curve, first + k, step));
      return [{ name: describeLeaf("argument", subject.inPaths[i] ?? []), numeric }];
    });
  };
  return {
    entry,
    finding: { ...worst, ...diagnose(leaf(slopes), leaf(judgement.numeric), shares(), true), place },
  };
};
