export {
  type LogmeanexpOptions,
  type LogsumexpOptions,
  logmeanexp,
  logsumexp,
} from "../special/logsumexp.ts";
export { logSoftmax, type SoftmaxOptions, softmax } from "../special/softmax.ts";
export { type AttentionOptions, dotProductAttention } from "./attention.ts";
export * as initializers from "./initializers.ts";
export * from "./layers/index.ts";
export * as losses from "./losses/index.ts";
export * as metrics from "./metrics/index.ts";
export { type OneHotOptions, oneHot } from "./one-hot.ts";
export {
  celu,
  elu,
  hardSigmoid,
  hardSilu,
  hardSwish,
  hardTanh,
  leakyRelu,
  relu,
  relu6,
  selu,
  sparsePlus,
  sparseSigmoid,
} from "./rectifiers.ts";
export * as regularizers from "./regularizers.ts";
export {
  type GeluOptions,
  gelu,
  glu,
  identity,
  log1mexp,
  logSigmoid,
  mish,
  sigmoid,
  silu,
  softplus,
  softSign,
  squareplus,
  swish,
  tanh,
} from "./smooth.ts";
export { type StandardizeOptions, standardize } from "./standardize.ts";
