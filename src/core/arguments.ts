import type { DType } from "../array/index.ts";
import type { Params } from "./params.ts";

/**
 * The numbers that an argument of a primitive may hold while its laws are tested. A range keeps away from poles
 * and kinks by construction: `avoid` lists points where the function is not smooth, and no element comes nearer
 * to them than `margin`.
 */
export interface ElementRange {
  /** Least element; default -3. */
  readonly min?: number;
  /** Greatest element; default 3. */
  readonly max?: number;
  /** Points where the derivative does not exist. */
  readonly avoid?: readonly number[];
  /** How near an element may come to a point of `avoid`; default 0.05. */
  readonly margin?: number;
  /** Whether elements of one argument must differ by `margin` (for maxima, sorting). */
  readonly distinct?: boolean;
}

/** One array argument of one example. */
export interface ArgumentSpec {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** The elements it may hold; for integers the range is inclusive, booleans ignore it. */
  readonly elements?: ElementRange;
  /** Of a stack of matrices: the elements of their diagonals, where they are others (positive ones, say). */
  readonly diagonal?: ElementRange;
}

/** One legal application: what the arrays look like, and the parameters. */
export interface ExampleSpec<P extends Params> {
  readonly inputs: readonly ArgumentSpec[];
  readonly params: P;
}

/**
 * A source of choices, so that descriptions can be drawn from without knowing who draws: fast-check in the tests,
 * a plain generator in a benchmark. All choices must come from it.
 */
export interface Chooser {
  /** A whole number from `min` to `max`, both included. Smaller is simpler. */
  int(min: number, max: number): number;
  /** One of `options`, which must not be empty. Earlier is simpler. */
  pick<T>(options: readonly T[]): T;
  /** A boolean; false is simpler. */
  bool(): boolean;
  /** A shape of `minRank` to `maxRank` axes with lengths from `minLength` to `maxLength` (default 0–4, 0–3). */
  shape(options?: {
    readonly minRank?: number;
    readonly maxRank?: number;
    readonly minLength?: number;
    readonly maxLength?: number;
  }): number[];
  /** Some of `options` in their order, possibly none. */
  subset<T>(options: readonly T[]): T[];
  /** `options` in some order. */
  permutation<T>(options: readonly T[]): T[];
  /** float32 or float64. */
  floatDType(): DType;
}

/** The legal arguments of a primitive: a recipe that draws an example from a chooser, and how it may be tested. */
export interface ArgumentsDescription<P extends Params> {
  /** Draw one legal application with floating-point arguments where the primitive takes them. */
  example(choose: Chooser): ExampleSpec<P>;
  /** Draw one with other dtypes (integers, booleans), where the primitive takes them. */
  otherDTypes?(choose: Chooser): ExampleSpec<P>;
  /** Which inputs are differentiable; default: all that are floating-point. */
  readonly differentiable?: readonly number[];
  /** Tolerances for float64 finite differences, where the default (1e-5) is too strict. */
  readonly tolerance?: number;
  /** Whether the second derivative exists on the described arguments; default true. */
  readonly smooth?: boolean;
}
