import { type ArrayLike, type DType, type NDArray, type Shape, scalarArray } from "../array/index.ts";
import { finfo } from "../numpy/types.ts";
import { add, convertElementType, max, mul, shiftLeft, shiftRightLogical, sub } from "../primitives/index.ts";
import { randomBits } from "./bits.ts";
import { asType, type DTypeOptions, floatDType, sampleShape, spread } from "./operands.ts";
import { randomWords } from "./words.ts";

/** Options of `uniform`. */
export interface UniformOptions extends DTypeOptions {
  /** The least number that can come, broadcast to the shape; default 0. */
  readonly minval?: ArrayLike;
  /** What all numbers are less than, broadcast to the shape; default 1. */
  readonly maxval?: ArrayLike;
}

const scaleBy = (x: NDArray, factor: number): NDArray => mul(x, scalarArray(factor, x.dtype));

/** The upper bits of a word as a number of `dtype`, which must be able to hold them. */
const upperBits = (word: NDArray, count: number, dtype: DType): NDArray =>
  convertElementType(shiftRightLogical(word, scalarArray(32 - count, "uint32")), dtype);

/**
 * Multiples of 2^-23 (float32), 2^-52 (float64) or of as many bits as 16-bit floats have in [0, 1), as many as a mantissa tells apart. JAX writes the bits
 * into the mantissa of a number in [1, 2) and subtracts 1, which is the same without a rounding.
 */
const uniformFraction = (key: NDArray, shape: Shape, dtype: DType, where: string): NDArray => {
  sampleShape(shape, where);
  if (floatDType(dtype, where) !== "float64") {
    const { nmant } = finfo(dtype);
    // Of 16-bit floats JAX draws no more bits than they need, the lowest of a word.
    const drawn = { bfloat16: 8, float16: 16 }[dtype as string] ?? 32;
    const word = randomBits(key, shape, where);
    const top = drawn < 32 ? shiftLeft(word, scalarArray(32 - drawn, "uint32")) : word;
    return scaleBy(upperBits(top, nmant, dtype), 2 ** -nmant);
  }
  const [upper, lower] = randomWords(key, shape, where);
  const high = scaleBy(convertElementType(upper, "float64"), 2 ** 20);
  return scaleBy(add(high, upperBits(lower, 20, "float64")), 2 ** -52);
};

/** `uniform` for other samplers, which name themselves in messages. */
export const uniformBetween = (
  key: NDArray,
  shape: Shape,
  dtype: DType,
  minval: ArrayLike,
  maxval: ArrayLike,
  where: string,
): NDArray => {
  const fraction = uniformFraction(key, shape, dtype, where);
  if (minval === 0 && maxval === 1) return fraction;
  const low = spread(asType(minval, dtype, where), shape, where, "minval");
  const high = spread(asType(maxval, dtype, where), shape, where, "maxval");
  // Rounding could give a number below the least one.
  return max(low, add(mul(fraction, sub(high, low)), low));
};

/**
 * Numbers uniformly distributed in [minval, maxval).
 *
 * @throws ShapeError if a bound does not broadcast to `shape`; DTypeError unless the dtype is floating-point.
 * @example
 * random.uniform(key, [2, 3]);
 * random.uniform(key, [100], { minval: -1, maxval: 1 });
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.uniform.html
 */
export const uniform = (
  key: NDArray,
  shape: Shape = [],
  { dtype = "float32", minval = 0, maxval = 1 }: UniformOptions = {},
): NDArray => uniformBetween(key, shape, dtype, minval, maxval, "uniform");
