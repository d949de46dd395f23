import { arrayFrom, type NDArray } from "../../src/array/index.ts";
import * as lax from "../../src/lax/index.ts";
import * as np from "../../src/numpy/index.ts";

/** Where line searches are tried: four numbers and one more. */
export interface SearchParams {
  readonly x: NDArray;
  readonly y: NDArray;
}

/** H. H. Rosenbrock's valley in four dimensions, and y drawn to the first number. */
export const rosenbrock = ({ x, y }: SearchParams): NDArray => {
  const [head, tail] = [lax.sliceInDim(x, 0, 3), lax.sliceInDim(x, 1, 4)];
  const valley = np.multiply(100, np.square(np.subtract(tail, np.square(head))));
  const slope = np.square(np.subtract(1, head));
  return np.add(np.sum(np.add(valley, slope)), np.square(np.subtract(y, lax.indexInDim(x, 0, 0, false))));
};

const CURVATURES = arrayFrom([1, 10, 3, 0.5], "float64");

/** A bowl, whose minimum is at x = 1 and y = −1. */
export const quadratic = ({ x, y }: SearchParams): NDArray => {
  const bowl = np.multiply(CURVATURES, np.square(np.subtract(x, 1)));
  return np.add(np.multiply(0.5, np.sum(bowl)), np.square(np.add(y, lax.indexInDim(x, 0, 0, false))));
};
