import type { ConcreteArray } from "../array/index.ts";
import { type AddressSpace, addressSpace, type Placement } from "./address-space.ts";
import { writeDot } from "./dot-code.ts";
import { writeLoop } from "./loop-code.ts";
import { ALIGNMENT, bufferBytes, type MemoryPlan } from "./memory-plan.ts";
import { writeNest } from "./nest-code.ts";
import { allKernels, type Buffer, type Kernel, memoryOf, type Program, readBuffers } from "./program.ts";
import { writeBranch, writeScan, writeWhile } from "./region-code.ts";
import { Support } from "./support.ts";
import type { FunctionRef } from "./wasm/function.ts";
import { ModuleBuilder } from "./wasm/module.ts";

/** A module for a program, and what has to stand in memory for it. */
export interface GeneratedModule {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly constants: ConstantBlock;
}

/** What a module finds in one stretch of memory. Places count in bytes from its start. */
export interface ConstantBlock {
  readonly size: number;
  /** Constants of the program. */
  readonly arrays: readonly { readonly value: ConcreteArray; readonly place: number }[];
  /** What its code stands on. */
  readonly support: { readonly bytes: Uint8Array; readonly place: number };
}

const alignUp = (n: number): number => Math.ceil(n / ALIGNMENT) * ALIGNMENT;

/**
 * Write a program as one WebAssembly module: a function a kernel, and `run(base)`, which calls them in order. Scratch
 * memory starts at `base`; its constants stand at the address that the global `env.constants` holds.
 */
export const generateModule = (program: Program, plan: MemoryPlan): GeneratedModule => {
  const module = new ModuleBuilder();
  module.importMemory("env", "memory", { min: 1 });
  const global = module.importGlobal("env", "constants", "i32");

  const arrays: { readonly value: ConcreteArray; readonly place: number }[] = [];
  const places = new Map<Buffer, number>();
  const placed = new Map<ConcreteArray, number>();
  let size = 0;
  for (const kernel of allKernels(program.kernels))
    for (const buffer of readBuffers(kernel)) memoryOf(buffer).forEach(place);
  for (const { from } of program.outputs) if (from.kind === "buffer") place(from.buffer);
  function place(buffer: Buffer): void {
    if (buffer.origin.kind !== "const" || places.has(buffer)) return;
    const { value } = buffer.origin;
    const known = placed.get(value);
    places.set(buffer, known ?? size);
    if (known !== undefined) return;
    placed.set(value, size);
    arrays.push({ value, place: size });
    size += bufferBytes(buffer);
  }

  const support = new Support(module, global, size);
  const placementOf = (buffer: Buffer): Placement => {
    const place = places.get(buffer);
    return place === undefined
      ? { base: "scratch", offset: plan.offsets.get(buffer) as number }
      : { base: "const", offset: place };
  };
  const functions = new KernelWriter(module, support, placementOf).all(program.kernels, 0);
  module.func(
    ["i32"],
    [],
    (f) => {
      for (const target of functions) f.get(f.param(0)).call(target);
    },
    "run",
  );
  const written = support.written();
  return {
    bytes: module.toBytes(),
    constants: { size: alignUp(size + written.length), arrays, support: { bytes: written, place: size } },
  };
};

/** Writes kernels as functions. */
class KernelWriter {
  readonly #module: ModuleBuilder;
  readonly #support: Support;
  readonly #placementOf: (buffer: Buffer) => Placement;

  constructor(module: ModuleBuilder, support: Support, placementOf: (buffer: Buffer) => Placement) {
    this.#module = module;
    this.#support = support;
    this.#placementOf = placementOf;
  }

  /** The functions of some kernels inside of `loops` loops. */
  all(kernels: readonly Kernel[], loops: number): FunctionRef[] {
    const space = addressSpace(loops, this.#placementOf, (f) => this.#support.pushBase(f));
    return kernels.map((kernel) => this.#one(kernel, space, loops));
  }

  #one(kernel: Kernel, space: AddressSpace, loops: number): FunctionRef {
    const module = this.#module;
    const support = this.#support;
    switch (kernel.kind) {
      case "loop":
        return module.func(space.params, [], (f) => writeLoop(f, kernel, space, support));
      case "nest":
        return module.func(space.params, [], (f) => writeNest(f, kernel, space, support));
      case "dot":
        return writeDot(module, kernel, space, support);
      case "scan": {
        const body = this.all(kernel.body, loops + 1);
        return module.func(space.params, [], (f) => writeScan(f, kernel, body));
      }
      case "while": {
        const test = this.all(kernel.test, loops + 1);
        const body = this.all(kernel.body, loops + 1);
        return module.func(space.params, [], (f) => writeWhile(f, kernel, space, test, body));
      }
      case "branch": {
        const branches = kernel.branches.map((list) => this.all(list, loops));
        return module.func(space.params, [], (f) => writeBranch(f, kernel, space, branches));
      }
    }
  }
}
