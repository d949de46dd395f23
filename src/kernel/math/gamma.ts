import {
  abs,
  add,
  and,
  constant,
  convert,
  div,
  type Expr,
  eq,
  floor,
  ge,
  gt,
  le,
  lt,
  mul,
  or,
  rare,
  select,
  sub,
} from "../expr.ts";
import { digammaF64, lgammaOneF64, lgammaTwoF64 } from "./coefficients.ts";
import { formatOf } from "./format.ts";
import { log } from "./logarithm.ts";
import { polynomial } from "./polynomial.ts";
import { sin, tan } from "./trigonometric.ts";

/** A function of f64, for f32 computed in f64. */
function inDouble(name: string, x: Expr, f: (x: Expr) => Expr): Expr {
  const { type } = formatOf(name, x);
  return type === "f64" ? f(x) : convert(f(convert(x, "f64")), "f32");
}

const shifts = [1, 2, 3, 4, 5, 6, 7] as const;

/** log gamma of an f64 x > 0: polynomials about 1 and 2, the recurrence up to 9.5, Stirling's series beyond. */
export function lgammaPositive(x: Expr): Expr {
  const small = lt(x, 0.5);
  // For x from 1/2: y in [1/2, 5/2), and the product of x - 1, x - 2, ... down to it.
  let y = x;
  let product: Expr = constant("f64", 1);
  for (const _ of shifts) {
    const high = ge(y, 2.5);
    y = select(high, sub(y, 1), y);
    product = select(high, mul(product, y), product);
  }
  const one = lt(y, 1.5);
  const t = sub(y, select(one, constant("f64", 1), 2));
  const near = mul(t, select(one, polynomial(t, lgammaOneF64), polynomial(t, lgammaTwoF64)));
  const tiny = mul(x, polynomial(x, lgammaOneF64));
  const logs = log(select(ge(x, 9.5), x, select(small, x, product)));
  const r = div(constant("f64", 1), x);
  const series = mul(
    r,
    polynomial(mul(r, r), [
      1 / 12,
      -1 / 360,
      1 / 1260,
      -1 / 1680,
      1 / 1188,
      -691 / 360360,
      1 / 156,
      -3617 / 122400,
    ]),
  );
  const stirling = add(add(mul(sub(x, 0.5), sub(logs, 1)), 0.4189385332046727), series);
  const inner = select(small, sub(tiny, logs), add(near, logs));
  const infinite = rare(gt(x, 2.5e305), select(eq(x, Infinity), x, mul(x, sub(logs, 1))), stirling);
  return select(ge(x, 9.5), infinite, inner);
}

/** log |gamma(x)|; infinite at 0, -1, -2, ... */
export function lgamma(x: Expr): Expr {
  return inDouble("lgamma", x, (v) => {
    const a = abs(v);
    const fraction = sub(v, floor(v));
    const pole = and(eq(fraction, 0), le(v, 0));
    const reflected = sub(
      log(div(constant("f64", Math.PI), mul(a, abs(sin(mul(sub(v, floor(add(v, 0.5))), Math.PI)))))),
      lgammaPositive(a),
    );
    const negative = select(or(pole, eq(a, Infinity)), constant("f64", Infinity), reflected);
    // Next to 0 the reflection would divide by what underflows, and the sign of the argument makes no difference.
    return rare(le(v, 0), select(lt(a, 2 ** -70), lgammaPositive(a), negative), lgammaPositive(a));
  });
}

/** The logarithmic derivative of gamma; NaN at 0, -1, -2, ... (infinite at 0, by its sign). */
export function digamma(x: Expr): Expr {
  return inDouble("digamma", x, (v) => {
    const reflected = sub(
      digammaPositive(sub(1, v)),
      div(constant("f64", Math.PI), tan(mul(sub(v, floor(add(v, 0.5))), Math.PI))),
    );
    const pole = select(eq(v, 0), div(constant("f64", -1), v), Number.NaN);
    return rare(le(v, 0), select(eq(v, floor(v)), pole, reflected), digammaPositive(v));
  });
}

/** digamma of an f64 x > 0: a polynomial about its root, carried from [1, 2) to [0, 3); beyond, the asymptotic series. */
export function digammaPositive(x: Expr): Expr {
  const [below, above] = [lt(x, 1), ge(x, 2)];
  const u = select(below, add(x, 1), select(above, sub(x, 1), x));
  // The root in two parts, so that the difference to it is exact enough.
  const offset = sub(sub(u, 1.4616321449683622), 9.549995429965697e-17);
  const middle = mul(offset, polynomial(sub(u, 1.5), digammaF64));
  const one = select(below, constant("f64", -1), select(above, constant("f64", 1), 0));
  const low = add(middle, div(one, select(below, x, u)));
  // digamma(x) = digamma(x + 7) - (the sum of 1 / (x + i)), in one fraction.
  let [p, q]: [Expr, Expr] = [constant("f64", 0), constant("f64", 1)];
  for (let i = 0; i < 7; i++) {
    const factor = i === 0 ? x : add(x, i);
    p = add(mul(p, factor), q);
    q = mul(q, factor);
  }
  const shift = lt(x, 10);
  const y = select(shift, add(x, 7), x);
  const r = div(constant("f64", 1), y);
  const z = mul(r, r);
  const series = mul(
    z,
    polynomial(z, [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160]),
  );
  const large = sub(log(y), add(mul(r, 0.5), series));
  return select(lt(x, 3), low, select(shift, sub(large, div(p, q)), large));
}
