import type { ArrayLike, NDArray } from "../array/index.ts";
import { ArgumentError, describeAval } from "../core/index.ts";
import { promote, toInexact } from "../numpy/operands.ts";
import * as prim from "../primitives/index.ts";
import { xlogy } from "../special/entropy.ts";
import { like, orElse } from "./operands.ts";

/*
 * The Dirichlet distribution on the simplex, with concentrations `alpha`.
 *
 * @see https://docs.jax.dev/en/latest/jax.scipy.html#module-jax.scipy.stats.dirichlet
 */

/** How far from 1 the sum of a point may be. */
const SUM_TOLERANCE = 1e-6;

const sumFirst = (x: NDArray): NDArray => prim.reduceSum(x, [0]);

const logDensity = (name: string, x: ArrayLike, alpha: ArrayLike): NDArray => {
  const [point, shapes] = promote(name, [x, alpha], toInexact) as [NDArray, NDArray];
  const [n, m] = [shapes.shape[0], point.shape[0]];
  if (shapes.ndim !== 1 || n === undefined || point.ndim === 0 || (m !== n && m !== n - 1)) {
    throw new ArgumentError(
      `${name}: alpha must be a vector, and x have as many entries along its first axis, or one less; got x ` +
        `${describeAval(point)} and alpha ${describeAval(shapes)}.`,
    );
  }
  const one = like(point, 1);
  // A point may be given without its last coordinate, which is what is left of 1.
  const last = prim.broadcastInDim(
    prim.sub(one, sumFirst(point)),
    [1, ...point.shape.slice(1)],
    [...point.shape.slice(1).keys()].map((axis) => axis + 1),
  );
  const whole = m === n ? point : prim.concatenate([point, last], 0);
  const powers = prim.broadcastInDim(prim.sub(shapes, one), whole.shape, [0]);
  const isPositive = prim.reduceAnd(prim.ge(whole, like(whole, 0)), [0]);
  const error = prim.abs(prim.sub(sumFirst(whole), one));
  const isInside = prim.and(isPositive, prim.lt(error, like(error, SUM_TOLERANCE)));
  const normalizer = prim.sub(sumFirst(prim.lgamma(shapes)), prim.lgamma(sumFirst(shapes)));
  return orElse(isInside, prim.sub(sumFirst(xlogy(powers, whole)), normalizer), Number.NEGATIVE_INFINITY);
};

/**
 * The logarithm of the density at points whose coordinates stand along the first axis of `x`; −∞ off the simplex.
 *
 * @example
 * scipy.stats.dirichlet.logpdf(np.array([0.2, 0.8]), np.array([1, 2])); // 0.470004
 */
export const logpdf = (x: ArrayLike, alpha: ArrayLike): NDArray => logDensity("dirichlet.logpdf", x, alpha);

/**
 * The density.
 *
 * @example
 * scipy.stats.dirichlet.pdf(np.array([0.2, 0.8]), np.array([1, 2])); // 1.6
 */
export const pdf = (x: ArrayLike, alpha: ArrayLike): NDArray =>
  prim.exp(logDensity("dirichlet.pdf", x, alpha));
