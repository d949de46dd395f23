import {
  abs,
  add,
  and,
  constant,
  convert,
  copysign,
  div,
  type Expr,
  eq,
  ge,
  gt,
  le,
  lt,
  mul,
  neg,
  not,
  or,
  select,
  sqrt,
  sub,
} from "../../kernel/expr.ts";
import { digammaPositive, lgammaPositive } from "../../kernel/math/gamma.ts";
import { erfc, exp, log } from "../../kernel/math/index.ts";
import { polynomial } from "../../kernel/math/polynomial.ts";
import type { MutableVariable, NestBuilder } from "../../kernel/nest.ts";
import { GREAT_SHAPE, GREAT_SLOPE, TEMME } from "./numeric/index.ts";
import { excessOverLog, stirling } from "./stirling-expr.ts";

/*
 * The incomplete gamma functions as steps of a nest, in float64: the formulas of numeric/incomplete-gamma.ts.
 */

/** Which function is asked for: P, Q, ∂P/∂a, or −(∂P/∂a) / (∂P/∂x). */
export type IncompleteGamma = "lower" | "upper" | "gradA" | "sample";

const f64 = (value: number): Expr => constant("f64", value);
const EPSILON = 2 ** -53;

class Steps {
  readonly #nest: NestBuilder;
  readonly #a: Expr;
  readonly #x: Expr;

  constructor(nest: NestBuilder, a: Expr, x: Expr) {
    this.#nest = nest;
    this.#a = a;
    this.#x = x;
  }

