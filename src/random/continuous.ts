import { type NDArray, type Shape, scalarArray } from "../array/index.ts";
import { finfo } from "../numpy/types.ts";
import { abs, log, log1p, mul, neg, sign, sub, tan } from "../primitives/index.ts";
import { type DTypeOptions, floatDType } from "./operands.ts";
import { uniformBetween } from "./uniform.ts";

/*
 * Distributions whose distribution function has a simple inverse, which is applied to uniformly random numbers.
 */

/**
 * Numbers of the exponential distribution with rate 1: density exp(-x) for x >= 0.
 *
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.exponential.html
 */
export const exponential = (
  key: NDArray,
  shape: Shape = [],
  { dtype = "float32" }: DTypeOptions = {},
): NDArray => neg(log1p(neg(uniformBetween(key, shape, dtype, 0, 1, "exponential"))));

/**
 * Numbers of the Laplace distribution: density exp(-|x|) / 2.
 *
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.laplace.html
 */
export const laplace = (
  key: NDArray,
  shape: Shape = [],
  { dtype = "float32" }: DTypeOptions = {},
): NDArray => {
  const { epsneg } = finfo(floatDType(dtype, "laplace"));
  const u = uniformBetween(key, shape, dtype, epsneg - 1, 1, "laplace");
  return mul(sign(u), log1p(neg(abs(u))));
};

/**
 * Numbers of the logistic distribution: density exp(-x) / (1 + exp(-x))^2.
 *
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.logistic.html
 */
export const logistic = (
  key: NDArray,
  shape: Shape = [],
  { dtype = "float32" }: DTypeOptions = {},
): NDArray => {
  const { tiny } = finfo(floatDType(dtype, "logistic"));
  const u = uniformBetween(key, shape, dtype, tiny, 1, "logistic");
  return sub(log(u), log1p(neg(u)));
};

/**
 * Numbers of the Cauchy distribution: density 1 / (pi (x^2 + 1)).
 *
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.cauchy.html
 */
export const cauchy = (
  key: NDArray,
  shape: Shape = [],
  { dtype = "float32" }: DTypeOptions = {},
): NDArray => {
  const { eps } = finfo(floatDType(dtype, "cauchy"));
  const u = uniformBetween(key, shape, dtype, eps, 1, "cauchy");
  return tan(mul(scalarArray(Math.PI, dtype), sub(u, scalarArray(0.5, dtype))));
};
