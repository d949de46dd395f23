// A function with several results has a Jacobian: the derivative of each result by each input.
import { type NDArray, numpy as np } from "cotangent";

export const f = (polar: NDArray) => {
  const [r, angle] = [polar.at(0).get(), polar.at(1).get()];
  return np.stack([r.mul(np.cos(angle)), r.mul(np.sin(angle))]);
};

export const args = [np.array([2, Math.PI / 6])];
