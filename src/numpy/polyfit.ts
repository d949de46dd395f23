import type { ArrayLike, NDArray } from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import { lstsq } from "../linalg/least-squares.ts";
import { inv } from "../linalg/solve.ts";
import * as prim from "../primitives/index.ts";
import { divide, multiply, sqrt } from "./arithmetic.ts";
import { operand, promote, toInexact } from "./operands.ts";

import { matmul, outer } from "./products.ts";
import { vander } from "./ranges.ts";
import { sum } from "./reductions.ts";
import { expandDims, matrixTranspose } from "./shaping.ts";
import { finfo } from "./types.ts";

/** Options of `polyfit`. */
export interface PolyfitOptions {
  /** Singular values up to `rcond` times the greatest count as 0; default: the number of points times epsilon. */
  readonly rcond?: number | null | undefined;
  /** Whether residuals, rank, singular values and rcond are wanted, too. */
  readonly full?: boolean | undefined;
  /** Factors of the differences that are to be small, [n]. */
  readonly w?: ArrayLike | null | undefined;
  /** Whether the covariance of the coefficients is wanted; "unscaled" takes the weights for inverse deviations. */
  readonly cov?: boolean | "unscaled" | undefined;
}

/** Coefficients, residuals, rank, singular values, rcond. */
export type FullPolyfit = readonly [
  p: NDArray,
  residuals: NDArray,
  rank: NDArray,
  singularValues: NDArray,
  rcond: number,
];

/**
 * The coefficients [deg + 1] of the polynomial of degree `deg` through points x [n] and y [n] with the least squares of
 * differences, that of the highest power first; for y [n, k], [deg + 1, k].
 *
 * @throws ArgumentError for a degree that is not a whole number of at least 0, ShapeError where points do not fit.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.polyfit.html
 * @example
 * np.round(np.polyfit(np.array([0, 1, 2]), np.array([1, 3, 7]), 2), 3); // [1, 1, 1]
 */
export function polyfit(
  x: ArrayLike,
  y: ArrayLike,
  deg: number,
  options: PolyfitOptions & { readonly full: true },
): FullPolyfit;
export function polyfit(
  x: ArrayLike,
  y: ArrayLike,
  deg: number,
  options: PolyfitOptions & { readonly cov: true | "unscaled" },
): readonly [p: NDArray, covariance: NDArray];
export function polyfit(x: ArrayLike, y: ArrayLike, deg: number, options?: PolyfitOptions): NDArray;
export function polyfit(
  x: ArrayLike,
  y: ArrayLike,
  deg: number,
  { rcond = null, full = false, w = null, cov = false }: PolyfitOptions = {},
): NDArray | FullPolyfit | readonly [NDArray, NDArray] {
  if (!Number.isInteger(deg) || deg < 0) {
    throw new ArgumentError(`polyfit: deg must be a whole number of at least 0; got ${String(deg)}.`);
  }
  const [at, given] = promote("polyfit", [x, y], toInexact) as [NDArray, NDArray];
  const n = at.shape[0] as number;
  if (at.ndim !== 1 || n === 0 || given.ndim < 1 || given.ndim > 2 || given.shape[0] !== n) {
    throw new ShapeError(
      `polyfit: takes x [n] with n of at least 1 and y [n] or [n, k]; got ${describeAval(at)} and ${describeAval(given)}.`,
    );
  }
  const order = deg + 1;
  let powers = vander(at, order);
  let rhs = given;
  if (w !== null) {
    const weights = prim.convertElementType(operand(w, "polyfit", toInexact), at.dtype);
    if (weights.ndim !== 1 || weights.shape[0] !== n) {
      throw new ShapeError(`polyfit: weights must be [${n}]; got ${describeAval(weights)}.`);
    }
    powers = multiply(powers, expandDims(weights, 1));
    rhs = multiply(rhs, rhs.ndim === 2 ? expandDims(weights, 1) : weights);
  }
  // Columns of one length make a better conditioned matrix.
  const scale = sqrt(sum(multiply(powers, powers), 0));
  const columns = divide(powers, scale);
  const tolerance = rcond ?? n * finfo(at.dtype).eps;
  const [c, residuals, rank, s] = lstsq(columns, rhs, tolerance);
  const p = divide(c, c.ndim === 2 ? expandDims(scale, 1) : scale);
  if (full) return [p, residuals, rank, s, tolerance];
  if (cov === false) return p;
  const base = divide(inv(matmul(matrixTranspose(columns), columns)), outer(scale, scale));
  if (cov !== "unscaled" && n <= order) {
    throw new ArgumentError(
      `polyfit: the covariance needs more points than coefficients, of which there are ${order}; got ${n} points. ` +
        'Without scaling it by the residuals, cov "unscaled", it does not.',
    );
  }
  const factor = cov === "unscaled" ? prim.scalarLike(base, 1) : divide(residuals, n - order);
  if (given.ndim === 1) return [p, multiply(base, factor)];
  return [p, multiply(expandDims(base, 2), factor)];
}
