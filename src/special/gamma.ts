import type { ArrayLike, NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import { unscaledBessel } from "../numpy/bessel.ts";
import { binary, toInexact, unary } from "../numpy/operands.ts";
import * as prim from "../primitives/index.ts";
import { ternary } from "./operands.ts";

/**
 * log |Γ(x)|, the logarithm of the absolute value of the gamma function; infinite at 0, −1, −2, ….
 *
 * @example
 * scipy.special.gammaln(5); // 3.17805
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.scipy.special.gammaln.html
 */
export const gammaln = unary("gammaln", prim.lgamma, toInexact);

/**
 * The derivative of `gammaln`; NaN at 0, −1, −2, ….
 *
 * @example
 * scipy.special.digamma(1); // -0.577216
 */
export const digamma = unary("digamma", prim.digamma, toInexact);

/**
 * The derivative of order `n` + 1 of `gammaln` at `x`, for n = 0, 1, 2, …; it has a derivative with respect to `x` alone.
 *
 * @example
 * scipy.special.polygamma(1, 1); // 1.64493
 */
export const polygamma = binary("polygamma", prim.polygamma, toInexact);

/**
 * The sign of Γ(x): −1 between −1 and 0, between −3 and −2, …; that of the zero at 0 and −0; NaN at the poles −1, −2, …, as the
 * function has no sign there.
 */
const signOfGamma = (x: NDArray): NDArray => {
  const like = (value: number): NDArray => prim.scalarLike(x, value);
  const floor = prim.floor(x);
  const isPole = prim.eq(floor, x);
  const half = prim.mul(floor, like(0.5));
  const isOdd = prim.ne(prim.floor(half), half);
  const negative = prim.select(isPole, like(Number.NaN), prim.select(isOdd, like(-1), like(1)));
  const isBelow = prim.lt(x, like(0));
  // 1 / x tells −0 from 0.
  const positive = prim.select(prim.lt(prim.div(like(1), x), like(0)), like(-1), like(1));
  return prim.select(isBelow, negative, prim.select(prim.ne(x, x), x, positive));
};

/**
 * The gamma function; infinite at 0 and −0, with the sign of the zero; NaN at −1, −2, ….
 *
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.scipy.special.gamma.html
 * @example
 * gamma(np.array([1, 5, 0.5])); // [1, 24, 1.77245]
 */
export const gamma = unary(
  "gamma",
  (x) => prim.mul(prim.stopGradient(signOfGamma(x)), prim.exp(prim.lgamma(x))),
  toInexact,
);

/**
 * The sign of Γ(x): 1 or −1; NaN at −1, −2, …, where the function has none. It is a step function, so its derivative is 0.
 *
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.scipy.special.gammasgn.html
 * @example
 * special.gammasgn(np.array([-0.5, 2])); // [-1, 1]
 */
export const gammasgn = unary("gammasgn", (x) => prim.stopGradient(signOfGamma(x)), toInexact);

/**
 * n! = Γ(n + 1), of fractions too; 0 for n < 0.
 *
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.scipy.special.factorial.html
 * @example
 * special.factorial(np.array([0, 3])); // [1, 6]
 */
export const factorial = unary(
  "factorial",
  (n) => {
    const isNegative = prim.lt(n, prim.scalarLike(n, 0));
    const safe = prim.select(isNegative, prim.zerosLike(n), n);
    const value = prim.exp(prim.lgamma(prim.add(safe, prim.scalarLike(n, 1))));
    return prim.select(isNegative, prim.zerosLike(n), value);
  },
  toInexact,
);

/**
 * Pochhammer's symbol Γ(z + m) / Γ(z): z (z + 1) … (z + m − 1) for whole m; NaN where the gamma function has no value, at
 * z or z + m = −1, −2, …, but 1 for m = 0.
 *
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.scipy.special.poch.html
 * @example
 * special.poch(np.array([2]), 3); // [24]
 */
export const poch = binary(
  "poch",
  (z, m) => {
    const end = prim.add(z, m);
    const sign = prim.stopGradient(prim.mul(signOfGamma(end), signOfGamma(z)));
    const value = prim.mul(sign, prim.exp(prim.sub(prim.lgamma(end), prim.lgamma(z))));
    // Where the gamma function has no value; elsewhere exp(0) has derivatives too.
    const isEmpty = prim.and(prim.eq(m, prim.scalarLike(m, 0)), prim.ne(value, value));
    return prim.select(isEmpty, prim.scalarLike(z, 1), value);
  },
  toInexact,
);

/** log Γ(a) + log Γ(b) − log Γ(a + b), in float64, since great logarithms cancel. */
const logBeta = (a: NDArray, b: NDArray): NDArray => {
  const [p, q] = [prim.convertElementType(a, "float64"), prim.convertElementType(b, "float64")];
  const value = prim.sub(prim.add(prim.lgamma(p), prim.lgamma(q)), prim.lgamma(prim.add(p, q)));
  return prim.convertElementType(value, a.dtype);
};

/**
 * log B(a, b), the logarithm of the absolute value of the beta function.
 *
 * @example
 * scipy.special.betaln(2, 3); // -2.48491
 */
export const betaln = binary("betaln", logBeta, toInexact);

/**
 * log Γ_d(a), the logarithm of the multivariate gamma function, d(d − 1)/4 · log π + Σ log Γ(a − j/2) over j = 0, …, d − 1;
 * for a > (d − 1)/2.
 *
 * @param d the dimension, a whole number from 1.
 * @throws ArgumentError for any other.
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.scipy.special.multigammaln.html
 * @example
 * multigammaln(np.array([2, 3.5]), 3);
 */
export const multigammaln = (a: ArrayLike, d: number): NDArray => {
  if (!(Number.isInteger(d) && d >= 1))
    throw new ArgumentError(`multigammaln: d must be a whole number from 1; got ${d}.`);
  return unary(
    "multigammaln",
    (x) => {
      let total = prim.scalarLike(x, (d * (d - 1) * Math.log(Math.PI)) / 4);
      for (let j = 0; j < d; j++)
        total = prim.add(total, prim.lgamma(prim.sub(x, prim.scalarLike(x, j / 2))));
      return total;
    },
    toInexact,
  )(a);
};

/**
 * The beta function, Γ(a) Γ(b) / Γ(a + b).
 *
 * @example
 * scipy.special.beta(2, 3); // 0.0833333
 */
export const beta = binary(
  "beta",
  (a, b) => {
    const signs = [a, b, prim.add(a, b)].map(signOfGamma).reduce(prim.mul);
    return prim.mul(prim.stopGradient(signs), prim.exp(logBeta(a, b)));
  },
  toInexact,
);

/**
 * The regularized incomplete beta function, 1/B(a, b) ∫₀ˣ t^(a − 1) (1 − t)^(b − 1) dt; it has a derivative with respect to
 * `x` alone.
 *
 * @example
 * scipy.special.betainc(2, 3, 0.5); // 0.6875
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.scipy.special.betainc.html
 */
export const betainc = ternary("betainc", prim.betainc);

/**
 * The regularized lower incomplete gamma function, 1/Γ(a) ∫₀ˣ t^(a − 1) e^−t dt.
 *
 * @example
 * scipy.special.gammainc(2, 1); // 0.264241
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.scipy.special.gammainc.html
 */
export const gammainc = binary("gammainc", prim.igamma, toInexact);

/**
 * The regularized upper incomplete gamma function, 1 − `gammainc(a, x)`.
 *
 * @example
 * scipy.special.gammaincc(2, 1); // 0.735759
 */
export const gammaincc = binary("gammaincc", prim.igammac, toInexact);

/**
 * The Hurwitz zeta function Σ (q + k)^−x over k = 0, 1, …, by default Riemann's (q = 1); a derivative with respect to `q` alone.
 *
 * @example
 * scipy.special.zeta(2, 1); // 1.64493
 */
export const zeta = (x: ArrayLike, q: ArrayLike = 1): NDArray => hurwitz(x, q);

const hurwitz = binary("zeta", prim.zeta, toInexact);

/**
 * exp(−|x|) times the modified Bessel function of order 0.
 *
 * @example
 * scipy.special.i0e(1); // 0.46576
 */
export const i0e = unary("i0e", prim.besselI0e, toInexact);

/**
 * exp(−|x|) times the modified Bessel function of order 1.
 *
 * @example
 * scipy.special.i1e(1); // 0.20791
 */
export const i1e = unary("i1e", prim.besselI1e, toInexact);

/**
 * The modified Bessel function of the first kind of order 1.
 *
 * @example
 * scipy.special.i1(1); // 0.565159
 */
export const i1 = unary("i1", (x) => unscaledBessel(x, prim.besselI1e), toInexact);
