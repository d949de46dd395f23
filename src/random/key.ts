import { arrayFrom, describeValue, isInteger, NDArray, type Shape, scalarArray } from "../array/index.ts";
import { ArgumentError, DTypeError, describeAval } from "../core/index.ts";
import { convertElementType, reshape, slice, threefry2x32 } from "../primitives/index.ts";
import { sampleShape } from "./operands.ts";
import { keyWords, pairWords, randomWords } from "./words.ts";

/** A whole number as a uint32 scalar; arrays of signed integers wrap. */
const asWord = (x: NDArray, where: string, name: string): NDArray => {
  if (x.ndim === 0 && isInteger(x.dtype)) return convertElementType(x, "uint32");
  throw new DTypeError(
    `${where}: ${name} must be a whole number or a scalar array of int32 or uint32; got ${describeAval(x)}. ` +
      "For a batch of them, use vmap.",
  );
};

/**
 * A random key made of a seed: uint32[2], the upper and lower half of the seed as a 64-bit integer (two's complement).
 * All randomness comes from keys. A key used twice gives the same numbers twice: `split` it for more.
 *
 * As in JAX with 64-bit integers; JAX without them leaves out the upper half of a negative or large seed.
 *
 * @param seed a safe integer, or a scalar array of int32 or uint32.
 * @throws ArgumentError for a number that is not a safe integer; DTypeError for another array.
 * @example
 * const key = random.key(0);
 * const [forWeights, forData] = random.split(key);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.key.html
 */
export const key = (seed: number | NDArray): NDArray => {
  if (seed instanceof NDArray) {
    return pairWords([scalarArray(0, "uint32"), asWord(seed, "key", "the seed")]);
  }
  if (!Number.isSafeInteger(seed)) {
    throw new ArgumentError(`key: the seed must be a safe integer; got ${describeValue(seed)}.`);
  }
  return arrayFrom([Math.floor(seed / 2 ** 32) >>> 0, seed >>> 0], "uint32");
};

/** The keys along the first axis of an array of them, so that they can be taken apart. */
const split2 = (keys: NDArray): NDArray[] =>
  Array.from({ length: keys.shape[0] as number }, (_, i) => reshape(slice(keys, [i, 0], [i + 1, 2]), [2]));

/**
 * New keys made of one, which must not be used after that: uint32[num, 2], or uint32[...num, 2] for a shape. Take
 * them apart by iteration.
 *
 * @example
 * const [a, b] = random.split(key);
 * const perExample = random.split(key, 128); // uint32[128, 2], for vmap
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.split.html
 */
export const split = (key: NDArray, num: number | Shape = 2): NDArray => {
  const shape = sampleShape(typeof num === "number" ? [num] : num, "split");
  return pairWords(randomWords(key, shape, "split"));
};

/** `split` for samplers: the new keys one by one. */
export const splitKey = (key: NDArray, num: number, where: string): NDArray[] =>
  split2(pairWords(randomWords(key, [num], where)));

/**
 * A new key made of a key and a number, such as the index of a step. Different numbers give independent keys.
 *
 * @param data a whole number from 0 to 2^32 − 1, or a scalar array of int32 (which wraps) or uint32.
 * @example
 * const stepKey = random.foldIn(key, step);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.fold_in.html
 */
export const foldIn = (key: NDArray, data: number | NDArray): NDArray => {
  if (typeof data === "number" && data >>> 0 !== data) {
    throw new ArgumentError(`foldIn: data must be a whole number from 0 to 2^32 - 1; got ${data}.`);
  }
  const word = data instanceof NDArray ? asWord(data, "foldIn", "data") : scalarArray(data, "uint32");
  return pairWords(threefry2x32(...keyWords(key, "foldIn"), scalarArray(0, "uint32"), word));
};
