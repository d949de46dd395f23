import type { NDArray } from "../../array/index.ts";
import { type ElementRange, NO_PARAMS, type Primitive } from "../../core/index.ts";
import type { Expr } from "../../kernel/expr.ts";
import { elementwiseArgs, FLOAT } from "./base.ts";
import { defineElementwise } from "./define.ts";

/**
 * Declare a smooth function of one float.
 *
 * @param scalar the reference, and `expr` the same as an expression.
 * @param derivative the tangent of the output, from that of the operand, the output and the operand.
 * @param domain where it may be tested: inside its domain, away from poles.
 */
export const defineSmooth = (
  name: string,
  scalar: (x: number) => number,
  expr: (x: Expr) => Expr,
  derivative: (tangent: NDArray, output: NDArray, x: NDArray) => NDArray,
  domain: ElementRange = {},
): Primitive =>
  defineElementwise({
    name,
    kinds: FLOAT,
    scalar: (x) => scalar(x),
    expr: (x) => expr(x),
    derivatives: [(t, out, x) => derivative(t, out, x)],
    args: elementwiseArgs([domain], NO_PARAMS),
  });
