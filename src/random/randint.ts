import {
  type ArrayLike,
  castScalar,
  type DType,
  describeValue,
  isDType,
  isInteger,
  NDArray,
  type Shape,
  scalarArray,
} from "../array/index.ts";
import { ArgumentError, DTypeError } from "../core/index.ts";
import { iinfo } from "../numpy/types.ts";
import { add, and, clamp, convertElementType, gt, le, mul, rem, select, sub } from "../primitives/index.ts";
import { randomBits } from "./bits.ts";
import { splitKey } from "./key.ts";
import { sampleShape, spread } from "./operands.ts";

/** Options of `randint`. */
export interface RandintOptions {
  /** An integer type; default "int32". */
  readonly dtype?: DType;
}

/** One end of the range: held within what the dtype can say, and whether that took anything away above. */
interface Bound {
  readonly value: NDArray;
  readonly isAbove: NDArray;
}

const boundOf = (x: ArrayLike, dtype: DType, shape: Shape, name: string): Bound => {
  const { min, max } = iinfo(dtype);
  if (!(x instanceof NDArray)) {
    if (!Number.isSafeInteger(x)) {
      throw new ArgumentError(`randint: ${name} must be a whole number; got ${describeValue(x)}.`);
    }
    const value = castScalar(Number(x), dtype);
    return { value: scalarArray(value, dtype), isAbove: scalarArray(Number(x) > max ? 1 : 0, "bool") };
  }
  const given = isInteger(x.dtype) ? x : convertElementType(x, "int32");
  const own = iinfo(given);
  const least = scalarArray(Math.max(min, own.min), given.dtype);
  const greatest = scalarArray(Math.min(max, own.max), given.dtype);
  return {
    value: spread(convertElementType(clamp(least, given, greatest), dtype), shape, "randint", name),
    isAbove: spread(gt(given, greatest), shape, "randint", name),
  };
};

/**
 * Whole numbers uniformly distributed in [minval, maxval); `minval` where the range is empty. A range that is no power
 * of two gives some numbers more often than others, by at most one part in 2^64 / (maxval - minval).
 *
 * @param maxval may be one more than the dtype can hold.
 * @throws ShapeError if a bound does not broadcast to `shape`; DTypeError unless the dtype is an integer type.
 * @example
 * random.randint(key, [10], 0, 6); // int32[10]: ten rolls of a die that counts from 0
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.randint.html
 */
export const randint = (
  key: NDArray,
  shape: Shape,
  minval: ArrayLike,
  maxval: ArrayLike,
  { dtype = "int32" }: RandintOptions = {},
): NDArray => {
  if (!isDType(dtype) || !isInteger(dtype)) {
    throw new DTypeError(`randint: dtype must be an integer type; got ${JSON.stringify(dtype)}.`);
  }
  sampleShape(shape, "randint");
  const low = boundOf(minval, dtype, shape, "minval").value;
  const { value: high, isAbove } = boundOf(maxval, dtype, shape, "maxval");
  const span = spanOf(low, high, isAbove);
  const [upper, lower] = splitKey(key, 2, "randint").map((k) =>
    rem(randomBits(k, shape, "randint"), span),
  ) as [NDArray, NDArray];
  // The words make one 64-bit number; this is its remainder, from (a b) mod n = (a mod n)(b mod n) mod n.
  const half = rem(scalarArray(2 ** 16, "uint32"), span);
  const multiplier = rem(mul(half, half), span);
  const offset = rem(add(mul(upper, multiplier), lower), span);
  return add(low, convertElementType(offset, dtype));
};

/** How many numbers the range has, as uint32; 1 if it is empty, 0 for all 2^32, which makes remainders do nothing. */
const spanOf = (low: NDArray, high: NDArray, isAbove: NDArray): NDArray => {
  const one = scalarArray(1, "uint32");
  const difference = convertElementType(sub(high, low), "uint32");
  const span = select(le(high, low), one, difference);
  return select(and(isAbove, gt(high, low)), add(span, one), span);
};
