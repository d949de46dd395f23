import type { NDArray } from "../array/index.ts";
import type { Expr } from "../kernel/expr.ts";
import type { NestBuilder } from "../kernel/nest.ts";
import type { Aval } from "./aval.ts";
import type { Params } from "./params.ts";

/** Where an axis of an operand is read from: `operand index = offset + Σ scale · (index of the result's axis)`. */
export interface ViewAxis {
  readonly offset: number;
  /** The axes of the result that move it; none if the operand's index is `offset` throughout. */
  readonly terms: readonly { readonly axis: number; readonly scale: number }[];
}

/** How reductions put two elements together. */
export type Combine = "add" | "mul" | "min" | "max" | "and" | "or" | "xor";

/** How pairs of axes of the operands of a product are treated. */
export interface DotAxes {
  readonly lhsContracting: readonly number[];
  readonly rhsContracting: readonly number[];
  readonly lhsBatch: readonly number[];
  readonly rhsBatch: readonly number[];
}

/** A `ClosedJaxpr` by its form: jaxprs are made of equations, which stand above this file. */
export interface CarriedJaxpr {
  readonly inAvals: readonly Aval[];
  readonly outAvals: readonly Aval[];
  readonly jaxpr: object;
  readonly consts: readonly NDArray[];
}

/**
 * A loop with a known number of turns. Inputs of the equation: `numConsts` constants, `numCarry` first values of the
 * carry, then arrays with a leading axis of `length`. Outputs: the last carry, then arrays with a leading axis of
 * `length`.
 */
export interface ScanForm {
  /** From (constants, carry, slices of the arrays) to (carry, slices of the results). */
  readonly body: CarriedJaxpr;
  readonly length: number;
  /** Whether the slices are taken, and put, from the last to the first. */
  readonly reverse: boolean;
  readonly numConsts: number;
  readonly numCarry: number;
}

/**
 * A loop that goes on while a condition holds. Inputs of the equation: constants of the condition, constants of the
 * body, first values of the carry. Outputs: the last carry.
 */
export interface WhileForm {
  /** From (its constants, carry) to one boolean scalar. */
  readonly cond: CarriedJaxpr;
  /** From (its constants, carry) to carry. */
  readonly body: CarriedJaxpr;
  readonly condConsts: number;
  readonly bodyConsts: number;
}

/** One of several programs with the same operands and results. Inputs of the equation: an int32 scalar, operands. */
export interface BranchForm {
  /** From operands to results; the scalar says which, brought into range. */
  readonly branches: readonly CarriedJaxpr[];
}

/**
 * What a compiler needs to know of a primitive. Most are one of a few shapes that the compiler fuses, vectorizes and
 * lays out once for all; the rest are loop nests.
 */
export type Lowering<P extends Params> =
  /**
   * Element by element: a scalar expression for each output. Rank-0 operands stand for full arrays. `operands` are the
   * abstract values of the inputs.
   */
  | {
      readonly kind: "elementwise";
      expr(
        inputs: readonly Expr[],
        params: P,
        outputs: readonly Aval[],
        operands: readonly Aval[],
      ): Expr | readonly Expr[];
    }
  /** No operand: an element is a function of its indices (int32). */
  | { readonly kind: "generate"; expr(indices: readonly Expr[], params: P, output: Aval): Expr }
  /** Every element of the result is an element of the operand, by an affine map of indices. One entry an operand axis. */
  | { readonly kind: "view"; axes(params: P, input: Aval, output: Aval): readonly ViewAxis[] }
  /** The same elements row by row in another shape. */
  | { readonly kind: "reshape" }
  /** The operand itself. */
  | { readonly kind: "identity" }
  /** The axes that disappear, and how elements are put together, starting from the operation's neutral element. */
  | { readonly kind: "reduction"; readonly combine: Combine; axes(params: P): readonly number[] }
  /** A product summed over pairs of axes: batch axes, then free axes of the left, then of the right operand. */
  | { readonly kind: "dot"; axes(params: P): DotAxes }
  /** Loops over dense operands: inputs and outputs are the buffers of the nest, in order. */
  | {
      readonly kind: "nest";
      build(nest: NestBuilder, params: P, inputs: readonly Aval[], outputs: readonly Aval[]): void;
      /**
       * Where the elements of the only operand go, by an affine map of its indices, if each goes to a place of its own and
       * the rest is 0. One entry an axis of the result, whose axes are the first of the operand's.
       */
      places?(params: P, input: Aval, output: Aval): readonly ViewAxis[] | undefined;
      /**
       * How much longer the reference takes than it takes to copy the operands, in additions of elements (some 5 ns each).
       * Default: the elements of the first operand or result, whichever has more.
       */
      work?(inputs: readonly Aval[], outputs: readonly Aval[]): number;
    }
  /**
   * It carries jaxprs that run in turns or by choice; constants of these are concrete when the program is compiled.
   * `params` is the inverse of `describe`.
   */
  | { readonly kind: "scan"; describe(params: P): ScanForm; params(form: ScanForm): P }
  | { readonly kind: "while"; describe(params: P): WhileForm; params(form: WhileForm): P }
  | { readonly kind: "branch"; describe(params: P): BranchForm; params(form: BranchForm): P }
  /** It carries jaxprs, and the compiler knows it by name. */
  | { readonly kind: "call" };
