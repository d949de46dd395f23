// A recurrence c ← w·c + x as a loop that stays a loop, in the program and in what it is compiled to.
import { lax, type NDArray, numpy as np } from "cotangent";

export const f = (w: NDArray, xs: NDArray) => {
  const turn = (c: NDArray, x: NDArray) => [c.mul(w).add(x), null] as const;
  const [last] = lax.scan(turn, np.array(0), xs);
  return last;
};

export const args = [0.5, np.array([1, 2, 3, 4])];
