import {
  type ArrayLike,
  type AxisArgument,
  isFloat,
  type NDArray,
  type ReductionOptions,
  scalarArray,
} from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { type CumulativeOptions, cumprod, cumsum } from "./cumulative.ts";
import { isnan } from "./floating.ts";
import { logicalAnd } from "./logic.ts";
import { operand, toInexact } from "./operands.ts";
import { type MaskedReductionOptions, reducedAxes, requireElements } from "./reducing.ts";
import { all, argmax, argmin, max, min, prod, type SumOptions, sum } from "./reductions.ts";
import type { MeanOptions, VarianceOptions } from "./statistics.ts";
import { inDType } from "./types.ts";

/*
 * Reductions that leave NaN out.
 */

/** `x` with `value` in place of NaN. */
export const withoutNan = (x: NDArray, value: number): NDArray =>
  isFloat(x.dtype) ? prim.select(prim.ne(x, x), prim.scalarLike(x, value), x) : x;

/**
 * The sum over `axis` of what is not NaN.
 *
 * @example
 * np.nansum(np.array([2, NaN, 3])); // 5
 */
export const nansum = (x: ArrayLike, axis?: AxisArgument, options?: SumOptions): NDArray =>
  sum(withoutNan(operand(x, "nansum"), 0), axis, options);

/**
 * The product over `axis` of what is not NaN.
 *
 * @example
 * np.nanprod(np.array([2, NaN, 3])); // 6
 */
export const nanprod = (x: ArrayLike, axis?: AxisArgument, options?: SumOptions): NDArray =>
  prod(withoutNan(operand(x, "nanprod"), 1), axis, options);

const nanExtremum =
  (name: string, find: typeof max, ofNothing: number) =>
  (
    x: ArrayLike,
    axis?: AxisArgument,
    options: MaskedReductionOptions & { readonly initial?: ArrayLike } = {},
  ): NDArray => {
    const array = operand(x, name);
    const axes = reducedAxes(name, array, axis);
    if (options.initial === undefined) requireElements(name, array, axes);
    const found = find(withoutNan(array, ofNothing), axis, options);
    if (!isFloat(array.dtype)) return found;
    const { initial: _, ...rest } = options;
    const isAllNan = all(isnan(array), axis, rest);
    return prim.select(isAllNan, scalarArray(Number.NaN, found.dtype, true), found);
  };

/**
 * The greatest element over `axis` that is not NaN; NaN if all are.
 *
 * @example
 * np.nanmax(np.array([1, NaN, 3])); // 3
 */
export const nanmax = nanExtremum("nanmax", max, Number.NEGATIVE_INFINITY);

/**
 * The least element over `axis` that is not NaN; NaN if all are.
 *
 * @example
 * np.nanmin(np.array([1, NaN, 3])); // 1
 */
export const nanmin = nanExtremum("nanmin", min, Number.POSITIVE_INFINITY);

/** A mask of the elements that are not NaN and take part. */
const present = (x: NDArray, where: ArrayLike | null | undefined): NDArray => {
  const isNumber = prim.eq(x, x);
  return where === undefined || where === null ? isNumber : logicalAnd(isNumber, where);
};

const floats = (name: string, x: ArrayLike, options: MeanOptions): NDArray => {
  const array = operand(x, name, toInexact);
  return inDType(array, options.dtype, name);
};

/**
 * The mean over `axis` of what is not NaN.
 *
 * @example
 * np.nanmean(np.array([1, NaN, 3])); // 2
 */
export const nanmean = (x: ArrayLike, axis?: AxisArgument, options: MeanOptions = {}): NDArray => {
  const array = floats("nanmean", x, options);
  const { keepdims = false, where } = options;
  const count = sum(present(array, where), axis, { dtype: array.dtype, keepdims });
  return prim.div(sum(withoutNan(array, 0), axis, { keepdims, where }), count);
};

const nanVariance = (name: string, x: ArrayLike, axis: AxisArgument, options: VarianceOptions): NDArray => {
  const { ddof = 0, keepdims = false, where } = options;
  const array = floats(name, x, options);
  const axes = reducedAxes(name, array, axis);
  const mean = nanmean(array, axes, { keepdims: true, where });
  const isNumber = present(array, where);
  const centered = prim.sub(array, prim.broadcastTo(mean, array.shape));
  const squares = sum(prim.square(prim.select(isNumber, centered, prim.scalarLike(array, 0))), axes, {
    keepdims,
  });
  const divisor = prim.sub(
    sum(isNumber, axes, { dtype: array.dtype, keepdims }),
    prim.scalarLike(array, ddof),
  );
  const hasEnough = prim.gt(divisor, prim.scalarLike(array, 0));
  return prim.div(squares, prim.select(hasEnough, divisor, prim.scalarLike(array, Number.NaN)));
};

/**
 * The variance over `axis` of what is not NaN.
 *
 * @example
 * np.nanvar(np.array([1, NaN, 3])); // 1
 */
export const nanvar = (x: ArrayLike, axis?: AxisArgument, options: VarianceOptions = {}): NDArray =>
  nanVariance("nanvar", x, axis, options);

/**
 * The standard deviation over `axis` of what is not NaN.
 *
 * @example
 * np.nanstd(np.array([1, NaN, 3])); // 1
 */
export const nanstd = (x: ArrayLike, axis?: AxisArgument, options: VarianceOptions = {}): NDArray =>
  prim.sqrt(nanVariance("nanstd", x, axis, options));

const nanPosition =
  (name: string, find: typeof argmax, ofNothing: number) =>
  (x: ArrayLike, axis?: number | null, options: ReductionOptions = {}): NDArray => {
    const array = operand(x, name);
    requireElements(name, array, reducedAxes(name, array, axis));
    const found = find(withoutNan(array, ofNothing), axis, options);
    if (!isFloat(array.dtype)) return found;
    return prim.select(all(isnan(array), axis, options), scalarArray(-1, "int32"), found);
  };

/**
 * The position along `axis` of the first greatest element that is not NaN; -1 if all are.
 *
 * @example
 * np.nanargmax(np.array([1, NaN, 3])); // 2
 */
export const nanargmax = nanPosition("nanargmax", argmax, Number.NEGATIVE_INFINITY);

/**
 * The position along `axis` of the first least element that is not NaN; -1 if all are.
 *
 * @example
 * np.nanargmin(np.array([1, NaN, 3])); // 0
 */
export const nanargmin = nanPosition("nanargmin", argmin, Number.POSITIVE_INFINITY);

/**
 * Sums up to each element of what is not NaN.
 *
 * @example
 * np.nancumsum(np.array([2, NaN, 3])); // [2, 2, 5]
 */
export const nancumsum = (x: ArrayLike, axis?: number | null, options?: CumulativeOptions): NDArray =>
  cumsum(withoutNan(operand(x, "nancumsum"), 0), axis, options);

/**
 * Products up to each element of what is not NaN.
 *
 * @example
 * np.nancumprod(np.array([2, NaN, 3])); // [2, 2, 6]
 */
export const nancumprod = (x: ArrayLike, axis?: number | null, options?: CumulativeOptions): NDArray =>
  cumprod(withoutNan(operand(x, "nancumprod"), 1), axis, options);
