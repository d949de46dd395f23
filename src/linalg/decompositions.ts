import type { ArrayLike, NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import { type LaxSvdOptions, svd as laxSvd } from "../lax/linalg.ts";
import * as prim from "../primitives/index.ts";
import { matrices, squareMatrices } from "./operands.ts";

/** Which parts of A = Q·R are wanted: both, thin or complete, or R alone. */
export type QrMode = "reduced" | "complete" | "r";

/**
 * A = Q·R of matrices [..., m, n]: orthonormal columns of Q and upper triangular R. With k = min(m, n), "reduced" gives Q
 * [..., m, k] and R [..., k, n]; "complete" gives Q [..., m, m] and R [..., m, n]; "r" gives the reduced R alone.
 *
 * Differentiable for any shape, but for "complete" of matrices with more rows than columns; where the first k columns are
 * linearly dependent, the derivative is not finite.
 *
 * @throws ArgumentError for another mode, ShapeError unless `a` is matrices.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.qr.html
 * @example
 * const [q, r] = np.linalg.qr(a); // float32[4, 3] → float32[4, 3], float32[3, 3]
 */
export function qr(a: ArrayLike, mode: "r"): NDArray;
export function qr(a: ArrayLike, mode?: "reduced" | "complete"): readonly [q: NDArray, r: NDArray];
export function qr(a: ArrayLike, mode: QrMode = "reduced"): NDArray | readonly [q: NDArray, r: NDArray] {
  if (!["reduced", "complete", "r"].includes(mode)) {
    throw new ArgumentError(`qr: mode must be "reduced", "complete" or "r"; got ${JSON.stringify(mode)}.`);
  }
  const factors = prim.qr(matrices("qr", a), mode === "complete");
  return mode === "r" ? factors[1] : factors;
}

/** Options of `svd`. */
export type SvdOptions = LaxSvdOptions;

/**
 * A = U·diag(s)·Vᵀ of matrices [..., m, n]: orthonormal columns of U, singular values s [..., min(m, n)] in decreasing
 * order, orthonormal rows of Vᵀ. Elements that are not finite give NaN.
 *
 * Derivatives of the vectors exist where singular values differ and none is 0; those of U and Vᵀ that `fullMatrices` adds
 * do not exist, so for matrices that are not square take `fullMatrices: false` where they are wanted.
 *
 * @throws ShapeError unless `a` is matrices.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.svd.html
 * @example
 * const [u, s, vt] = np.linalg.svd(a, { fullMatrices: false }); // float32[4, 3] → float32[4, 3], [3], [3, 3]
 */
export function svd(a: ArrayLike, options: SvdOptions & { readonly computeUv: false }): NDArray;
export function svd(a: ArrayLike, options?: SvdOptions): readonly [u: NDArray, s: NDArray, vt: NDArray];
export function svd(
  a: ArrayLike,
  options: SvdOptions = {},
): NDArray | readonly [u: NDArray, s: NDArray, vt: NDArray] {
  const x = matrices("svd", a);
  return options.computeUv === false ? svdvals(x) : laxSvd(x, { ...options, computeUv: true });
}

/**
 * The singular values [..., min(m, n)] of matrices [..., m, n] in decreasing order.
 *
 * @throws ShapeError unless `x` is matrices.
 * @example
 * np.linalg.svdvals(np.array([[0, 2], [1, 0]])); // [2, 1]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.svdvals.html
 */
export const svdvals = (x: ArrayLike): NDArray => prim.svd(matrices("svdvals", x))[1];

/** Which triangle of a symmetric matrix is read. */
export type Triangle = "L" | "U";

/** Options of `eigh` and `eigvalsh`. */
export interface EighOptions {
  /** Which triangle is read, where the mean is not taken. Default "L". */
  readonly UPLO?: Triangle | null | undefined;
  /** Whether the mean of the matrix and its transpose is taken. Default true. */
  readonly symmetrizeInput?: boolean | undefined;
}

const symmetric = (name: string, a: ArrayLike, options: Triangle | null | EighOptions): NDArray => {
  const x = squareMatrices(name, a);
  const { UPLO = null, symmetrizeInput = true }: EighOptions =
    typeof options === "string" || options === null ? { UPLO: options } : options;
  if (UPLO !== null && UPLO !== "L" && UPLO !== "U") {
    throw new ArgumentError(`${name}: UPLO must be "L" or "U"; got ${JSON.stringify(UPLO)}.`);
  }
  if (symmetrizeInput) return prim.symmetrized(x);
  return UPLO === "U" ? prim.transposed(x) : x;
};

/**
 * Eigenvalues [..., n] in increasing order and orthonormal eigenvectors, the columns of [..., n, n], of symmetric matrices
 * [..., n, n]. By default the mean of the matrix and its transpose is taken. Elements that are not finite give NaN.
 *
 * Derivatives of the vectors exist where eigenvalues differ; those of functions of the values alone also elsewhere, if
 * they treat equal ones alike.
 *
 * @throws ShapeError unless the matrices are square, ArgumentError for another triangle than "L" or "U".
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.eigh.html
 * @example
 * const [w, v] = np.linalg.eigh(np.array([[2, 1], [1, 2]])); // [1, 3], and vectors in the columns of v
 */
export const eigh = (
  a: ArrayLike,
  options: Triangle | null | EighOptions = null,
): readonly [eigenvalues: NDArray, eigenvectors: NDArray] => prim.eigh(symmetric("eigh", a, options));

/**
 * The eigenvalues [..., n] of symmetric matrices [..., n, n] in increasing order.
 *
 * @throws ShapeError unless the matrices are square.
 * @example
 * np.linalg.eigvalsh(np.array([[2, 1], [1, 2]])); // [1, 3]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.eigvalsh.html
 */
export const eigvalsh = (a: ArrayLike, options: Triangle | null | EighOptions = "L"): NDArray =>
  prim.eigh(symmetric("eigvalsh", a, options))[0];
