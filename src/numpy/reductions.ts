import type { ArrayLike, AxisArgument, DType, NDArray, ReductionOptions } from "../array/index.ts";
import { inNameOf } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { add, multiply, subtract } from "./arithmetic.ts";
import { maximum, minimum } from "./extrema.ts";
import { keepType, operand, toWide, truth } from "./operands.ts";
import {
  alongAxis,
  type MaskedReductionOptions,
  masked,
  reducedAxes,
  requireElements,
  withKeptAxes,
} from "./reducing.ts";
import { inDType } from "./types.ts";

/** Options of `sum` and `prod`. */
export interface SumOptions extends MaskedReductionOptions {
  /** The dtype to compute in. */
  readonly dtype?: DType | undefined;
  /** What the reduction starts from. */
  readonly initial?: ArrayLike | undefined;
}

/** Options of `max` and `min`. */
export type ExtremumOptions = Omit<SumOptions, "dtype">;

type Reduce = (x: NDArray, axes: readonly number[]) => NDArray;

const NONE: SumOptions = Object.freeze({});

/** `sum` or `prod`: booleans are counted as int32, integers of less than 32 bits added up in 32. */
const accumulation =
  (name: string, reduce: Reduce, ofNothing: number, combine: (x: NDArray, y: ArrayLike) => NDArray) =>
  (x: ArrayLike, axis?: AxisArgument, options: SumOptions = NONE): NDArray => {
    const { dtype, where, initial, keepdims } = options;
    const array = operand(x, name, dtype === undefined ? toWide : keepType);
    const typed = inDType(array, dtype, name);
    const terms = where === undefined ? typed : masked(name, typed, where, ofNothing);
    const axes = reducedAxes(name, terms, axis);
    const result = withKeptAxes(reduce(terms, axes), terms, axes, keepdims);
    return initial === undefined ? result : combine(result, initial);
  };

/**
 * The sum over `axis` (one, several, or all of them). Booleans are counted; integers wrap.
 *
 *     sum(x, 0, { keepdims: true }); // of float32[2, 3]: float32[1, 3]
 *
 * @example
 * np.sum(np.array([[1, 2], [3, 4]]), 0); // [4, 6]
 */
export const sum = accumulation("sum", prim.reduceSum, 0, add);

/**
 * The product over `axis` (one, several, or all of them).
 *
 * @example
 * np.prod(np.array([[1, 2], [3, 4]]), 0); // [3, 8]
 */
export const prod = accumulation("prod", prim.reduceProd, 1, multiply);

const extremum =
  (
    name: string,
    reduce: Reduce,
    ofNothing: { readonly [K in DType]: number },
    combine: (x: ArrayLike, y: ArrayLike) => NDArray,
  ) =>
  (x: ArrayLike, axis?: AxisArgument, options: ExtremumOptions = NONE): NDArray => {
    const { where, initial, keepdims } = options;
    const array = operand(x, name);
    const terms = masked(name, array, where, ofNothing[array.dtype]);
    const axes = reducedAxes(name, terms, axis);
    if (initial === undefined) requireElements(name, terms, axes);
    const result = withKeptAxes(reduce(terms, axes), terms, axes, keepdims);
    return initial === undefined ? result : combine(result, initial);
  };

/**
 * The greatest element over `axis`; NaN if there is one. Ties share the derivative.
 *
 * @example
 * np.max(np.array([[1, 2], [3, 4]]), 0); // [3, 4]
 */
export const max = extremum("max", prim.reduceMax, prim.LEAST, maximum);

/**
 * The least element over `axis`; NaN if there is one. Ties share the derivative.
 *
 * @example
 * np.min(np.array([[1, 2], [3, 4]]), 0); // [1, 2]
 */
export const min = extremum("min", prim.reduceMin, prim.GREATEST, minimum);

/** `max` by its other name. */
export const amax = max;
/** `min` by its other name. */
export const amin = min;

/**
 * The greatest less the least element over `axis`.
 *
 * @example
 * np.ptp(np.array([1, 5, 2])); // 4
 */
export const ptp = (x: ArrayLike, axis?: AxisArgument, options: ReductionOptions = NONE): NDArray => {
  const array = operand(x, "ptp");
  const axes = reducedAxes("ptp", array, axis);
  requireElements("ptp", array, axes);
  return inNameOf("ptp", () => subtract(max(array, axes, options), min(array, axes, options)));
};

const quantifier =
  (name: string, reduce: Reduce, ofNothing: number) =>
  (x: ArrayLike, axis?: AxisArgument, { keepdims, where }: MaskedReductionOptions = NONE): NDArray => {
    const conditions = masked(name, truth(x, name), where, ofNothing);
    const axes = reducedAxes(name, conditions, axis);
    return withKeptAxes(reduce(conditions, axes), conditions, axes, keepdims);
  };

/**
 * Whether all elements over `axis` are true (other than 0).
 *
 * @example
 * np.all(np.array([true, false])); // false
 */
export const all = quantifier("all", prim.reduceAnd, 1);

/**
 * Whether some element over `axis` is true (other than 0).
 *
 * @example
 * np.any(np.array([true, false])); // true
 */
export const any = quantifier("any", prim.reduceOr, 0);

/**
 * How many elements over `axis` are other than 0.
 *
 * @example
 * np.countNonzero(np.array([1, 0, 2])); // 2
 */
export const countNonzero = (x: ArrayLike, axis?: AxisArgument, options: ReductionOptions = NONE): NDArray =>
  inNameOf("countNonzero", () => sum(truth(x, "countNonzero"), axis, options));

const position =
  (name: string, find: (x: NDArray, axis: number) => NDArray) =>
  (x: ArrayLike, axis?: number | null, { keepdims }: ReductionOptions = NONE): NDArray => {
    const original = operand(x, name);
    const [array, along] = alongAxis(name, original, axis);
    requireElements(name, array, [along]);
    const result = find(array, along);
    const isWhole = axis === undefined || axis === null;
    return withKeptAxes(result, original, isWhole ? prim.range(original.ndim) : [along], keepdims);
  };

/**
 * The position of the first greatest element along `axis`, or in the flattened array; of NaN if there is one.
 *
 * @example
 * np.argmax(np.array([1, 5, 2])); // 1
 */
export const argmax = position("argmax", prim.argmax);

/**
 * The position of the first least element along `axis`, or in the flattened array; of NaN if there is one.
 *
 * @example
 * np.argmin(np.array([1, 5, 2])); // 0
 */
export const argmin = position("argmin", prim.argmin);
