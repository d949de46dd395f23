import type { Buffer } from "./program.ts";
import type { FunctionBuilder } from "./wasm/function.ts";

/**
 * Where the code of kernels finds buffers. Scratch buffers lie at a fixed distance from an address that a call passes
 * (parameter 0 of every kernel); constants stay at fixed addresses.
 */
export interface AddressSpace {
  /** The distance of a buffer from its base. */
  offsetOf(buffer: Buffer): number;
  /** Which base: buffers that share one can share moving pointers. */
  baseOf(buffer: Buffer): "scratch" | "const";
  /** Push the base of a buffer. */
  pushBase(f: FunctionBuilder, buffer: Buffer): void;
}
