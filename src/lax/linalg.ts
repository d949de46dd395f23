import type { ArrayLike, NDArray } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { operands } from "./operands.ts";

/*
 * `lax.linalg`: factorizations of stacks of matrices as they are, without promotion and broadcasting. The last two axes
 * are rows and columns; those before count matrices.
 */

/** Options of `cholesky`. */
export interface LaxCholeskyOptions {
  /** Whether the mean of the matrix and its transpose is factored; else the lower triangle is read. Default true. */
  readonly symmetrizeInput?: boolean | undefined;
}

/** `(x + xᵀ)/2`, of stacks of square matrices. */
export const symmetrized = (x: NDArray): NDArray => prim.scaled(prim.add(x, prim.transposed(x)), 0.5);

/**
 * The lower triangular L [..., n, n] with L·Lᵀ = A, of symmetric positive definite matrices A [..., n, n]. A matrix that
 * is not positive definite gives NaN.
 *
 * @throws ShapeError unless the matrices are square, DTypeError unless they are floats.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.linalg.cholesky.html
 * @example
 * lax.linalg.cholesky(np.array([[4, 2], [2, 5]])); // [[2, 0], [1, 2]]
 */
export const cholesky = (a: ArrayLike, { symmetrizeInput = true }: LaxCholeskyOptions = {}): NDArray => {
  const [x] = operands("cholesky", [a]) as readonly [NDArray];
  prim.checkSquare("cholesky", x);
  return prim.cholesky(symmetrizeInput ? symmetrized(x) : x);
};

/** Options of `triangularSolve`. */
export interface LaxTriangularSolveOptions {
  /** Whether A·X = B is solved; else X·A = B. Default false. */
  readonly leftSide?: boolean | undefined;
  /** Which triangle is read; the other is ignored. Default: the upper one. */
  readonly lower?: boolean | undefined;
  /** Whether Aᵀ stands in the place of A; `lower` is said of A itself. */
  readonly transposeA?: boolean | undefined;
  /** Whether diagonals are taken to be ones, and not read. */
  readonly unitDiagonal?: boolean | undefined;
}

/**
 * The solutions X of X·A = B, or A·X = B with `leftSide`, for triangular matrices A [..., n, n] and matrices B, or vectors
 * B [..., n].
 *
 * @throws ShapeError unless A is square and B fits, DTypeError unless both are floats of one dtype.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.linalg.triangular_solve.html
 * @example
 * lax.linalg.triangularSolve(l, b, { leftSide: true, lower: true }); // float32[3, 3] and float32[3, 2] → float32[3, 2]
 */
export const triangularSolve = (
  a: ArrayLike,
  b: ArrayLike,
  {
    leftSide = false,
    lower = false,
    transposeA = false,
    unitDiagonal = false,
  }: LaxTriangularSolveOptions = {},
): NDArray => {
  const [x, y] = operands("triangularSolve", [a, b]) as readonly [NDArray, NDArray];
  prim.checkSquare("triangularSolve", x);
  if (y.ndim === x.ndim - 1) {
    const at = leftSide ? y.ndim : y.ndim - 1;
    const matrix = prim.reshape(y, [...y.shape.slice(0, at), 1, ...y.shape.slice(at)]);
    const options = { leftSide, lower, transposeA, unitDiagonal };
    return prim.reshape(triangularSolve(x, matrix, options), y.shape);
  }
  prim.checkMatrices("triangularSolve", y);
  // X·A = B is Aᵀ·Xᵀ = Bᵀ, so each of the two options turns A over.
  const isTurned = leftSide === transposeA;
  const matrix = isTurned ? prim.transposed(x) : x;
  const options = { lower: lower !== isTurned, unitDiagonal };
  if (leftSide) return prim.triangularSolve(matrix, y, options);
  return prim.transposed(prim.triangularSolve(matrix, prim.transposed(y), options));
};

/**
 * P·A = L·U with row exchanges, of matrices A [..., m, n]: L below the diagonal, which is ones, and U in one array
 * [..., m, n]; the exchanges, int32 [..., min(m, n)] (row k with row `pivots[k]`, one after another); and the rows of A in the
 * order of P·A, int32 [..., m].
 *
 * @throws ShapeError or DTypeError unless `x` is matrices of floats.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.linalg.lu.html
 * @example
 * const [lu, pivots, permutation] = lax.linalg.lu(a); // np.take(a, permutation, 0) = L·U
 */
export const lu = (x: ArrayLike): readonly [lu: NDArray, pivots: NDArray, permutation: NDArray] => {
  const [a] = operands("lu", [x]) as readonly [NDArray];
  return prim.luFactors(a);
};

/**
 * Orthonormal columns of Q and upper triangular R with Q·R = A, of matrices A [..., m, n]. Q is [..., m, m] and R [..., m, n]
 * with `fullMatrices` (default), else [..., m, k] and [..., k, n] with k = min(m, n).
 *
 * @throws ShapeError or DTypeError unless `x` is matrices of floats.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.linalg.qr.html
 */
export const qr = (
  x: ArrayLike,
  { fullMatrices = true }: { readonly fullMatrices?: boolean | undefined } = {},
): readonly [q: NDArray, r: NDArray] => {
  const [a] = operands("qr", [x]) as readonly [NDArray];
  return prim.qr(a, fullMatrices);
};

/** Options of `eigh`. */
export interface LaxEighOptions {
  /** Which triangle is read, where the mean is not taken. Default: the lower one. */
  readonly lower?: boolean | undefined;
  /** Whether the mean of the matrix and its transpose is taken. Default true. */
  readonly symmetrizeInput?: boolean | undefined;
}

/**
 * Orthonormal eigenvectors, the columns of [..., n, n], and eigenvalues [..., n] in increasing order, of symmetric
 * matrices [..., n, n]. In this order, unlike `numpy.linalg.eigh`.
 *
 * @throws ShapeError or DTypeError unless `x` is square matrices of floats.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.linalg.eigh.html
 */
export const eigh = (
  x: ArrayLike,
  { lower = true, symmetrizeInput = true }: LaxEighOptions = {},
): readonly [eigenvectors: NDArray, eigenvalues: NDArray] => {
  const [a] = operands("eigh", [x]) as readonly [NDArray];
  prim.checkSquare("eigh", a);
  const [w, v] = prim.eigh(symmetrizeInput ? symmetrized(a) : lower ? a : prim.transposed(a));
  return [v, w];
};
