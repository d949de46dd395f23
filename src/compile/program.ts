import type { ConcreteArray, DType, Shape } from "../array/index.ts";
import type { Aval, Combine } from "../core/index.ts";
import type { Expr, ScalarType } from "../kernel/expr.ts";
import type { Nest } from "../kernel/nest.ts";

/*
 * A scheduled program: kernels in the order they run, over buffers. What the scheduler makes of a jaxpr, the memory
 * plan lays out, and the code generator writes as WebAssembly.
 */

/** A dense piece of memory. */
export interface Buffer {
  readonly id: number;
  readonly dtype: DType;
  /** How many elements it holds. */
  readonly size: number;
  /** Where it lies. While a program is scheduled, a temporary may still become a part of something larger. */
  origin: Origin;
}

/** What a buffer holds at the start, or where its memory is. */
export type Origin =
  /** An argument of the program. */
  | { readonly kind: "input"; readonly index: number }
  | { readonly kind: "const"; readonly value: ConcreteArray }
  /** Memory of its own, which kernels write. */
  | { readonly kind: "temp" }
  /** The memory of another buffer: a result that is written where it belongs at once. */
  | { readonly kind: "same"; readonly of: Buffer }
  /** A part of another buffer that starts `step` elements further with each turn of a loop. */
  | { readonly kind: "moving"; readonly of: Buffer; readonly step: number; readonly loop: LoopDepth }
  /** One of two buffers that change places with each turn of a loop: `even` in turns 0, 2, 4, … */
  | { readonly kind: "swapped"; readonly even: Buffer; readonly odd: Buffer; readonly loop: LoopDepth };

/** Which of the loops around a kernel: how many there are around that loop. */
export type LoopDepth = number;

/** A window onto a buffer; strides and offset count elements. */
export interface Layout {
  readonly buffer: Buffer;
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly offset: number;
}

/** What an expression of a loop reads at each point: an element of a window, or an index of the loop. */
export type Leaf =
  | {
      readonly kind: "load";
      readonly buffer: Buffer;
      readonly strides: readonly number[];
      readonly offset: number;
    }
  | { readonly kind: "index"; readonly axis: number };

/**
 * What a loop leaves behind: all values of an expression, or what is left when axes are reduced. Strides are those of
 * the result along the axes of the loop, 0 where it is reduced.
 */
export type LoopResult =
  | {
      readonly kind: "store";
      readonly buffer: Buffer;
      readonly strides: readonly number[];
      readonly offset: number;
      readonly value: Expr;
    }
  | {
      readonly kind: "reduce";
      readonly buffer: Buffer;
      readonly strides: readonly number[];
      readonly value: Expr;
      readonly combine: Combine;
      readonly axes: readonly number[];
      /** For a float32 sum of many terms that are added up in memory: a float64 buffer to do it in. */
      readonly wide?: Buffer;
    };

/** A loop over an index space: the values of expressions at every point, stored or reduced. */
export interface LoopKernel {
  readonly kind: "loop";
  readonly shape: Shape;
  /** The axes from the outermost to the innermost. */
  readonly order: readonly number[];
  readonly leaves: Leaf[];
  readonly results: LoopResult[];
}

/** A nest of scalar loops. */
export interface NestKernel {
  readonly kind: "nest";
  readonly name: string;
  readonly nest: Nest;
  /** The windows that the nest reads (dense) and the buffers that it writes, in the order of its operands. */
  readonly inputs: readonly Layout[];
  readonly outputs: readonly Buffer[];
  readonly scratch: readonly Buffer[];
}

/** Axes that go through memory with one stride. */
export interface Run {
  readonly size: number;
  readonly stride: number;
}

/** One operand of a product as a batch of matrices. */
export interface DotOperand {
  readonly batch: Run;
  /** The rows of the left, the columns of the right operand. */
  readonly free: Run;
  readonly contracted: Run;
  readonly offset: number;
}

/** A product. */
export interface DotKernel {
  readonly kind: "dot";
  readonly lhs: { readonly buffer: Buffer; readonly operand: DotOperand };
  readonly rhs: { readonly buffer: Buffer; readonly operand: DotOperand };
  readonly output: Buffer;
  readonly scratch: readonly Buffer[];
}

/** Kernels that run `length` times, for turns 0, 1, … or, in `reverse`, from the last to the first. */
export interface ScanKernel {
  readonly kind: "scan";
  readonly length: number;
  readonly reverse: boolean;
  readonly body: readonly Kernel[];
  /** What must live through all turns: both halves of each carry, and stacked results. */
  readonly held: readonly Buffer[];
}

