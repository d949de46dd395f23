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
  max,
  min,
  mul,
  select,
  sqrt,
  sub,
} from "../expr.ts";
import { asinF32, asinF64, atanF32, atanF64 } from "./coefficients.ts";
import { split } from "./compensated.ts";
import { type Format, formatOf } from "./format.ts";
import { polynomial } from "./polynomial.ts";

/** pi / 2 and pi / 4 as sums of two floats. */
const halfPi = {
  f32: [1.5707963705062866, -4.3711390001862426e-8],
  f64: [1.5707963267948966, 6.123233995736766e-17],
} as const;

interface ArcSine {
  readonly large: Expr;
  /** asin t = t + t * rest, where t is |x|, or sqrt((1 - |x|) / 2) if |x| is large. */
  readonly t: Expr;
  readonly rest: Expr;
  /** t in two parts, the first so short that its double and its square are exact; the second exact beyond t. */
  readonly high: Expr;
  readonly low: Expr;
}

function arcSine(x: Expr, format: Format): ArcSine {
  const a = abs(x);
  const large = gt(a, 0.5);
  const z = select(large, mul(sub(1, a), 0.5), mul(x, x));
  const root = sqrt(z);
  const t = select(large, root, a);
  const rest = mul(z, polynomial(z, format.type === "f32" ? asinF32 : asinF64));
  const [high] = split(root);
  const quotient = div(sub(z, mul(high, high)), add(root, high));
  return { large, t, rest, high, low: select(eq(root, 0), 0, quotient) };
}

/** The inverse sine; NaN outside [-1, 1]. */
export function asin(x: Expr): Expr {
  const format = formatOf("asin", x);
  const { large, t, rest, high, low } = arcSine(x, format);
  const [half, halfLow] = halfPi[format.type];
  const near = add(t, mul(t, rest));
  const p = sub(mul(mul(t, rest), 2), sub(halfLow, mul(low, 2)));
  const q = sub(half / 2, mul(high, 2));
  const far = sub(half / 2, sub(p, q));
  return copysign(select(large, far, near), x);
}

/** The inverse cosine; NaN outside [-1, 1]. */
export function acos(x: Expr): Expr {
  const format = formatOf("acos", x);
  const { large, t, rest, high, low } = arcSine(x, format);
  const [half, halfLow] = halfPi[format.type];
  const small = sub(half, sub(x, sub(halfLow, mul(x, rest))));
  const twice = mul(add(high, add(mul(t, rest), low)), 2);
  const negative = sub(2 * half, mul(add(t, sub(mul(t, rest), halfLow)), 2));
  return select(large, select(lt(x, 0), negative, twice), small);
}

/** atan(num / den) for 0 <= num <= den, den positive: reduced once more where the quotient exceeds tan(pi / 8). */
function arcTangent(num: Expr, den: Expr, format: Format): { readonly base: Expr; readonly rest: Expr } {
  const upper = gt(num, mul(den, Math.SQRT2 - 1));
  const [half, halfLow] = halfPi[format.type];
  const n = select(upper, sub(num, den), num);
  const d = select(upper, add(num, den), den);
  const t = div(n, d);
  const z = mul(t, t);
  const p = mul(mul(t, z), polynomial(z, format.type === "f32" ? atanF32 : atanF64));
  const low = select(upper, constant(format.type, halfLow / 2), 0);
  return { base: select(upper, add(t, half / 2), t), rest: add(p, low) };
}

/** The inverse tangent, of x or of 1 / x. */
export function atan(x: Expr): Expr {
  const format = formatOf("atan", x);
  const [half, halfLow] = halfPi[format.type];
  const a = abs(x);
  const inverse = gt(a, 1);
  const one = constant(format.type, 1);
  const { base, rest } = arcTangent(select(inverse, one, a), select(inverse, a, one), format);
  const value = select(inverse, sub(half, sub(base, sub(halfLow, rest))), add(base, rest));
  return copysign(value, x);
}

/** The angle of the point (x, y), as C's `atan2`. */
export function atan2(y: Expr, x: Expr): Expr {
  const format = formatOf("atan2", y);
  const [half, halfLow] = halfPi[format.type];
  const [ay, ax] = [abs(y), abs(x)];
  const steep = gt(ay, ax);
  const big = max(ax, ay);
  const little = min(ax, ay);
  // Both infinite count as both 1; both zero as 0 / 1; and the sum of the two must not overflow.
  const infinite = eq(big, Infinity);
  const scale = select(gt(big, 1 / format.tiny), constant(format.type, 0.25), 1);
  const num = select(infinite, select(eq(little, Infinity), constant(format.type, 1), 0), mul(little, scale));
  const den = select(infinite, 1, select(eq(big, 0), 1, mul(big, scale)));
  const { base, rest } = arcTangent(num, den, format);
  const first = select(steep, sub(half, sub(base, sub(halfLow, rest))), add(base, rest));
  const integer = format.type === "f32" ? "i32" : "i64";
  const left = lt(bitcast(x, integer), 0);
  const angle = select(left, sub(2 * half, sub(first, 2 * halfLow)), first);
  return copysign(select(eq(add(x, y), add(x, y)), angle, nanOf(x, y, angle)), y);
}

/** NaN if either is NaN; else (the sum of two infinities is NaN too) the angle. */
function nanOf(x: Expr, y: Expr, angle: Expr): Expr {
  return select(eq(x, x), select(eq(y, y), angle, y), x);
}
