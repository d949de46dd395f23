import { type NDArray, type Shape, scalarArray, sizeOf } from "../array/index.ts";
import { ArgumentError, describeAval } from "../core/index.ts";
import { concatenate, iota, reshape, slice, threefry2x32 } from "../primitives/index.ts";

/** The two words of a key, as scalars; refuses what is no key. */
export const keyWords = (key: NDArray, where: string): readonly [NDArray, NDArray] => {
  if (key?.dtype !== "uint32" || key.ndim !== 1 || key.shape[0] !== 2) {
    const got = key?.shape === undefined ? String(key) : describeAval(key);
    throw new ArgumentError(
      `${where}: expected a random key, uint32[2], as random.key(seed) or random.split(key) make it; got ${got}. ` +
        "To use many keys at once, map over them with vmap.",
    );
  }
  return [0, 1].map((i) => reshape(slice(key, [i], [i + 1]), [])) as unknown as [NDArray, NDArray];
};

/**
 * The place of each element in row-major order: the counters that a key encrypts. They are 64-bit numbers whose upper
 * word is 0, since no array is that long.
 */
const counters = (shape: Shape): readonly [NDArray, NDArray] => [
  scalarArray(0, "uint32"),
  reshape(iota([sizeOf(shape)], "uint32", 0), shape),
];

/** Two random words for each element of `shape`. */
export const randomWords = (key: NDArray, shape: Shape, where: string): readonly [NDArray, NDArray] =>
  threefry2x32(...keyWords(key, where), ...counters(shape));

/** Pairs of words along a new last axis: keys. */
export const pairWords = ([first, second]: readonly [NDArray, NDArray]): NDArray => {
  const column = [...first.shape, 1];
  return concatenate([reshape(first, column), reshape(second, column)], first.ndim);
};
