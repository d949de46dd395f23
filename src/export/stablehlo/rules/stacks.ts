import { sizeOf } from "../../../array/index.ts";
import { binary, broadcast, compare, dynamicSlice, iota, reshape, whileLoop } from "../ops.ts";
import { scalar, type TensorType, type Value } from "../types.ts";
import type { Writer } from "../writer.ts";
import { precisionOf } from "./linalg.ts";

/*
 * What factorizations of matrices are written in: stacks of matrices [S, m, n], and of lines [S, m], all of which go
 * through a loop together.
 */

export const add = (w: Writer, x: Value, y: Value): Value => binary(w, "stablehlo.add", x, y);
export const sub = (w: Writer, x: Value, y: Value): Value => binary(w, "stablehlo.subtract", x, y);
export const mul = (w: Writer, x: Value, y: Value): Value => binary(w, "stablehlo.multiply", x, y);
export const div = (w: Writer, x: Value, y: Value): Value => binary(w, "stablehlo.divide", x, y);
export const and = (w: Writer, x: Value, y: Value): Value => binary(w, "stablehlo.and", x, y);

/** What stands along some axes of a type, repeated along the others. */
export const spread = (w: Writer, x: Value, { shape }: TensorType, dims: readonly number[]): Value =>
  broadcast(w, x, shape, dims);

/** The numbers of rows (axis 1) or columns (axis 2) of a stack of matrices. */
export const places = (w: Writer, { shape }: TensorType, axis: number): Value =>
  iota(w, { shape, element: "i32" }, axis);

/** Sums of products over an axis of either operand, for each matrix of a stack. */
export const product = (
  w: Writer,
  lhs: Value,
  rhs: Value,
  lhsAxis: number,
  rhsAxis: number,
  shape: readonly number[],
): Value =>
  w.op1(
    "stablehlo.dot_general",
    [lhs, rhs],
    { shape, element: lhs.element },
    "dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = [0], rhs_batching_dimensions = [0], " +
      `lhs_contracting_dimensions = [${lhsAxis}], rhs_contracting_dimensions = [${rhsAxis}]>, ${precisionOf(w)}`,
  );

/** Column `k` of each matrix, [S, m]. */
export const columnAt = (w: Writer, a: Value, k: Value): Value => {
  const [count, m] = a.shape as [number, number, number];
  const zero = w.splat(0, scalar("i32"));
  return reshape(w, dynamicSlice(w, a, [zero, zero, k], [count, m, 1]), [count, m]);
};

/** Element `k` of each line of [S, m]. */
export const elementAt = (w: Writer, x: Value, k: Value): Value => {
  const [count] = x.shape as [number, number];
  return reshape(w, dynamicSlice(w, x, [w.splat(0, scalar("i32")), k], [count, 1]), [count]);
};

/** A loop over the columns up to `count`. */
export const eachColumn = (
  w: Writer,
  count: number,
  initial: readonly Value[],
  turn: (k: Value, state: readonly Value[]) => readonly Value[],
): readonly Value[] => {
  const end = w.splat(count, scalar("i32"));
  const [, ...after] = whileLoop(
    w,
    [w.splat(0, scalar("i32")), ...initial],
    ([k]) => compare(w, "lt", k as Value, end),
    ([k, ...state]) => [add(w, k as Value, w.splat(1, scalar("i32"))), ...turn(k as Value, state)],
  );
  return after;
};

/** All axes but the last two as one. */
export const stacked = (w: Writer, a: Value): Value => {
  const [m, n] = a.shape.slice(-2) as [number, number];
  return reshape(w, a, [sizeOf(a.shape.slice(0, -2)), m, n]);
};
