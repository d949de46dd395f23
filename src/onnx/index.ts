export { fromOnnx, type ModelParams, type ModelValue, type OnnxModel } from "./from-onnx.ts";
export { OnnxError, type OnnxReason } from "./onnx-error.ts";
export { type OnnxFunction, type OnnxJitOptions, onnxJit } from "./onnx-jit.ts";
export type { OnnxRuntime, RuntimeName } from "./runtime.ts";
export { type ToOnnxOptions, toOnnx } from "./to-onnx.ts";
