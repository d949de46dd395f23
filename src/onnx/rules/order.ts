import { bitcast, constant, type Expr, input, type ScalarType, xor } from "../../kernel/expr.ts";
import { orderKey, type Zeros } from "../../primitives/order-key.ts";
import { emitExprs, type NumberType } from "../emit-expr.ts";
import type { GraphBuilder, Value } from "../graph-builder.ts";

const SCALARS: { readonly [T in NumberType]: ScalarType } = {
  float32: "f32",
  float64: "f64",
  int32: "i32",
  uint32: "u32",
  int64: "i64",
  uint64: "u64",
  bool: "bool",
};

/**
 * Integers with a sign that are in the order of the elements, NaN after all others: what sorting operators, which leave
 * open where NaN goes, have kernels for. `change` sees the key, an unsigned integer, and the element.
 */
export const orderOf = (
  graph: GraphBuilder,
  x: Value,
  zeros: Zeros,
  change?: (key: Expr, element: Expr) => Expr,
): Value => {
  if (x.type === "int32" && change === undefined) return x;
  const element = input(0, SCALARS[x.type as NumberType]);
  const unchanged = orderKey(element, zeros);
  const key = change === undefined ? unchanged : change(unchanged, element);
  const isWide = key.type === "u64";
  const signed = isWide ? "i64" : "i32";
  const sign = constant(key.type, 1n << (isWide ? 63n : 31n));
  return emitExprs(graph, [bitcast(xor(key, sign), signed)], [x])[0] as Value;
};
