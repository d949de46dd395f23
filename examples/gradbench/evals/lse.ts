/** lse: the logarithm of a sum of exponentials, from its primitive operations, and the gradient. */
import { grad, lax, type NDArray, numpy as np } from "cotangent";
import type { EvalModule } from "../protocol.ts";
import { compiled, type Runs, repeated } from "../runs.ts";

interface Input extends Runs {
  readonly x: readonly number[];
}

/**
 * Stable since the largest exponential is 1: float64[n] → float64[]. Whatever is subtracted and added again, the result is
 * the same, so nothing depends on it.
 */
export const logSumExp = (x: NDArray): NDArray => {
  const largest = lax.stopGradient(np.max(x));
  return np.log(np.exp(x.sub(largest)).sum()).add(largest);
};

export const lse: EvalModule = {
  primal: repeated(
    ({ x }: Input) => compiled(logSumExp, np.array(x, "float64")),
    (y) => y.item(),
  ),
  gradient: repeated(
    ({ x }: Input) => compiled(grad(logSumExp), np.array(x, "float64")),
    (y) => y.toArray(),
  ),
};
