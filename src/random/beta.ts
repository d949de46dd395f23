import { type ArrayLike, asArray, type NDArray, type Shape } from "../array/index.ts";
import { describeAval, ShapeError } from "../core/index.ts";
import {
  add,
  broadcastInDim,
  div,
  exp,
  max,
  reduceMax,
  reduceSum,
  stopGradient,
  sub,
} from "../primitives/index.ts";
import { gammaOf } from "./gamma.ts";
import { splitKey } from "./key.ts";
import {
  asType,
  type DTypeOptions,
  dtypeOfParameters,
  floatDType,
  sampleShape,
  sampleSpec,
  spread,
} from "./operands.ts";

/*
 * Shares of gamma numbers in their sum. They are worked out from logarithms, since the numbers themselves can be too
 * small for their dtype.
 */

/**
 * Numbers of the beta distribution: density proportional to x^(a − 1) (1 − x)^(b − 1) for x from 0 to 1.
 *
 * @param shape default: that to which `a` and `b` broadcast.
 * @example
 * random.beta(key, 2, 5, [1000]);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.beta.html
 */
export const beta = (
  key: NDArray,
  a: ArrayLike,
  b: ArrayLike,
  shape?: Shape | null,
  options: DTypeOptions = {},
): NDArray => {
  const spec = sampleSpec("beta", { a, b }, shape, options);
  const keys = splitKey(key, 2, "beta");
  const [first, second] = spec.parameters.map((x, i) =>
    gammaOf(keys[i] as NDArray, x, spec.shape, "beta", { logSpace: true }),
  ) as [NDArray, NDArray];
  const greatest = max(first, second);
  const [x, y] = [exp(sub(first, greatest)), exp(sub(second, greatest))];
  return div(x, add(x, y));
};

/**
 * Vectors of the Dirichlet distribution along a new last axis: positive numbers whose sum is 1, with density
 * proportional to the product of x_i^(alpha_i − 1).
 *
 * @param alpha positive numbers along the last axis.
 * @param shape of the batch, without the last axis; default: that of `alpha` without it, which must broadcast to it.
 * @throws ShapeError for a scalar `alpha`, or a shape to which it does not broadcast.
 * @example
 * random.dirichlet(key, np.array([1, 2, 3]), [10]); // float32[10, 3]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.dirichlet.html
 */
export const dirichlet = (
  key: NDArray,
  alpha: ArrayLike,
  shape?: Shape | null,
  { dtype = dtypeOfParameters([alpha]) }: DTypeOptions = {},
): NDArray => {
  const where = "dirichlet";
  const weights = asType(asArray(alpha, where), floatDType(dtype, where), where);
  if (weights.ndim === 0) {
    throw new ShapeError(`dirichlet: alpha must have an axis of categories; got ${describeAval(weights)}.`);
  }
  const batch = sampleShape(shape ?? weights.shape.slice(0, -1), where);
  const full = [...batch, weights.shape.at(-1) as number];
  const logs = gammaOf(key, spread(weights, full, where, "alpha"), full, where, { logSpace: true });
  if (full.includes(0)) return logs;
  const last = [batch.length];
  const over = (x: NDArray): NDArray => broadcastInDim(x, full, [...batch.keys()]);
  const shares = exp(sub(logs, over(stopGradient(reduceMax(logs, last)))));
  return div(shares, over(reduceSum(shares, last)));
};
