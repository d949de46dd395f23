// Transforms nest: this is the derivative of sin(x)·x², and what is shown beside it is the second.
import { grad, type NDArray, numpy as np } from "cotangent";

const g = (x: NDArray) => np.sin(x).mul(np.square(x));

export const f = (x: NDArray) => grad(g)(x);

export const args = [1];
