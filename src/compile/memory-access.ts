import { type DType, dtypeInfo } from "../array/index.ts";
import { scalarTypeOf } from "../kernel/scalar-type.ts";
import { scalarValueType } from "./lanes.ts";
import type { MemoryOpcode } from "./wasm/opcodes.ts";

/** Bits of an element that memory keeps fewer bits of than it is computed in; `undefined` for all others. */
export const narrowBits = (dtype: DType): 8 | 16 | undefined => {
  const { bytes } = dtypeInfo(dtype);
  return bytes === 1 ? 8 : bytes === 2 ? 16 : undefined;
};

/** Whether narrow elements are negative where their highest bit is set. */
export const isSignedDType = (dtype: DType): boolean => dtypeInfo(dtype).kind === "int";

/** The instruction that loads an element. */
export const loadOpcode = (dtype: DType): MemoryOpcode => {
  const bits = narrowBits(dtype);
  if (bits === undefined) return `${scalarValueType(scalarTypeOf(dtype))}.load`;
  return `i32.load${bits}_${isSignedDType(dtype) ? "s" : "u"}`;
};

/** The instruction that stores an element. */
export const storeOpcode = (dtype: DType): MemoryOpcode => {
  const bits = narrowBits(dtype);
  return bits === undefined ? `${scalarValueType(scalarTypeOf(dtype))}.store` : `i32.store${bits}`;
};
