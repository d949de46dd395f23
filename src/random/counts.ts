import { type ArrayLike, asArray, isInteger, type NDArray, type Shape, scalarArray } from "../array/index.ts";
import { DTypeError, describeAval, ShapeError } from "../core/index.ts";
import { scan } from "../lax/scan.ts";
import {
  add,
  broadcastTo,
  clamp,
  convertElementType,
  cumsum,
  div,
  eq,
  floor,
  log,
  log1p,
  moveAxis,
  neg,
  randomBinomial,
  randomPoisson,
  select,
  stopGradient,
  sub,
} from "../primitives/index.ts";
import { split } from "./key.ts";
import {
  asType,
  type DTypeOptions,
  dtypeOfParameters,
  floatDType,
  sampleShape,
  sampleSpec,
  spread,
  zeros,
} from "./operands.ts";
import { uniformBetween } from "./uniform.ts";
import { keyWords } from "./words.ts";

/*
 * Distributions of how often something happens.
 */

/** The dtype of a sample of whole numbers. */
export interface IntegerOptions {
  /** "int32" (the default) or "uint32". */
  readonly dtype?: "int32" | "uint32";
}

const integerDType = (dtype: "int32" | "uint32", where: string): "int32" | "uint32" => {
  if (isInteger(dtype)) return dtype;
  throw new DTypeError(`${where}: dtype must be "int32" or "uint32"; got ${JSON.stringify(dtype)}.`);
};

/**
 * Numbers of the Poisson distribution: k with probability lam^k exp(-lam) / k!. The sample has no derivative.
 *
 * @param lam the mean. Where it is negative or NaN comes -1, or the greatest uint32.
 * @param shape default: that of `lam`, which must broadcast to it.
 * @example
 * random.poisson(key, 3.5, [1000]); // int32[1000]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.poisson.html
 */
export const poisson = (
  key: NDArray,
  lam: ArrayLike,
  shape?: Shape | null,
  { dtype = "int32" }: IntegerOptions = {},
): NDArray => {
  const spec = sampleSpec("poisson", { lam }, shape);
  keyWords(key, "poisson");
  const means = broadcastTo(stopGradient(spec.parameters[0] as NDArray), spec.shape);
  return randomPoisson(key, means, integerDType(dtype, "poisson"));
};

/**
 * How many trials it takes to succeed once: k from 1 on with probability p (1 − p)^(k − 1).
 *
 * @param p the probability that a trial succeeds.
 * @param shape default: that of `p`, which must broadcast to it.
 * @example
 * random.geometric(key, 0.1, [1000]); // int32[1000]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.geometric.html
 */
export const geometric = (
  key: NDArray,
  p: ArrayLike,
  shape?: Shape | null,
  { dtype = "int32" }: IntegerOptions = {},
): NDArray => {
  integerDType(dtype, "geometric");
  const { shape: full, dtype: own, parameters } = sampleSpec("geometric", { p }, shape);
  const u = uniformBetween(key, full, own, 0, 1, "geometric");
  const one = scalarArray(1, own);
  const positive = select(eq(u, scalarArray(0, own)), one, u);
  const failures = floor(div(log(positive), log1p(neg(parameters[0] as NDArray))));
  return convertElementType(add(failures, one), dtype);
};

/**
 * Numbers of the binomial distribution: how many of `n` trials succeed that do so with probability `p` each. The
 * sample cannot be differentiated.
 *
 * @param n how many trials; NaN comes where it is negative, and a fraction is left out.
 * @param shape default: that to which `n` and `p` broadcast.
 * @returns whole numbers in a float dtype, as in JAX.
 * @example
 * random.binomial(key, 10, 0.3, [1000]);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.binomial.html
 */
export const binomial = (
  key: NDArray,
  n: ArrayLike,
  p: ArrayLike,
  shape?: Shape | null,
  { dtype = dtypeOfParameters([n, p]) }: DTypeOptions = {},
): NDArray => {
  floatDType(dtype, "binomial");
  // Numbers are drawn in the dtype of the probability, whatever that of the result.
  const spec = sampleSpec("binomial", { n, p }, shape, { dtype: dtypeOfParameters([p]) });
  keyWords(key, "binomial");
  const [trials, probability] = spec.parameters.map((x) => broadcastTo(x, spec.shape)) as [NDArray, NDArray];
  return convertElementType(randomBinomial(key, trials, probability), dtype);
};

/**
 * How often each of several outcomes comes in `n` trials, outcomes along the last axis. The sample cannot be
 * differentiated.
 *
 * @param n how many trials; it broadcasts to the shape of the sample without its last axis.
 * @param p how probable each outcome is, up to a common factor.
 * @throws ShapeError if `n` or `p` do not fit the shape.
 * @returns whole numbers in a float dtype, as in JAX.
 * @example
 * random.multinomial(key, 100, np.array([0.2, 0.3, 0.5])); // such as [19, 33, 48]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.multinomial.html
 */
export const multinomial = (
  key: NDArray,
  n: ArrayLike,
  p: ArrayLike,
  {
    shape,
    dtype = dtypeOfParameters([n, p]),
  }: DTypeOptions & {
    /** The shape of the sample, outcomes included; default: that of `p`. */
    readonly shape?: Shape | null;
  } = {},
): NDArray => {
  const where = "multinomial";
  floatDType(dtype, where);
  const own = dtypeOfParameters([n, p]);
  const weights = asType(asArray(p, where), own, where);
  if (weights.ndim === 0) {
    throw new ShapeError(`multinomial: p must have an axis of outcomes; got ${describeAval(weights)}.`);
  }
  const full = sampleShape(shape ?? weights.shape, where);
  const batch = full.slice(0, -1);
  const outcomes = full.at(-1) ?? 0;
  const spreadWeights = broadcastTo(spread(weights, full, where, "p"), full);
  const last = batch.length;
  const ahead = cumsum(spreadWeights, last, true);
  const [zero, one] = [scalarArray(0, own), scalarArray(1, own)];
  // The share of an outcome among those that are left.
  const shares = clamp(zero, div(spreadWeights, select(eq(ahead, zero), one, ahead)), one);
  keyWords(key, where);
  if (outcomes === 0) return zeros(full, dtype);
  const trials = broadcastTo(spread(asType(n, own, where), batch, where, "n"), batch);
  const draw = (left: NDArray, [k, share]: readonly [NDArray, NDArray]): [NDArray, NDArray] => {
    const count = randomBinomial(k, left, share);
    return [sub(left, count), count];
  };
  const turns = [split(key, outcomes), moveAxis(shares, last, 0)] as const;
  const [, counts] = scan(draw, trials, turns);
  return convertElementType(moveAxis(counts, 0, last), dtype);
};
