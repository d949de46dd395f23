import type { Aval } from "../core/index.ts";
import type { Expr } from "../kernel/expr.ts";
import type { Layout, LoopKernel } from "./program.ts";

/** An element-by-element result that is not computed before somebody needs it, and then inside their loop if it can be. */
export interface Pending {
  readonly kind: "pending";
  readonly aval: Aval;
  readonly inputs: readonly Value[];
  readonly depth: number;
  /** An element, from those of the inputs. */
  readonly expr: (inputs: readonly Expr[]) => Expr;
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

/** An element-by-element value that nothing has needed yet. */
export const pending = (
  aval: Aval,
  inputs: readonly Value[],
  expr: (inputs: readonly Expr[]) => Expr,
): Pending => {
  const depths = inputs.map((v) => (v.kind === "pending" && v.stored === undefined ? v.depth : 0));
  const depth = 1 + depths.reduce((a, b) => Math.max(a, b), 0);
  return { kind: "pending", aval, inputs, depth, expr, home: undefined, stored: undefined };
};
