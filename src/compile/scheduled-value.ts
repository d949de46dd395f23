import type { Aval, Equation } from "../core/index.ts";
import type { Expr } from "../kernel/expr.ts";
import type { Layout, LoopKernel } from "./program.ts";

/** An element-by-element result that is not computed before somebody needs it, and then inside their loop if it can be. */
export interface Pending {
  readonly kind: "pending";
  readonly equation: Equation;
  readonly output: number;
  readonly aval: Aval;
  readonly inputs: readonly Value[];
  readonly depth: number;
  /** The loop that computes it first. */
  home: OpenLoop | undefined;
  /** Where it is stored, once somebody outside its loop needs it. */
  stored: Stored | undefined;
}

/** A value in memory, available behind kernel number `after`. */
export interface Stored {
  readonly kind: "stored";
  readonly layout: Layout;
  readonly after: number;
  readonly aval: Aval;
}

/** A value that is a function of its indices alone: a constant everywhere, or a count. */
export interface Generated {
  readonly kind: "generated";
  readonly aval: Aval;
  expr(indices: readonly Expr[]): Expr;
}

/** What the scheduler knows of a variable. */
export type Value = Pending | Stored | Generated;

/** A loop kernel that may still take more. */
export interface OpenLoop extends LoopKernel {
  readonly index: number;
  readonly exprs: Map<Pending, Expr>;
  readonly leafExprs: Map<string, Expr>;
  reducedAxes: readonly number[] | undefined;
}
