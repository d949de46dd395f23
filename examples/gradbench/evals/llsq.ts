/**
 * llsq: half the sum of squares by which a polynomial with coefficients x misses the sign function at n places from -1
 * to 1, and the gradient by x.
 */
import { grad, lax, type NDArray, numpy as np } from "cotangent";
import type { EvalModule } from "../protocol.ts";
import { compiled, type Runs, repeated } from "../runs.ts";

interface Input extends Runs {
  readonly x: readonly number[];
  readonly n: number;
}

/** By Horner's rule, all places at once: float64[m] → float64[]. */
export const objective =
  (n: number) =>
  (x: NDArray): NDArray => {
    const t = np
      .arange(n)
      .astype("float64")
      .mul(2)
      .div(n - 1)
      .sub(1);
    const [polynomial] = lax.scan(
      (value, coefficient) => [value.mul(t).add(coefficient), null],
      np.zerosLike(t),
      x,
      { reverse: true },
    );
    return np.square(np.sign(t).sub(polynomial)).sum().div(2);
  };

export const llsq: EvalModule = {
  primal: repeated(
    ({ x, n }: Input) => compiled(objective(n), np.array(x, "float64")),
    (y) => y.item(),
  ),
  gradient: repeated(
    ({ x, n }: Input) => compiled(grad(objective(n)), np.array(x, "float64")),
    (y) => y.toArray(),
  ),
};
