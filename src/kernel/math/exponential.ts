import {
  abs,
  add,
  bitcast,
  constant,
  copysign,
  div,
  type Expr,
  gt,
  lt,
  mul,
  neg,
  pmax,
  pmin,
  rare,
  select,
  shl,
  shr,
  sub,
} from "../expr.ts";
import { expF32, expF64, sinhF32, sinhF64, tanhF32 } from "./coefficients.ts";
import { type Format, formatOf } from "./format.ts";
import { polynomial } from "./polynomial.ts";

/** ln 2 in two parts; the first has so few bits that its product with any exponent is exact. */
export const ln2 = {
  f32: [0.693359375, -0.00021219444005469057],
  f64: [0.6931471803691238, 1.9082149292705877e-10],
} as const;

interface Reduced {
  /** The whole number nearest to x / ln 2, with twice the bias added, in the low bits of an integer. */
  readonly bits: Expr;
  readonly n: Expr;
  /** x - n ln 2 before and after the small part of n ln 2 is taken off, and that part. */
  readonly high: Expr;
  readonly low: Expr;
  readonly r: Expr;
}

function reduce(x: Expr, format: Format): Reduced {
  const magic = format.magic + 2 * format.bias;
  const t = add(mul(x, Math.LOG2E), magic);
  const n = sub(t, magic);
  const [large, small] = ln2[format.type];
  const high = sub(x, mul(n, large));
  const low = mul(n, small);
  return { bits: bitcast(t, format.bits), n, high, low, r: sub(high, low) };
}

/** x * 2^(n + shift) for the n of `reduce`, in two steps, so that it underflows gradually and overflows last. */
function scale(x: Expr, bits: Expr, format: Format, shift = 0): Expr {
  const shifted = shift === 0 ? bits : sub(bits, -shift);
  const half = shr(shifted, 1);
  const two = (k: Expr): Expr => bitcast(shl(k, format.mantissa), format.type);
  return mul(mul(x, two(half)), two(sub(shifted, half)));
}

/** 2^n for the n of `reduce`, where that is a normal number. */
function power(bits: Expr, format: Format): Expr {
  return bitcast(shl(sub(bits, format.bias), format.mantissa), format.type);
}

/** Keeps x where e^x is neither 0 nor infinite, and a little beyond; NaN stays. */
function clamp(x: Expr, format: Format): Expr {
  const [low, high] = format.type === "f32" ? [-105, 90] : [-746, 711];
  return pmin(pmax(x, low), high);
}

/** e^r for r = high - low, |r| <= ln 2 / 2: what rounding r lost matters to the linear term only. */
function kernel({ high, low, r }: Pick<Reduced, "high" | "low" | "r">, format: Format): Expr {
  const p = polynomial(r, format.type === "f32" ? expF32 : expF64);
  return add(add(high, sub(mul(mul(r, r), p), low)), 1);
}

/** e^x * 2^shift, for shift <= 0. */
function expShifted(x: Expr, format: Format, shift: number): Expr {
  const reduced = reduce(clamp(x, format), format);
  return scale(kernel(reduced, format), reduced.bits, format, shift);
}

/** e^x. */
export function exp(x: Expr): Expr {
  return expShifted(x, formatOf("exp", x), 0);
}

/** e^(x + low) for a low part that is small against x. */
export function expOfSum(x: Expr, low: Expr): Expr {
  const format = formatOf("expOfSum", x);
  const { bits, high, low: small } = reduce(clamp(x, format), format);
  const rest = sub(small, low);
  return scale(kernel({ high, low: rest, r: sub(high, rest) }, format), bits, format);
}

/** e^x where it is known to be a normal number. */
function expNormal(x: Expr, format: Format): Expr {
  const reduced = reduce(x, format);
  return mul(kernel(reduced, format), power(reduced.bits, format));
}

/** 2^x: the reduction is exact. */
export function exp2(x: Expr): Expr {
  const format = formatOf("exp2", x);
  const [low, high] = format.type === "f32" ? [-152, 130] : [-1078, 1026];
  const clamped = pmin(pmax(x, low), high);
  const magic = format.magic + 2 * format.bias;
  const t = add(clamped, magic);
  const r = mul(sub(clamped, sub(t, magic)), Math.LN2);
  return scale(
    kernel({ high: r, low: constant(format.type, 0), r }, format),
    bitcast(t, format.bits),
    format,
  );
}

/** e^x - 1, as 2^n (e^r - 1) + (2^n - 1), which cancels nowhere. */
export function expm1(x: Expr): Expr {
  const format = formatOf("expm1", x);
  const [low, high] = format.type === "f32" ? [-20, 88] : [-50, 709];
  const { bits, high: h, low: l, r } = reduce(pmax(x, low), format);
  const lost = sub(sub(h, r), l);
  const p = polynomial(r, format.type === "f32" ? expF32 : expF64);
  const small = add(r, add(mul(mul(r, r), p), lost));
  const two = power(bits, format);
  const usual = add(mul(small, two), sub(two, 1));
  return copysign(rare(gt(x, high), exp(x), usual), x);
}

/** tanh x / x - 1 for |x| <= 0.625. In double precision the rational function of Cephes' tanh.c. */
function tanhSmall(z: Expr, format: Format): Expr {
  if (format.type === "f32") return mul(z, polynomial(z, tanhF32));
  const p = polynomial(z, [-1614.6876844170845, -99.28772310019185, -0.9643991794250523]);
  const q = polynomial(z, [4844.063053251255, 2235.4883906010045, 112.81167849163293, 1]);
  return div(mul(z, p), q);
}

/** The hyperbolic tangent: x + x (tanh x / x - 1) near 0, and 1 - 2 / (e^2x + 1). */
export function tanh(x: Expr): Expr {
  const format = formatOf("tanh", x);
  const size = abs(x);
  const small = add(mul(x, tanhSmall(mul(x, x), format)), x);
  const e = expNormal(mul(pmin(size, 22), 2), format);
  const large = copysign(sub(1, div(constant(format.type, 2), add(e, 1))), x);
  return select(lt(size, 0.625), signedZero(small, x), large);
}

/** A sum that lost the sign of a zero x gets it back. */
function signedZero(value: Expr, x: Expr): Expr {
  return copysign(value, x);
}

/** The hyperbolic sine: x + x^3 P(x^2) near 0, and h - 1 / (4 h) with h = e^|x| / 2. */
export function sinh(x: Expr): Expr {
  const format = formatOf("sinh", x);
  const size = abs(x);
  const z = mul(x, x);
  const small = add(size, mul(size, mul(z, polynomial(z, format.type === "f32" ? sinhF32 : sinhF64))));
  const h = expShifted(size, format, -1);
  const large = sub(h, div(constant(format.type, 0.25), h));
  return copysign(select(lt(size, 1), small, large), x);
}

/** The hyperbolic cosine: h + 1 / (4 h) with h = e^|x| / 2. */
export function cosh(x: Expr): Expr {
  const format = formatOf("cosh", x);
  const h = expShifted(abs(x), format, -1);
  return add(h, div(constant(format.type, 0.25), h));
}

/** 1 / (1 + e^-x): with e = e^-|x| and q = e / (1 + e), 1 - q, or e - e q for negative x. */
export function logistic(x: Expr): Expr {
  const e = exp(neg(abs(x)));
  const q = div(e, add(e, 1));
  const whole = select(lt(x, 0), e, 1);
  return sub(whole, mul(whole, q));
}
