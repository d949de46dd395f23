/**
 * Files: safetensors, npy, npz, and checkpoints of trees. What was read comes as an `Either`.
 *
 * @module cotangent/io
 */

export { type Checkpoint, loadCheckpoint, saveCheckpoint } from "./checkpoint.ts";
export type { IoError, IoReason, ReadOptions } from "./io-error.ts";
export { namedArrays, treeOfNamed } from "./names.ts";
export { formatNpy, parseNpy } from "./npy.ts";
export { type FormatNpzOptions, formatNpz, type NpzOptions, parseNpz } from "./npz.ts";
export { formatSafetensors, parseSafetensors, type SafetensorsOptions, type Tensors } from "./safetensors.ts";
