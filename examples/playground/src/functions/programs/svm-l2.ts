// A linear classifier: multiclass SVM loss of its scores, and an L2 penalty.
import { type NDArray, nn, numpy as np } from "cotangent";

const scores = (W: NDArray, x: NDArray) => x.matmul(W.T);

// Σ max(0, s_j − s_y + 1) over the wrong classes j, the mean over examples
const svmLoss = (s: NDArray, y: NDArray) => nn.losses.multiclassSvm(s, y).mean();

// λ/2 · ‖W‖²
const penalty = (W: NDArray) => nn.regularizers.l2(W, 0.25);

export const f = (W: NDArray, x: NDArray, y: NDArray) => {
  const data = svmLoss(scores(W, x), y);
  return data.add(penalty(W));
};

export const args = [
  np.array([[1, -0.5, 0.25], [0.5, 1.5, -1], [-0.25, 0.5, 2]]),
  np.array([[1, 2, 0.5], [-1, 0.5, 1]]),
  np.array([0, 2], "int32"),
];

export const argnums = 0; // gradients by W alone
