/**
 * kmeans: the sum of squared distances from points to the nearest of k centers, and the step of Newton's method for the
 * centers. The matrix of second derivatives is diagonal, so its product with ones is its diagonal.
 */
import { grad, jvp, lax, type NDArray, numpy as np } from "cotangent";
import type { EvalModule } from "../protocol.ts";
import { compiled, type Runs, repeated } from "../runs.ts";

interface Input extends Runs {
  readonly points: readonly (readonly number[])[];
  readonly centroids: readonly (readonly number[])[];
}

/** The place of the nearest center to each point; distances are compared less the square of the point itself. */
const nearest = (points: NDArray, centers: NDArray): NDArray => {
  const [p, c] = [points, lax.stopGradient(centers)];
  return np.argmin(np.square(c).sum(1).sub(p.matmul(c.T).mul(2)), 1);
};

/**
 * Points of float64[n, d] and centers of float64[k, d] → float64[]. Which center is the nearest doesn't change with a
 * small step, so derivatives go through the nearest centers alone.
 */
export const cost = (points: NDArray, centers: NDArray): NDArray =>
  np.square(points.sub(centers.take(nearest(points, centers), 0))).sum();

/** The gradient divided by the diagonal of the Hessian, float64[k, d]. */
export const direction = (points: NDArray, centers: NDArray): NDArray => {
  const gradient = grad(cost, { argnums: 1 });
  const [first, second] = jvp((c: NDArray) => gradient(points, c), [centers], [np.onesLike(centers)]);
  return first.div(second);
};

const arrays = ({ points, centroids }: Input): [NDArray, NDArray] => [
  np.array(points, "float64"),
  np.array(centroids, "float64"),
];

export const kmeans: EvalModule = {
  cost: repeated(
    (input: Input) => compiled(cost, ...arrays(input)),
    (y) => y.item(),
  ),
  dir: repeated(
    (input: Input) => compiled(direction, ...arrays(input)),
    (y) => y.toArray(),
  ),
};
