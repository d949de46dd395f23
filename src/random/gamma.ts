import { type ArrayLike, isHalf, type NDArray, type Shape, scalarArray } from "../array/index.ts";
import { finfo } from "../numpy/types.ts";
import {
  broadcastTo,
  convertElementType,
  div,
  eq,
  exp,
  mul,
  randomGamma,
  randomGammaGrad,
  select,
} from "../primitives/index.ts";
import { customJvp } from "../transforms/custom-jvp.ts";
import { type DTypeOptions, sampleSpec } from "./operands.ts";
import { keyWords } from "./words.ts";

/*
 * The derivative of a sample x with respect to its parameter is that which keeps the share of the distribution below x:
 * M. Figurnov, S. Mohamed, A. Mnih, "Implicit reparameterization gradients", 2018.
 */

type Rule = (
  primals: readonly [NDArray, NDArray],
  tangents: readonly [NDArray, NDArray],
) => [NDArray, NDArray];

const sampleGamma = customJvp((a: NDArray, key: NDArray): NDArray => randomGamma(key, a, false)).defjvp(((
  [a, key],
  [t],
) => {
  const x = sampleGamma(a, key);
  return [x, mul(t, randomGammaGrad(a, x))];
}) satisfies Rule);

const sampleLogGamma = customJvp((a: NDArray, key: NDArray): NDArray => randomGamma(key, a, true)).defjvp(((
  [a, key],
  [t],
) => {
  const logs = sampleLogGamma(a, key);
  const numbers = exp(logs);
  const number = (value: number): NDArray => scalarArray(value, a.dtype);
  // A number that is too small for its dtype is taken for the least one.
  const x = select(eq(numbers, number(0)), number(finfo(a.dtype).tiny), numbers);
  return [logs, mul(t, div(randomGammaGrad(a, x), x))];
}) satisfies Rule);

/** `gamma` for other samplers, which name themselves in messages. In 16-bit floats numbers are drawn in float32 and rounded. */
export const gammaOf = (
  key: NDArray,
  a: NDArray,
  shape: Shape,
  where: string,
  { logSpace }: { readonly logSpace: boolean },
): NDArray => {
  keyWords(key, where);
  const parameter = isHalf(a.dtype) ? convertElementType(a, "float32") : a;
  const sample = (logSpace ? sampleLogGamma : sampleGamma)(broadcastTo(parameter, shape), key);
  return isHalf(a.dtype) ? convertElementType(sample, a.dtype) : sample;
};

/**
 * Numbers of the gamma distribution with parameter `a`: density proportional to x^(a − 1) exp(-x) for x >= 0.
 * Divide them by a rate, or multiply them by a scale. NaN where `a` is negative or NaN. The derivative with respect to
 * `a` is that of the sample at a fixed place of the distribution function. A sample in float16 or bfloat16 is that of float32
 * rounded; JAX accepts and rejects in 16 bits, and gives other numbers there.
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
