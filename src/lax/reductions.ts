import { type ArrayLike, type DType, type NDArray, normalizeAxis } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { operand } from "./operands.ts";

const reduction =
  (name: string, reduce: (x: NDArray, axes: readonly number[]) => NDArray) =>
  (x: ArrayLike, axes: readonly number[]): NDArray =>
    reduce(operand(x, name), axes);

/** Sums over axes. */
export const reduceSum = reduction("reduceSum", prim.reduceSum);
/** Products over axes. */
export const reduceProd = reduction("reduceProd", prim.reduceProd);
/** The greatest elements over axes. */
export const reduceMax = reduction("reduceMax", prim.reduceMax);
/** The least elements over axes. */
export const reduceMin = reduction("reduceMin", prim.reduceMin);
/** Bitwise "and" over axes. */
export const reduceAnd = reduction("reduceAnd", prim.reduceAnd);
/** Bitwise "or" over axes. */
export const reduceOr = reduction("reduceOr", prim.reduceOr);
/** Bitwise "exclusive or" over axes. */
export const reduceXor = reduction("reduceXor", prim.reduceXor);

/** The position of the first greatest element along an axis. */
export const argmax = (x: ArrayLike, axis: number, indexDtype: DType = "int32"): NDArray => {
  const array = operand(x, "argmax");
  return prim.argmax(array, normalizeAxis(axis, array.ndim, "argmax"), indexDtype);
};

/** The position of the first least element along an axis. */
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

/** Sums of all elements along an axis up to each; with `reverse`, from each to the end. */
export const cumsum = cumulative("cumsum", prim.cumsum);
/** Products of all elements along an axis up to each. */
export const cumprod = cumulative("cumprod", prim.cumprod);
/** The greatest of all elements along an axis up to each. */
export const cummax = cumulative("cummax", prim.cummax);
/** The least of all elements along an axis up to each. */
export const cummin = cumulative("cummin", prim.cummin);
/** The logarithm of the sum of exponentials of all elements along an axis up to each. */
export const cumlogsumexp = cumulative("cumlogsumexp", prim.cumlogsumexp);
