import { type ArrayLike, type DType, type NDArray, type Shape, scalarArray } from "../array/index.ts";
import { finfo } from "../numpy/types.ts";
import { div, erf, erfInv, max, min, mul, nextafter, stopGradient } from "../primitives/index.ts";
import { asType, type DTypeOptions, floatDType, sampleShape, shapeOfParameters, spread } from "./operands.ts";
import { uniformBetween } from "./uniform.ts";

/** The least number greater than -1. */
const aboveMinusOne = (dtype: DType): NDArray => scalarArray(-1 + finfo(dtype).epsneg, dtype);

/**
 * Numbers of the standard normal distribution, mean 0 and variance 1: the inverse of its distribution function at
 * uniformly random places.
 *
 * @example
 * random.normal(key, [784, 128]).mul(0.01);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.normal.html
 */
export const normal = (
  key: NDArray,
  shape: Shape = [],
  { dtype = "float32" }: DTypeOptions = {},
): NDArray => {
  const u = uniformBetween(key, shape, floatDType(dtype, "normal"), aboveMinusOne(dtype), 1, "normal");
  return mul(scalarArray(Math.SQRT2, dtype), erfInv(u));
};

/**
 * Numbers of the standard normal distribution between `lower` and `upper`, both excluded.
 *
 * @param shape default: that to which the bounds broadcast.
 * @throws ShapeError if a bound does not broadcast to `shape`.
 * @example
 * random.truncatedNormal(key, -2, 2, [784, 128]);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.truncated_normal.html
 */
export const truncatedNormal = (
  key: NDArray,
  lower: ArrayLike,
  upper: ArrayLike,
  shape?: Shape | null,
  { dtype = "float32" }: DTypeOptions = {},
): NDArray => {
  const where = "truncatedNormal";
  floatDType(dtype, where);
  const bounds = [lower, upper].map((x) => asType(x, dtype, where));
  const full = sampleShape(shape ?? shapeOfParameters(bounds, where), where);
  const [low, high] = bounds.map((x, i) => spread(x, full, where, i === 0 ? "lower" : "upper")) as [
    NDArray,
    NDArray,
  ];
  const sqrt2 = scalarArray(Math.SQRT2, dtype);
  const [a, b] = [erf(div(low, sqrt2)), erf(div(high, sqrt2))];
  const x = mul(sqrt2, erfInv(uniformBetween(key, full, dtype, a, b, where)));
  // Rounding could give a bound or go beyond it.
  const least = nextafter(stopGradient(low), scalarArray(Number.POSITIVE_INFINITY, dtype));
  const greatest = nextafter(stopGradient(high), scalarArray(Number.NEGATIVE_INFINITY, dtype));
  return min(max(x, least), greatest);
};
