import { innerProduct } from "../inner-product.ts";
import type { Comparison, Settings } from "./comparison.ts";
import { drawCotangents, drawTangents, type Subject } from "./subject.ts";

/**
 * Forward and reverse mode against each other: ⟨ct, J v⟩ should be ⟨Jᵀ ct, v⟩, but for rounding. Differences are not
 * needed for that, so it finds errors that are too small for them.
 */
export const compareModes = (subject: Subject, settings: Settings): Comparison => {
  const { inputs } = subject;
  const tangents = drawTangents(settings.source, inputs);
  const forward = subject.push(inputs, tangents);
  const { outputs, pullback } = subject.pull(inputs);
  const cotangents = drawCotangents(settings.source, outputs);
  const pushed = innerProduct(cotangents, forward.tangents);
  const pulled = innerProduct(pullback(cotangents), tangents);
  const tolerance = settings.adjointTol * (1e-3 + pushed.size + pulled.size);
  const error = Math.abs(pushed.value - pulled.value);
  const entry = {
    modes: ["rev", ...subject.modes] as const,
    against: "other mode",
    error: error / tolerance,
  } as const;
  // Two infinities or NaNs are for the comparisons with differences to judge.
  if (!(error > tolerance) || !Number.isFinite(error)) {
    return { entry: { ...entry, error: Number.isFinite(error) ? entry.error : 0 }, finding: undefined };
  }
  return {
    entry,
    finding: {
      kind: "wrong",
      cause: "modes disagree",
      advice:
        "the two modes contradict each other, ⟨ct, J·v⟩ of forward mode being the numeric value here: a transpose rule, " +
        "or a function with a JVP rule that is not linear in the tangents.",
      place: { side: "argument", path: [], index: [] },
      analytic: pulled.value,
      numeric: pushed.value,
      tolerance,
    },
  };
};
