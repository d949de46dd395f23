import { dtypeInfo } from "../array/index.ts";
import type { AddressSpace } from "./address-space.ts";
import type { BranchKernel, Buffer, ScanKernel, WhileKernel } from "./program.ts";
import { placeOf } from "./update-in-place.ts";
import type { FunctionBuilder, FunctionRef, Local } from "./wasm/function.ts";

/*
 * Loops and branches around kernels: functions that call those of the kernels inside, and tell them which turn it is.
 */

/** Call functions with the parameters of this one, and the turn of the loop that it is. */
const callAll = (f: FunctionBuilder, functions: readonly FunctionRef[], turn?: Local): void => {
  for (const target of functions) {
    f.params.forEach((_, k) => {
      f.get(f.param(k));
    });
    if (turn !== undefined) f.get(turn);
    f.call(target);
  }
};

/** Push the address of an element of a buffer but for a distance, which is returned. */
const pushPlace = (f: FunctionBuilder, space: AddressSpace, buffer: Buffer, offset = 0): number => {
  space.pushBase(f, buffer);
  return space.offsetOf(buffer) + offset * dtypeInfo(buffer.dtype).bytes;
};

/** Write the body of a function that runs the turns of a scan. */
export const writeScan = (
  f: FunctionBuilder,
  { length, reverse }: ScanKernel,
  body: readonly FunctionRef[],
): void => {
  if (length === 0 || body.length === 0) return;
  const turn = f.local("i32");
  f.i32(reverse ? length - 1 : 0).set(turn);
  f.loop((again) => {
    callAll(f, body, turn);
    if (reverse) f.get(turn).i32(1).op("i32.sub").tee(turn).i32(0).op("i32.ge_s").brIf(again);
    else f.get(turn).i32(1).op("i32.add").tee(turn).i32(length).op("i32.lt_s").brIf(again);
  });
};

/** Write the body of a function that runs turns for as long as the test says so. */
export const writeWhile = (
  f: FunctionBuilder,
  { flag, carry }: WhileKernel,
  space: AddressSpace,
  test: readonly FunctionRef[],
  body: readonly FunctionRef[],
): void => {
  // Only whether its number is odd matters of a turn.
  const turn = f.local("i32");
  f.block((done) => {
    f.loop((again) => {
      callAll(f, test, turn);
      f.memory("i32.load8_u", pushPlace(f, space, flag))
        .op("i32.eqz")
        .brIf(done);
      callAll(f, body, turn);
      f.get(turn).i32(1).op("i32.xor").set(turn).br(again);
    });
  });
  f.get(turn);
  f.if(() => {
    for (const { even, odd } of carry) {
      if (placeOf(even) === placeOf(odd)) continue;
      f.i32(pushPlace(f, space, even)).op("i32.add");
      f.i32(pushPlace(f, space, odd)).op("i32.add");
      f.i32(even.size * dtypeInfo(even.dtype).bytes).memoryCopy();
    }
  });
};

/** Write the body of a function that runs one of several lists of kernels. */
export const writeBranch = (
  f: FunctionBuilder,
  { index, offset }: BranchKernel,
  space: AddressSpace,
  branches: readonly (readonly FunctionRef[])[],
): void => {
  const chosen = f.local("i32");
  f.memory("i32.load", pushPlace(f, space, index, offset)).set(chosen);
  const from = (k: number): void => {
    const branch = branches[k] as readonly FunctionRef[];
    if (k === branches.length - 1) callAll(f, branch);
    else
      f.get(chosen)
        .i32(k)
        .op("i32.le_s")
        .if(
          () => callAll(f, branch),
          () => from(k + 1),
        );
  };
  from(0);
};
