import {
  abs,
  add,
  and,
  constant,
  convert,
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
import { exp } from "../../kernel/math/index.ts";
import type { NestBuilder } from "../../kernel/nest.ts";
import { MOST_TURNS } from "./numeric/index.ts";
import { excessOverLog, stirlingRest } from "./stirling-expr.ts";

/*
 * The incomplete beta function as steps of a nest, in float64: the formulas of numeric/incomplete-beta.ts.
 */

const f64 = (value: number): Expr => constant("f64", value);

/** x^a y^b / (a B(a, b)) with y = 1 − x. */
const factor = (nest: NestBuilder, a: Expr, b: Expr, x: Expr, y: Expr): Expr => {
  const difference = nest.let(sub(mul(x, b), mul(y, a)));
  const sum = nest.let(add(a, b));
  const left = excessOverLog(div(mul(x, sum), a), div(difference, a));
  const right = excessOverLog(div(mul(y, sum), b), div(neg(difference), b));
  const exponent = nest.let(neg(add(mul(a, left), mul(b, right))));
  // In a loop, so that the code of the logarithm of the gamma function is there once.
  const rest = nest.variable("f64", 0);
  nest.for(3, (i) => {
    const which = nest.let(select(eq(i, 0), sum, select(eq(i, 1), a, b)));
    const value = nest.let(stirlingRest(which));
    rest.set(add(rest.value, select(eq(i, 0), value, neg(value))));
  });
  const root = sqrt(div(mul(a, b), mul(sum, 2 * Math.PI)));
  return nest.let(div(mul(exp(add(exponent, rest.value)), root), a));
};

/** By Lentz's method, as modified by Thompson and Barnett. */
const fraction = (nest: NestBuilder, a: Expr, b: Expr, x: Expr): Expr => {
  const tiny = 1e-300;
  const nonzero = (z: Expr): Expr => select(lt(abs(z), tiny), f64(tiny), z);
  const sum = nest.let(add(a, b));
  const first = sub(f64(1), div(mul(sum, x), add(a, 1)));
  const [c, d] = [nest.variable("f64", 1), nest.variable("f64", div(f64(1), nonzero(first)))];
  const value = nest.variable("f64", d.value);
  const m = nest.variable("f64", 0);
  const change = nest.variable("f64", 0);
  const step = (coefficient: Expr): void => {
    const numerator = nest.let(coefficient);
    const under = nest.let(add(mul(numerator, d.value), 1));
    d.set(div(f64(1), nonzero(under)));
    const over = nest.let(add(div(numerator, c.value), 1));
    c.set(nonzero(over));
    change.set(mul(d.value, c.value));
    value.set(mul(value.value, change.value));
  };
  const isOpen = (): Expr => gt(abs(sub(change.value, 1)), 2 ** -52);
  nest.while(
    () => and(isOpen(), lt(m.value, MOST_TURNS)),
    () => {
      m.set(add(m.value, 1));
      const place = nest.let(add(a, mul(m.value, 2)));
      step(div(mul(mul(m.value, sub(b, m.value)), x), mul(sub(place, 1), place)));
      step(neg(div(mul(mul(add(a, m.value), add(sum, m.value)), x), mul(place, add(place, 1)))));
    },
  );
  return nest.let(select(isOpen(), f64(Number.NaN), value.value));
};

/** The regularized incomplete beta function of float32 or float64; NaN outside of its domain. */
export const incompleteBeta = (nest: NestBuilder, first: Expr, second: Expr, at: Expr): Expr => {
  const [a, b, x] = [first, second, at].map((v) => nest.let(convert(v, "f64"))) as [Expr, Expr, Expr];
  const infinity = Number.POSITIVE_INFINITY;
  const isInside = (v: Expr): Expr => and(gt(v, 0), lt(v, infinity));
  const result = nest.variable("f64", Number.NaN);
  const inside = (): void => {
    const y = nest.let(sub(f64(1), x));
    const isTurned = nest.let(ge(x, div(add(a, 1), add(add(a, b), 2))));
    const [p, q] = [nest.let(select(isTurned, b, a)), nest.let(select(isTurned, a, b))];
    const [near, far] = [nest.let(select(isTurned, y, x)), nest.let(select(isTurned, x, y))];
    const part = nest.let(mul(factor(nest, p, q, near, far), fraction(nest, p, q, near)));
    result.set(select(isTurned, sub(f64(1), part), part));
  };
  const edge = (): void => {
    const within = and(and(ge(a, 0), ge(b, 0)), and(ge(x, 0), le(x, 1)));
    const both = or(and(eq(a, 0), eq(b, 0)), and(eq(a, infinity), eq(b, infinity)));
    nest.if(and(within, not(both)), () => {
      const isOne = convert(or(eq(a, 0), eq(b, infinity)), "f64");
      result.set(select(or(eq(x, 0), eq(x, 1)), x, isOne));
    });
  };
  nest.if(and(and(isInside(a), isInside(b)), and(gt(x, 0), lt(x, 1))), inside, edge);
  return convert(result.value, first.type);
};
