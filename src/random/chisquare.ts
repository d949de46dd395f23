import type { ArrayLike, NDArray, Shape } from "../array/index.ts";
import { div, exp, mul, scalarLike, sqrt } from "../primitives/index.ts";
import { gammaOf } from "./gamma.ts";
import { splitKey } from "./key.ts";
import { normal } from "./normal.ts";
import { type DTypeOptions, sampleSpec } from "./operands.ts";

/*
 * The distributions of statistical tests, made of gamma and normal numbers.
 */

const half = (x: NDArray): NDArray => div(x, scalarLike(x, 2));

const chisquareOf = (key: NDArray, df: NDArray, shape: Shape, where: string): NDArray =>
  mul(exp(gammaOf(key, half(df), shape, where, { logSpace: true })), scalarLike(df, 2));

/**
 * Numbers of the chi-square distribution with `df` degrees of freedom: sums of the squares of as many normal numbers,
 * with density proportional to x^(df / 2 − 1) exp(-x / 2) for x >= 0.
 *
 * @param shape default: that of `df`, which must broadcast to it.
 * @example
 * random.chisquare(key, 3, [1000]);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.chisquare.html
 */
export const chisquare = (
  key: NDArray,
  df: ArrayLike,
  shape?: Shape | null,
  options: DTypeOptions = {},
): NDArray => {
  const spec = sampleSpec("chisquare", { df }, shape, options);
  return chisquareOf(key, spec.parameters[0] as NDArray, spec.shape, "chisquare");
};

/**
 * Numbers of the F distribution: the ratio of two chi-square numbers, each divided by its degrees of freedom.
 *
 * @param shape default: that to which the degrees of freedom broadcast.
 * @example
 * random.f(key, 3, 20, [1000]);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.f.html
 */
export const f = (
  key: NDArray,
  dfnum: ArrayLike,
  dfden: ArrayLike,
  shape?: Shape | null,
  options: DTypeOptions = {},
): NDArray => {
  const spec = sampleSpec("f", { dfnum, dfden }, shape, options);
  const [keyBelow, keyAbove] = splitKey(key, 2, "f") as [NDArray, NDArray];
  const [above, below] = spec.parameters as [NDArray, NDArray];
  return div(
    div(chisquareOf(keyAbove, above, spec.shape, "f"), above),
    div(chisquareOf(keyBelow, below, spec.shape, "f"), below),
  );
};

/**
 * Numbers of Student's t distribution with `df` degrees of freedom: density proportional to
 * (1 + x^2 / df)^(-(df + 1) / 2).
 *
 * @param shape default: that of `df`, which must broadcast to it.
 * @example
 * random.t(key, 5, [1000]);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.t.html
 */
export const t = (key: NDArray, df: ArrayLike, shape?: Shape | null, options: DTypeOptions = {}): NDArray => {
  const { shape: full, dtype, parameters } = sampleSpec("t", { df }, shape, options);
  const [forNormal, forGamma] = splitKey(key, 2, "t") as [NDArray, NDArray];
  const halfDf = half(parameters[0] as NDArray);
  const g = gammaOf(forGamma, halfDf, full, "t", { logSpace: false });
  return mul(normal(forNormal, full, { dtype }), sqrt(div(halfDf, g)));
};
