import { formatShape, type NDArray, type Shape } from "../../array/index.ts";
import { ArgumentError, ShapeError } from "../../core/index.ts";
import * as np from "../../numpy/index.ts";
import * as random from "../../random/index.ts";
import { dotProductAttention } from "../attention.ts";
import { addBias, checkFeatures, type DenseParams, initKernel, type KernelOptions } from "./dense.ts";
import { dropout } from "./dropout.ts";
import { type ApplyOptions, type Layer, positiveInteger } from "./layer.ts";

/** Parameters of `multiHeadAttention`. The heads lie side by side in the columns of the first three kernels. */
export interface AttentionParams {
  readonly query: DenseParams;
  readonly key: DenseParams;
  readonly value: DenseParams;
  readonly out: DenseParams;
}

/** Options of `multiHeadAttention`. */
export interface MultiHeadAttentionOptions extends KernelOptions {
  /** How many numbers queries, keys and values have, all heads together; default: as many as the input. */
  readonly qkvFeatures?: number;
  /** How many features come out; default: as many as go in. */
  readonly outFeatures?: number;
  /** Each position sees itself and those before it only. Default false. */
  readonly isCausal?: boolean;
  /** In training, the output is dropped with this probability; default 0. */
  readonly dropoutRate?: number;
}

/** How attention is applied. */
export interface AttentionApplyOptions extends ApplyOptions {
  /** Where keys and values come from, [batch, source, features]; default: the input itself. */
  readonly context?: NDArray;
  /** Which keys each query may see: bool, broadcast to [batch, heads, target, source]. */
  readonly mask?: NDArray | null;
}

/** Attention as a layer, to itself or to a context. */
export interface AttentionLayer extends Layer<AttentionParams> {
  apply(params: AttentionParams, x: NDArray, options?: AttentionApplyOptions): NDArray;
}

const NAME = "multiHeadAttention";

/**
 * Multi-head attention over [batch, time, features]: each head compares queries with keys and takes the mean of values,
 * weighted by softmax. (A. Vaswani et al., "Attention is all you need", 2017.)
 *
 * @param numHeads divides the features of queries, keys and values.
 * @throws ShapeError if it doesn't, or if inputs are not [batch, time, features].
 * @example
 * const layer = nn.multiHeadAttention(4, { isCausal: true }); // [batch, time, 64] → [batch, time, 64]
 */
export const multiHeadAttention = (
  numHeads: number,
  { qkvFeatures, outFeatures, isCausal = false, dropoutRate = 0, ...weights }: MultiHeadAttentionOptions = {},
): AttentionLayer => {
  positiveInteger(NAME, "numHeads", numHeads);
  const drop = dropout(dropoutRate);
  const check = (shape: Shape): number => {
    if (shape.length === 3) return shape[2] as number;
    throw new ShapeError(`${NAME}: the input must be [batch, time, features]; got ${formatShape(shape)}.`);
  };
  const innerFeatures = (features: number): number => {
    const inner = qkvFeatures ?? features;
    if (inner % numHeads === 0) return inner;
    throw new ArgumentError(
      `${NAME}: the ${inner} features of queries, keys and values must be a multiple of numHeads (${numHeads}); set qkvFeatures.`,
    );
  };
  const project = (params: DenseParams, x: NDArray): NDArray => {
    checkFeatures(NAME, x, params.kernel.shape[0] as number);
    const y = addBias(np.matmul(x, params.kernel), params);
    const [batch, time, inner] = y.shape as readonly [number, number, number];
    return np.reshape(y, [batch, time, numHeads, inner / numHeads]);
  };
  return {
    kind: NAME,
    init: (key, inputShape) => {
      const features = check(inputShape);
      const inner = innerFeatures(features);
      const draw = (i: number, from: number, to: number): DenseParams =>
        initKernel(random.foldIn(key, i), [from, to], to, weights);
      return {
        query: draw(0, features, inner),
        key: draw(1, features, inner),
        value: draw(2, features, inner),
        out: draw(3, inner, outFeatures ?? features),
      };
    },
    outputShape: (inputShape) => {
      innerFeatures(check(inputShape));
      return [...inputShape.slice(0, 2), outFeatures ?? (inputShape[2] as number)];
    },
    apply: (params, x, { context = x, mask = null, ...options } = {}) => {
      check(x.shape);
      check(context.shape);
      const attended = dotProductAttention(
        project(params.query, x),
        project(params.key, context),
        project(params.value, context),
        { mask, isCausal },
      );
      const [batch, time] = x.shape as readonly [number, number];
      const joined = np.reshape(attended, [batch, time, -1]);
      return drop.apply(null, addBias(np.matmul(joined, params.out.kernel), params.out), options);
    },
  };
};
