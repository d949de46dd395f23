import {
  abs,
  add,
  constant,
  convert,
  copysign,
  div,
  type Expr,
  gt,
  lt,
  mul,
  select,
  sqrt,
  sub,
} from "../expr.ts";
import {
  besselI0FarF32,
  besselI0FarF64,
  besselI0NearF32,
  besselI0NearF64,
  besselI0OneF32,
  besselI0OneF64,
  besselI0SevenF32,
  besselI0SevenF64,
  besselI0ThreeF32,
  besselI0ThreeF64,
  besselI1FarF32,
  besselI1FarF64,
  besselI1NearF32,
  besselI1NearF64,
  besselI1OneF32,
  besselI1OneF64,
  besselI1SevenF32,
  besselI1SevenF64,
  besselI1ThreeF32,
  besselI1ThreeF64,
} from "./coefficients.ts";
import { fastTwoSum, twoProduct } from "./compensated.ts";
import { polynomial } from "./polynomial.ts";

/*
 * Modified Bessel functions of the first kind, times exp(-|x|), worked out in double precision by polynomials in pieces: at
 * x = c + t up to 10, so short that none falls to less than half, and beyond times sqrt(x) in 1 / x, where little is left of
 * Hankel's expansion (NIST Digital Library of Mathematical Functions, 10.40.1) but its first term. So what is added to the
 * lowest coefficient is small beside it, and its rounding errors are too.
 */

/** Up to 1/2, then about 1, 2.75 and 7, then in 1 / x: the lowest coefficient in two parts, and the others. */
type Pieces = readonly (readonly number[])[];

const ENDS = [0.5, 1.5, 4, 10];
const CENTERS = [0, 1, 2.75, 7, 0];

/** For results in float64, and of fewer terms for those in float32. */
const ORDER_0: { readonly [type: string]: Pieces } = {
  f64: [besselI0NearF64, besselI0OneF64, besselI0ThreeF64, besselI0SevenF64, besselI0FarF64],
  f32: [besselI0NearF32, besselI0OneF32, besselI0ThreeF32, besselI0SevenF32, besselI0FarF32],
};
const ORDER_1: { readonly [type: string]: Pieces } = {
  f64: [besselI1NearF64, besselI1OneF64, besselI1ThreeF64, besselI1SevenF64, besselI1FarF64],
  f32: [besselI1NearF32, besselI1OneF32, besselI1ThreeF32, besselI1SevenF32, besselI1FarF32],
};

/** (high + rest) / sqrt(x), rounded about once: a quotient, and what its product with the root leaves. */
const quotientByRoot = (high: Expr, rest: Expr, x: Expr): Expr => {
  const [value, low] = fastTwoSum(high, rest);
  const root = sqrt(x);
  const quotient = div(value, root);
  const [square, squareLow] = twoProduct(root, root);
  const [product, productLow] = twoProduct(quotient, root);
  // The root is off by (x - root^2) / (2 root).
  const offBy = mul(sub(sub(x, square), squareLow), mul(quotient, div(constant("f64", 0.5), root)));
  const left = sub(add(sub(sub(value, product), productLow), low), offBy);
  return select(lt(x, Infinity), add(quotient, div(left, root)), quotient);
};

/** An odd function has its first piece times x. */
const scaled = (coefficients: Pieces, isOdd: boolean, given: Expr): Expr => {
  const x = convert(given, "f64");
  const size = abs(x);
  const isBeyond = ENDS.map((end) => gt(size, end));
  /** The value of the piece that x lies in. */
  const choose = (values: readonly number[]): Expr =>
    isBeyond.reduce<Expr>(
      (chosen, beyond, i) => select(beyond, constant("f64", values[i + 1] as number), chosen),
      constant("f64", values[0] as number),
    );
  const isFar = isBeyond[3] as Expr;
  const t = select(isFar, div(constant("f64", 1), size), sub(size, choose(CENTERS)));
  const terms = Math.max(...coefficients.map((c) => c.length));
  const [high, low, ...others] = Array.from({ length: terms }, (_, k) =>
    choose(coefficients.map((c) => c[k] ?? 0)),
  ) as [Expr, Expr, ...Expr[]];
  const rest = add(low, mul(t, polynomial(t, others)));
  const factor = select(isBeyond[0] as Expr, 1, size);
  // The coefficient that is times x is 1/2, so that this product is exact.
  const near = isOdd ? add(mul(high, factor), mul(rest, factor)) : add(high, rest);
  const far = given.type === "f64" ? quotientByRoot(high, rest, size) : div(add(high, rest), sqrt(size));
  const result = select(isFar, far, near);
  return convert(isOdd ? copysign(result, x) : result, given.type);
};

/** exp(-|x|) times the modified Bessel function of order 0. */
export const besselI0e = (x: Expr): Expr => scaled(ORDER_0[x.type] as Pieces, false, x);

/** exp(-|x|) times the modified Bessel function of order 1. */
export const besselI1e = (x: Expr): Expr => scaled(ORDER_1[x.type] as Pieces, true, x);
