export {
  type AttentionApplyOptions,
  type AttentionLayer,
  type AttentionParams,
  type MultiHeadAttentionOptions,
  multiHeadAttention,
} from "./attention.ts";
export { type BatchNormOptions, type BatchNormState, batchNorm } from "./batch-norm.ts";
export {
  type BranchCombination,
  type ParallelOptions,
  parallel,
  type Residual,
  residual,
} from "./branches.ts";
export type { CellOptions, CellParams, GruParams, LstmCarry } from "./cells.ts";
export {
  type ConvLayerOptions,
  type ConvParams,
  type ConvTransposeLayerOptions,
  conv,
  convTranspose,
} from "./conv.ts";
export { type DenseParams, dense, type KernelOptions } from "./dense.ts";
export { type DropoutOptions, dropout } from "./dropout.ts";
export { type EmbeddingLayer, type EmbeddingOptions, type EmbeddingParams, embedding } from "./embedding.ts";
export { type GroupNormOptions, groupNorm, instanceNorm } from "./group-norm.ts";
export type {
  AnyLayer,
  ApplyOptions,
  Combined,
  Layer,
  ParamsList,
  ParamsOf,
  Part,
  StatefulLayer,
  StateList,
  StateOf,
} from "./layer.ts";
export { type LayerNormOptions, layerNorm, type RmsNormOptions, rmsNorm } from "./layer-norm.ts";
export type { AffineOptions, AffineParams } from "./normalize.ts";
export { flatten, pointwise } from "./pointwise.ts";
export {
  type AvgPoolOptions,
  adaptiveAvgPool,
  adaptiveMaxPool,
  avgPool,
  maxPool,
  type PoolOptions,
} from "./pool.ts";
export {
  type LearnedPositionsOptions,
  learnedPositions,
  type PositionParams,
  sinusoidalEncoding,
  sinusoidalPositions,
} from "./positions.ts";
export { gru, lstm, type RecurrentLayer, type RecurrentOptions, rnn } from "./recurrent.ts";
export { sequential } from "./sequential.ts";
export { type SummaryRow, summary, summaryRows } from "./summary.ts";
