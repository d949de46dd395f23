import {
  abs,
  add,
  and,
  bitcast,
  constant,
  copysign,
  div,
  type Expr,
  eq,
  ge,
  gt,
  lt,
  mul,
  not,
  or,
  rare,
  select,
  shr,
  sqrt,
  sub,
} from "../expr.ts";
import { logF32, logF64 } from "./coefficients.ts";
import { fastTwoSum, split, twoSum } from "./compensated.ts";
import { ln2 } from "./exponential.ts";
import { bitConstant, type Format, formatOf } from "./format.ts";
import { polynomial } from "./polynomial.ts";

interface Parts {
  /** x = 2^k (1 + f) with 1 + f between the square roots of 1/2 and of 2. */
  readonly k: Expr;
  readonly f: Expr;
}

/** Takes a positive normal number apart. */
export function parts(x: Expr, format: Format): Parts {
  const { bits, mantissa, bias } = format;
  const rootHalf = format.type === "f32" ? 0x3f3504f3n : 0x3fe6a09e667f3bcdn;
  const one = BigInt(bias) << BigInt(mantissa);
  const shifted = add(bitcast(x, bits), bitConstant(format, one - rootHalf));
  // The biased exponent becomes a float as the low bits of 2^mantissa.
  const base = 2 ** mantissa;
  const exponent = or(shr(shifted, mantissa), bitcast(constant(format.type, base), bits));
  const k = sub(bitcast(exponent, format.type), base + bias);
  const fraction = add(
    and(shifted, bitConstant(format, (1n << BigInt(mantissa)) - 1n)),
    bitConstant(format, rootHalf),
  );
  return { k, f: sub(bitcast(fraction, format.type), 1) };
}

/** log(1 + f) - f, the way of fdlibm's e_log.c: with s = f / (2 + f), log(1 + f) = 2 atanh s. */
function kernel(f: Expr, format: Format, correction?: Expr): Expr {
  const s = div(f, add(f, 2));
  const z = mul(s, s);
  const r = mul(z, polynomial(z, format.type === "f32" ? logF32 : logF64));
  const half = mul(mul(f, f), 0.5);
  const rest = mul(s, add(half, r));
  return sub(correction === undefined ? rest : add(rest, correction), half);
}

/** Where x is 0, negative, subnormal, infinite or NaN, the logarithm `of` x scaled, or what its limit is. */
function guarded(x: Expr, format: Format, of: (x: Expr, extra: number) => Expr): Expr {
  const special = not(and(ge(x, format.tiny), lt(x, Infinity)));
  const up = format.type === "f32" ? 25 : 54;
  const scaled = of(mul(x, 2 ** up), -up);
  const limits = select(
    eq(x, 0),
    -Infinity,
    select(gt(x, 0), select(eq(x, Infinity), x, scaled), Number.NaN),
  );
  return rare(special, limits, of(x, 0));
}

/** The natural logarithm of a positive normal number. */
export function logNormal(x: Expr): Expr {
  const format = formatOf("logNormal", x);
  const [large, small] = ln2[format.type];
  const { k, f } = parts(x, format);
  return add(mul(k, large), add(f, kernel(f, format, mul(k, small))));
}

/** The natural logarithm. */
export function log(x: Expr): Expr {
  const format = formatOf("log", x);
  const [large, small] = ln2[format.type];
  return guarded(x, format, (y, extra) => {
    const { k, f } = parts(y, format);
    const n = extra === 0 ? k : add(k, extra);
    return add(mul(n, large), add(f, kernel(f, format, mul(n, small))));
  });
}

/** The logarithm to a base, k times that of 2 (in two parts) and `scale` times that of 1 + f. */
function toBase(
  x: Expr,
  name: string,
  two: readonly [number, number],
  scale: readonly [number, number],
): Expr {
  const format = formatOf(name, x);
  return guarded(x, format, (y, extra) => {
    const { k, f } = parts(y, format);
    const n = extra === 0 ? k : add(k, extra);
    const rest = kernel(f, format);
    const [fh, fl] = split(f);
    const [large, small] = scale;
    // (f + rest) * (large + small), the greatest product exact.
    const tail = add(add(mul(rest, large), mul(fl, large)), mul(add(f, rest), small));
    const head = mul(fh, large);
    const [high, low] = fastTwoSum(mul(n, two[0]), head);
    const exact = select(eq(n, 0), head, high);
    const lost = select(eq(n, 0), 0, low);
    return add(exact, add(add(tail, lost), mul(n, two[1])));
  });
}

/** The logarithm to base 2. */
export function log2(x: Expr): Expr {
  return toBase(x, "log2", [1, 0], bySplit(x, log2e));
}

/** The logarithm to base 10. */
export function log10(x: Expr): Expr {
  return toBase(x, "log10", bySplit(x, log10two), bySplit(x, log10e));
}

// Constants in two parts for each type, the first with so few bits that its products are exact.
const log2e = {
  f32: [1.4423828125, 0.00031222838896340733],
  f64: [1.4426950216293335, 1.9259629911266175e-8],
} as const;
const log10e = {
  f32: [0.4342041015625, 9.038034075182765e-5],
  f64: [0.4342944771051407, 4.798111141615973e-9],
} as const;
const log10two = {
  f32: [0.301025390625, 4.605038981195214e-6],
  f64: [0.3010299950838089, 5.801722962879576e-10],
} as const;

function bySplit(
  x: Expr,
  pair: { readonly f32: readonly [number, number]; readonly f64: readonly [number, number] },
) {
  return x.type === "f32" ? pair.f32 : pair.f64;
}

/** log(1 + x): the logarithm of u = 1 + x rounded, and what rounding lost, divided by u. */
export function log1p(x: Expr): Expr {
  const format = formatOf("log1p", x);
  const [large, small] = ln2[format.type];
  const [u, lost] = twoSum(x, constant(format.type, 1));
  const { k, f } = parts(u, format);
  const correction = add(mul(k, small), div(lost, u));
  const usual = add(mul(k, large), add(f, kernel(f, format, correction)));
  const limits = select(eq(u, 0), -Infinity, select(eq(u, Infinity), u, Number.NaN));
  return copysign(rare(not(and(gt(u, 0), lt(u, Infinity))), limits, usual), x);
}

/** The inverse hyperbolic sine: log1p(a + a^2 / (1 + sqrt(a^2 + 1))) for a = |x|. */
export function asinh(x: Expr): Expr {
  const format = formatOf("asinh", x);
  const a = abs(x);
  const z = mul(a, a);
  const usual = log1p(add(a, div(z, add(sqrt(add(z, 1)), 1))));
  return copysign(rare(gt(a, 2 ** format.mantissa), add(log(a), Math.LN2), usual), x);
}

/** The inverse hyperbolic cosine: log1p(t + sqrt(2 t + t^2)) for t = x - 1. */
export function acosh(x: Expr): Expr {
  const format = formatOf("acosh", x);
  const t = sub(x, 1);
  const usual = log1p(add(t, sqrt(add(add(t, t), mul(t, t)))));
  const value = rare(gt(x, 2 ** format.mantissa), add(log(x), Math.LN2), usual);
  return select(lt(x, 1), Number.NaN, value);
}

/** The inverse hyperbolic tangent: log1p(2 a + 2 a^2 / (1 - a)) / 2 for a = |x|. */
export function atanh(x: Expr): Expr {
  formatOf("atanh", x);
  const a = abs(x);
  const twice = add(a, a);
  const value = mul(log1p(add(twice, div(mul(twice, a), sub(1, a)))), 0.5);
  return copysign(select(gt(a, 1), Number.NaN, value), x);
}
