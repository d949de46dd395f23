import {
  type ArrayLike,
  type DType,
  type NDArray,
  normalizeAxis,
  type Shape,
  scalarArray,
} from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import * as random from "../random/index.ts";
import { fansOf, type WeightAxes } from "./fans.ts";

/** Makes the first weights of a layer. */
export type Initializer = (key: NDArray, shape: Shape, dtype?: DType) => NDArray;

/** The dtype of what an initializer makes unless the call says otherwise; default float32. */
export interface InitializerOptions {
  readonly dtype?: DType;
}

/** Options of initializers that look at how many inputs and outputs a weight has. */
export interface ScalingOptions extends InitializerOptions, WeightAxes {}

const FLOAT: DType = "float32";

const times = (x: NDArray, factor: number): NDArray => np.multiply(x, scalarArray(factor, x.dtype));

/**
 * Zeros.
 *
 * @example
 * nn.initializers.zeros(key, [2]); // [0, 0]
 */
export const zeros: Initializer = (_key, shape, dtype = FLOAT) => np.zeros(shape, dtype);

/**
 * Ones.
 *
 * @example
 * nn.initializers.ones(key, [2]); // [1, 1]
 */
export const ones: Initializer = (_key, shape, dtype = FLOAT) => np.ones(shape, dtype);

/**
 * An initializer that repeats one value.
 *
 * @example
 * nn.initializers.constant(0.1)(key, [2]); // [0.1, 0.1]
 */
export const constant =
  (value: ArrayLike, { dtype: own = FLOAT }: InitializerOptions = {}): Initializer =>
  (_key, shape, dtype = own) =>
    np.full(shape, value, dtype);

/**
 * An initializer of numbers uniformly distributed in [0, scale).
 *
 * @example
 * nn.initializers.uniform(0.05)(key, [784, 128]); // float32[784, 128]
 */
export const uniform =
  (scale = 0.01, { dtype: own = FLOAT }: InitializerOptions = {}): Initializer =>
  (key, shape, dtype = own) =>
    times(random.uniform(key, shape, { dtype }), scale);

/**
 * An initializer of normal numbers with mean 0.
 *
 * @example
 * nn.initializers.normal(0.02)(key, [784, 128]); // float32[784, 128]
 */
export const normal =
  (stddev = 0.01, { dtype: own = FLOAT }: InitializerOptions = {}): Initializer =>
  (key, shape, dtype = own) =>
    times(random.normal(key, shape, { dtype }), stddev);

/** Options of `truncatedNormal`. */
export interface TruncatedNormalOptions extends InitializerOptions {
  /** Where normal numbers are cut off, before they are scaled; default -2 and 2. */
  readonly lower?: number;
  readonly upper?: number;
}

/**
 * An initializer of normal numbers that are cut off at `lower` and `upper` and then multiplied by `stddev`.
 *
 * @example
 * nn.initializers.truncatedNormal(0.02)(key, [784, 128]); // float32[784, 128]
 */
export const truncatedNormal =
  (stddev = 0.01, { dtype: own = FLOAT, lower = -2, upper = 2 }: TruncatedNormalOptions = {}): Initializer =>
  (key, shape, dtype = own) =>
    times(random.truncatedNormal(key, lower, upper, shape, { dtype }), stddev);

/** Which number of connections the variance is divided by. */
export type ScalingMode = "fan_in" | "fan_out" | "fan_avg" | "fan_geo_avg";

/** What numbers are drawn. */
export type ScalingDistribution = "truncated_normal" | "normal" | "uniform";

/** The standard deviation of a standard normal number that is cut off at −2 and 2. */
const TRUNCATED_STDDEV = 0.8796256610342398;

/**
 * An initializer whose variance is `scale` divided by how many connections a unit has, so that signals keep their size
 * from layer to layer: the inputs of each output ("fan_in"), the outputs of each input ("fan_out"), or the arithmetic
 * or geometric mean of both ("fan_avg", "fan_geo_avg").
 *
 * @throws ShapeError, when called, for a shape without the axes of inputs and outputs.
 * @example
 * nn.initializers.varianceScaling(2, "fan_in", "normal")(key, [784, 128]); // float32[784, 128]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.nn.initializers.variance_scaling.html
 */
export const varianceScaling = (
  scale: number,
  mode: ScalingMode,
  distribution: ScalingDistribution,
  { dtype: own = FLOAT, ...axes }: ScalingOptions = {},
): Initializer => {
  const denominators: { readonly [M in ScalingMode]: (fanIn: number, fanOut: number) => number } = {
    fan_in: (fanIn) => fanIn,
    fan_out: (_fanIn, fanOut) => fanOut,
    fan_avg: (fanIn, fanOut) => (fanIn + fanOut) / 2,
    fan_geo_avg: (fanIn, fanOut) => Math.sqrt(fanIn * fanOut),
  };
  const draw: { readonly [D in ScalingDistribution]: (...args: SampleArguments) => NDArray } = {
    truncated_normal: (key, shape, dtype, variance) =>
      np.multiply(
        random.truncatedNormal(key, -2, 2, shape, { dtype }),
        np.divide(np.sqrt(variance), scalarArray(TRUNCATED_STDDEV, dtype)),
      ),
    normal: (key, shape, dtype, variance) =>
      np.multiply(random.normal(key, shape, { dtype }), np.sqrt(variance)),
    uniform: (key, shape, dtype, variance) =>
      np.multiply(random.uniform(key, shape, { dtype, minval: -1 }), np.sqrt(np.multiply(3, variance))),
  };
  const denominator = choose(denominators, mode, "mode");
  const sample = choose(draw, distribution, "distribution");
  return (key, shape, dtype = own) => {
    const { fanIn, fanOut } = fansOf(shape, axes, "initializers");
    return sample(key, shape, dtype, scalarArray(scale / denominator(fanIn, fanOut), dtype));
  };
};

