import type { ArrayLike, NDArray } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { customJvp } from "../transforms/custom-jvp.ts";
import { squareMatrices, systemOperands } from "./operands.ts";

/** The factors that `lu` gives. */
export type LuFactors = readonly [lu: NDArray, pivots: NDArray, permutation: NDArray];

/** The solutions of A·X = B from the factors of A. */
export const solveFactored = ([lu, , permutation]: LuFactors, b: NDArray): NDArray => {
  const half = prim.triangularSolve(lu, prim.rowsAt(b, permutation), { lower: true, unitDiagonal: true });
  return prim.triangularSolve(lu, half, { lower: false });
};

/** A·X = B of matrices with equal stacks. Its derivative is Ẋ = A⁻¹(Ḃ − Ȧ X), which needs no other factors. */
export const solveSystems = customJvp(function solve(a: NDArray, b: NDArray): NDArray {
  return solveFactored(prim.luFactors(a), b);
}).defjvp(([a, b]: [NDArray, NDArray], [ta, tb]: [NDArray, NDArray]) => {
  const factors = prim.luFactors(a);
  const x = solveFactored(factors, b);
  return [x, solveFactored(factors, prim.sub(tb, prim.multiplied(ta, x)))] as const;
});

/**
 * The solution X of A·X = B, of square matrices A [..., n, n] and a vector B [n] or matrices [..., n, k]; axes before
 * the last two broadcast. By LU factorization with row exchanges; a singular A gives infinities or NaN.
 *
 * The derivative is Ẋ = A⁻¹(Ḃ − Ȧ X) (Giles 2008, section 2.3.1).
 *
 * @throws ShapeError unless A is square and B fits.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.solve.html
 * @example
 * np.linalg.solve(np.array([[2, 0], [0, 4]]), np.array([2, 2])); // [1, 0.5]
 */
export const solve = (a: ArrayLike, b: ArrayLike): NDArray => {
  const [x, y, isVector] = systemOperands("solve", a, b);
  const solution = solveSystems(x, y);
  return isVector ? prim.reshape(solution, solution.shape.slice(0, -1)) : solution;
};

/**
 * The inverses of square matrices [..., n, n]. A singular one gives infinities or NaN. To solve equations, `solve` is
 * faster and more exact. The derivative is −A⁻¹ Ȧ A⁻¹.
 *
 * @throws ShapeError unless the matrices are square.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.inv.html
 * @example
 * np.linalg.inv(np.array([[2, 0], [0, 4]])); // [[0.5, 0], [0, 0.25]]
 */
export const inv = (a: ArrayLike): NDArray => {
  const x = squareMatrices("inv", a);
  return solveSystems(x, prim.identities(x.shape, x.dtype));
};
