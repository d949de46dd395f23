/**
 * A derivative by hand with a bug in it, and the check that finds it.
 */
import { customVjp, type NDArray, nn, numpy as np, random } from "cotangent";
import { checkGrads } from "cotangent/testing";
import { isLeft } from "fp-ts/lib/Either.js";

const swish = (x: NDArray): NDArray => x.mul(nn.sigmoid(x));

/** x·σ(x), whose way back is written by hand: g · (σ + x·σ·(1 − σ)). */
export const rightByHand = customVjp(swish).defvjp(
  (x: NDArray) => [swish(x), x] as const,
  (x: NDArray, g: NDArray) => {
    const s = nn.sigmoid(x);
    return [g.mul(s.add(x.mul(s).mul(np.subtract(1, s))))] as const;
  },
);

/** The same with a bug: somebody forgot the x in the second term. */
export const wrongByHand = customVjp(swish).defvjp(
  (x: NDArray) => [swish(x), x] as const,
  (x: NDArray, g: NDArray) => {
    const s = nn.sigmoid(x);
    return [g.mul(s.add(s.mul(np.subtract(1, s))))] as const;
  },
);

/** What differences of the function say about its derivative; `undefined` if nothing is wrong. */
export const findBug = (f: (x: NDArray) => NDArray): string | undefined => {
  const x = random.normal(random.key(0), [5], { dtype: "float64" });
  const verdict = checkGrads(f, [x], { order: 1, modes: ["rev"] });
  return isLeft(verdict) ? verdict.left.message : undefined;
};
