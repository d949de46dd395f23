import type { ArrayLike, NDArray } from "../array/index.ts";
import * as lax from "../lax/linalg.ts";
import * as prim from "../primitives/index.ts";
import { squareMatrices } from "./operands.ts";

/** Options of `cholesky`. */
export interface CholeskyOptions extends lax.LaxCholeskyOptions {
  /** Whether the upper factor R with Rᵀ·R = A is wanted instead of the lower one. Default false. */
  readonly upper?: boolean | undefined;
}

/**
 * The lower triangular L [..., n, n] with L·Lᵀ = A, of symmetric positive definite matrices A [..., n, n]; with `upper`, its
 * transpose. By default the mean of A and its transpose is factored. A matrix that is not positive definite gives NaN.
 *
 * @throws ShapeError unless the matrices are square.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.cholesky.html
 * @example
 * np.linalg.cholesky(np.array([[4, 2], [2, 5]])); // [[2, 0], [1, 2]]
 */
export const cholesky = (
  a: ArrayLike,
  { upper = false, symmetrizeInput = true }: CholeskyOptions = {},
): NDArray => {
  const x = squareMatrices("cholesky", a);
  // Without the mean, the triangle is read that the result has.
  const read = upper && !symmetrizeInput ? prim.transposed(x) : x;
  const l = lax.cholesky(read, { symmetrizeInput });
  return upper ? prim.transposed(l) : l;
};
