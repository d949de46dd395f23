import {
  abs,
  add,
  and,
  bitcast,
  constant,
  convert,
  div,
  type Expr,
  eq,
  gt,
  lt,
  mul,
  ne,
  neg,
  not,
  or,
  rare,
  select,
  sub,
  trunc,
} from "../expr.ts";
import { powF64 } from "./coefficients.ts";
import { type Double, fastTwoSum, twoProduct, twoSum } from "./compensated.ts";
import { exp, expOfSum, ln2 } from "./exponential.ts";
import { formatOf } from "./format.ts";
import { logNormal, parts } from "./logarithm.ts";
import { polynomial } from "./polynomial.ts";

/** The logarithm of a positive f64, subnormal or not, to about 2^-66 of itself. */
function logDouble(x: Expr): Double {
  const format = formatOf("pow", x);
  const subnormal = lt(x, format.tiny);
  const { k: exponent, f } = parts(select(subnormal, mul(x, 2 ** 54), x), format);
  const k = select(subnormal, sub(exponent, 54), exponent);
  // s = f / (2 + f) and z = s^2
  const [d, dl] = fastTwoSum(constant("f64", 2), f);
  const s = div(f, d);
  const [p, pl] = twoProduct(s, d);
  const sl = div(sub(sub(sub(f, p), pl), mul(s, dl)), d);
  const [z, zl] = twoProduct(s, s);
  const zLow = add(zl, mul(mul(s, sl), 2));
  // log(1 + f) = 2 s + s z q
  const [q, ql] = fastTwoSum(
    constant("f64", 2 / 3),
    add(mul(z, polynomial(z, powF64)), 3.700743415417188e-17),
  );
  const [t, tl] = twoProduct(z, q);
  const tLow = add(tl, add(mul(z, ql), mul(zLow, q)));
  const [w, wl] = twoProduct(s, t);
  const wLow = add(wl, add(mul(s, tLow), mul(sl, t)));
  const [large, small] = ln2.f64;
  const [a, al] = twoSum(mul(k, large), mul(s, 2));
  const [b, bl] = twoSum(a, w);
  const low = add(add(add(al, bl), add(mul(sl, 2), wLow)), mul(k, small));
  return fastTwoSum(b, low);
}

/** a^y for finite a > 0 and finite y. */
function positivePower(a: Expr, y: Expr): Expr {
  if (a.type === "f32") return convert(exp(mul(convert(y, "f64"), logNormal(convert(a, "f64")))), "f32");
  const [high, low] = logDouble(a);
  const [p, pl] = twoProduct(y, high);
  const lower = add(pl, mul(y, low));
  return expOfSum(p, select(lt(abs(p), 1e4), lower, 0));
}

/** x to the power y, with the special cases of C's `pow`. */
export function pow(x: Expr, y: Expr): Expr {
  const format = formatOf("pow", x);
  const a = abs(x);
  // What remains of the rule when a is 0 or infinite or y is infinite: the sign of y log a.
  const direction = select(lt(a, 1), neg(y), select(gt(a, 1), y, Number.NaN));
  const limit = select(
    gt(direction, 0),
    constant(format.type, Infinity),
    select(lt(direction, 0), constant(format.type, 0), select(eq(a, 1), add(sub(y, y), y), direction)),
  );
  const atOne = select(and(eq(a, 1), eq(y, y)), 1, limit);
  const regular = and(and(gt(a, 0), lt(a, Infinity)), lt(abs(y), Infinity));
  const size = rare(not(regular), atOne, positivePower(a, y));
  const whole = eq(trunc(y), y);
  const half = mul(y, 0.5);
  const odd = and(whole, ne(trunc(half), half));
  const negative = lt(bitcast(x, format.type === "f32" ? "i32" : "i64"), 0);
  const signed = select(and(negative, odd), neg(size), size);
  const defined = or(or(not(lt(x, 0)), whole), eq(a, Infinity));
  return select(or(eq(y, 0), eq(x, 1)), 1, select(defined, signed, Number.NaN));
}
