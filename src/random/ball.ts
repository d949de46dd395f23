import { type ArrayLike, describeValue, type NDArray, type Shape } from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import { abs, add, broadcastInDim, div, mul, pow, reduceSum, scalarLike } from "../primitives/index.ts";
import { exponential } from "./continuous.ts";
import { gammaOf } from "./gamma.ts";
import { splitKey } from "./key.ts";
import { type DTypeOptions, sampleShape, sampleSpec } from "./operands.ts";
import { signsOf } from "./rademacher.ts";

const generalizedNormalOf = (key: NDArray, p: NDArray, shape: Shape, where: string): NDArray => {
  const [forGamma, forSign] = splitKey(key, 2, where) as [NDArray, NDArray];
  const inverse = div(scalarLike(p, 1), p);
  const sizes = pow(gammaOf(forGamma, inverse, shape, where, { logSpace: false }), inverse);
  return mul(signsOf(forSign, shape, p.dtype, where), sizes);
};

/**
 * Numbers of the generalized normal distribution: density proportional to exp(-|x|^p), p > 0.
 *
 * @param p a number, or an array that broadcasts to `shape`.
 * @example
 * random.generalizedNormal(key, 1.5, [1000]);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.generalized_normal.html
 */
export const generalizedNormal = (
  key: NDArray,
  p: ArrayLike,
  shape: Shape = [],
  options: DTypeOptions = {},
): NDArray => {
  const spec = sampleSpec("generalizedNormal", { p }, shape, options);
  return generalizedNormalOf(key, spec.parameters[0] as NDArray, spec.shape, "generalizedNormal");
};

/**
 * Points uniformly distributed in the ball of radius 1 about 0, in the p-norm. (F. Barthe, O. Guédon, S. Mendelson,
 * A. Naor, "A probabilistic approach to the geometry of the l_p^n-ball", 2005.)
 *
 * @param d how many coordinates a point has.
 * @param p the order of the norm, a scalar; default 2.
 * @param shape of the batch; points lie along a new last axis.
 * @throws ArgumentError if `d` is no whole number; ShapeError if `p` is no scalar.
 * @example
 * random.ball(key, 3, 2, [1000]); // float32[1000, 3]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.ball.html
 */
export const ball = (
  key: NDArray,
  d: number,
  p: ArrayLike = 2,
  shape: Shape = [],
  options: DTypeOptions = {},
): NDArray => {
  const where = "ball";
  if (!Number.isInteger(d) || d < 0) {
    throw new ArgumentError(`ball: d must be a whole number of coordinates; got ${describeValue(d)}.`);
  }
  const spec = sampleSpec(where, { p }, [...sampleShape(shape, where), d], options);
  const power = spec.parameters[0] as NDArray;
  if (power.ndim !== 0) throw new ShapeError(`ball: p must be a scalar; got ${describeAval(power)}.`);
  const [forPoint, forRadius] = splitKey(key, 2, where) as [NDArray, NDArray];
  const point = generalizedNormalOf(forPoint, power, spec.shape, where);
  const size = reduceSum(pow(abs(point), power), [shape.length]);
  const radius = pow(
    add(size, exponential(forRadius, shape, { dtype: spec.dtype })),
    div(scalarLike(power, 1), power),
  );
  return div(point, broadcastInDim(radius, spec.shape, [...shape.keys()]));
};
