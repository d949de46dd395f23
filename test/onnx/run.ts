import type { NDArray } from "../../src/array/index.ts";
import { onnxJit } from "../../src/onnx/index.ts";
import { jit } from "../../src/transforms/jit.ts";
import type { InputsOf } from "../../src/transforms/types.ts";
import { leaves } from "../../src/tree/index.ts";
import { requireNear } from "./closeness.ts";

/** Throws unless ONNX Runtime gives what our own compiled function gives, within `scale` times the usual tolerance. */
export const requireSameResult = async <A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  args: InputsOf<A>,
  scale = 1,
): Promise<void> => {
  const call = await onnxJit(f, { intraOpNumThreads: 1 })(...args);
  const actual = await call(...args);
  await call.release();
  requireNear(leaves(actual) as NDArray[], leaves(jit(f)(...args)) as NDArray[], scale);
};
