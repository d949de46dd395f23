import type { ArrayLike, DType, NDArray } from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import { promote, toInexact } from "../numpy/operands.ts";
import { finfo } from "../numpy/types.ts";
import * as prim from "../primitives/index.ts";
import { customJvp } from "../transforms/custom-jvp.ts";
import { matrices } from "./operands.ts";

/** The distance of 1 to the next number. */
export const epsilon = (dtype: DType): number => finfo(dtype).eps;

/** The greatest of singular values [..., k], as [..., 1]; 0 of none. */
const greatest = (s: NDArray): NDArray => {
  const axis = s.ndim - 1;
  const stack = s.shape.slice(0, -1);
  if (s.shape[axis] === 0) return prim.broadcastTo(prim.scalarLike(s, 0), [...stack, 1]);
  return prim.sliceInDim(s, 0, 1, axis);
};

/** Which singular values are greater than `rtol` times the greatest. */
const counting = (s: NDArray, rtol: NDArray): NDArray => {
  const stack = s.shape.slice(0, -1);
  const factor =
    rtol.ndim === 0
      ? prim.broadcastTo(rtol, [...stack, 1])
      : prim.broadcastTo(prim.reshape(rtol, [...rtol.shape, 1]), [...stack, 1]);
  return prim.gt(s, prim.broadcastTo(prim.mul(greatest(s), factor), s.shape));
};

/** 1/s where `isKept`, else 0; finite derivatives in both cases. */
const inverted = (s: NDArray, isKept: NDArray): NDArray => {
  const one = prim.broadcastTo(prim.scalarLike(s, 1), s.shape);
  const inverse = prim.div(one, prim.select(isKept, s, one));
  return prim.select(isKept, inverse, prim.zerosLike(s));
};

const pseudoInverse = customJvp(function pinv(a: NDArray, rtol: NDArray): NDArray {
  const [u, s, vt] = prim.svd(a);
  const inverse = inverted(s, counting(s, rtol));
  const scaledRows = prim.mul(vt, prim.asColumns(inverse, vt.shape));
  return prim.multiplied(prim.transposed(scaledRows), prim.transposed(u));
}).defjvp(([a, rtol]: [NDArray, NDArray], [t]: [NDArray, NDArray]) => {
  const p: NDArray = pseudoInverse(a, rtol);
  const pt = prim.transposed(p);
  const tt = prim.transposed(t);
  // −P Ȧ P + P Pᵀ Ȧᵀ (1 − A P) + (1 − P A) Ȧᵀ Pᵀ P
  const first = prim.neg(prim.multiplied(prim.multiplied(p, t), p));
  const left = prim.multiplied(prim.multiplied(p, pt), tt);
  const second = prim.sub(left, prim.multiplied(prim.multiplied(left, a), p));
  const right = prim.multiplied(tt, prim.multiplied(pt, p));
  const third = prim.sub(right, prim.multiplied(p, prim.multiplied(a, right)));
  return [p, prim.add(prim.add(first, second), third)] as const;
});

/** Options of `pinv`. */
export interface PinvOptions {
  /** Singular values up to `rtol` times the greatest count as 0; [...] or a number, by default 10·max(m, n)·epsilon. */
  readonly rtol?: ArrayLike | null | undefined;
  /** Whether the matrices are known to be symmetric; the same method serves. */
  readonly hermitian?: boolean | undefined;
}

const toleranceOf = (x: NDArray, rtol: ArrayLike | null | undefined, factor: number): NDArray => {
  const [m, n] = prim.matrixShape(x);
  if (rtol === null || rtol === undefined) {
    return prim.broadcastTo(prim.scalarLike(x, factor * Math.max(m, n) * epsilon(x.dtype)), []);
  }
  const [, given] = promote("rtol", [x, rtol], toInexact) as [NDArray, NDArray];
  return given.dtype === x.dtype ? given : prim.convertElementType(given, x.dtype);
};

/**
 * The pseudo-inverses [..., n, m] of matrices [..., m, n] (Moore and Penrose), by singular values.
 *
 * The derivative is that of Golub & Pereyra 1973, "The differentiation of pseudo-inverses and nonlinear least squares problems
 * whose variables separate": right for equal singular values, and where the rank does not change nearby.
 *
 * @throws ShapeError unless `a` is matrices.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.pinv.html
 * @example
 * np.linalg.pinv(np.array([[1, 2], [3, 4], [5, 6]])); // float32[2, 3]; times the matrix it is the identity
 */
