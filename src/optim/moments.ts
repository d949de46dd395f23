import { type ArrayLike, asArray, type DType, NDArray, scalarArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { mapTrees } from "./trees.ts";

/*
 * Running means, which most rules are made of. Hyperparameters are numbers, or scalar arrays where they change from
 * step to step; these take the dtype of what they are multiplied with.
 */

/** A hyperparameter among arrays of `dtype`. */
export const hyper = (x: ArrayLike, dtype: DType): ArrayLike =>
  x instanceof NDArray ? np.astype(x, dtype) : x;

/** A hyperparameter as an array of `dtype`. A number keeps its digits on the way. */
export const scalarOf = (x: ArrayLike, dtype: DType): NDArray =>
  typeof x === "number" ? scalarArray(x, dtype) : np.astype(x, dtype);

/** 1 − x. */
export const complement = (x: ArrayLike): ArrayLike =>
  typeof x === "number" ? 1 - x : np.subtract(1, asArray(x, "hyperparameter"));

/** The part of a running mean that stays, and what is new. */
export const average = (decay: ArrayLike, mean: NDArray, x: NDArray): NDArray => {
  const d = hyper(decay, mean.dtype);
  return np.add(np.multiply(complement(d), x), np.multiply(d, mean));
};

/** A running mean that began with 0, made up for that. */
export const unbiased = (mean: NDArray, decay: ArrayLike, count: NDArray): NDArray => {
  const d = scalarOf(decay, mean.dtype);
  return np.divide(mean, np.subtract(1, np.power(d, count)));
};

/** `average` of a tree of gradients. */
export const averageTree = <T>(where: string, decay: ArrayLike, mean: T, gradients: unknown): T =>
  mapTrees<T>(where, { gradients, mean }, (g, m) => average(decay, m, g));

/** `average` of the squares of a tree of gradients. */
export const averageSquares = <T>(where: string, decay: ArrayLike, mean: T, gradients: unknown): T =>
  mapTrees<T>(where, { gradients, mean }, (g, m) => average(decay, m, np.square(g)));
