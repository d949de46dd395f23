import {
  abs,
  add,
  constant,
  copysign,
  type Expr,
  floor,
  ge,
  gt,
  isFloat,
  isSigned,
  lt,
  min,
  select,
  sub,
} from "../expr.ts";

/** -1, 0 or 1; zeros keep their sign, and NaN stays. */
export function sign(x: Expr): Expr {
  if (isFloat(x.type)) return select(gt(abs(x), 0), copysign(constant(x.type, 1), x), x);
  if (!isSigned(x.type)) return min(x, 1);
  return select(lt(x, 0), -1, min(x, 1));
}

/** The nearest whole number; of two equally near ones the one further from zero. */
export function roundAwayFromZero(x: Expr): Expr {
  const size = abs(x);
  const whole = floor(size);
  // Comparing the fraction, because adding a half would round up what is just below it.
  const up = ge(sub(size, whole), 0.5);
  return copysign(select(up, add(whole, 1), whole), x);
}
