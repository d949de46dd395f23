import {
  ConcreteArray,
  type DType,
  decodeElement,
  denseData,
  dtypeInfo,
  encodeElement,
  firstElement,
  type Shape,
  type TypedArray,
} from "../array/index.ts";
import { type ConstantBlock, generateModule } from "./generate.ts";
import { type MemoryViews, type Resident, type ResidentPlace, sharedMemory } from "./memory.ts";
import { type MemoryPlan, planMemory } from "./memory-plan.ts";
import { type Buffer, memoryOf, type Program } from "./program.ts";

/** A compiled program: arrays in, arrays out. */
export type Executable = (inputs: readonly ConcreteArray[]) => ConcreteArray[];

const viewFor = (views: MemoryViews, dtype: DType): TypedArray => {
  switch (dtype) {
    case "float32":
      return views.f32;
    case "float64":
      return views.f64;
    case "int32":
      return views.i32;
    case "uint32":
      return views.u32;
    case "int16":
      return views.i16;
    case "uint16":
    case "float16":
    case "bfloat16":
      return views.u16;
    case "int8":
      return views.i8;
    case "uint8":
    case "bool":
      return views.u8;
  }
};

/** What a call copies in, worked out once. */
interface InputCopy {
  readonly index: number;
  readonly dtype: DType;
  /** Elements from the start of scratch memory. */
  readonly offset: number;
  readonly single: boolean;
}

interface OutputCopy {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly weakType: boolean;
  readonly offset: number;
  readonly size: number;
}

/** Gives the constants' memory back when a compiled function is gone; without it, they lose it to others in time. */
const registry =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : new FinalizationRegistry<ResidentPlace>((place) => sharedMemory().release(place));

/** The constants of a module, ready to be written to memory. */
const residentOf = ({ size, arrays, support }: ConstantBlock): Resident => ({
  size,
  place: { slot: undefined },
  write: (views, start) => {
    for (const { value, place } of arrays)
      viewFor(views, value.dtype).set(denseData(value), (start + place) / dtypeInfo(value.dtype).bytes);
    views.u8.set(support.bytes, start + support.place);
  },
});

/** Compile a scheduled program, laid out as `plan` says. */
export const instantiate = (program: Program, plan: MemoryPlan = planMemory(program)): Executable => {
  const memory = sharedMemory();
  const { bytes, constants } = generateModule(program, plan);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: { memory: memory.memory, constants: memory.constants },
  });
  const resident = residentOf(constants);
  const places = new Map(constants.arrays.map(({ value, place }) => [value, place]));
  const run = instance.exports["run"] as (base: number) => void;

  const copies = program.inputs.map(({ buffer, aval: { dtype } }, index): InputCopy => {
    const offset = (plan.offsets.get(buffer) as number) / dtypeInfo(dtype).bytes;
    return { index, dtype, offset, single: buffer.size === 1 };
  });
  const outputs = program.outputs.map(({ aval: { shape, dtype, weakType }, from }) => {
    if (from.kind !== "buffer") return from;
    const { bytes: width } = dtypeInfo(dtype);
    const [memory] = memoryOf(from.buffer) as [Buffer];
    const { origin } = memory;
    const fixed = origin.kind === "const" ? places.get(origin.value) : undefined;
    const copy: OutputCopy & { readonly fixed: boolean } = {
      dtype,
      shape: Object.freeze([...shape]),
      weakType,
      offset: (fixed ?? (plan.offsets.get(memory) as number)) / width + from.offset,
      size: shape.reduce((a, b) => a * b, 1),
      fixed: fixed !== undefined,
    };
    return copy;
  });

  const execute: Executable = (inputs) => {
    const base = memory.prepare(resident, plan.bytes);
    const heap = memory.views();
    for (let i = 0; i < copies.length; i++) {
      const { index, dtype, offset, single } = copies[i] as InputCopy;
      const target = viewFor(heap, dtype);
      const at = base / dtypeInfo(dtype).bytes + offset;
      const value = inputs[index] as ConcreteArray;
      if (single) target[at] = encodeElement(firstElement(value), dtype);
      else target.set(denseData(value), at);
    }
    run(base);
    return outputs.map((output) => {
      if ("kind" in output)
        return output.kind === "input" ? (inputs[output.index] as ConcreteArray) : output.value;
      const { dtype, shape, weakType, offset, size, fixed } = output;
      const source = viewFor(heap, dtype);
      const at = (fixed ? memory.constantsStart : base) / dtypeInfo(dtype).bytes + offset;
      if (size === 1)
        return new ConcreteArray(decodeElement(source[at] as number, dtype), shape, dtype, weakType);
      return new ConcreteArray(source.slice(at, at + size), shape, dtype, weakType);
    });
  };
  registry?.register(execute, resident.place);
  return execute;
};

/**
 * Whether this engine runs what the compiler writes: WebAssembly with fixed-width SIMD, which a page's
 * Content-Security-Policy may forbid.
 */
export const canCompile = (): boolean => {
  compiles ??= typeof WebAssembly === "object" && WebAssembly.validate(SIMD_PROBE) && isAllowed();
  return compiles;
};

const isAllowed = (): boolean => {
  try {
    return new WebAssembly.Module(SIMD_PROBE) instanceof WebAssembly.Module;
  } catch {
    return false;
  }
};

let compiles: boolean | undefined;

/** A module with one function that splats an i32: valid where SIMD is. */
const SIMD_PROBE = Uint8Array.of(
  0,
  97,
  115,
  109,
  1,
  0,
  0,
  0,
  1,
  5,
  1,
  96,
  0,
  1,
  123,
  3,
  2,
  1,
  0,
  10,
  8,
  1,
  6,
  0,
  65,
  0,
  253,
  17,
  11,
);
