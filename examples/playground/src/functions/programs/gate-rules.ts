// Three gates and their rules: × swaps its inputs, max routes to the larger, + hands on to both.
import { type NDArray, numpy as np } from "cotangent";

export const f = (x: NDArray, y: NDArray, z: NDArray, w: NDArray) => {
  const product = x.mul(y);
  const larger = np.maximum(z, w);
  return product.add(larger).mul(2);
};

export const args = [3, -4, 2, -1];
