import {
  abs,
  add,
  and,
  bitcast,
  call,
  constant,
  convert,
  div,
  type Expr,
  eq,
  gt,
  input,
  lt,
  mul,
  neg,
  or,
  type Procedure,
  rare,
  select,
  shl,
  sub,
  xor,
} from "../expr.ts";
import { cosF32, cosF64, sinF32, sinF64, tanF32, tanF64 } from "./coefficients.ts";
import { type Format, formatOf } from "./format.ts";
import { quarterTurns } from "./pi-reduction.ts";
import { polynomial } from "./polynomial.ts";

/** pi / 2 in parts whose products with a thousand (f32) or a million (f64) are exact, but for the last. */
const halfPi = {
  f32: [1.5706787109375, 0.00011761486530303955, 9.920313459588215e-10, 6.223371969669989e-14],
  f64: [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21],
} as const;

interface Reduced {
  /** x = n pi / 2 + r, less `minusLow` in double precision. */
  readonly r: Expr;
  readonly minusLow: Expr;
  /** An integer whose lowest bits are those of n. */
  readonly n: Expr;
  /** Whether this reduction is not exact enough for x. */
  readonly refused: Expr;
}

/**
 * Cody and Waite's reduction modulo pi / 2. The products with the first parts are exact, and so are the differences
 * where r is small; where it is not, the low part holds what they lost.
 */
function reduce(x: Expr, format: Format): Reduced {
  const { type, magic } = format;
  const t = add(mul(x, 2 / Math.PI), magic);
  const whole = sub(t, magic);
  const [p1, p2, p3] = halfPi[type];
  const a = sub(x, mul(whole, p1));
  const w = mul(whole, p2);
  const b = sub(a, w);
  const v = sub(mul(whole, p3), sub(sub(a, b), w));
  const r = sub(b, v);
  const lost = sub(v, sub(b, r));
  const n = bitcast(t, format.bits);
  if (type === "f32") {
    return { r, minusLow: add(lost, mul(whole, halfPi.f32[3])), n, refused: gt(abs(x), 1600) };
  }
  // Where r is small for the n, n * p3 is not known well enough.
  const near = lt(abs(r), mul(abs(whole), 2 ** -56));
  return { r, minusLow: lost, n, refused: or(gt(abs(x), 2 ** 20), near) };
}

/** The same for any x, slowly. */
function reduceFar(x: Expr, format: Format): Reduced {
  const { whole, r } = quarterTurns(convert(x, "f64"));
  const n = bitcast(add(whole, 1.5 * 2 ** 52), "u64");
  const refused = constant("bool", false);
  if (format.type === "f64") return { r: r[0], minusLow: neg(r[1]), n, refused };
  const single = convert(r[0], "f32");
  const lost = convert(sub(convert(single, "f64"), r[0]), "f32");
  return { r: single, minusLow: lost, n: convert(n, "u32"), refused };
}

const procedures = /* @__PURE__ */ new Map<string, Procedure>();

/** What is made of the slow reduction: long, and the same wherever it is needed. */
const farValue = (name: string, x: Expr, format: Format, value: (reduced: Reduced) => Expr): Expr => {
  const key = `${name} of any ${x.type}`;
  let procedure = procedures.get(key);
  if (procedure === undefined) {
    procedure = { name: key, body: value(reduceFar(input(0, x.type), format)) };
    procedures.set(key, procedure);
  }
  return call(procedure, x);
};

const negated = (coefficients: readonly number[]): number[] => coefficients.map((c) => -c);

/** sin(r - minusLow) for |r| <= pi / 4, keeping the sign of 0. */
function sine(r: Expr, z: Expr, minusLow: Expr): Expr {
  const minusP = polynomial(z, negated(r.type === "f32" ? sinF32 : sinF64));
  const low = r.type === "f32" ? minusLow : mul(minusLow, sub(1, mul(z, 0.5)));
  return sub(r, add(low, mul(mul(r, z), minusP)));
}

/** cos(r - minusLow) for |r| <= pi / 4. */
function cosine(r: Expr, z: Expr, minusLow: Expr): Expr {
  const rest = mul(mul(z, z), polynomial(z, r.type === "f32" ? cosF32 : cosF64));
  return sub(1, sub(mul(z, 0.5), add(rest, mul(r, minusLow))));
}

/** sin(x + quarter * pi / 2). */
function sineOf(x: Expr, format: Format, quarter: 0 | 1): Expr {
  const value = ({ r, minusLow, n }: Reduced): Expr => {
    const z = mul(r, r);
    const q = quarter === 0 ? n : add(n, quarter);
    const odd = eq(and(q, 1), 1);
    const size = select(odd, cosine(r, z, minusLow), sine(r, z, minusLow));
    const sign = shl(and(q, 2), format.type === "f32" ? 30 : 62);
    return bitcast(xor(bitcast(size, format.bits), sign), format.type);
  };
  const near = reduce(x, format);
  const far = farValue(quarter === 0 ? "sin" : "cos", x, format, value);
  return rare(near.refused, far, value(near));
}

/** The sine. */
export function sin(x: Expr): Expr {
  return sineOf(x, formatOf("sin", x), 0);
}

/** The cosine. */
export function cos(x: Expr): Expr {
  return sineOf(x, formatOf("cos", x), 1);
}

/** tan(r - minusLow) for |r| <= pi / 4. */
function tangent(r: Expr, minusLow: Expr): Expr {
  const z = mul(r, r);
  const minusP = polynomial(z, negated(r.type === "f32" ? tanF32 : tanF64));
  return sub(r, add(mul(minusLow, add(z, 1)), mul(mul(r, z), minusP)));
}

/** The tangent: tan r, or -1 / tan r where n is odd. */
export function tan(x: Expr): Expr {
  const format = formatOf("tan", x);
  const value = ({ r, minusLow, n }: Reduced): Expr => {
    const t = tangent(r, minusLow);
    const odd = eq(and(n, 1), 1);
    return div(select(odd, -1, t), select(odd, t, 1));
  };
  const near = reduce(x, format);
  return rare(near.refused, farValue("tan", x, format, value), value(near));
}
