/**
 * particle: two fixed charges push a moving one, whose path crosses the x-axis somewhere. One of them is moved until that
 * is at the origin, by gradient descent: its gradient goes through the path, a loop whose every step takes the gradient of
 * the potential, in each combination of forward and reverse mode.
 */
import { type NDArray, numpy as np } from "cotangent";
import { gradients, loopFor, type Mode, minimize } from "../descent.ts";
import type { EvalFunction, EvalModule } from "../protocol.ts";
import { compiled, type Runs, repeated } from "../runs.ts";

interface Input extends Runs {
  readonly w: number;
}

const TIME_STEP = 0.1;
/** A path has some hundred steps; reverse mode goes through it, so it has to have a bound. */
const MOST_STEPS = 1000;

interface Motion {
  /** float64[2] */
  readonly place: NDArray;
  /** float64[2] */
  readonly velocity: NDArray;
}

const f64 = (...numbers: number[]): NDArray => np.array(numbers, "float64");

const distance = (a: NDArray, b: NDArray): NDArray => np.sqrt(np.square(a.sub(b)).sum());

/** The square of the x at which the path crosses the x-axis; the second charge is at (10, 10 - w). */
export const missed =
  (outer: Mode, inner: Mode) =>
  (w: NDArray): NDArray => {
    const moved = f64(10, 10).sub(w.mul(f64(0, 1)));
    const potential = (x: NDArray): NDArray =>
      np.reciprocal(distance(x, moved)).add(np.reciprocal(distance(x, f64(10, 0))));
    const push = gradients[inner](potential);
    const onward = ({ place, velocity }: Motion): NDArray => place.add(velocity.mul(TIME_STEP));
    const height = (place: NDArray): NDArray => place.at(1).get();

    const { place, velocity } = loopFor(outer, MOST_STEPS)<Motion>(
      (motion) => height(onward(motion)).greater(0),
      (motion) => ({
        place: onward(motion),
        velocity: motion.velocity.sub(push(motion.place).mul(TIME_STEP)),
      }),
      { place: f64(0, 8), velocity: f64(0.75, 0) },
    );
    const last = place.sub(velocity.mul(height(place).div(height(velocity))));
    return np.square(last.at(0).get());
  };

const by = (outer: Mode, inner: Mode): EvalFunction =>
  repeated(
    ({ w }: Input) => {
      const f = missed(outer, inner);
      return compiled((start: NDArray) => minimize(f, start, outer), np.array(w, "float64"));
    },
    (w) => w.item(),
  );

export const particle: EvalModule = {
  ff: by("forward", "forward"),
  fr: by("forward", "reverse"),
  rf: by("reverse", "forward"),
  rr: by("reverse", "reverse"),
};
