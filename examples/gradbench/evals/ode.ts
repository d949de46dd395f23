/**
 * ode: the differential equation y₀' = x₀, yᵢ' = xᵢ·yᵢ₋₁ from y = 0 to time 2 in s steps of Runge and Kutta's method, and
 * the gradient of the last number by x.
 */
import { checkpoint, grad, lax, type NDArray, numpy as np } from "cotangent";
import type { EvalModule } from "../protocol.ts";
import { compiled, type Runs, repeated } from "../runs.ts";

interface Input extends Runs {
  readonly x: readonly number[];
  readonly s: number;
}

const END = 2;

/** y at the end: float64[n] → float64[n]. */
export const solve =
  (steps: number) =>
  (x: NDArray): NDArray => {
    const h = END / steps;
    const one = np.ones(1, "float64");
    const velocity = (y: NDArray): NDArray => x.mul(np.concatenate([one, lax.sliceInDim(y, 0, -1)]));
    const step = (y: NDArray): NDArray => {
      const k1 = velocity(y);
      const k2 = velocity(y.add(k1.mul(h / 2)));
      const k3 = velocity(y.add(k2.mul(h / 2)));
      const k4 = velocity(y.add(k3.mul(h)));
      return y.add(
        k1
          .add(k2.mul(2))
          .add(k3.mul(2))
          .add(k4)
          .mul(h / 6),
      );
    };
    // Reverse mode keeps y of each step and computes the stages again.
    const again = checkpoint(step);
    return lax.foriLoop(0, steps, (_, y) => again(y), np.zerosLike(x));
  };

const last = (y: NDArray): NDArray => y.at(-1).get();

export const ode: EvalModule = {
  primal: repeated(
    ({ x, s }: Input) => compiled(solve(s), np.array(x, "float64")),
    (y) => y.toArray(),
  ),
  gradient: repeated(
    ({ x, s }: Input) =>
      compiled(
        grad((z: NDArray) => last(solve(s)(z))),
        np.array(x, "float64"),
      ),
    (y) => y.toArray(),
  ),
};
