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
  /** Which argument or constant of the program it holds at the start; `temp` for what kernels write. */
  readonly origin:
    | { readonly kind: "input"; readonly index: number }
    | { readonly kind: "const"; readonly value: ConcreteArray }
    | { readonly kind: "temp" };
}

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

/** What a loop leaves behind: all values of an expression, or what is left when axes are reduced. */
export type LoopResult =
  | { readonly kind: "store"; readonly buffer: Buffer; readonly value: Expr }
  | {
      readonly kind: "reduce";
      readonly buffer: Buffer;
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

export type Kernel = LoopKernel | NestKernel | DotKernel;

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

const SCALAR_TYPES: { readonly [K in DType]: ScalarType } = {
  float32: "f32",
  float64: "f64",
  int32: "i32",
  uint32: "u32",
  bool: "bool",
};

/** The scalar type of elements of `dtype`. */
export const scalarTypeOf = (dtype: DType): ScalarType => SCALAR_TYPES[dtype];

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

/** The buffers that a kernel reads. */
export const readBuffers = (kernel: Kernel): readonly Buffer[] => {
  switch (kernel.kind) {
    case "loop":
      return kernel.leaves.flatMap((leaf) => (leaf.kind === "load" ? [leaf.buffer] : []));
    case "nest":
      return kernel.inputs.map((layout) => layout.buffer);
    case "dot":
      return [kernel.lhs.buffer, kernel.rhs.buffer];
  }
};

/** The buffers that a kernel writes; scratch is alive only while it runs. */
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
  }
};
