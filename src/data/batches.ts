import type { NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import { permutation } from "../random/index.ts";
import type { Arrays } from "../tree/index.ts";
import { examplesOf } from "./rows.ts";

/** What becomes of the examples that do not fill the last batch: a smaller batch, or nothing. */
export type LastBatch = "keep" | "drop";

/** Options of `batches`. */
export interface BatchOptions {
  /** The order is drawn from this key, anew for each key; default: the order of the data. */
  readonly key?: NDArray | null;
  /** Default "drop", which keeps one shape, so that a compiled step is traced once. */
  readonly last?: LastBatch;
}

/** The batches of one pass over the data, made one by one as they are asked for; it may be gone through many times. */
export interface Batches<T> extends Iterable<Arrays<T>> {
  /** How many batches there are. */
  readonly length: number;
}

/**
 * A pass over data in batches: a tree of arrays with an example for each place of their leading axes gives trees of
 * arrays of `batchSize` examples. Only the rows of a batch are copied, when it is asked for.
 *
 * @throws ArgumentError for a batch size that is none; ShapeError if arrays have different numbers of examples.
 * @example
 * for (const { images, labels } of data.batches({ images, labels }, 128, { key: random.foldIn(key, epoch) })) step(…);
 */
export const batches = <T>(
  data: T,
  batchSize: number,
  { key = null, last = "drop" }: BatchOptions = {},
): Batches<T> => {
  const examples = examplesOf("batches", data);
  const { count } = examples;
  if (!(Number.isInteger(batchSize) && batchSize >= 1)) {
    throw new ArgumentError(`batches: batchSize must be a whole number >= 1; got ${batchSize}.`);
  }
  if (last !== "keep" && last !== "drop") {
    throw new ArgumentError(`batches: last must be "keep" or "drop"; got "${String(last)}".`);
  }
  const length = last === "keep" ? Math.ceil(count / batchSize) : Math.floor(count / batchSize);
  return {
    length,
    *[Symbol.iterator]() {
      const order =
        key === null
          ? Int32Array.from({ length: count }, (_, i) => i)
          : permutation(key, count).toTypedArray();
      for (let i = 0; i < length; i++) yield examples.at(order.subarray(i * batchSize, (i + 1) * batchSize));
    },
  };
};
