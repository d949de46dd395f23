import { type DType, isDType, isUnsigned, type NDArray, type Shape } from "../array/index.ts";
import { DTypeError } from "../core/index.ts";
import { convertElementType, xor } from "../primitives/index.ts";
import { sampleShape } from "./operands.ts";
import { randomWords } from "./words.ts";

/** Options of `bits`. */
export interface BitsOptions {
  /** "uint8", "uint16" or "uint32" (the default). */
  readonly dtype?: DType;
}

/** One random word for each element of `shape`. */
export const randomBits = (key: NDArray, shape: Shape, where: string): NDArray =>
  xor(...randomWords(key, sampleShape(shape, where), where));

/** Random numbers of an unsigned type, all of them equally probable: the lowest bits of words. */
export const randomUnsigned = (key: NDArray, shape: Shape, dtype: DType, where: string): NDArray =>
  convertElementType(randomBits(key, shape, where), dtype);

/**
 * Uniformly random bits, as unsigned integers.
 *
 * @example
 * random.bits(random.key(0)); // 4070199207
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.bits.html
 */
export const bits = (key: NDArray, shape: Shape = [], { dtype = "uint32" }: BitsOptions = {}): NDArray => {
  if (!isDType(dtype) || !isUnsigned(dtype)) {
    throw new DTypeError(`bits: dtype must be "uint8", "uint16" or "uint32"; got ${JSON.stringify(dtype)}.`);
  }
  return randomUnsigned(key, shape, dtype, "bits");
};
