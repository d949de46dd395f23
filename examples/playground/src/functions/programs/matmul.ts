// A product of matrices Y = X·W, and the gradients ∂L/∂X = ∂L/∂Y·Wᵀ and ∂L/∂W = Xᵀ·∂L/∂Y.
import { type NDArray, numpy as np } from "cotangent";

export const f = (x: NDArray, w: NDArray) => {
  const y = np.matmul(x, w);
  const upstream = np.array([[1, -1], [0.5, 2], [0, 1]]);
  return y.mul(upstream).sum(); // so that ∂L/∂Y is this
};

export const args = [
  np.array([[1, 2], [3, 4], [5, 6]]), // 3 examples, 2 features
  np.array([[0.5, -1], [1, 0.25]]),
];
