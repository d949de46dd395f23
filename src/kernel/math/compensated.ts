import { add, and, bitcast, type Expr, mul, sub } from "../expr.ts";
import { bitConstant, formatOf } from "./format.ts";

/** An unevaluated sum of two floats, the second smaller than half a unit in the last place of the first. */
export type Double = readonly [high: Expr, low: Expr];

/** a + b without error. */
export function twoSum(a: Expr, b: Expr): Double {
  const s = add(a, b);
  const t = sub(s, a);
  return [s, add(sub(a, sub(s, t)), sub(b, t))];
}

/** a + b without error, where a is not the smaller. */
export function fastTwoSum(a: Expr, b: Expr): Double {
  const s = add(a, b);
  return [s, sub(b, sub(s, a))];
}

/** x as a sum of two floats of half its precision, by cutting bits off, which can't overflow. */
export function split(x: Expr): Double {
  const format = formatOf("split", x);
  const mask = format.type === "f32" ? 0xfffff000n : 0xfffffffff8000000n;
  const high = bitcast(and(bitcast(x, format.bits), bitConstant(format, mask)), x.type);
  return [high, sub(x, high)];
}

/** a * b without error (but for underflow), from their halves. */
export function twoProduct(a: Expr, b: Expr): Double {
  const [ah, al] = split(a);
  const [bh, bl] = split(b);
  const p = mul(a, b);
  const error = add(add(sub(mul(ah, bh), p), add(mul(ah, bl), mul(al, bh))), mul(al, bl));
  return [p, error];
}