export const pinv = (a: ArrayLike, { rtol = null }: PinvOptions = {}): NDArray => {
  const x = matrices("pinv", a);
  return pseudoInverse(x, toleranceOf(x, rtol, 10));
};

/**
 * Solutions of A·x ≈ b with the least squares of b − A·x, and among these the least x: for a matrix A [m, n] and b [m] or
 * [m, k]. Singular values up to `rcond` times the greatest count as 0 (default: max(m, n)·epsilon; a negative one stands for
 * epsilon). Also the sums of squares that remain [k] (or [1]), the rank, int32, and the singular values of A.
 *
 * @throws ShapeError unless A is one matrix and b has as many rows.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.lstsq.html
 * @example
 * const [x, residuals, rank, s] = np.linalg.lstsq(a, b); // float32[5, 2] and float32[5]: x is float32[2]
 */
export const lstsq = (
  a: ArrayLike,
  b: ArrayLike,
  rcond: number | null = null,
): readonly [x: NDArray, residuals: NDArray, rank: NDArray, s: NDArray] => {
  const [matrix, rhs] = promote("lstsq", [a, b], toInexact) as [NDArray, NDArray];
  const isFitting =
    matrix.ndim === 2 && (rhs.ndim === 1 || rhs.ndim === 2) && rhs.shape[0] === matrix.shape[0];
  if (!isFitting) {
    throw new ShapeError(
      "lstsq: takes one matrix [m, n] and right-hand sides [m] or [m, k]; got " +
        `${describeAval(matrix)} and ${describeAval(rhs)}. For stacks of matrices use vmap.`,
    );
  }
  if (rcond !== null && !(typeof rcond === "number" && !Number.isNaN(rcond))) {
    throw new ArgumentError(`lstsq: rcond must be a number or null; got ${String(rcond)}.`);
  }
  const [m, n] = prim.matrixShape(matrix);
  const tolerance =
    rcond === null ? Math.max(m, n) * epsilon(matrix.dtype) : rcond < 0 ? epsilon(matrix.dtype) : rcond;
  const rtol = prim.broadcastTo(prim.scalarLike(matrix, tolerance), []);
  const columns = rhs.ndim === 1 ? prim.reshape(rhs, [m, 1]) : rhs;
  const x = prim.multiplied(pseudoInverse(matrix, rtol), columns);
  const difference = prim.sub(columns, prim.multiplied(matrix, x));
  const residuals = prim.reduceSum(prim.mul(difference, difference), [0]);
  const s = prim.svd(matrix)[1];
  const rank = prim.reduceSum(prim.convertElementType(counting(s, rtol), "int32"), [0]);
  return [rhs.ndim === 1 ? prim.reshape(x, [n]) : x, residuals, rank, s];
};

/** Options of `matrixRank`. */
export interface MatrixRankOptions {
  /** Singular values up to `rtol` times the greatest count as 0; by default max(m, n)·epsilon. */
  readonly rtol?: ArrayLike | null | undefined;
}

/**
 * The ranks of matrices [..., m, n], int32 [...]: how many singular values are not 0. Of a vector or scalar, 1 unless it is 0.
 *
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.matrix_rank.html
 * @example
 * np.linalg.matrixRank(np.array([[1, 2], [2, 4]])); // 1
 */
export const matrixRank = (M: ArrayLike, { rtol = null }: MatrixRankOptions = {}): NDArray => {
  const [x] = promote("matrixRank", [M], toInexact) as [NDArray];
  if (x.ndim < 2) {
    const isZero = prim.eq(x, prim.scalarLike(x, 0));
    const all = prim.reduceAnd(isZero, prim.range(x.ndim));
    return prim.convertElementType(
      prim.eq(prim.convertElementType(all, "int32"), prim.scalarLike({ dtype: "int32" }, 0)),
      "int32",
    );
  }
  const s = prim.svd(x)[1];
  const isCounted = counting(s, toleranceOf(x, rtol, 1));
  return prim.reduceSum(prim.convertElementType(isCounted, "int32"), [s.ndim - 1]);
};
