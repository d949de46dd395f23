import { type ConcreteArray, encodeElement, firstElement, type NDArray } from "../array/index.ts";
import type { ViewAxis } from "../core/index.ts";
import { add, constant, type Expr, mul } from "../kernel/expr.ts";
import { scalarTypeOf } from "../kernel/scalar-type.ts";

/** The index into an operand's axis, as an expression of the indices of the result. */
export const affine = ({ offset, terms }: ViewAxis, indices: readonly Expr[]): Expr => {
  let sum: Expr | undefined;
  for (const { axis, scale } of terms) {
    const index = indices[axis] as Expr;
    const term = scale === 1 ? index : mul(index, scale);
    sum = sum === undefined ? term : add(sum, term);
  }
  if (sum === undefined) return constant("i32", offset);
  return offset === 0 ? sum : add(sum, offset);
};

/** The one element of a scalar. */
export const constantOf = (value: NDArray): Expr => {
  const number = encodeElement(firstElement(value as ConcreteArray), value.dtype);
  const type = scalarTypeOf(value.dtype);
  return constant(type, type === "bool" ? number !== 0 : number);
};
