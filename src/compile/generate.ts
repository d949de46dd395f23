import { type ConcreteArray, denseData } from "../array/index.ts";
import type { AddressSpace } from "./address-space.ts";
import { writeDot } from "./dot-code.ts";
import { writeLoop } from "./loop-code.ts";
import { ALIGNMENT, bufferBytes, type MemoryPlan } from "./memory-plan.ts";
import { writeNest } from "./nest-code.ts";
import { type Buffer, type Kernel, type Program, readBuffers } from "./program.ts";
import { Support } from "./support.ts";
import type { FunctionRef } from "./wasm/function.ts";
import { ModuleBuilder } from "./wasm/module.ts";

/** A module for a program, and what has to stand in memory for it. */
export interface GeneratedModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Constants of the program and where they go. */
  readonly constants: readonly { readonly value: ConcreteArray; readonly address: number }[];
  /** Where the memory that must stay ends. */
  readonly residentEnd: number;
}

const alignUp = (n: number): number => Math.ceil(n / ALIGNMENT) * ALIGNMENT;

/**
 * Write a program as one WebAssembly module: a function a kernel, and `run(base)`, which calls them in order. Scratch
 * memory starts at `base`; constants stand at fixed addresses from `residentStart` up.
 */
export const generateModule = (
  program: Program,
  plan: MemoryPlan,
  residentStart: number,
): GeneratedModule => {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", { min: 1 });

  const constants: { readonly value: ConcreteArray; readonly address: number }[] = [];
  const addresses = new Map<Buffer, number>();
  let resident = alignUp(residentStart);
  for (const buffer of program.kernels.flatMap(readBuffers)) place(buffer);
  for (const { from } of program.outputs) if (from.kind === "buffer") place(from.buffer);
  function place(buffer: Buffer): void {
    if (buffer.origin.kind !== "const" || addresses.has(buffer)) return;
    addresses.set(buffer, resident);
    constants.push({ value: buffer.origin.value, address: resident });
    resident += bufferBytes(buffer);
  }

  const support = new Support(module, resident);
  const space: AddressSpace = {
    offsetOf: (buffer) => (addresses.get(buffer) ?? plan.offsets.get(buffer)) as number,
    baseOf: (buffer) => (addresses.has(buffer) ? "const" : "scratch"),
    pushBase: (f, buffer) => {
      if (addresses.has(buffer)) f.i32(0);
      else f.get(f.param(0));
    },
  };
  const functions = program.kernels.map((kernel) => writeKernel(module, kernel, space, support));
  module.func(
    ["i32"],
    [],
    (f) => {
      for (const target of functions) f.get(f.param(0)).call(target);
    },
    "run",
  );
  const residentEnd = alignUp(support.finish());
  return { bytes: module.toBytes(), constants, residentEnd };
};

const writeKernel = (
  module: ModuleBuilder,
  kernel: Kernel,
  space: AddressSpace,
  support: Support,
): FunctionRef => {
  switch (kernel.kind) {
    case "loop":
      return module.func(["i32"], [], (f) => writeLoop(f, kernel, space, support));
    case "nest":
      return module.func(["i32"], [], (f) => writeNest(f, kernel, space, support));
    case "dot":
      return writeDot(module, kernel, space);
  }
};

/** The elements of a constant. */
export const constantData = (value: ConcreteArray): ReturnType<typeof denseData> => denseData(value);
