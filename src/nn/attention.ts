import { type ArrayLike, describeValue, formatShape, type NDArray } from "../array/index.ts";
import { ArgumentError, DTypeError, describeAval, ShapeError } from "../core/index.ts";
import * as np from "../numpy/index.ts";
import { operand, promote, toInexact } from "../numpy/operands.ts";
import { softmax } from "../special/softmax.ts";

/** Options of `dotProductAttention`. */
export interface AttentionOptions {
  /** Added to the logits; broadcasts to `[B, N, T, S]`. */
  readonly bias?: ArrayLike | null;
  /** Which keys a query attends to, of booleans; broadcasts to `[B, N, T, S]`. */
  readonly mask?: NDArray | null;
  /** What the logits are multiplied by; default 1 / sqrt(H). */
  readonly scale?: ArrayLike | null;
  /** Whether a query attends only to keys up to its own position. Default false. */
  readonly isCausal?: boolean;
  /** How many queries of each batch count, int32[B]; results of the others are 0. */
  readonly querySeqLengths?: NDArray | null;
  /** How many keys and values of each batch count, int32[B]. */
  readonly keyValueSeqLengths?: NDArray | null;
  /** How many keys before and behind its own position a query attends to; one number for both. */
  readonly localWindowSize?: number | readonly [left: number, right: number] | null;
}

const where = "dotProductAttention";

/** The logit of a key that is masked: so small that its probability is 0, unless all are masked, which gives a mean. */
const MASKED = -0.7 * 3.4028234663852886e38;

interface Lengths {
  readonly batch: number;
  readonly targets: number;
  readonly sources: number;
  readonly heads: number;
  /** Heads of keys and values; each serves `groups` heads of queries. */
  readonly keyHeads: number;
  readonly groups: number;
}

/** `x` with axes of length 1 in front, up to four. */
const ensure4d = (x: NDArray, name: string): NDArray => {
  if (x.ndim > 4) {
    throw new ShapeError(`${where}: ${name} has at most four axes; got ${describeAval(x)}.`);
  }
  return x.ndim === 4 ? x : np.reshape(x, [...Array<number>(4 - x.ndim).fill(1), ...x.shape]);
};

const lengthsOf = (query: NDArray, key: NDArray, value: NDArray): Lengths => {
  const [batch, sources, keyHeads, depth] = key.shape as [number, number, number, number];
  const [queryBatch, targets, heads, queryDepth] = query.shape as [number, number, number, number];
  const got = `query ${describeAval(query)}, key ${describeAval(key)}, value ${describeAval(value)}`;
  if (formatShape(value.shape) !== formatShape(key.shape)) {
    throw new ShapeError(`${where}: key and value must have one shape, [B, S, K, H]; got ${got}.`);
  }
  if (queryBatch !== batch || queryDepth !== depth) {
    throw new ShapeError(
      `${where}: query, [B, T, N, H], must have the B and H of key, [B, S, K, H]; got ${got}.`,
    );
  }
  if (keyHeads === 0 || heads % keyHeads !== 0) {
    throw new ShapeError(`${where}: N heads of query must be a multiple of K heads of key; got ${got}.`);
  }
  return { batch, targets, sources, heads, keyHeads, groups: heads / keyHeads };
};

/** A bias or mask over `[B, N, T, S]` in the form of the logits, `[B, K, G, T, S]`. */
const grouped = (x: NDArray, name: string, lengths: Lengths): NDArray => {
  const { batch, heads, keyHeads, groups, targets, sources } = lengths;
  const full = ensure4d(x, name);
  const fits = [batch, heads, targets, sources].every((n, i) => full.shape[i] === n || full.shape[i] === 1);
  if (!fits) {
    throw new ShapeError(
      `${where}: ${name}, ${describeAval(x)}, does not broadcast to [B, N, T, S], ` +
        `${formatShape([batch, heads, targets, sources])}.`,
    );
  }
  const [b, n, ...rest] = full.shape as [number, number, ...number[]];
  return np.reshape(full, [b, ...(n === 1 ? [1, 1] : [keyHeads, groups]), ...rest]);
};

/** Whether positions lie within a length: booleans `[B, count]`. */
const within = (lengths: NDArray, count: number, batch: number, name: string): NDArray => {
  if (lengths.dtype !== "int32" || lengths.ndim !== 1 || lengths.shape[0] !== batch) {
    throw new ShapeError(`${where}: ${name} must be int32[${batch}]; got ${describeAval(lengths)}.`);
  }
  return np.less(np.arange(count), np.expandDims(lengths, 1));
};