type SampleArguments = readonly [key: NDArray, shape: Shape, dtype: DType, variance: NDArray];

const choose = <K extends string, T>(table: { readonly [key in K]: T }, key: K, name: string): T => {
  if (Object.hasOwn(table, key)) return table[key];
  throw new ArgumentError(
    `varianceScaling: ${name} must be one of ${Object.keys(table).join(", ")}; got ${JSON.stringify(key)}.`,
  );
};

/**
 * Uniform numbers for layers like tanh and sigmoid. (X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.)
 *
 * @example
 * nn.initializers.glorotUniform()(key, [784, 128]); // float32[784, 128]
 */
export const glorotUniform = (options: ScalingOptions = {}): Initializer =>
  varianceScaling(1, "fan_avg", "uniform", options);

/**
 * `glorotUniform` with normal numbers, cut off at two standard deviations.
 *
 * @example
 * nn.initializers.glorotNormal()(key, [784, 128]); // float32[784, 128]
 */
export const glorotNormal = (options: ScalingOptions = {}): Initializer =>
  varianceScaling(1, "fan_avg", "truncated_normal", options);

/**
 * Uniform numbers that keep the variance of signals. (Y. LeCun et al., "Efficient backprop", 1998.)
 *
 * @example
 * nn.initializers.lecunUniform()(key, [784, 128]); // float32[784, 128]
 */
export const lecunUniform = (options: ScalingOptions = {}): Initializer =>
  varianceScaling(1, "fan_in", "uniform", options);

/**
 * `lecunUniform` with normal numbers, cut off at two standard deviations.
 *
 * @example
 * nn.initializers.lecunNormal()(key, [784, 128]); // float32[784, 128]
 */
export const lecunNormal = (options: ScalingOptions = {}): Initializer =>
  varianceScaling(1, "fan_in", "truncated_normal", options);

/**
 * Uniform numbers for rectifiers, which lose half of their input. (K. He et al., "Delving deep into rectifiers", 2015.)
 *
 * @example
 * nn.initializers.heUniform()(key, [784, 128]); // float32[784, 128]
 */
export const heUniform = (options: ScalingOptions = {}): Initializer =>
  varianceScaling(2, "fan_in", "uniform", options);

/**
 * `heUniform` with normal numbers, cut off at two standard deviations.
 *
 * @example
 * const weights = nn.initializers.heNormal()(key, [784, 128]);
 */
export const heNormal = (options: ScalingOptions = {}): Initializer =>
  varianceScaling(2, "fan_in", "truncated_normal", options);

/** Options of `orthogonal` and `deltaOrthogonal`. */
export interface OrthogonalOptions extends InitializerOptions {
  /** The axis of the columns; all others together are the rows. Default: the last. */
  readonly columnAxis?: number;
}

/**
 * An initializer of orthogonal matrices, times `scale`: orthonormal columns, or rows if there are fewer of these. (A. Saxe
 * et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2014.)
 *
 * @example
 * nn.initializers.orthogonal()(key, [4, 4]); // float32[4, 4]
 */
export const orthogonal =
  (scale = 1, { columnAxis = -1, dtype: own = FLOAT }: OrthogonalOptions = {}): Initializer =>
  (key, shape, dtype = own) => {
    if (shape.length < 2) {
      throw new ArgumentError(`orthogonal: needs a shape of at least two axes; got [${shape.join(", ")}].`);
    }
    if (shape.includes(0)) return np.zeros(shape, dtype);
    const axis = normalizeAxis(columnAxis, shape.length, "orthogonal");
    const columns = shape[axis] as number;
    const others = shape.filter((_, a) => a !== axis);
    const rows = others.reduce((product, n) => product * n, 1);
    const matrix = random.orthogonal(key, rows, [], { m: columns, dtype });
    return times(np.moveaxis(matrix.reshape([...others, columns]), -1, axis), scale);
  };

/**
 * An initializer of convolution kernels [...window, inputs, outputs] that are an orthogonal matrix in the middle of the window
 * and 0 elsewhere. (L. Xiao et al., "Dynamical isometry and a mean field theory of CNNs", 2018.)
 *
 * @example
 * nn.initializers.deltaOrthogonal()(key, [3, 3, 4, 8]); // float32[3, 3, 4, 8]
 */
export const deltaOrthogonal =
  (scale = 1, options: OrthogonalOptions = {}): Initializer =>
  (key, shape, dtype = options.dtype ?? FLOAT) => {
    const window = shape.slice(0, -2);
    const [inputs = 0, outputs = 0] = shape.slice(-2);
    if (window.length < 1 || window.length > 3 || outputs < inputs) {
      throw new ArgumentError(
        "deltaOrthogonal: needs a shape of 3 to 5 axes whose last is not shorter than the one before; got " +
          `[${shape.join(", ")}].`,
      );
    }
    const middle = orthogonal(scale, options)(key, [inputs, outputs], dtype);
    const places = window.map((n) => Math.floor((n - 1) / 2));
    return np
      .zeros(shape, dtype)
      .at(...places)
      .set(middle);
  };

/** Other names of the same initializers. */
export {
  glorotNormal as xavierNormal,
  glorotUniform as xavierUniform,
  heNormal as kaimingNormal,
  heUniform as kaimingUniform,
};
