import type { Place } from "./loop-pointers.ts";
import { accumulatesInMemory, loopShape } from "./loop-shape.ts";
import type { Buffer, Kernel } from "./program.ts";
import type { FunctionBuilder } from "./wasm/function.ts";

/*
 * Sums of float32 along leading axes are added up in memory, row after row. Where there are many rows, rounding errors
 * would grow with their number, so these sums are kept in float64 until the end.
 */

/** Sums of more terms are added up in float64: as many as the sums in registers take before they do the same. */
export const MOST_TERMS = 1024;

/** The kernels with a float64 buffer for each sum that needs one. */
export const withWideSums = (kernels: readonly Kernel[], wideBuffer: (size: number) => Buffer): Kernel[] =>
  kernels.map((kernel) => {
    if (kernel.kind !== "loop" || !kernel.results.some((r) => r.kind === "reduce")) return kernel;
    const shape = loopShape(kernel);
    const terms = shape.axes.reduce((n, axis) => (axis.reduced ? n * axis.length : n), 1);
    if (terms <= MOST_TERMS || !accumulatesInMemory(shape)) return kernel;
    const results = kernel.results.map((result) =>
      result.kind === "reduce" && result.combine === "add" && result.value.type === "f32"
        ? { ...result, wide: wideBuffer(result.buffer.size) }
        : result,
    );
    return { ...kernel, results };
  });

/** Add the float32 on the stack (one, or a vector of four) to the float64 sums at an address. */
export const emitWideAdd = (f: FunctionBuilder, lanes: 1 | 4, at: number, pushAddress: () => void): void => {
  if (lanes === 1) {
    const value = f.local("f32");
    f.set(value);
    pushAddress();
    pushAddress();
    f.memory("f64.load", at).get(value).op("f64.promote_f32", "f64.add").memory("f64.store", at);
    f.release(value);
    return;
  }
  const value = f.local("v128");
  const address = f.local("i32");
  f.set(value);
  pushAddress();
  f.set(address);
  for (const half of [0, 1]) {
    const place = at + 16 * half;
    f.get(address).get(address).memory("v128.load", place).get(value);
    if (half === 1) f.get(value).shuffle([8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]);
    f.op("f64x2.promote_low_f32x4", "f64x2.add").memory("v128.store", place);
  }
  f.release(value);
  f.release(address);
};

/** Round the float64 sums to the float32 results; both are dense. */
export const emitWideEnd = (f: FunctionBuilder, size: number, from: Place, to: Place): void => {
  const i = f.local("i32");
  const address = (place: Place, shift: number): void => {
    f.get(place.pointer).get(i).i32(shift).op("i32.shl", "i32.add");
  };
  f.i32(0).set(i);
  f.loop((again) => {
    address(to, 2);
    address(from, 3);
    f.memory("f64.load", from.at).op("f32.demote_f64").memory("f32.store", to.at);
    f.get(i).i32(1).op("i32.add").tee(i).i32(size).op("i32.lt_u").brIf(again);
  });
  f.release(i);
};
