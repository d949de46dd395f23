import type { NDArray } from "../array/index.ts";
import { binary, toInexact, unary } from "../numpy/operands.ts";
import * as prim from "../primitives/index.ts";

/*
 * Products with logarithms, which are 0 where the factor is 0. What is left out of a choice is computed at 1, so that no
 * derivative is NaN because of it.
 */

const like = prim.scalarLike;

const isZero = (x: NDArray): NDArray => prim.eq(x, like(x, 0));

/** Where x = 0 takes the place of an infinite or undefined logarithm; elsewhere the product is 0, its derivative log(y). */
const isOmitted = (x: NDArray, y: NDArray, least: number): NDArray => {
  const hasLogarithm = prim.and(prim.gt(y, like(y, least)), prim.lt(y, like(y, Number.POSITIVE_INFINITY)));
  return prim.and(isZero(x), prim.and(prim.eq(y, y), prim.not(hasLogarithm)));
};

/** x · log(y), and 0 where x = 0 unless y is NaN. */
const xlogyOf = (x: NDArray, y: NDArray): NDArray => {
  const omitted = isOmitted(x, y, 0);
  return prim.select(omitted, like(x, 0), prim.mul(x, prim.log(prim.select(omitted, like(y, 1), y))));
};

/**
 * `x * log(y)`, and 0 where x is 0.
 *
 * @example
 * scipy.special.xlogy(np.array([0, 2]), np.array([0, 3])); // [0, 2.19722]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.scipy.special.xlogy.html
 */
export const xlogy = binary("xlogy", (x, y) => xlogyOf(...full(x, y)), toInexact);

/**
 * `x * log1p(y)`, and 0 where x is 0.
 *
 * @example
 * scipy.special.xlog1py(np.array([0, 2]), np.array([-1, 3])); // [0, 2.77259]
 */
export const xlog1py = binary(
  "xlog1py",
  (a, b) => {
    const [x, y] = full(a, b);
    const omitted = isOmitted(x, y, -1);
    return prim.select(omitted, like(x, 0), prim.mul(x, prim.log1p(prim.select(omitted, like(y, 0), y))));
  },
  toInexact,
);

/**
 * `-x * log(x)`: 0 at 0, −∞ below.
 *
 * @example
 * scipy.special.entr(np.array([1, 0.5])); // [-0, 0.346574]
 */
export const entr = unary(
  "entr",
  (x) => {
    const below = prim.lt(x, like(x, 0));
    const value = prim.neg(xlogyOf(x, prim.select(below, like(x, 1), x)));
    return prim.select(below, like(x, Number.NEGATIVE_INFINITY), value);
  },
  toInexact,
);

/** x log(x / y) for positive x and y, 0 where x = 0 <= y, infinite elsewhere; NaN stays. */
const relative = (x: NDArray, y: NDArray): NDArray => {
  const [zero, one] = [like(x, 0), like(x, 1)];
  const bothPositive = prim.and(prim.gt(x, zero), prim.gt(y, zero));
  const [p, q] = [prim.select(bothPositive, x, one), prim.select(bothPositive, y, one)];
  const value = prim.sub(prim.mul(p, prim.log(p)), prim.mul(p, prim.log(q)));
  const nothing = prim.and(isZero(x), prim.ge(y, zero));
  const outside = prim.select(nothing, zero, like(x, Number.POSITIVE_INFINITY));
  const isMissing = prim.or(prim.ne(x, x), prim.ne(y, y));
  return prim.select(bothPositive, value, prim.select(isMissing, like(x, Number.NaN), outside));
};

/** Operands that are chosen between, both of the full shape. */
const full = (x: NDArray, y: NDArray): readonly [NDArray, NDArray] => {
  if (x.ndim === y.ndim) return [x, y];
  return x.ndim === 0 ? [prim.broadcastTo(x, y.shape), y] : [x, prim.broadcastTo(y, x.shape)];
};

/**
 * The terms x log(x / y) of a relative entropy: 0 where x = 0, infinite where x or y is negative, or y = 0 < x.
 *
 * @example
 * scipy.special.relEntr(np.array([0.5]), np.array([0.25])); // [0.346574]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.scipy.special.rel_entr.html
 */
export const relEntr = binary("relEntr", (x, y) => relative(...full(x, y)), toInexact);

/**
 * `relEntr(p, q) - p + q`, the terms of the Kullback–Leibler divergence of unnormalized distributions.
 *
 * @example
 * scipy.special.klDiv(np.array([0.5]), np.array([0.25])); // [0.0965736]
 */
export const klDiv = binary(
  "klDiv",
  (x, y) => {
    const [p, q] = full(x, y);
    return prim.add(prim.sub(relative(p, q), p), q);
  },
  toInexact,
);
