export { i0 } from "../numpy/bessel.ts";
export * from "./box-cox.ts";
export * from "./entropy.ts";
export * from "./gamma.ts";
export { type LogsumexpOptions, logsumexp } from "./logsumexp.ts";
export * from "./normal.ts";
export { logSoftmax, type SoftmaxOptions, softmax } from "./softmax.ts";
