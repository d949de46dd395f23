// A computational graph: q = x + y, then f = q · z.
import type { NDArray } from "cotangent";

export const f = (x: NDArray, y: NDArray, z: NDArray) => {
  const q = x.add(y);
  return q.mul(z);
};

export const args = [-2, 5, -4];
