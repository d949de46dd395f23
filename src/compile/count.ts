import type { FunctionBuilder, Local } from "./wasm/function.ts";

/** Count a local from its value up to `limit` by `step`. The body runs at least once. */
export const count = (
  f: FunctionBuilder,
  local: Local,
  limit: number,
  step: number,
  body: () => void,
): void => {
  f.loop((again) => {
    body();
    f.get(local).i32(step).op("i32.add").tee(local).i32(limit).op("i32.lt_u").brIf(again);
  });
};
