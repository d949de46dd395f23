import { type DType, dtypeInfo } from "../array/index.ts";
import type { FunctionBuilder, Local } from "./wasm/function.ts";

/** The four words of 0 and 1 on the stack as the first four bytes of a vector. */
export const emitNarrow = (f: FunctionBuilder): Local => {
  const value = f.local("v128");
  f.set(value).get(value).get(value).op("i16x8.narrow_i32x4_s").set(value);
  f.get(value).get(value).op("i8x16.narrow_i16x8_s").set(value);
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
  if (dtype === "bool") value = emitNarrow(f);
  else {
    value = f.local("v128");
    f.set(value);
  }
  pushAddress();
  f.set(address);
  const store = `v128.store${dtypeInfo(dtype).bytes === 8 ? 64 : dtype === "bool" ? 8 : 32}_lane` as const;
  for (let lane = 0; lane < lanes; lane++)
    f.get(address)
      .get(value)
      .memory(store, at + lane * step, lane);
  f.release(value);
  f.release(address);
};
