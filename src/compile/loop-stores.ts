import { type DType, dtypeInfo } from "../array/index.ts";
import { isSignedDType, narrowBits } from "./memory-access.ts";
import type { FunctionBuilder, Local } from "./wasm/function.ts";

/**
 * The four words on the stack, numbers that `dtype` holds in less than 32 bits, as the first elements of a vector of
 * such elements.
 */
export const emitNarrow = (f: FunctionBuilder, dtype: DType): Local => {
  const value = f.local("v128");
  const sign = isSignedDType(dtype) ? "s" : "u";
  const isByte = narrowBits(dtype) === 8;
  f.set(value).get(value).get(value);
  f.op(`i16x8.narrow_i32x4_${isByte ? "s" : sign}`).set(value);
  if (isByte) f.get(value).get(value).op(`i8x16.narrow_i16x8_${sign}`).set(value);
  return value;
};

/** Store the first lanes of the vector on the stack `step` bytes apart. */
export const emitScatter = (
  f: FunctionBuilder,
  dtype: DType,
  pushAddress: () => void,
  at: number,
  step: number,
  lanes: number,
): void => {
  const address = f.local("i32");
  let value: Local;
  if (narrowBits(dtype) !== undefined) value = emitNarrow(f, dtype);
  else {
    value = f.local("v128");
    f.set(value);
  }
  pushAddress();
  f.set(address);
  const store = `v128.store${(8 * dtypeInfo(dtype).bytes) as 8 | 16 | 32 | 64}_lane` as const;
  for (let lane = 0; lane < lanes; lane++)
    f.get(address)
      .get(value)
      .memory(store, at + lane * step, lane);
  f.release(value);
  f.release(address);
};
