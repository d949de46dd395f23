import { sizeOf } from "../../array/index.ts";
import type { Aval, Combine, Lowering, Params } from "../../core/index.ts";
import { type Expr, ne, not, select } from "../../kernel/expr.ts";
import { scalarTypeOf } from "../../kernel/scalar-type.ts";
import { argmaxPrimitive, argminPrimitive } from "../../primitives/reduction/arg.ts";
import { GREATEST, LEAST } from "../../primitives/reduction/extrema.ts";
import type { NumberType } from "../emit-expr.ts";
import type { GraphBuilder, Value } from "../graph-builder.ts";
import { type Rule, type RuleContext, ruleFor } from "../rule.ts";
import { orderOf } from "./order.ts";

const REDUCTIONS: { readonly [C in Combine]?: string } = {
  add: "ReduceSum",
  mul: "ReduceProd",
  min: "ReduceMin",
  max: "ReduceMax",
};

/** What a reduction of nothing gives. */
const neutral = (combine: Combine, type: NumberType): number => {
  switch (combine) {
    case "mul":
      return 1;
    case "min":
      return type === "int64" || type === "uint64" ? 0 : GREATEST[type];
    case "max":
      return type === "int64" || type === "uint64" ? 0 : LEAST[type];
    case "and":
      return type === "bool" ? 1 : type === "uint32" ? 0xffffffff : -1;
    default:
      return 0;
  }
};

/** A reduction by an operator, of a type that it has a kernel for. */
const reduced = (graph: GraphBuilder, opType: string, x: Value, axes: readonly number[]): Value => {
  const shape = x.shape.filter((_, axis) => !axes.includes(axis));
  return graph.node(opType, [x, graph.list(axes)], { type: x.type, shape }, { keepdims: 0 });
};

const BITWISE: { readonly [C in Combine]?: string } = { and: "And", or: "Or", xor: "Xor" };

/** Halves are put together until one element is left: for what there is no operator for. */
const folded = (
  x: Value,
  axes: readonly number[],
  graph: GraphBuilder,
  join: (a: Value, b: Value) => Value,
): Value => {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const shape = kept.map((axis) => x.shape[axis] as number);
  let rest = graph.reshape(graph.transpose(x, [...axes, ...kept]), [
    axes.reduce((n, axis) => n * (x.shape[axis] as number), 1),
    ...shape,
  ]);
  while ((rest.shape[0] as number) > 1) {
    const n = rest.shape[0] as number;
    const half = Math.floor(n / 2);
    const part = (from: number, to: number): Value => graph.slice(rest, [0], [from], [to], [1]);
    const joined = join(part(0, half), part(half, 2 * half));
    rest = n % 2 === 0 ? joined : graph.concat([joined, part(n - 1, n)], 0);
  }
  return graph.reshape(rest, shape);
};

/** Reductions of every kind. */
export const reduction = (
  lowering: Lowering<Params> & { readonly kind: "reduction" },
  operand: Value,
  params: Params,
  { graph, outAvals }: Pick<RuleContext, "graph" | "outAvals">,
): Value => {
  const axes = lowering.axes(params);
  const { combine } = lowering;
  const type = operand.type as NumberType;
  const shape = (outAvals[0] as Aval).shape;
  if (axes.length === 0) return operand;
  if (sizeOf(operand.shape) === 0) return graph.filled(type, neutral(combine, type), shape);
  const opType = REDUCTIONS[combine];
  if (type === "bool") {
    if (combine === "and" || combine === "min") return reduced(graph, "ReduceMin", operand, axes);
    if (combine === "or" || combine === "max") return reduced(graph, "ReduceMax", operand, axes);
    return folded(operand, axes, graph, (a, b) => graph.elementwise("Xor", [a, b]));
  }
  if (opType === undefined) {
    const name = `Bitwise${BITWISE[combine] as string}`;
    return folded(operand, axes, graph, (a, b) => graph.elementwise(name, [a, b]));
  }
  if (type !== "uint32") {
    const result = reduced(graph, opType, operand, axes);
    const isExtreme = combine === "min" || combine === "max";
    return isExtreme && (type === "float32" || type === "float64")
      ? withNaN(graph, operand, axes, result)
      : result;
  }
  // There are no kernels for unsigned integers. Sums and products of the same bits with a sign are the same bits.
  if (combine === "add" || combine === "mul")
    return graph.bitcast(reduced(graph, opType, graph.bitcast(operand, "int32"), axes), "uint32");
  // With the first bit turned, their order is that of integers with a sign.
  const turned = (x: Value): Value => graph.elementwise("BitwiseXor", [x, graph.scalar("uint32", 2 ** 31)]);
  return turned(
    graph.bitcast(reduced(graph, opType, graph.bitcast(turned(operand), "int32"), axes), "uint32"),
  );
};

/** NaN where there is one among the elements, which the operators may pass over. */
const withNaN = (graph: GraphBuilder, x: Value, axes: readonly number[], result: Value): Value => {
  const found = graph.elementwise("IsNaN", [x], "bool");
  const type = x.type as NumberType;
  return graph.where(reduced(graph, "ReduceMax", found, axes), graph.scalar(type, Number.NaN), result);
};

/** Where the first extreme element is, NaN being more extreme than all others. */
const arg =
  (isGreatest: boolean) =>
  (
    [x]: readonly Value[],
    { axis }: { readonly axis: number },
    { graph, inAvals, outAvals }: RuleContext,
  ): Value => {
    const operand = x as Value;
    const type = scalarTypeOf((inAvals[0] as Aval).dtype);
    const reversed = (key: Expr, element: Expr): Expr => {
      const turned = not(key);
      return type === "f32" || type === "f64" ? select(ne(element, element), key, turned) : turned;
    };
    const key = orderOf(graph, operand, "equal", isGreatest ? undefined : reversed);
    const out = outAvals[0] as Aval;
    const place = graph.node(
      "ArgMax",
      [key],
      { type: "int64", shape: out.shape },
      { axis, keepdims: 0, select_last_index: 0 },
    );
    return graph.cast(place, out.dtype);
  };

export const ARG: readonly (readonly [string, Rule])[] = [
  ruleFor(argmaxPrimitive, arg(true)),
  ruleFor(argminPrimitive, arg(false)),
];