/** Everything that says which keys count, in forms that broadcast to `[B, K, G, T, S]`. */
const masksOf = (options: AttentionOptions, lengths: Lengths): NDArray[] => {
  const { mask, isCausal, querySeqLengths, keyValueSeqLengths, localWindowSize } = options;
  const { batch, targets, sources } = lengths;
  const masks: NDArray[] = [];
  if (mask) {
    if (mask.dtype !== "bool") {
      throw new DTypeError(
        `${where}: mask must be of booleans; got ${describeAval(mask)}. Pass numbers to add as bias.`,
      );
    }
    masks.push(grouped(mask, "mask", lengths));
  }
  const own = np.expandDims(np.arange(targets), 1);
  const others = np.arange(sources);
  if (isCausal) masks.push(np.lessEqual(others, own));
  if (localWindowSize !== undefined && localWindowSize !== null) {
    const sizes = typeof localWindowSize === "number" ? [localWindowSize, localWindowSize] : localWindowSize;
    if (sizes.length !== 2 || !sizes.every((n) => Number.isInteger(n) && n >= 0)) {
      throw new ArgumentError(
        `${where}: localWindowSize must be one or two whole numbers; got ${describeValue(localWindowSize)}.`,
      );
    }
    const distance = np.subtract(own, others);
    const [left, right] = sizes as readonly [number, number];
    masks.push(np.logicalAnd(np.lessEqual(distance, left), np.greaterEqual(distance, -right)));
  }
  if (querySeqLengths) {
    masks.push(np.expandDims(within(querySeqLengths, targets, batch, "querySeqLengths"), [1, 2, 4]));
  }
  if (keyValueSeqLengths) {
    masks.push(np.expandDims(within(keyValueSeqLengths, sources, batch, "keyValueSeqLengths"), [1, 2, 3]));
  }
  return masks;
};

/**
 * Attention of each query to all keys: softmax(query · keyᵀ · scale + bias) · value, for each head. Keys and values may
 * have fewer heads than queries, each of which then serves a group of them (A. Vaswani et al., "Attention is all you
 * need", 2017; J. Ainslie et al., "GQA", 2023). A query whose keys are all masked gets the mean of the values.
 *
 * @param query `[B, T, N, H]` or `[T, N, H]`: batch, queries, heads, depth.
 * @param key `[B, S, K, H]` or `[S, K, H]`, where K divides N.
 * @param value like `key`.
 * @returns the shape of `query`.
 * @throws ShapeError if shapes do not fit; DTypeError for a mask that is not of booleans.
 * @example
 * nn.dotProductAttention(query, key, value, { isCausal: true });
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.nn.dot_product_attention.html
 */
export const dotProductAttention = (
  query: ArrayLike,
  key: ArrayLike,
  value: ArrayLike,
  options: AttentionOptions = {},
): NDArray => {
  const [q, k, v] = promote(where, [query, key, value], toInexact) as [NDArray, NDArray, NDArray];
  const [queries, keys, values] = [ensure4d(q, "query"), ensure4d(k, "key"), ensure4d(v, "value")];
  const lengths = lengthsOf(queries, keys, values);
  const { batch, targets, keyHeads, groups } = lengths;
  const depth = keys.shape[3] as number;
  const byGroup = np.reshape(queries, [batch, targets, keyHeads, groups, depth]);
  const scale = options.scale ?? 1 / Math.sqrt(depth);
  const products = np.einsum("btkgh,bskh->bkgts", byGroup, keys);
  let logits = np.astype(np.multiply(products, scale), q.dtype);
  const { bias, querySeqLengths } = options;
  if (bias !== undefined && bias !== null) {
    logits = np.astype(np.add(logits, grouped(operand(bias, where), "bias", lengths)), q.dtype);
  }
  const masks = masksOf(options, lengths);
  if (masks.length > 0) logits = np.where(masks.reduce(np.logicalAnd), logits, MASKED);
  const attended = np.einsum("bkgts,bskh->btkgh", softmax(logits), values);
  const result = np.reshape(attended, q.shape);
  if (!querySeqLengths) return result;
  const counts = np.expandDims(within(querySeqLengths, targets, batch, "querySeqLengths"), [2, 3]);
  return np.reshape(np.where(counts, np.reshape(result, queries.shape), 0), q.shape);
};
