// A linear classifier: multiclass SVM loss of the scores f = Wx, with an L2 penalty.
import { type NDArray, nn, numpy as np } from "cotangent";

export const f = (W: NDArray, x: NDArray, y: NDArray) => {
  const scores = x.matmul(W.T);
  const data = nn.losses.multiclassSvm(scores, y).mean(); // Σ max(0, s_j − s_y + 1)
  const penalty = nn.regularizers.l2(W, 0.25); //            λ/2 · ‖W‖²
  return data.add(penalty);
};

export const args = [
  np.array([
    [1, -0.5, 0.25],
    [0.5, 1.5, -1],
    [-0.25, 0.5, 2],
  ]),
  np.array([
    [1, 2, 0.5],
    [-1, 0.5, 1],
  ]),
  np.array([0, 2], "int32"),
];

export const argnums = 0; // gradients by W alone
