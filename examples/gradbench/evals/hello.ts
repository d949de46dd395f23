/** hello: the square of a number and its derivative, to see that eval and tool understand one another. */
import { grad, type NDArray, numpy as np } from "cotangent";
import type { EvalModule, Evaluation } from "../protocol.ts";
import { repeated } from "../runs.ts";

const f = (x: NDArray): NDArray => x.mul(x);

/** This eval's input is the number itself, so a function runs once. */
const once =
  (g: (x: NDArray) => NDArray) =>
  (input: number): Evaluation => {
    const x = np.array(input, "float64");
    const run = repeated(
      () => () => g(x),
      (y) => y.item(),
    );
    return run({ min_runs: 1, min_seconds: 0 });
  };

export const hello: EvalModule = { square: once(f), double: once(grad(f)) };
