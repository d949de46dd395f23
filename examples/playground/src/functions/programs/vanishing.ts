// Six sigmoids one after another: each takes at least three quarters of the gradient away.
import { type NDArray, nn } from "cotangent";

export const f = (w: NDArray, x: NDArray) => {
  let h = x;
  for (let layer = 0; layer < 6; layer++) h = nn.sigmoid(h.mul(w));
  return h;
};

export const args = [1.5, 0.5];
