import type { DType } from "../../../array/index.ts";
import type { Aval, Primitive } from "../../../core/index.ts";
import * as prim from "../../../primitives/index.ts";
import type { ScanParams } from "../../../primitives/reduction/recurrence.ts";
import { binary, compare, isNotANumber, type Padding, pad, select, sliceAxis, unary } from "../ops.ts";
import { scalar, type Value } from "../types.ts";
import type { Writer } from "../writer.ts";
import { type Rule, rule } from "./rule.ts";

/*
 * Running sums and their like: in each of log2(n) steps every element takes in what stands twice as far in front of it
 * (W. D. Hillis, G. L. Steele, "Data parallel algorithms", 1986).
 */

type Combine = (w: Writer, x: Value, y: Value) => Value;

const scanned = (
  w: Writer,
  x: Value,
  { axis, reverse }: ScanParams,
  neutral: number,
  combine: Combine,
): Value => {
  const n = x.shape[axis] as number;
  let value = x;
  for (let distance = 1; distance < n; distance *= 2) {
    const [from, to] = reverse ? [distance, n] : [0, n - distance];
    const config = x.shape.map((_, i): Padding => {
      if (i !== axis) return [0, 0, 0];
      return reverse ? [0, distance, 0] : [distance, 0, 0];
    });
    const moved = pad(w, sliceAxis(w, value, axis, from, to), w.splat(neutral, scalar(x.element)), config);
    value = combine(w, moved, value);
  }
  return value;
};

const operation =
  (name: string): Combine =>
  (w, x, y) =>
    binary(w, name, x, y);

/** log(exp x + exp y), the greater taken out. */
const logAddExp: Combine = (w, x, y) => {
  const difference = binary(w, "stablehlo.subtract", x, y);
  const distance = unary(w, "stablehlo.negate", unary(w, "stablehlo.abs", difference));
  const rest = unary(w, "stablehlo.log_plus_one", unary(w, "stablehlo.exponential", distance));
  const sum = binary(w, "stablehlo.add", binary(w, "stablehlo.maximum", x, y), rest);
  // Equal infinities have no difference.
  const isSame = compare(w, "eq", x, y);
  const infinite = select(w, isSame, x, binary(w, "stablehlo.add", x, y));
  return select(w, isNotANumber(w, difference), infinite, sum);
};

const cumulative = (
  primitive: Primitive<ScanParams>,
  neutral: (dtype: DType) => number,
  combine: Combine,
): Rule =>
  rule(primitive, (w, [x], params, [output]) => [
    scanned(w, x as Value, params, neutral((output as Aval).dtype), combine),
  ]);

export const CUMULATIVE: readonly Rule[] = [
  cumulative(prim.cumsumPrimitive, () => 0, operation("stablehlo.add")),
  cumulative(prim.cumprodPrimitive, () => 1, operation("stablehlo.multiply")),
  cumulative(prim.cummaxPrimitive, (dtype) => prim.LEAST[dtype], operation("stablehlo.maximum")),
  cumulative(prim.cumminPrimitive, (dtype) => prim.GREATEST[dtype], operation("stablehlo.minimum")),
  cumulative(prim.cumlogsumexpPrimitive, () => Number.NEGATIVE_INFINITY, logAddExp),
];
