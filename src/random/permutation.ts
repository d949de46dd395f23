import { describeValue, NDArray, normalizeAxis, sizeOf } from "../array/index.ts";
import { ArgumentError, describeAval } from "../core/index.ts";
import { take } from "../numpy/indexing/take.ts";
import { iota, sort } from "../primitives/index.ts";
import { randomBits } from "./bits.ts";
import { splitKey } from "./key.ts";

/** Options of `permutation`. */
export interface PermutationOptions {
  /** Shuffle each vector along the axis in its own way. Default false. */
  readonly independent?: boolean;
}

/**
 * `x` sorted by random words, as often as it takes to make equal words unlikely to matter: so often that an element's
 * words together have three times the bits of the number of elements.
 */
const shuffle = (key: NDArray, x: NDArray, axis: number, where: string): NDArray => {
  const rounds = Math.ceil((3 * Math.log(Math.max(1, sizeOf(x.shape)))) / Math.log(2 ** 32 - 1));
  let next = key;
  let shuffled = x;
  for (let round = 0; round < rounds; round++) {
    const [rest, own] = splitKey(next, 2, where) as [NDArray, NDArray];
    shuffled = sort([randomBits(own, x.shape, where), shuffled], axis)[1] as NDArray;
    next = rest;
  }
  return shuffled;
};

/** `permutation` for other samplers, which name themselves in messages. */
export const permutationOf = (
  key: NDArray,
  x: number | NDArray,
  axis: number,
  independent: boolean,
  where: string,
): NDArray => {
  if (!(x instanceof NDArray)) {
    if (!Number.isInteger(x) || x < 0) {
      throw new ArgumentError(
        `${where}: expected an array or a number of elements; got ${describeValue(x)}.`,
      );
    }
    return shuffle(key, iota([x], "int32", 0), normalizeAxis(axis, 1, where), where);
  }
  if (x.ndim === 0) {
    throw new ArgumentError(
      `${where}: expected a JavaScript number or an array with axes; got ${describeAval(x)}. How many elements there ` +
        "are must be known when the function is traced.",
    );
  }
  const along = normalizeAxis(axis, x.ndim, where);
  if (independent || x.ndim === 1) return shuffle(key, x, along, where);
  const order = shuffle(key, iota([x.shape[along] as number], "int32", 0), 0, where);
  return take(x, order, along, { mode: "promise_in_bounds" });
};

/**
 * The numbers from 0 to `x` − 1, or an array along one axis, in random order.
 *
 * @param axis default 0.
 * @example
 * const order = random.permutation(key, 60000); // int32[60000]
 * const shuffled = random.permutation(key, images);
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.random.permutation.html
 */
export const permutation = (
  key: NDArray,
  x: number | NDArray,
  axis = 0,
  { independent = false }: PermutationOptions = {},
): NDArray => permutationOf(key, x, axis, independent, "permutation");
