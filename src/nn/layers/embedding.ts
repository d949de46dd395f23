import { isInteger, type NDArray } from "../../array/index.ts";
import { DTypeError, describeAval } from "../../core/index.ts";
import * as np from "../../numpy/index.ts";
import { type Initializer, varianceScaling } from "../initializers.ts";
import { type Layer, positiveInteger } from "./layer.ts";

/** Parameters of `embedding`. */
export interface EmbeddingParams {
  /** `[count, features]`: a row for each number. */
  readonly table: NDArray;
}

/** Options of `embedding`. */
export interface EmbeddingOptions {
  /** Default: normal numbers of variance 1 / features. */
  readonly tableInit?: Initializer;
}

/** An embedding, which can also score features against all its rows. */
export interface EmbeddingLayer extends Layer<EmbeddingParams> {
  /** Scores of features for each row, [..., features] → [..., count], by the weights that embed: tied weights. */
  attend(params: EmbeddingParams, x: NDArray): NDArray;
}

/**
 * Whole numbers become learned vectors: the rows of a table. Numbers outside [0, count) give NaN, as JAX's `take`.
 *
 * @param count how many different numbers there are.
 * @param features the length of each vector.
 * @example
 * const layer = nn.embedding(256, 64); // int32[batch, time] → float32[batch, time, 64]
 */
export const embedding = (
  count: number,
  features: number,
  { tableInit = varianceScaling(1, "fan_in", "normal", { inAxis: -1, outAxis: 0 }) }: EmbeddingOptions = {},
): EmbeddingLayer => {
  positiveInteger("embedding", "count", count);
  positiveInteger("embedding", "features", features);
  return {
    kind: "embedding",
    init: (key) => ({ table: tableInit(key, [count, features]) }),
    outputShape: (inputShape) => [...inputShape, features],
    apply: ({ table }, x) => {
      if (!isInteger(x.dtype)) {
        throw new DTypeError(
          `embedding: the input must be whole numbers (int32 or uint32), one for each vector; got ${describeAval(x)}.`,
        );
      }
      return np.take(table, x, 0);
    },
    attend: ({ table }, x) => np.matmul(x, np.transpose(table)),
  };
};
