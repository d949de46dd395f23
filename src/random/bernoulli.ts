import { type ArrayLike, asArray, type NDArray, type Shape, scalarArray } from "../array/index.ts";
import { finfo } from "../numpy/types.ts";
import { lt, mul, sub } from "../primitives/index.ts";
import { checkMode, type Precision, uniformPair } from "./gumbel.ts";
import { floatDType, sampleShape, spread } from "./operands.ts";
import { uniformBetween } from "./uniform.ts";

/** Options of `bernoulli`. */
export interface BernoulliOptions {
  /** "high" takes twice the random bits, which probabilities below 1e-7 need in float32. Default "low". */
  readonly mode?: Precision;
}

/**
 * Booleans that are true with probability `p`.
 *
 * @param p a float or an array of floats; default 0.5.
 * @param shape default: that of `p`, which must broadcast to it.
 * @example
 * const keep = random.bernoulli(key, 0.9, x.shape); // for dropout
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.bernoulli.html
 */
export const bernoulli = (
  key: NDArray,
  p: ArrayLike = 0.5,
  shape?: Shape | null,
  { mode = "low" }: BernoulliOptions = {},
): NDArray => {
  const where = "bernoulli";
  checkMode(mode, where);
  const probability = asArray(p, where);
  const { dtype } = probability;
  floatDType(dtype, where);
  const full = sampleShape(shape ?? probability.shape, where);
  const bound = spread(probability, full, where, "p");
  if (mode === "low") return lt(uniformBetween(key, full, dtype, 0, 1, where), bound);
  const [coarse, fine] = uniformPair(key, full, dtype, where);
  return lt(mul(fine, scalarArray(2 ** -finfo(dtype).nmant, dtype)), sub(bound, coarse));
};
