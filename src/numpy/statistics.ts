import {
  type ArrayLike,
  type AxisArgument,
  computeDType,
  type DType,
  isStorage,
  type NDArray,
} from "../array/index.ts";
import { describeAval, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { divide, multiply, subtract } from "./arithmetic.ts";
import { operand, promote, toInexact, truth } from "./operands.ts";
import { countOver, type MaskedReductionOptions, reducedAxes } from "./reducing.ts";
import { sum } from "./reductions.ts";
import { inDType } from "./types.ts";

const NONE: VarianceOptions = Object.freeze({});

/** Options of `mean`. */
export interface MeanOptions extends MaskedReductionOptions {
  /** The floating-point dtype to compute in. */
  readonly dtype?: DType | undefined;
}

/** Options of `var` and `std`. */
export interface VarianceOptions extends MeanOptions {
  /** What is taken off the number of elements to divide by. */
  readonly ddof?: number;
}

const floats = (x: ArrayLike, dtype: DType | undefined, name: string): NDArray => {
  const array = operand(x, name, toInexact);
  return inDType(array, dtype, name);
};

/** What `f` makes of 16-bit floats in float32, rounded once. */
const computed = (x: NDArray, f: (x: NDArray) => NDArray): NDArray => {
  const { dtype, weakType } = x;
  if (!isStorage(dtype)) return f(x);
  return prim.convertElementType(f(prim.convertElementType(x, computeDType(dtype))), dtype, weakType);
};

/** How many elements go into each result: a scalar, or an array with the axes of the result if some are masked. */
const counts = (
  name: string,
  array: NDArray,
  axes: readonly number[],
  { where, keepdims = false }: MeanOptions,
): NDArray => {
  if (where === undefined || where === null) return prim.scalarLike(array, countOver(array, axes));
  const mask = prim.broadcastTo(truth(where, name), array.shape);
  return sum(mask, axes, { dtype: array.dtype, keepdims });
};

/**
 * The mean over `axis` (one, several, or all of them). Integers are averaged as float32; the mean of nothing is NaN.
 *
 *     mean(x, 0); // of float32[2, 3]: float32[3]
 *
 * @example
 * np.mean(np.array([1, 2, 6])); // 3
 */
export const mean = (x: ArrayLike, axis?: AxisArgument, options: MeanOptions = NONE): NDArray =>
  computed(floats(x, options.dtype, "mean"), (array) => {
    const axes = reducedAxes("mean", array, axis);
    const { where, keepdims = false } = options;
    return prim.div(sum(array, axes, { where, keepdims }), counts("mean", array, axes, options));
  });

/** The variance of floats that are computed in as they are. */
const variance = (name: string, array: NDArray, axis: AxisArgument, options: VarianceOptions): NDArray => {
  const { ddof = 0, where, keepdims = false } = options;
  const axes = reducedAxes(name, array, axis);
  const centered = subtract(array, mean(array, axes, { where, keepdims: true }));
  const squares = sum(prim.square(centered), axes, { where, keepdims });
  const divisor = prim.sub(counts(name, array, axes, options), prim.scalarLike(array, ddof));
  const zero = prim.scalarLike(array, 0);
  // Too few elements have no variance.
  return prim.div(squares, prim.select(prim.gt(divisor, zero), divisor, prim.scalarLike(array, Number.NaN)));
};

/**
 * The variance over `axis`: the mean square of the differences from the mean.
 *
 * @example
 * np.var(np.array([1, 2, 3, 4])); // 1.25
 */
const variance_ = (x: ArrayLike, axis?: AxisArgument, options: VarianceOptions = NONE): NDArray =>
  computed(floats(x, options.dtype, "var"), (array) => variance("var", array, axis, options));

export { variance_ as var };

/**
 * The standard deviation over `axis`: the square root of the variance.
 *
 * @example
 * np.std(np.array([1, 2, 3, 4])); // 1.11803
 */
export const std = (x: ArrayLike, axis?: AxisArgument, options: VarianceOptions = NONE): NDArray =>
  computed(floats(x, options.dtype, "std"), (array) => prim.sqrt(variance("std", array, axis, options)));

/** Options of `average`. */
export interface AverageOptions {
  /** The weight of each element: of the shape of the array, or of its length along the one axis. */
  readonly weights?: ArrayLike | null;
  readonly keepdims?: boolean;
}

/** The weighted mean over `axis`. */
const weightedMean = (x: ArrayLike, axis: AxisArgument, weights: ArrayLike, keepdims: boolean): NDArray => {
  const [array, given] = promote("average", [x, weights], toInexact) as [NDArray, NDArray];
  const axes = reducedAxes("average", array, axis);
  let w = given;
  if (w.ndim !== array.ndim || w.shape.some((n, i) => n !== array.shape[i])) {
    const along = axes[0];
    if (axes.length !== 1 || along === undefined || w.ndim !== 1 || w.shape[0] !== array.shape[along]) {
      throw new ShapeError(
        `average: weights must have the shape of the array or be a vector as long as the one axis averaged over; got ` +
          `${describeAval(w)} for ${describeAval(array)} and axis ${JSON.stringify(axis ?? null)}.`,
      );
    }
    w = prim.broadcastInDim(w, array.shape, [along]);
  }
  const total = sum(w, axes, { keepdims });
  return divide(sum(multiply(array, w), axes, { keepdims }), total);
};

/**
 * The mean over `axis`, weighted if weights are given.
 *
 * @example
 * np.average(np.array([1, 3]), null, { weights: np.array([3, 1]) }); // 1.5
 */
export const average = (x: ArrayLike, axis?: AxisArgument, options: AverageOptions = {}): NDArray => {
  const { weights = null, keepdims = false } = options;
  return weights === null ? mean(x, axis, { keepdims }) : weightedMean(x, axis, weights, keepdims);
};
