import { erfInvOf } from "../elementwise/numeric/index.ts";
import { encryptBlock } from "../threefry.ts";

/*
 * Random numbers one by one, for reference evaluations of samplers. A key is a pair of words; what it gives at a place
 * is what the functions of `random` give there in an array of any shape, counted in row-major order.
 */

/** A random key. */
export type Key = readonly [number, number];

const block = new Uint32Array(2);

const encrypted = ([k1, k2]: Key, place: number): Uint32Array => {
  block[0] = 0;
  block[1] = place;
  encryptBlock(k1, k2, block);
  return block;
};

/** The `i`-th key that `key` is split into. */
export const subkey = (key: Key, i: number): Key => {
  const [first, second] = encrypted(key, i) as unknown as [number, number];
  return [first, second];
};

/** The type that numbers are drawn in. */
export type FloatType = "float32" | "float64";

/** A uniformly random number in [0, 1), of as many bits as a mantissa has. */
export const uniformAt = (key: Key, place: number, dtype: FloatType): number => {
  const [first, second] = encrypted(key, place) as unknown as [number, number];
  if (dtype === "float32") return ((first ^ second) >>> 9) * 2 ** -23;
  return (first * 2 ** 20 + (second >>> 12)) * 2 ** -52;
};

/** The least number greater than −1. */
export const ABOVE_MINUS_ONE = { float32: -1 + 2 ** -24, float64: -1 + 2 ** -53 } as const;

/** A number of the standard normal distribution. */
export const normalAt = (key: Key, place: number, dtype: FloatType): number => {
  const least = ABOVE_MINUS_ONE[dtype];
  const u = uniformAt(key, place, dtype) * 2;
  if (dtype === "float64") return Math.SQRT2 * erfInvOf(Math.max(least, u + least));
  const { fround } = Math;
  return fround(fround(Math.SQRT2) * fround(erfInvOf(Math.max(least, fround(u + least)))));
};
