// Softmax and cross-entropy: the gradient by the logits is the probabilities minus the truth.
import { type NDArray, numpy as np } from "cotangent";

const truth = np.array([0, 1, 0]);

export const f = (logits: NDArray) => {
  const shifted = logits.sub(np.max(logits)); // the same result, without overflow
  const logProbabilities = shifted.sub(np.log(np.exp(shifted).sum()));
  return logProbabilities.mul(truth).sum().neg();
};

export const args = [np.array([2, 1, 0.1])];
