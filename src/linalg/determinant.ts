import type { ArrayLike, NDArray } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { customJvp } from "../transforms/custom-jvp.ts";
import { squareMatrices } from "./operands.ts";
import { type LuFactors, solveFactored } from "./solve.ts";

/** The sum of the diagonal of each matrix. */
const traces = (x: NDArray): NDArray => prim.reduceSum(prim.diagonals(x), [x.ndim - 2]);

/** −1 where the row exchanges of a factorization are odd in number, else 1. */
const parity = ([lu, pivots]: LuFactors): NDArray => {
  const axis = pivots.ndim - 1;
  const isExchange = prim.ne(pivots, prim.iota(pivots.shape, "int32", axis));
  const count = prim.reduceSum(prim.convertElementType(isExchange, "int32"), [axis]);
  const isOdd = prim.eq(prim.and(count, prim.scalarLike(count, 1)), prim.scalarLike(count, 1));
  const one = prim.broadcastTo(prim.scalarLike(lu, 1), isOdd.shape);
  return prim.select(isOdd, prim.neg(one), one);
};

const signAndLog = (factors: LuFactors): readonly [sign: NDArray, logabsdet: NDArray] => {
  const diagonal = prim.diagonals(factors[0]);
  const axis = diagonal.ndim - 1;
  const sign = prim.mul(parity(factors), prim.reduceProd(prim.sign(diagonal), [axis]));
  return [sign, prim.reduceSum(prim.log(prim.abs(diagonal)), [axis])];
};

const signedLog = customJvp(function slogdet(a: NDArray): readonly [NDArray, NDArray] {
  return signAndLog(prim.luFactors(a));
}).defjvp(([a]: [NDArray], [t]: [NDArray]) => {
  const factors = prim.luFactors(a);
  const [sign, log] = signAndLog(factors);
  return [
    [sign, log],
    [prim.zerosLike(sign), traces(solveFactored(factors, t))],
  ] as const;
});

/**
 * The sign and the logarithm of the absolute value of the determinants of square matrices [..., n, n], each [...]: where
 * the determinant itself would overflow. A singular matrix gives 0 and −Infinity.
 *
 * The derivative of the logarithm is tr(A⁻¹ Ȧ) (Giles 2008, section 2.2.4).
 *
 * @throws ShapeError unless the matrices are square.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.slogdet.html
 * @example
 * const [sign, logabsdet] = np.linalg.slogdet(np.array([[0, 2], [2, 0]])); // -1, log 4
 */
export const slogdet = (a: ArrayLike): readonly [sign: NDArray, logabsdet: NDArray] =>
  signedLog(squareMatrices("slogdet", a)) as readonly [NDArray, NDArray];

/** Product of the diagonal of U, and of all of it but the last element, both with the sign of the row exchanges. */
const products = (factors: LuFactors): readonly [whole: NDArray, butLast: NDArray] => {
  const diagonal = prim.diagonals(factors[0]);
  const axis = diagonal.ndim - 1;
  const n = diagonal.shape[axis] as number;
  const sign = parity(factors);
  const first = prim.sliceInDim(diagonal, 0, n - 1, axis);
  return [prim.mul(sign, prim.reduceProd(diagonal, [axis])), prim.mul(sign, prim.reduceProd(first, [axis]))];
};

/** `x` repeated as the elements of matrices of `shape`. */
const spread = (x: NDArray, shape: readonly number[]): NDArray =>
  prim.broadcastInDim(x, shape, prim.range(x.ndim));

/**
 * adj(A)·X from the factors of A, which exists where A is singular: with U = [[U₁, c], [0, u]] and δ the determinant
 * without u, adj(A) = [[det·U₁⁻¹, −δ U₁⁻¹c], [0, δ]] L⁻¹ P.
 */
const adjugateTimes = (factors: LuFactors, x: NDArray): NDArray => {
  const [lu, , permutation] = factors;
  const [n] = prim.matrixShape(lu);
  const [whole, butLast] = products(factors);
  const y = prim.triangularSolve(lu, prim.rowsAt(x, permutation), { lower: true, unitDiagonal: true });
  const isLast = (like: NDArray, axis: number): NDArray => {
    const index = prim.iota(like.shape, "int32", like.ndim - axis);
    return prim.eq(index, prim.scalarLike(index, n - 1));
  };
  const rhs = prim.mul(y, prim.select(isLast(y, 2), spread(butLast, y.shape), spread(whole, y.shape)));
  const isCorner = prim.and(isLast(lu, 1), isLast(lu, 2));
  const one = prim.broadcastTo(prim.scalarLike(lu, 1), lu.shape);
  return prim.triangularSolve(prim.select(isCorner, one, lu), rhs, { lower: false });
};

const determinant = customJvp(function det(a: NDArray): NDArray {
  return products(prim.luFactors(a))[0];
}).defjvp(([a]: [NDArray], [t]: [NDArray]) => {
  const factors = prim.luFactors(a);
  return [products(factors)[0], traces(adjugateTimes(factors, t))] as const;
});

/** The element at row `i` and column `j` of each matrix. */
const entry = (x: NDArray, i: number, j: number): NDArray => {
  const stack = prim.stackShape(x);
  const zeros = stack.map(() => 0);
  return prim.reshape(prim.slice(x, [...zeros, i, j], [...stack, i + 1, j + 1]), stack);
};

/** The determinants of matrices with at most three rows, written out: exact derivatives of any order, for all matrices. */
const small = (a: NDArray, n: number): NDArray => {
  if (n === 0) return prim.broadcastTo(prim.scalarLike(a, 1), prim.stackShape(a));
  const minor = (rows: readonly number[], columns: readonly number[]): NDArray => {
    const [row, ...below] = rows as [number, ...number[]];
    const terms = columns.map((column, k) => {
      const element = entry(a, row, column);
      const rest = columns.filter((c) => c !== column);
      const term = rest.length === 0 ? element : prim.mul(element, minor(below, rest));
      return k % 2 === 0 ? term : prim.neg(term);
    });
    return terms.reduce(prim.add);
  };
  return minor(prim.range(n), prim.range(n));
};

/**
 * The determinants [...] of square matrices [..., n, n].
 *
 * The derivative is tr(adj(A) Ȧ) (Giles 2008, section 2.2.4). It is right for singular matrices of up to three rows,
 * and for larger ones whose first n − 1 columns are linearly independent; for others it is NaN.
 *
 * @throws ShapeError unless the matrices are square.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.det.html
 * @example
 * np.linalg.det(np.array([[1, 2], [3, 4]])); // -2
 */
export const det = (a: ArrayLike): NDArray => {
  const x = squareMatrices("det", a);
  const [n] = prim.matrixShape(x);
  return n <= 3 ? small(x, n) : determinant(x);
};
