import type { ArrayLike, NDArray } from "../array/index.ts";
import { describeAval, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { add, divide, multiply, remainder, sqrt, subtract } from "./arithmetic.ts";
import { clip } from "./extrema.ts";
import { takeAxis } from "./indexing/take.ts";
import { concatenate } from "./joining.ts";
import { diag } from "./matrices.ts";
import { operand, promote, toInexact } from "./operands.ts";
import { matmul } from "./products.ts";
import { sum } from "./reductions.ts";
import { atleast2d, expandDims, squeeze, transpose } from "./shaping.ts";
import { searchsorted } from "./sorting.ts";
import { mean } from "./statistics.ts";
import { where } from "./where.ts";

/** Options of `cov`. */
export interface CovarianceOptions {
  /** Whether each row is a variable (default), or each column. */
  readonly rowvar?: boolean;
  /** Divide by the number of observations, not by one less. */
  readonly bias?: boolean;
  /** What is taken off the number of observations; decides instead of `bias`. */
  readonly ddof?: number | null;
  /** How often each observation was made. */
  readonly fweights?: ArrayLike | null;
  /** How much each observation weighs. */
  readonly aweights?: ArrayLike | null;
}

const variables = (name: string, x: ArrayLike, rowvar: boolean): NDArray => {
  const array = operand(x, name, toInexact);
  if (array.ndim > 2)
    throw new ShapeError(`${name}: takes vectors and matrices; got ${describeAval(array)}.`);
  const matrix = atleast2d(array);
  return rowvar || (matrix.shape[0] === 1 && array.ndim < 2) ? matrix : transpose(matrix);
};

const covariance = (name: string, x: ArrayLike, y: ArrayLike | null, options: CovarianceOptions): NDArray => {
  const { rowvar = true, bias = false, ddof = null, fweights = null, aweights = null } = options;
  const rows = variables(name, x, rowvar);
  const data = y === null ? rows : concatenate([rows, variables(name, y, rowvar)], 0);
  const n = data.shape[1] as number;
  const off = ddof ?? (bias ? 0 : 1);
  if (fweights === null && aweights === null) {
    const centered = subtract(data, mean(data, 1, { keepdims: true }));
    return divide(matmul(centered, transpose(centered)), Math.max(0, n - off));
  }
  const float = (w: ArrayLike): NDArray => prim.convertElementType(operand(w, name), data.dtype);
  const weights = multiply(fweights === null ? 1 : float(fweights), aweights === null ? 1 : float(aweights));
  const total = sum(weights);
  const average = divide(sum(multiply(data, weights), 1, { keepdims: true }), total);
  const centered = subtract(data, average);
  const repeated =
    aweights === null ? off : divide(multiply(off, sum(multiply(weights, float(aweights)))), total);
  return divide(matmul(multiply(centered, weights), transpose(centered)), subtract(total, repeated));
};

/**
 * The covariances of variables, of which each row holds the observations; `y` holds more variables.
 *
 * @example
 * np.cov(np.array([[0, 1, 2], [2, 1, 0]])); // [[1, -1], [-1, 1]]
 */
export const cov = (x: ArrayLike, y: ArrayLike | null = null, options: CovarianceOptions = {}): NDArray =>
  squeeze(covariance("cov", x, y, options));

/**
 * The correlation coefficients of variables, of which each row holds the observations.
 *
 * @example
 * np.corrcoef(np.array([[0, 1, 2], [2, 1, 0]])); // [[1, -1], [-1, 1]]
 */
export const corrcoef = (
  x: ArrayLike,
  y: ArrayLike | null = null,
  options: Pick<CovarianceOptions, "rowvar"> = {},
): NDArray => {
  const matrix = squeeze(covariance("corrcoef", x, y, options));
  if (matrix.ndim === 0) return divide(matrix, matrix);
  const deviations = sqrt(diag(matrix));
  const scaled = divide(divide(matrix, expandDims(deviations, 1)), expandDims(deviations, 0));
  return clip(scaled, -1, 1);
};

/** Options of `interp`. */
export interface InterpOptions {
  /** The value left of the first position; default: the first value. "extrapolate" continues the first line. */
  readonly left?: ArrayLike | "extrapolate" | null;
  /** The value right of the last position; default: the last value. "extrapolate" continues the last line. */
  readonly right?: ArrayLike | "extrapolate" | null;
  /** The length after which positions repeat themselves. */
  readonly period?: number | null;
}

/**
 * Values at `x` on the line through the points with increasing positions `xp` and values `fp`.
 *
 * @example
 * np.interp(2.5, np.array([1, 2, 3]), np.array([3, 2, 0])); // 1
 */
export const interp = (
  x: ArrayLike,
  xp: ArrayLike,
  fp: ArrayLike,
  { left = null, right = null, period = null }: InterpOptions = {},
): NDArray => {
  let [at, positions] = promote("interp", [x, xp], toInexact) as [NDArray, NDArray];
  let values = operand(fp, "interp", toInexact);
  if (positions.ndim !== 1 || values.ndim !== 1 || positions.size !== values.size || positions.size === 0) {
    throw new ShapeError(
      `interp: xp and fp must be vectors of equal length; got ${describeAval(positions)} and ${describeAval(values)}.`,
    );
  }
  const ends = (v: NDArray): readonly [NDArray, NDArray] => [
    prim.sliceInDim(v, 0, 1, 0),
    prim.sliceInDim(v, v.size - 1, v.size, 0),
  ];
  if (period !== null) {
    at = remainder(at, Math.abs(period));
    const [folded, sorted] = prim.sort([remainder(positions, Math.abs(period)), values], 0) as [
      NDArray,
      NDArray,
    ];
    const [[first, last], [firstValue, lastValue]] = [ends(folded), ends(sorted)];
    positions = concatenate([subtract(last, Math.abs(period)), folded, add(first, Math.abs(period))]);
    values = concatenate([lastValue, sorted, firstValue]);
  }
  const n = positions.size;
  const element = (v: NDArray, i: NDArray): NDArray => takeAxis("interp", v, i, 0, { mode: "clip" });
  const upper = clip(searchsorted(positions, at, { side: "right" }), Math.min(1, n - 1), n - 1);
  const lower = clip(subtract(upper, 1), 0, null);
  const gap = subtract(element(positions, upper), element(positions, lower));
  const isEmpty = prim.eq(gap, prim.scalarLike(gap, 0));
  const slope = divide(subtract(element(values, upper), element(values, lower)), where(isEmpty, 1, gap));
  const base = element(values, lower);
  const onLine = where(isEmpty, base, add(base, multiply(subtract(at, element(positions, lower)), slope)));
  if (period !== null) return onLine;
  const [first, last] = ends(positions).map((v) => prim.reshape(v, [])) as [NDArray, NDArray];
  const [firstValue, lastValue] = ends(values).map((v) => prim.reshape(v, [])) as [NDArray, NDArray];
  const outside = (side: ArrayLike | string | null, own: NDArray): ArrayLike | undefined => {
    if (side === "extrapolate") return undefined;
    return side === null ? own : (side as ArrayLike);
  };
  const [before, after] = [outside(left, firstValue), outside(right, lastValue)];
  const withLeft = before === undefined ? onLine : where(prim.lt(at, first), before, onLine);
  return after === undefined ? withLeft : where(prim.lt(last, at), after, withLeft);
};
