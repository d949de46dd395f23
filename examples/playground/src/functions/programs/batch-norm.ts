// Batch normalisation: every example moves the mean and the variance, so each gradient depends on the whole batch.
import { type NDArray, numpy as np } from "cotangent";

export const f = (x: NDArray, gamma: NDArray, beta: NDArray) => {
  const mean = x.mean(0);
  const centred = x.sub(mean);
  const variance = np.square(centred).mean(0);
  const normal = centred.div(np.sqrt(variance.add(1e-5)));
  const y = normal.mul(gamma).add(beta);
  const upstream = np.array([[1, -1], [2, 0.5], [-1, 1]]);
  return y.mul(upstream).sum(); // so that ∂L/∂y is this
};

export const args = [
  np.array([[1, 2], [2, 6], [6, 4]]),
  np.array([1, 0.5]),
  np.array([0, 0.1]),
];
