import {
  abs,
  add,
  type Expr,
  eq,
  input,
  max,
  min,
  neg,
  type ScalarType,
  select,
  sub,
} from "../../kernel/expr.ts";
import { exp } from "../../kernel/math/exponential.ts";
import { log1p } from "../../kernel/math/logarithm.ts";
import { scalarTypeOf } from "../../kernel/scalar-type.ts";
import {
  cumlogsumexpPrimitive,
  cummaxPrimitive,
  cumminPrimitive,
  cumprodPrimitive,
  cumsumPrimitive,
} from "../../primitives/reduction/cumulative.ts";
import { GREATEST, LEAST } from "../../primitives/reduction/extrema.ts";
import type { ScanParams } from "../../primitives/reduction/recurrence.ts";
import { emitExprs } from "../emit-expr.ts";
import type { GraphBuilder, Value } from "../graph-builder.ts";
import { type Rule, type RuleContext, ruleFor } from "../rule.ts";

/** An operator along an axis; the bits of sums and products of unsigned integers are those of integers with a sign. */
const operator =
  (opType: string) =>
  ([x]: readonly Value[], { axis, reverse }: ScanParams, { graph }: RuleContext): Value => {
    const operand = x as Value;
    const through = operand.type === "uint32" ? graph.bitcast(operand, "int32") : operand;
    const attributes = reverse ? { reverse: 1 } : {};
    const result = graph.node(opType, [through, graph.scalar("int64", axis)], through, attributes);
    return graph.bitcast(result, operand.type);
  };

/** Elements that stand `distance` before each along an axis, `filling` where there is none. */
const shifted = (
  graph: GraphBuilder,
  x: Value,
  distance: number,
  filling: Value,
  { axis, reverse }: ScanParams,
): Value => {
  const n = x.shape[axis] as number;
  const edge = graph.expand(
    filling,
    x.shape.map((length, a) => (a === axis ? distance : length)),
  );
  return reverse
    ? graph.concat([graph.slice(x, [axis], [distance], [n], [1]), edge], axis)
    : graph.concat([edge, graph.slice(x, [axis], [0], [n - distance], [1])], axis);
};

/** Each element joined with those before it, over distances that double (Hillis and Steele). */
const doubling =
  (
    join: (a: Expr, b: Expr) => Expr,
    filling: { readonly [D in "float32" | "float64" | "int32" | "uint32"]: number },
  ) =>
  ([x]: readonly Value[], params: ScanParams, { graph }: RuleContext): Value => {
    let result = x as Value;
    const dtype = result.type as "float32" | "float64" | "int32" | "uint32";
    const type: ScalarType = scalarTypeOf(dtype);
    const expr = join(input(0, type), input(1, type));
    const nothing = graph.scalar(dtype, filling[dtype]);
    const n = result.shape[params.axis] as number;
    for (let distance = 1; distance < n; distance *= 2) {
      const before = shifted(graph, result, distance, nothing, params);
      result = emitExprs(graph, [expr], [before, result])[0] as Value;
    }
    return result;
  };

/** log(exp a + exp b), without overflow. */
const logAddExp = (a: Expr, b: Expr): Expr => {
  const correction = log1p(exp(neg(abs(sub(a, b)))));
  return select(eq(a, b), add(a, Math.LN2), add(max(a, b), correction));
};

/** What carries something along an axis. */
export const CUMULATIVE: readonly (readonly [string, Rule])[] = [
  ruleFor(cumsumPrimitive, operator("CumSum")),
  ruleFor(cumprodPrimitive, operator("CumProd")),
  ruleFor(cummaxPrimitive, doubling(max, LEAST)),
  ruleFor(cumminPrimitive, doubling(min, GREATEST)),
  ruleFor(cumlogsumexpPrimitive, doubling(logAddExp, LEAST)),
];
