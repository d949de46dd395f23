import { type ArrayLike, asArray, type NDArray, normalizeAxis } from "../array/index.ts";
import { describeAval, inNameOf, ShapeError } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import { operand, promote, toInexact } from "../numpy/operands.ts";
import { erfc, logistic } from "../primitives/index.ts";

export { tanh } from "../numpy/index.ts";

/**
 * x itself, as an array.
 *
 * @example
 * nn.identity(np.array([-1, 1])); // [-1, 1]
 */
export const identity = (x: ArrayLike): NDArray => asArray(x, "identity");

/**
 * The logistic function: 1 / (1 + exp(−x)).
 *
 * @example
 * nn.sigmoid(np.array([0, 1])); // [0.5, 0.731059]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.nn.sigmoid.html
 */
export const sigmoid = (x: ArrayLike): NDArray => logistic(operand(x, "sigmoid", toInexact));

/**
 * A smooth rectifier: log(1 + exp(x)), without overflow.
 *
 * @example
 * nn.softplus(np.array([0, 100])); // [0.693147, 100]
 */
export const softplus = (x: ArrayLike): NDArray => inNameOf("softplus", () => np.logaddexp(x, 0));

/**
 * log(sigmoid(x)), without underflow.
 *
 * @example
 * nn.logSigmoid(np.array([0, 100])); // [-0.693147, -3.78351e-44]
 */
export const logSigmoid = (x: ArrayLike): NDArray =>
  inNameOf("logSigmoid", () => np.negative(softplus(np.negative(operand(x, "logSigmoid", toInexact)))));

/**
 * log(1 − exp(−x)) for x > 0, without cancellation; −∞ at 0, NaN below.
 * (M. Mächler, "Accurately computing log(1 − exp(−|a|))", 2012.)
 *
 * @example
 * nn.log1mexp(np.array([0.5, 5])); // [-0.932752, -0.00676075]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.nn.log1mexp.html
 */
export const log1mexp = (x: ArrayLike): NDArray => {
  const a = operand(x, "log1mexp", toInexact);
  const isSmall = np.less(a, Math.LN2);
  // Each piece gets harmless operands where it is not chosen.
  const small = np.log(np.negative(np.expm1(np.negative(np.where(isSmall, a, 1)))));
  return np.where(isSmall, small, np.log1p(np.negative(np.exp(np.negative(np.where(isSmall, 1, a))))));
};

/**
 * x / (|x| + 1).
 *
 * @example
 * nn.softSign(np.array([-1, 3])); // [-0.5, 0.75]
 */
export const softSign = (x: ArrayLike): NDArray =>
  inNameOf("softSign", () => np.divide(x, np.add(np.abs(x), 1)));

/**
 * x sigmoid(x). Also known as swish.
 * (S. Elfwing et al., "Sigmoid-weighted linear units", 2017; P. Ramachandran et al., "Searching for activation
 * functions", 2017.)
 *
 * @example
 * nn.silu(np.array([-1, 1])); // [-0.268941, 0.731059]
 */
export const silu = (x: ArrayLike): NDArray => inNameOf("silu", () => np.multiply(x, sigmoid(x)));

/** `silu` by its other name. */
export const swish = silu;

/**
 * x tanh(softplus(x)). (D. Misra, "Mish: a self regularized non-monotonic activation function", 2019.)
 *
 * @example
 * nn.mish(np.array([-1, 1])); // [-0.303401, 0.865098]
 */
export const mish = (x: ArrayLike): NDArray => inNameOf("mish", () => np.multiply(x, np.tanh(softplus(x))));

/**
 * An algebraic softplus: (x + sqrt(x² + b)) / 2, without cancellation.
 * (J. T. Barron, "Squareplus: a softplus-like algebraic rectifier", 2021.)
 *
 * @example
 * nn.squareplus(np.array([-1, 1])); // [0.618034, 1.61803]
 */
export const squareplus = (x: ArrayLike, b: ArrayLike = 4): NDArray => {
  const [a, c] = promote("squareplus", [x, b], toInexact) as [NDArray, NDArray];
  const root = inNameOf("squareplus", () => np.sqrt(np.add(np.square(a), c)));
  const isNegative = np.less(a, 0);
  // The sum cancels where x is far below 0; there it is multiplied by what makes it a difference of squares.
  const distance = np.add(np.where(isNegative, np.negative(a), a), root);
  return np.where(isNegative, np.divide(c, np.multiply(2, distance)), np.divide(distance, 2));
};

/** Options of `gelu`. */
export interface GeluOptions {
  /** Use the approximation by tanh, as JAX does by default; otherwise the error function. Default true. */
  readonly approximate?: boolean;
}

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

/**
 * x times the probability that a standard normal number is less than x.
 * (D. Hendrycks and K. Gimpel, "Gaussian error linear units", 2016.)
 *
 * @example
 * nn.gelu(np.array([-1, 1])); // [-0.158808, 0.841192]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.nn.gelu.html
 */
export const gelu = (x: ArrayLike, { approximate = true }: GeluOptions = {}): NDArray => {
  const a = operand(x, "gelu", toInexact);
  if (!approximate) return np.multiply(np.multiply(0.5, a), erfc(np.multiply(a, -Math.SQRT1_2)));
  const inner = np.multiply(SQRT_2_OVER_PI, np.add(a, np.multiply(0.044715, np.power(a, 3))));
  return np.multiply(a, np.multiply(0.5, np.add(1, np.tanh(inner))));
};

/**
 * The gated linear unit: the first half of `x` along `axis` times the sigmoid of the second.
 * (Y. Dauphin et al., "Language modeling with gated convolutional networks", 2016.)
 *
 * @throws ShapeError if the axis has an odd length.
 * @example
 * nn.glu(np.array([2, 0])); // [1]
 */
export const glu = (x: ArrayLike, axis = -1): NDArray => {
  const array = asArray(x, "glu");
  const along = normalizeAxis(axis, array.ndim, "glu");
  if ((array.shape[along] as number) % 2 !== 0) {
    throw new ShapeError(
      `glu: axis ${axis} must have an even length to be halved; got ${describeAval(array)}.`,
    );
  }
  const [value, gate] = np.split(array, 2, along) as [NDArray, NDArray];
  return np.multiply(value, sigmoid(gate));
};
