/**
 * saddle: the x at which the largest value of f(x, y) is smallest, and the y of that value. The descent in x
 * differentiates through the ascent in y, which differentiates f, in each combination of forward and reverse mode.
 */
import { type NDArray, numpy as np } from "cotangent";
import { loopFor, type Mode, maximize, minimize } from "../descent.ts";
import type { EvalFunction, EvalModule } from "../protocol.ts";
import { compiled, type Runs, repeated } from "../runs.ts";

interface Input extends Runs {
  readonly start: readonly number[];
}

/** An ascent takes some 170 steps; reverse mode goes through it, so it has to have a bound. */
const MOST_STEPS = 1000;

const f = (x: NDArray, y: NDArray): NDArray => np.square(x).sum().sub(np.square(y).sum());

/** x and y, one after the other: float64[4]. The outer mode differentiates the ascent, the inner one f within it. */
export const saddlePoint =
  (outer: Mode, inner: Mode) =>
  (start: NDArray): NDArray => {
    const loop = loopFor(outer, MOST_STEPS);
    const highest = (x: NDArray): NDArray =>
      f(
        x,
        maximize((y) => f(x, y), start, inner, loop),
      );
    const x = minimize(highest, start, outer);
    return np.concatenate([x, maximize((y) => f(x, y), start, outer)]);
  };

const by = (outer: Mode, inner: Mode): EvalFunction =>
  repeated(
    ({ start }: Input) => compiled(saddlePoint(outer, inner), np.array(start, "float64")),
    (point) => point.toArray(),
  );

export const saddle: EvalModule = {
  ff: by("forward", "forward"),
  fr: by("forward", "reverse"),
  rf: by("reverse", "forward"),
  rr: by("reverse", "reverse"),
};
