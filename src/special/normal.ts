import type { NDArray } from "../array/index.ts";
import { toInexact, unary } from "../numpy/operands.ts";
import * as prim from "../primitives/index.ts";

/**
 * The error function, 2/√π ∫₀ˣ exp(−t²) dt.
 *
 * @example
 * scipy.special.erf(0.5); // 0.5205
 */
export const erf = unary("erf", prim.erf, toInexact);

/**
 * `1 - erf(x)`, accurate where it is small.
 *
 * @example
 * scipy.special.erfc(0.5); // 0.4795
 */
export const erfc = unary("erfc", prim.erfc, toInexact);

/**
 * The inverse of `erf`: infinite at ±1, NaN beyond.
 *
 * @example
 * scipy.special.erfinv(0.5); // 0.476936
 */
export const erfinv = unary("erfinv", prim.erfInv, toInexact);

/**
 * The logistic function, 1 / (1 + exp(−x)).
 *
 * @example
 * scipy.special.expit(np.array([0, 1])); // [0.5, 0.731059]
 */
export const expit = unary("expit", prim.logistic, toInexact);

/**
 * The inverse of `expit`, log(p / (1 − p)).
 *
 * @example
 * scipy.special.logit(np.array([0.5, 0.75])); // [0, 1.09861]
 */
export const logit = unary("logit", (p) => prim.sub(prim.log(p), prim.log1p(prim.neg(p))), toInexact);

const like = prim.scalarLike;

const upperTail = (x: NDArray): NDArray =>
  prim.mul(prim.erfc(prim.mul(x, like(x, Math.SQRT1_2))), like(x, 0.5));

/**
 * The distribution function of the standard normal distribution.
 *
 * @example
 * scipy.special.ndtr(np.array([0, 1])); // [0.5, 0.841345]
 */
export const ndtr = unary("ndtr", (x) => upperTail(prim.neg(x)), toInexact);

/**
 * The quantile function, the inverse of `ndtr`: infinite at 0 and 1, NaN outside.
 *
 * @example
 * scipy.special.ndtri(np.array([0.5, 0.975])); // [0, 1.95996]
 */
export const ndtri = unary("ndtri", prim.ndtri, toInexact);

/** From where on the asymptotic series gives all digits. */
const FAR = { float32: 10, float64: 20 } as const;

/** log √(2π). */
const LOG_ROOT = 0.5 * Math.log(2 * Math.PI);

/** (2k − 1)!! (−1)^k for k = 0, 1, …. */
const SERIES = Array.from({ length: 11 }, (_, k) => {
  let product = 1;
  for (let j = 1; j <= k; j++) product *= 1 - 2 * j;
  return product;
});

/** log ndtr(−z) for great z: −z²/2 − log z − log √(2π) + log(1 − 1/z² + 3/z⁴ − …). */
const logFarTail = (z: NDArray): NDArray => {
  const y = prim.div(like(z, 1), prim.square(z));
  const sum = SERIES.slice(1).reduceRight<NDArray>(
    (rest, c) => prim.mul(y, prim.add(like(z, c), rest)),
    like(z, 0),
  );
  const leading = prim.add(prim.mul(prim.square(z), like(z, 0.5)), prim.add(prim.log(z), like(z, LOG_ROOT)));
  return prim.sub(prim.log1p(sum), leading);
};

/**
 * The logarithm of `ndtr`, accurate in both tails, with its derivatives.
 *
 * @example
 * scipy.special.logNdtr(np.array([0, -20])); // [-0.693147, -203.917]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.scipy.special.log_ndtr.html
 */
export const logNdtr = unary(
  "logNdtr",
  (x) => {
    const far = x.dtype === "float64" ? FAR.float64 : FAR.float32;
    // What is not chosen is computed in the middle, so that no derivative is NaN because of it.
    const isFar = prim.lt(x, like(x, -far));
    const isRight = prim.gt(x, like(x, 0));
    const left = prim.select(prim.or(isFar, isRight), like(x, -1), x);
    const right = prim.log1p(prim.neg(upperTail(prim.select(isRight, x, like(x, 1)))));
    const near = prim.select(isRight, right, prim.log(upperTail(prim.neg(left))));
    const tail = prim.neg(prim.select(isFar, x, like(x, -far)));
    const isInfinite = prim.eq(x, like(x, Number.NEGATIVE_INFINITY));
    const value = prim.select(isFar, logFarTail(prim.select(isInfinite, like(x, far), tail)), near);
    return prim.select(isInfinite, x, value);
  },
  toInexact,
);