/** Kernels that run, turn by turn, for as long as `test` leaves true in `flag`. */
export interface WhileKernel {
  readonly kind: "while";
  readonly test: readonly Kernel[];
  readonly flag: Buffer;
  readonly body: readonly Kernel[];
  /** Buffers that change places with each turn; at the end, the carry is in the first of each pair. */
  readonly carry: readonly { readonly even: Buffer; readonly odd: Buffer }[];
}

/** One of several lists of kernels: which one, says the int32 at `offset` of `index`, brought into range. */
export interface BranchKernel {
  readonly kind: "branch";
  readonly index: Buffer;
  readonly offset: number;
  readonly branches: readonly (readonly Kernel[])[];
  readonly outputs: readonly Buffer[];
}

/** A kernel with kernels inside. */
export type RegionKernel = ScanKernel | WhileKernel | BranchKernel;

export type Kernel = LoopKernel | NestKernel | DotKernel | RegionKernel;

/** The lists of kernels inside a kernel. */
export const innerKernels = (kernel: Kernel): readonly (readonly Kernel[])[] => {
  switch (kernel.kind) {
    case "scan":
      return [kernel.body];
    case "while":
      return [kernel.test, kernel.body];
    case "branch":
      return kernel.branches;
    default:
      return [];
  }
};

/** All kernels of a list and those inside them, in order. */
export function* allKernels(kernels: readonly Kernel[]): Generator<Kernel> {
  for (const kernel of kernels) {
    yield kernel;
    for (const inner of innerKernels(kernel)) yield* allKernels(inner);
  }
}

/** The buffers with memory of their own that a buffer lies in. */
export const memoryOf = (buffer: Buffer): readonly Buffer[] => {
  const { origin } = buffer;
  switch (origin.kind) {
    case "same":
    case "moving":
      return memoryOf(origin.of);
    case "swapped":
      return [...memoryOf(origin.even), ...memoryOf(origin.odd)];
    default:
      return [buffer];
  }
};

/** Where an output of the program comes from: an argument as it came, a constant, or a buffer. */
export type ProgramOutput =
  | { readonly kind: "input"; readonly index: number }
  | { readonly kind: "const"; readonly value: ConcreteArray }
  | { readonly kind: "buffer"; readonly buffer: Buffer; readonly offset: number };

/** A whole program. */
export interface Program {
  readonly inputs: readonly { readonly aval: Aval; readonly buffer: Buffer }[];
  readonly kernels: readonly Kernel[];
  readonly outputs: readonly { readonly aval: Aval; readonly from: ProgramOutput }[];
}

/** The dtype that scratch memory of a scalar type has. */
export const dtypeOfScratch = (type: ScalarType): DType => {
  switch (type) {
    case "f32":
      return "float32";
    case "f64":
    case "i64":
    case "u64":
      return "float64";
    case "i32":
      return "int32";
    case "u32":
      return "uint32";
    case "bool":
      return "bool";
  }
};

/** The buffers that a kernel reads; of a region, itself and not the kernels inside. */
export const readBuffers = (kernel: Kernel): readonly Buffer[] => {
  switch (kernel.kind) {
    case "loop":
      return kernel.leaves.flatMap((leaf) => (leaf.kind === "load" ? [leaf.buffer] : []));
    case "nest":
      return kernel.inputs.map((layout) => layout.buffer);
    case "dot":
      return [kernel.lhs.buffer, kernel.rhs.buffer];
    case "scan":
      return [];
    case "while":
      return [kernel.flag];
    case "branch":
      return [kernel.index];
  }
};

/** The buffers that a kernel writes (a region, those that live through it); scratch is alive only while it runs. */
export const writtenBuffers = (
  kernel: Kernel,
): { readonly results: readonly Buffer[]; readonly scratch: readonly Buffer[] } => {
  switch (kernel.kind) {
    case "loop":
      return {
        results: kernel.results.map((result) => result.buffer),
        scratch: kernel.results.flatMap((r) => (r.kind === "reduce" && r.wide !== undefined ? [r.wide] : [])),
      };
    case "nest":
      return { results: kernel.outputs, scratch: kernel.scratch };
    case "dot":
      return { results: [kernel.output], scratch: kernel.scratch };
    case "scan":
      return { results: kernel.held, scratch: [] };
    case "while":
      return { results: kernel.carry.flatMap(({ even, odd }) => [even, odd]), scratch: [] };
    case "branch":
      return { results: kernel.outputs, scratch: [] };
  }
};
