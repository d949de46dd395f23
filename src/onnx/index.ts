export { type OnnxFunction, type OnnxJitOptions, onnxJit } from "./onnx-jit.ts";
export type { OnnxRuntime, RuntimeName } from "./runtime.ts";
export { type ToOnnxOptions, toOnnx } from "./to-onnx.ts";