  /** x^a e^−x / Γ(a + 1). */
  factor(): Expr {
    const [nest, a, x] = [this.#nest, this.#a, this.#x];
    const exponent = nest.variable("f64", 0);
    const scale = nest.variable("f64", 1);
    nest.if(
      lt(a, 10),
      () => exponent.set(sub(sub(mul(a, log(x)), x), lgammaPositive(add(a, 1)))),
      () => {
        exponent.set(neg(add(mul(a, excessOverLog(div(x, a), div(sub(x, a), a))), stirling(a))));
        scale.set(sqrt(mul(a, 2 * Math.PI)));
      },
    );
    return nest.let(div(exp(exponent.value), scale.value));
  }

  /** The sum and, if asked for, its derivative with respect to a. */
  series(withSlope: boolean): readonly [value: Expr, slope: Expr] {
    const [nest, a, x] = [this.#nest, this.#a, this.#x];
    const [term, value, place] = [nest.variable("f64", 1), nest.variable("f64", 1), nest.variable("f64", a)];
    const [termSlope, slope] = [nest.variable("f64", 0), nest.variable("f64", 0)];
    const isOpen = (): Expr => {
      const valueOpen = gt(term.value, mul(value.value, EPSILON));
      if (!withSlope) return valueOpen;
      return or(valueOpen, gt(abs(termSlope.value), mul(abs(slope.value), EPSILON)));
    };
    nest.while(isOpen, () => {
      place.set(add(place.value, 1));
      const ratio = nest.let(div(x, place.value));
      if (withSlope) {
        termSlope.set(mul(sub(termSlope.value, div(term.value, place.value)), ratio));
        slope.set(add(slope.value, termSlope.value));
      }
      term.set(mul(term.value, ratio));
      value.set(add(value.value, term.value));
    });
    return [value.value, slope.value];
  }

  /** The continued fraction, by Lentz's method, and, if asked for, its derivative with respect to a. */
  fraction(withSlope: boolean): readonly [value: Expr, slope: Expr] {
    const [nest, a, x] = [this.#nest, this.#a, this.#x];
    const variable = (first: Expr | number): MutableVariable => nest.variable("f64", first);
    const b = variable(sub(add(x, 1), a));
    const d = variable(div(f64(1), b.value));
    const dSlope = variable(mul(d.value, d.value));
    const [c, cSlope, n] = [variable(1e300), variable(0), variable(0)];
    const [value, slope] = [variable(d.value), variable(dSlope.value)];
    const isOpen = nest.variable("bool", constant("bool", true));
    nest.while(
      () => isOpen.value,
      () => {
        n.set(add(n.value, 1));
        b.set(add(b.value, 2));
        const numerator = nest.let(mul(n.value, sub(a, n.value)));
        const inverse = nest.let(add(mul(numerator, d.value), b.value));
        if (withSlope) {
          const inverseSlope = sub(add(mul(n.value, d.value), mul(numerator, dSlope.value)), 1);
          dSlope.set(inverseSlope);
          cSlope.set(sub(div(sub(n.value, div(mul(numerator, cSlope.value), c.value)), c.value), 1));
        }
        c.set(add(div(numerator, c.value), b.value));
        d.set(div(f64(1), inverse));
        const factor = nest.let(mul(c.value, d.value));
        const valueOpen = nest.let(gt(abs(sub(factor, 1)), 2 * EPSILON));
        isOpen.set(valueOpen);
        if (withSlope) {
          dSlope.set(neg(mul(mul(dSlope.value, d.value), d.value)));
          const left = nest.let(mul(cSlope.value, d.value));
          const right = nest.let(mul(c.value, dSlope.value));
          const next = nest.let(add(mul(slope.value, factor), mul(value.value, add(left, right))));
          const noise = abs(mul(mul(value.value, 4), add(abs(left), abs(right))));
          const slopeOpen = gt(abs(sub(next, slope.value)), mul(add(abs(next), noise), 2 * EPSILON));
          isOpen.set(or(valueOpen, slopeOpen));
          slope.set(next);
        }
        value.set(mul(value.value, factor));
      },
    );
    return [value.value, slope.value];
  }

  /** η with η² / 2 = x / a − 1 − log(x / a), and the sign of x − a. */
  temmeEta(): Expr {
    const m = this.#nest.let(div(sub(this.#x, this.#a), this.#a));
    return this.#nest.let(copysign(sqrt(mul(excessOverLog(div(this.#x, this.#a), m), 2)), m));
  }

  /** P or Q for great a. */
  temme(sign: 1 | -1): Expr {
    const [nest, a] = [this.#nest, this.#a];
    const eta = this.temmeEta();
    const exponent = mul(mul(eta, eta), mul(a, -0.5));
    const scale = nest.let(div(exp(exponent), sqrt(mul(a, 2 * Math.PI))));
    const rests = TEMME.map((coefficients) => polynomial(eta, coefficients));
    const sum = rests.reduceRight((total, rest) => add(div(total, a), rest));
    const normal = mul(erfc(mul(mul(eta, -sign), sqrt(mul(a, 0.5)))), 0.5);
    const inside = sub(normal, mul(mul(scale, sum), sign));
    return select(eq(scale, 0), convert(gt(mul(eta, sign), 0), "f64"), inside);
  }

  /** The function inside of the domain, where a and x are positive and finite. */
  inside(which: IncompleteGamma): Expr {
    const [nest, a, x] = [this.#nest, this.#a, this.#x];
    const result = nest.variable("f64", 0);
    const isValue = which === "lower" || which === "upper";
    const other = (y: Expr): Expr => sub(f64(1), y);
    const sample = (): void => {
      nest.if(
        or(lt(x, 1), le(x, a)),
        () => {
          const [value, slope] = this.series(true);
          const turn = sub(log(x), digammaPositive(add(a, 1)));
          result.set(neg(div(mul(add(slope, mul(value, turn)), x), a)));
        },
        () => {
          const [value, slope] = this.fraction(true);
          result.set(mul(x, add(slope, mul(value, sub(log(x), digammaPositive(a))))));
        },
      );
    };
    const values = (): void => {
      nest.if(
        or(lt(x, 1), le(x, a)),
        () => {
          const lower = nest.let(mul(this.factor(), this.series(false)[0]));
          result.set(which === "lower" ? lower : other(lower));
        },
        () => {
          const upper = nest.let(mul(mul(this.factor(), a), this.fraction(false)[0]));
          result.set(which === "upper" ? upper : other(upper));
        },
      );
    };
    nest.if(
      ge(a, isValue ? GREAT_SHAPE : GREAT_SLOPE),
      () => result.set(isValue ? this.temme(which === "lower" ? 1 : -1) : add(mul(this.temmeEta(), 0.5), 1)),
      isValue ? values : sample,
    );
    if (which === "gradA") {
      const density = nest.let(div(mul(this.factor(), a), x));
      result.set(select(eq(density, 0), f64(0), neg(mul(result.value, density))));
    }
    return result.value;
  }

  /** The value at the ends of the domain. */
  edge(which: IncompleteGamma): Expr {
    const [a, x] = [this.#a, this.#x];
    const nan = f64(Number.NaN);
    const isZero = eq(x, 0);
    if (which === "sample") return select(or(isZero, eq(a, 0)), f64(0), nan);
    if (which === "gradA") return select(eq(a, 0), nan, f64(0));
    const isOne = and(not(isZero), or(eq(a, 0), eq(x, Number.POSITIVE_INFINITY)));
    return convert(which === "lower" ? isOne : not(isOne), "f64");
  }
}

/** One of the functions at `a` and `x` of float32 or float64; NaN where a or x is negative or both are 0. */
export const incompleteGamma =
  (which: IncompleteGamma) =>
  (nest: NestBuilder, a: Expr, x: Expr): Expr => {
    const [shape, at] = [nest.let(convert(a, "f64")), nest.let(convert(x, "f64"))];
    const steps = new Steps(nest, shape, at);
    const result = nest.variable("f64", Number.NaN);
    const isInside = (y: Expr): Expr => and(gt(y, 0), lt(y, Number.POSITIVE_INFINITY));
    nest.if(
      and(isInside(shape), isInside(at)),
      () => result.set(steps.inside(which)),
      () => {
        const isDefined = and(and(ge(shape, 0), ge(at, 0)), not(and(eq(shape, 0), eq(at, 0))));
        nest.if(isDefined, () => result.set(steps.edge(which)));
      },
    );
    return convert(result.value, a.type);
  };
