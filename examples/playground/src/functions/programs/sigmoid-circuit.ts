// A neuron with two inputs: σ(w0·x0 + w1·x1 + w2).
import { type NDArray, nn } from "cotangent";

export const f = (w0: NDArray, x0: NDArray, w1: NDArray, x1: NDArray, w2: NDArray) => {
  const s0 = w0.mul(x0);
  const s1 = w1.mul(x1);
  const s2 = s0.add(s1);
  const s3 = s2.add(w2);
  return nn.sigmoid(s3);
};

export const args = [2, -1, -3, -2, -3];
