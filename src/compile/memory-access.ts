import { type DType, dtypeInfo } from "../array/index.ts";
import type { ScalarType } from "../kernel/expr.ts";
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

/** The instruction that loads an element as a `type`: scratch memory of 64-bit integers is that of a dtype of their width. */
export const loadOpcode = (dtype: DType, type: ScalarType = scalarTypeOf(dtype)): MemoryOpcode => {
  const bits = narrowBits(dtype);
  if (bits === undefined) return `${scalarValueType(type)}.load`;
  return `i32.load${bits}_${isSignedDType(dtype) ? "s" : "u"}`;
};

/** The instruction that stores an element, which is a `type`. */
export const storeOpcode = (dtype: DType, type: ScalarType = scalarTypeOf(dtype)): MemoryOpcode => {
  const bits = narrowBits(dtype);
  return bits === undefined ? `${scalarValueType(type)}.store` : `i32.store${bits}`;
};
