import type { ArrayLike, Complex, NDArray } from "../array/index.ts";
import { ArgumentError, DTypeError, describeAval, ShapeError } from "../core/index.ts";
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
  return prim.cholesky(symmetrizeInput ? prim.symmetrized(x) : x);
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
 * @example
 * lax.linalg.qr(np.array([[2, 0], [0, 3]]))[0]; // [[1, 0], [0, 1]]
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
 * @example
 * lax.linalg.eigh(np.array([[2, 1], [1, 2]]))[1]; // [1, 3]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.linalg.eigh.html
 */
export const eigh = (
  x: ArrayLike,
  { lower = true, symmetrizeInput = true }: LaxEighOptions = {},
): readonly [eigenvectors: NDArray, eigenvalues: NDArray] => {
  const [a] = operands("eigh", [x]) as readonly [NDArray];
  prim.checkSquare("eigh", a);
  const [w, v] = prim.eigh(symmetrizeInput ? prim.symmetrized(a) : lower ? a : prim.transposed(a));
  return [v, w];
};

/** Options of `eig`. */
export interface LaxEigOptions {
  /** Whether left eigenvectors are wanted. Default true. */
  readonly computeLeftEigenvectors?: boolean | undefined;
  /** Whether right eigenvectors are wanted. Default true. */
  readonly computeRightEigenvectors?: boolean | undefined;
  /**
   * Whether eigenvectors may be differentiated, which is right where all eigenvalues differ and no vector has two elements
   * of greatest size. Default false: it is refused.
   */
  readonly enableEigvecDerivs?: boolean | undefined;
}

/**
 * Eigenvalues w [..., n] of square matrices [..., n, n], the left eigenvectors, uᴴ A = w uᴴ, and the right ones, A v = w v, as
 * the columns of [..., n, n], as far as wanted; all of them pairs of real and imaginary parts. Vectors have norm 1, and
 * their greatest element is real. Real parts of eigenvalues increase (JAX has no order). Elements that are not finite give NaN.
 *
 * @throws ShapeError or DTypeError unless `x` is square matrices of floats; DifferentiationError if vectors are
 *   differentiated without `enableEigvecDerivs`.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.linalg.eig.html
 * @example
 * const [w, v] = lax.linalg.eig(np.array([[0, -1], [1, 0]]), { computeLeftEigenvectors: false }); // w: ±i
 */
export const eig = (
  x: ArrayLike,
  {
    computeLeftEigenvectors = true,
    computeRightEigenvectors = true,
    enableEigvecDerivs = false,
  }: LaxEigOptions = {},
): readonly [eigenvalues: Complex, ...eigenvectors: Complex[]] => {
  const [a] = operands("eig", [x]) as readonly [NDArray];
  const results = prim.eig(a, {
    left: computeLeftEigenvectors,
    right: computeRightEigenvectors,
    vectorDerivatives: enableEigvecDerivs,
  });
  const pairs = prim.range(results.length / 2).map((k): Complex => {
    const [real, imag] = results.slice(2 * k, 2 * k + 2) as [NDArray, NDArray];
    return { real, imag };
  });
  return pairs as [Complex, ...Complex[]];
};

/** Orthonormal columns [..., m, k] with others behind them that make a basis [..., m, m]. */
const completed = (u: NDArray): NDArray => {
  const [m, k] = prim.matrixShape(u);
  if (m === k) return u;
  const [q] = prim.qr(u, true);
  return prim.concatenate([u, prim.part(q, [0, m], [k, m])], u.ndim - 1);
};

/** Options of `svd`. */
export interface LaxSvdOptions {
  /** Whether U is [..., m, m] and Vᵀ [..., n, n]; else [..., m, k] and [..., k, n] with k = min(m, n). Default true. */
  readonly fullMatrices?: boolean | undefined;
  /** Whether U and Vᵀ are wanted beside the singular values. Default true. */
  readonly computeUv?: boolean | undefined;
}

/**
 * A = U·diag(s)·Vᵀ of matrices [..., m, n]: orthonormal columns of U, singular values s [..., min(m, n)] in decreasing order,
 * orthonormal rows of Vᵀ.
 *
 * @throws ShapeError or DTypeError unless `x` is matrices of floats.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.linalg.svd.html
 * @example
 * const [u, s, vt] = lax.linalg.svd(a, { fullMatrices: false }); // float32[4, 3] → float32[4, 3], [3], [3, 3]
 */
export function svd(x: ArrayLike, options: LaxSvdOptions & { readonly computeUv: false }): NDArray;
export function svd(x: ArrayLike, options?: LaxSvdOptions): readonly [u: NDArray, s: NDArray, vt: NDArray];
export function svd(
  x: ArrayLike,
  { fullMatrices = true, computeUv = true }: LaxSvdOptions = {},
): NDArray | readonly [u: NDArray, s: NDArray, vt: NDArray] {
  const [a] = operands("svd", [x]) as readonly [NDArray];
  const [u, s, vt] = prim.svd(a);
  if (!computeUv) return s;
  if (!fullMatrices) return [u, s, vt];
  return [completed(u), s, prim.transposed(completed(prim.transposed(vt)))];
}

/**
 * The order of rows that exchanges make: of int32 [..., k], where row i is exchanged with row `pivots[i]`, one after another,
 * what stands where at the end, int32 [..., permutationSize].
 *
 * @throws DTypeError unless pivots are int32, ShapeError unless they have an axis, ArgumentError unless
 *   `permutationSize` is a whole number of at least k.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.linalg.lu_pivots_to_permutation.html
 * @example
 * lax.linalg.luPivotsToPermutation(np.array([2, 2], { dtype: "int32" }), 3); // [2, 0, 1]
 */
export const luPivotsToPermutation = (pivots: ArrayLike, permutationSize: number): NDArray => {
  const name = "luPivotsToPermutation";
  const [x] = operands(name, [pivots]) as readonly [NDArray];
  if (x.dtype !== "int32") {
    throw new DTypeError(`${name}: pivots must be int32, as lu gives them; got ${describeAval(x)}.`);
  }
  const k = x.shape.at(-1);
  if (k === undefined) {
    throw new ShapeError(`${name}: pivots must be [..., k]; got ${describeAval(x)}.`);
  }
  if (!Number.isInteger(permutationSize) || permutationSize < k) {
    throw new ArgumentError(
      `${name}: permutationSize must be a whole number of at least ${k}, the number of pivots; got ${String(permutationSize)}.`,
    );
  }
  const axis = x.ndim - 1;
  const shape = [...x.shape.slice(0, -1), permutationSize];
  const places = prim.iota(shape, "int32", axis);
  const spread = (y: NDArray): NDArray => prim.broadcastInDim(y, shape, prim.range(x.ndim));
  let rows = places;
  for (let i = 0; i < k; i++) {
    const start = [...x.shape.slice(0, -1).map(() => 0), i];
    const other = prim.slice(x, start, [...x.shape.slice(0, -1), i + 1]);
    const isOther = prim.eq(places, spread(other));
    const here = prim.slice(rows, start, [...x.shape.slice(0, -1), i + 1]);
    const there = prim.reshape(
      prim.reduceSum(prim.select(isOther, rows, prim.zerosLike(rows)), [axis]),
      other.shape,
    );
    // If both are one row, it stays where it is, as both writings say the same.
    rows = prim.select(isOther, spread(here), rows);
    rows = prim.select(
      prim.eq(places, prim.broadcastTo(prim.scalarLike(places, i), shape)),
      spread(there),
      rows,
    );
  }
  return rows;
};
