import { type NDArray, type Shape, scalarArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import { and, xor } from "../primitives/index.ts";
import { sampleShape } from "./operands.ts";
import { randomWords } from "./words.ts";

/** Options of `bits`. */
export interface BitsOptions {
  /** How many of the 32 bits are random, from the lowest; the others are 0. Default 32. */
  readonly bitWidth?: 8 | 16 | 32;
}

/** One random word for each element of `shape`. */
export const randomBits = (key: NDArray, shape: Shape, where: string): NDArray =>
  xor(...randomWords(key, sampleShape(shape, where), where));

/**
 * Uniformly random bits, as uint32.
 *
 * @example
 * random.bits(random.key(0)); // 4070199207
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.bits.html
 */
export const bits = (key: NDArray, shape: Shape = [], { bitWidth = 32 }: BitsOptions = {}): NDArray => {
  if (bitWidth !== 8 && bitWidth !== 16 && bitWidth !== 32) {
    throw new ArgumentError(`bits: bitWidth must be 8, 16 or 32; got ${String(bitWidth)}.`);
  }
  const words = randomBits(key, shape, "bits");
  return bitWidth === 32 ? words : and(words, scalarArray(2 ** bitWidth - 1, "uint32"));
};
