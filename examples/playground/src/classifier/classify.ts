/**
 * The worker's side: one run at a time, which goes on when it is asked to.
 */
import { drawCurves, drawGradientFlow } from "cotangent/inspect";
import type { Points } from "./datasets.ts";
import type { ClassifierQuery, Frame, PlainPoints } from "./frame.ts";
import { Training } from "./training.ts";

let run: Training | undefined;

const plain = ({ x, y }: Points): PlainPoints => ({
  x: x.toTypedArray() as Float32Array,
  y: y.toTypedArray() as Int32Array,
});

const curvesOf = ({ losses, history }: Training): NonNullable<Frame["curves"]> => ({
  loss: drawCurves(
    {
      train: losses.map(({ step, train }) => [step, train] as const),
      test: losses.map(({ step, test }) => [step, test] as const),
    },
    { theme: "light", width: 640, height: 250 },
  ),
  flow: history.steps.length === 0 ? undefined : drawGradientFlow(history, { theme: "light" }),
});

export const classify = (query: unknown): Frame => {
  const asked = query as ClassifierQuery;
  const isNew = asked.action === "begin";
  if (isNew) run = new Training(asked.settings, asked.seed);
  if (run === undefined) throw new Error("There is no run to go on with: press Reset to begin one.");
  const progress = isNew ? run.progress() : run.advance(asked.steps);
  return {
    progress,
    classes: run.classes,
    plane: run.probabilities().toTypedArray() as Float32Array,
    points: isNew ? { train: plain(run.train), test: plain(run.test) } : undefined,
    curves: isNew || asked.withCurves ? curvesOf(run) : undefined,
  };
};
