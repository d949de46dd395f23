import type { ArrayLike, Complex } from "../array/index.ts";
import { eig as laxEig } from "../lax/linalg.ts";
import { squareMatrices } from "./operands.ts";

/**
 * Eigenvalues [..., n] and right eigenvectors, the columns of [..., n, n], of square matrices [..., n, n], A v = w v; both
 * are pairs of real and imaginary parts, even where all imaginary parts are 0. Vectors have norm 1, and their greatest
 * element is real. Real parts of eigenvalues increase (JAX has no order). Elements that are not finite give NaN.
 *
 * Eigenvalues have a derivative where they differ. That of vectors is refused here as in JAX: see `lax.linalg.eig`, which
 * can be told that they have one. For symmetric matrices take `eigh`.
 *
 * @throws ShapeError unless the matrices are square, DifferentiationError if the vectors are differentiated.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.eig.html
 * @example
 * const [w, v] = np.linalg.eig(np.array([[1, 2], [2, 1]])); // w.real: [−1, 3], w.imag: [0, 0]
 */
export const eig = (a: ArrayLike): readonly [eigenvalues: Complex, eigenvectors: Complex] =>
  laxEig(squareMatrices("eig", a), { computeLeftEigenvectors: false }) as unknown as readonly [
    Complex,
    Complex,
  ];

/**
 * The eigenvalues [..., n] of square matrices [..., n, n], real parts increasing, as a pair of real and imaginary parts.
 *
 * The derivative is ẇ = diag(V⁻¹ Ȧ V), where V are the eigenvectors; where eigenvalues are equal it is not finite.
 *
 * @throws ShapeError unless the matrices are square.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.eigvals.html
 * @example
 * np.linalg.eigvals(np.array([[0, -1], [1, 0]])); // { real: [0, 0], imag: [1, −1] }
 */
export const eigvals = (a: ArrayLike): Complex =>
  laxEig(squareMatrices("eigvals", a), {
    computeLeftEigenvectors: false,
    computeRightEigenvectors: false,
  })[0];
