// Two layers with a ReLU between: parameters are an object, and so is their gradient.
import { type NDArray, nn, numpy as np } from "cotangent";

interface Params {
  readonly W1: NDArray;
  readonly b1: NDArray;
  readonly W2: NDArray;
}

export const f = (params: Params, x: NDArray) => {
  const { W1, b1, W2 } = params;
  const hidden = nn.relu(x.matmul(W1).add(b1));
  return np.square(hidden.matmul(W2).sub(1)).mean();
};

export const args = [
  {
    W1: np.array([[1, -1, 0.5], [0.5, 2, -1]]),
    b1: np.array([0, 0.1, -0.2]),
    W2: np.array([[1], [-0.5], [2]]),
  },
  np.array([[1, 2], [-1, 0.5]]),
];

export const argnums = 0;
