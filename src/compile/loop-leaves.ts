import { type DType, dtypeInfo } from "../array/index.ts";
import type { ScalarType } from "../kernel/expr.ts";
import { scalarTypeOf } from "../kernel/scalar-type.ts";
import { laneOpcode, shapeOf, splatBytes } from "./lanes.ts";
import type { LoopPointers, Place } from "./loop-pointers.ts";
import { isSignedDType, loadOpcode, narrowBits } from "./memory-access.ts";
import type { FunctionBuilder, Local } from "./wasm/function.ts";

/**
 * Push what an access reads at position `i` of the last axis, along which it moves by `stride` elements: a scalar, or
 * the vector number `part` of the lanes. Booleans become masks in vector code.
 */
export const emitLoad = (
  f: FunctionBuilder,
  pointers: LoopPointers,
  { pointer, at }: Place,
  dtype: DType,
  stride: number,
  i: Local,
  lanes: 1 | 2 | 4,
  part: number,
): void => {
  const { bytes } = dtypeInfo(dtype);
  const type = scalarTypeOf(dtype);
  if (lanes === 1) {
    pointers.pushAddress(pointer, i, stride * bytes);
    f.memory(loadOpcode(dtype), at);
    return;
  }
  const width = type === "f64" ? 2 : lanes;
  const bits = narrowBits(dtype);
  if (bits !== undefined && type !== "bool") {
    if (stride === 1) {
      pointers.pushAddress(pointer, i, bytes);
      emitWiden(f, dtype, at);
    } else if (stride === 0) f.get(pointer).memory(loadOpcode(dtype), at).op("i32x4.splat");
    else emitStrided(f, pointers, { pointer, at }, dtype, stride, i, lanes, 0);
  } else if (stride === 1 && type !== "bool") {
    pointers.pushAddress(pointer, i, bytes);
    f.memory("v128.load", at + part * width * bytes);
  } else if (stride === 1 && lanes === 4) {
    pointers.pushAddress(pointer, i, 1);
    emitWiden(f, dtype, at);
    f.v128(splatBytes("i32", 0)).op("i32x4.ne");
  } else if (stride === 0 && type !== "bool") {
    f.get(pointer).memory(type === "f64" ? "v128.load64_splat" : "v128.load32_splat", at);
  } else emitStrided(f, pointers, { pointer, at }, dtype, stride, i, lanes, part * width);
};

/** Replace the address on the stack by four neighbours of less than 32 bits that stand there, as words. */
export const emitWiden = (f: FunctionBuilder, dtype: DType, at: number): void => {
  const sign = isSignedDType(dtype) ? "s" : "u";
  if (narrowBits(dtype) === 16) f.memory(`v128.load16x4_${sign}`, at);
  else {
    f.memory("v128.load32_zero", at);
    f.op(`i16x8.extend_low_i8x16_${sign}`, `i32x4.extend_low_i16x8_${sign}`);
  }
};

/** Lanes that stand `stride` elements apart, from number `first` on. */
const emitStrided = (
  f: FunctionBuilder,
  pointers: LoopPointers,
  { pointer, at }: Place,
  dtype: DType,
  stride: number,
  i: Local,
  lanes: 2 | 4,
  first: number,
): void => {
  const step = stride * dtypeInfo(dtype).bytes;
  const address = f.local("i32");
  pointers.pushAddress(pointer, i, step);
  f.set(address);
  emitLanes(f, address, step, at, first, dtype, lanes);
  f.release(address);
};

/** Lanes that do not stand next to each other, loaded one by one. */
const emitLanes = (
  f: FunctionBuilder,
  address: Local,
  step: number,
  at: number,
  first: number,
  dtype: DType,
  lanes: 2 | 4,
): void => {
  const type = scalarTypeOf(dtype);
  const width = type === "f64" ? 2 : lanes;
  const laneType: ScalarType = type === "bool" ? (lanes === 2 ? "i64" : "i32") : type;
  const load = type === "bool" && lanes === 2 ? "i64.load8_u" : loadOpcode(dtype);
  const pushLane = (lane: number): void => {
    const distance = (first + lane) * step;
    f.get(address);
    if (distance >= 0) f.memory(load, at + distance);
    else f.i32(distance).op("i32.add").memory(load, at);
  };
  pushLane(0);
  f.op(`${shapeOf(laneType)}.splat`);
  for (let lane = 1; lane < width; lane++) {
    pushLane(lane);
    f.lane(laneOpcode("replace_lane", laneType), lane);
  }
  if (type !== "bool") return;
  if (lanes === 2) f.v128(splatBytes("i64", 0n)).op("i64x2.ne");
  else f.v128(splatBytes("i32", 0)).op("i32x4.ne");
};

/** Push an index of the loop: in the last axis it counts along the lanes. */
export const emitIndex = (
  f: FunctionBuilder,
  strides: readonly number[],
  indices: readonly Local[],
  i: Local,
  lanes: 1 | 2 | 4,
): void => {
  const axis = strides.findIndex((s) => s !== 0);
  if (axis < 0) f.i32(0);
  else f.get(axis < strides.length - 1 ? (indices[axis] as Local) : i);
  if (lanes === 1) return;
  f.op("i32x4.splat");
  if (axis < 0 || axis < strides.length - 1) return;
  f.v128(new Uint8Array(Int32Array.from([0, 1, 2, 3]).buffer)).op("i32x4.add");
};
