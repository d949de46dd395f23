import type { ArrayLike, NDArray, Shape } from "../array/index.ts";
import { broadcastTo, randomGamma } from "../primitives/index.ts";
import { type DTypeOptions, sampleSpec } from "./operands.ts";
import { keyWords } from "./words.ts";

/** `gamma` for other samplers, which name themselves in messages; `parameter` is what they call `a`. */
export const gammaOf = (
  key: NDArray,
  a: NDArray,
  shape: Shape,
  where: string,
  { logSpace }: { readonly logSpace: boolean },
): NDArray => {
  keyWords(key, where);
  return randomGamma(key, broadcastTo(a, shape), logSpace);
};

/**
 * Numbers of the gamma distribution with parameter `a`: density proportional to x^(a − 1) exp(-x) for x >= 0.
 * Divide them by a rate, or multiply them by a scale. NaN where `a` is negative or NaN.
 *
 * @param shape default: that of `a`, which must broadcast to it.
 * @throws ShapeError if `a` does not broadcast to `shape`; DTypeError unless the dtype is floating-point.
 * @example
 * random.gamma(key, 2.5, [1000]);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.gamma.html
 */
export const gamma = (
  key: NDArray,
  a: ArrayLike,
  shape?: Shape | null,
  options: DTypeOptions = {},
): NDArray => {
  const spec = sampleSpec("gamma", { a }, shape, options);
  return gammaOf(key, spec.parameters[0] as NDArray, spec.shape, "gamma", { logSpace: false });
};

/**
 * Logarithms of numbers of the gamma distribution, which tell numbers apart that are too small for `gamma`, as they
 * are for small `a`.
 *
 * @example
 * random.loggamma(key, 1e-3, [1000]);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.loggamma.html
 */
export const loggamma = (
  key: NDArray,
  a: ArrayLike,
  shape?: Shape | null,
  options: DTypeOptions = {},
): NDArray => {
  const spec = sampleSpec("loggamma", { a }, shape, options);
  return gammaOf(key, spec.parameters[0] as NDArray, spec.shape, "loggamma", { logSpace: true });
};
