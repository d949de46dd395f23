import { type ArrayLike, type DType, type NDArray, normalizeAxis } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { operand } from "./operands.ts";

const reduction =
  (name: string, reduce: (x: NDArray, axes: readonly number[]) => NDArray) =>
  (x: ArrayLike, axes: readonly number[]): NDArray =>
    reduce(operand(x, name), axes);

/**
 * Sums over axes.
 *
 * @example
 * lax.reduceSum(np.array([[1, 2], [3, 4]]), [0]); // [4, 6]
 */
export const reduceSum = reduction("reduceSum", prim.reduceSum);
/**
 * Products over axes.
 *
 * @example
 * lax.reduceProd(np.array([[1, 2], [3, 4]]), [0]); // [3, 8]
 */
export const reduceProd = reduction("reduceProd", prim.reduceProd);
/**
 * The greatest elements over axes.
 *
 * @example
 * lax.reduceMax(np.array([[1, 2], [3, 4]]), [0]); // [3, 4]
 */
export const reduceMax = reduction("reduceMax", prim.reduceMax);
/**
 * The least elements over axes.
 *
 * @example
 * lax.reduceMin(np.array([[1, 2], [3, 4]]), [0]); // [1, 2]
 */
export const reduceMin = reduction("reduceMin", prim.reduceMin);
/**
 * Bitwise "and" over axes.
 *
 * @example
 * lax.reduceAnd(np.array([true, false]), [0]); // false
 */
export const reduceAnd = reduction("reduceAnd", prim.reduceAnd);
/**
 * Bitwise "or" over axes.
 *
 * @example
 * lax.reduceOr(np.array([true, false]), [0]); // true
 */
export const reduceOr = reduction("reduceOr", prim.reduceOr);
/**
 * Bitwise "exclusive or" over axes.
 *
 * @example
 * lax.reduceXor(np.array([true, true]), [0]); // false
 */
export const reduceXor = reduction("reduceXor", prim.reduceXor);

/**
 * The position of the first greatest element along an axis.
 *
 * @example
 * lax.argmax(np.array([1, 5, 2]), 0, "int32"); // 1
 */
export const argmax = (x: ArrayLike, axis: number, indexDtype: DType = "int32"): NDArray => {
  const array = operand(x, "argmax");
  return prim.argmax(array, normalizeAxis(axis, array.ndim, "argmax"), indexDtype);
};

/**
 * The position of the first least element along an axis.
 *
 * @example
 * lax.argmin(np.array([1, 5, 2]), 0, "int32"); // 0
 */
export const argmin = (x: ArrayLike, axis: number, indexDtype: DType = "int32"): NDArray => {
  const array = operand(x, "argmin");
  return prim.argmin(array, normalizeAxis(axis, array.ndim, "argmin"), indexDtype);
};

const cumulative =
  (name: string, apply: (x: NDArray, axis: number, reverse: boolean) => NDArray) =>
  (x: ArrayLike, axis = 0, reverse = false): NDArray => {
    const array = operand(x, name);
    return apply(array, normalizeAxis(axis, array.ndim, name), reverse);
  };

/**
 * Sums of all elements along an axis up to each; with `reverse`, from each to the end.
 *
 * @example
 * lax.cumsum(np.array([1, 2, 3])); // [1, 3, 6]
 */
export const cumsum = cumulative("cumsum", prim.cumsum);
/**
 * Products of all elements along an axis up to each.
 *
 * @example
 * lax.cumprod(np.array([1, 2, 3])); // [1, 2, 6]
 */
export const cumprod = cumulative("cumprod", prim.cumprod);
/**
 * The greatest of all elements along an axis up to each.
 *
 * @example
 * lax.cummax(np.array([1, 3, 2])); // [1, 3, 3]
 */
export const cummax = cumulative("cummax", prim.cummax);
/**
 * The least of all elements along an axis up to each.
 *
 * @example
 * lax.cummin(np.array([3, 1, 2])); // [3, 1, 1]
 */
export const cummin = cumulative("cummin", prim.cummin);
/**
 * The logarithm of the sum of exponentials of all elements along an axis up to each.
 *
 * @example
 * lax.cumlogsumexp(np.array([0, 0])); // [0, 0.693147]
 */
export const cumlogsumexp = cumulative("cumlogsumexp", prim.cumlogsumexp);
