import {
  abs,
  add,
  bitcast,
  constant,
  copysign,
  div,
  type Expr,
  eq,
  gt,
  lt,
  mul,
  not,
  or,
  rare,
  select,
  shl,
  sqrt,
  sub,
} from "../expr.ts";
import { cbrtF32 } from "./coefficients.ts";
import { type Format, formatOf } from "./format.ts";
import { parts } from "./logarithm.ts";
import { polynomial } from "./polynomial.ts";

/** 1 / sqrt(x). */
export function rsqrt(x: Expr): Expr {
  return div(constant(formatOf("rsqrt", x).type, 1), sqrt(x));
}

/** The cube root, by a polynomial and Halley's iteration on the significand. */
export function cbrt(x: Expr): Expr {
  const format = formatOf("cbrt", x);
  const a = abs(x);
  const special = or(lt(a, format.tiny), not(lt(a, Infinity)));
  const scaled = mul(positive(mul(a, 2 ** 54), format), 2 ** -18);
  const limits = select(or(eq(a, 0), not(lt(a, Infinity))), a, scaled);
  return copysign(rare(special, limits, positive(a, format)), x);
}

/** x = 2^(3 q + s) m: the root of 2^s m, times 2^q. */
function positive(x: Expr, format: Format): Expr {
  const { k, f } = parts(x, format);
  const magic = format.magic + format.bias;
  const t = add(mul(k, 1 / 3), magic);
  const s = sub(k, mul(sub(t, magic), 3));
  const m = mul(
    add(f, 1),
    select(gt(s, 0.5), constant(format.type, 2), select(lt(s, -0.5), constant(format.type, 0.5), 1)),
  );
  const step = (y: Expr): Expr => {
    const cube = mul(mul(y, y), y);
    return add(y, div(mul(y, sub(m, cube)), add(add(cube, cube), m)));
  };
  const first = step(polynomial(m, cbrtF32));
  const root = format.type === "f32" ? first : step(first);
  return mul(root, bitcast(shl(bitcast(t, format.bits), format.mantissa), format.type));
}
