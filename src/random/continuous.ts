import { type ArrayLike, type NDArray, type Shape, scalarArray } from "../array/index.ts";
import { inNameOf } from "../core/index.ts";
import { finfo } from "../numpy/types.ts";
import {
  abs,
  add,
  broadcastTo,
  div,
  exp,
  log,
  log1p,
  lt,
  mul,
  neg,
  pow,
  select,
  sign,
  sqrt,
  sub,
  tan,
} from "../primitives/index.ts";
import { type DTypeOptions, floatDType, sampleSpec } from "./operands.ts";
import { uniformBetween } from "./uniform.ts";

/*
 * Distributions whose distribution function has a simple inverse, which is applied to uniformly random numbers.
 */

/**
 * Numbers of the exponential distribution with rate 1: density exp(-x) for x >= 0.
 *
 * @example
 * random.exponential(key, [1000]); // float32[1000]
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
 * @example
 * random.laplace(key, [1000]); // float32[1000]
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
 * @example
 * random.logistic(key, [1000]); // float32[1000]
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
 * @example
 * random.cauchy(key, [1000]); // float32[1000]
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

/**
 * Numbers of the Pareto distribution: density b / x^(b + 1) for x >= 1.
 *
 * @param shape default: that of `b`, which must broadcast to it.
 * @example
 * random.pareto(key, 3, [1000]); // float32[1000]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.pareto.html
 */
export const pareto = (
  key: NDArray,
  b: ArrayLike,
  shape?: Shape | null,
  options: DTypeOptions = {},
): NDArray => {
  const { shape: full, dtype, parameters } = sampleSpec("pareto", { b }, shape, options);
  const drawn = inNameOf("pareto", () => exponential(key, full, { dtype }));
  return exp(div(drawn, parameters[0] as NDArray));
};

/**
 * Numbers of the Rayleigh distribution: density proportional to x exp(-x^2 / (2 scale^2)) for x >= 0.
 *
 * @param shape default: that of `scale`, which must broadcast to it.
 * @example
 * random.rayleigh(key, 2, [1000]); // float32[1000]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.rayleigh.html
 */
export const rayleigh = (
  key: NDArray,
  scale: ArrayLike,
  shape?: Shape | null,
  options: DTypeOptions = {},
): NDArray => {
  const { shape: full, dtype, parameters } = sampleSpec("rayleigh", { scale }, shape, options);
  const u = uniformBetween(key, full, dtype, 0, 1, "rayleigh");
  return mul(parameters[0] as NDArray, sqrt(mul(log(u), scalarArray(-2, dtype))));
};

/**
 * Numbers of the Weibull distribution: density proportional to (x / scale)^(c − 1) exp(-(x / scale)^c) for x >= 0,
 * where c is the concentration.
 *
 * @param scale a number, or an array that broadcasts to `shape`; so `concentration`.
 * @example
 * random.weibullMin(key, 1, 2, [1000]); // float32[1000]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.weibull_min.html
 */
export const weibullMin = (
  key: NDArray,
  scale: ArrayLike,
  concentration: ArrayLike,
  shape: Shape = [],
  options: DTypeOptions = {},
): NDArray => {
  const where = "weibullMin";
  const { shape: full, dtype, parameters } = sampleSpec(where, { scale, concentration }, shape, options);
  const [width, power] = parameters as [NDArray, NDArray];
  const u = uniformBetween(key, full, dtype, 0, 1, where);
  return mul(pow(neg(log1p(neg(u))), div(scalarArray(1, dtype), power)), width);
};

/**
 * Numbers of the triangular distribution: the density grows evenly from 0 at `left` to its greatest at `mode` and falls
 * evenly to 0 at `right`.
 *
 * @param shape default: that to which `left`, `mode` and `right` broadcast.
 * @example
 * random.triangular(key, 0, 1, 3, [1000]); // float32[1000]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.triangular.html
 */
export const triangular = (
  key: NDArray,
  left: ArrayLike,
  mode: ArrayLike,
  right: ArrayLike,
  shape?: Shape | null,
  options: DTypeOptions = {},
): NDArray => {
  const spec = sampleSpec("triangular", { left, mode, right }, shape, options);
  const { shape: full, dtype } = spec;
  const [a, b, c] = spec.parameters.map((x) => broadcastTo(x, full)) as [NDArray, NDArray, NDArray];
  const u = uniformBetween(key, full, dtype, 0, 1, "triangular");
  const width = sub(c, a);
  const rising = add(a, sqrt(mul(mul(u, width), sub(b, a))));
  const falling = sub(c, sqrt(mul(mul(sub(scalarArray(1, dtype), u), width), sub(c, b))));
  return select(lt(u, div(sub(b, a), width)), rising, falling);
};
