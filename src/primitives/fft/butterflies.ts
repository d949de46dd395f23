import { add, type Expr, mul, neg, sub } from "../../kernel/expr.ts";
import type { NestBuilder } from "../../kernel/nest.ts";
import { unitCircle } from "./roots-of-unity.ts";

/** A complex number in a nest. */
export interface ComplexExpr {
  readonly re: Expr;
  readonly im: Expr;
}

/** Transforms of a few numbers, written out; every intermediate value is computed once. */
export class Butterflies {
  readonly #nest: NestBuilder;

  constructor(nest: NestBuilder) {
    this.#nest = nest;
  }

  /** X[k] = Σ x[j] exp(−2πi·jk/p) for the p numbers of `x`; p is 2, 4, 8 or odd. */
  transform(x: readonly ComplexExpr[]): readonly ComplexExpr[] {
    if (x.length === 1) return x;
    if (x.length % 2 === 1) return this.#odd(x);
    if (x.length === 2) return this.#two(x[0] as ComplexExpr, x[1] as ComplexExpr);
    return this.#halves(x);
  }

  /** `x` times `w`. */
  multiply(x: ComplexExpr, w: ComplexExpr): ComplexExpr {
    return this.#let(sub(mul(x.re, w.re), mul(x.im, w.im)), add(mul(x.re, w.im), mul(x.im, w.re)));
  }

  #let(re: Expr, im: Expr): ComplexExpr {
    return { re: this.#nest.let(re), im: this.#nest.let(im) };
  }

  #two(x: ComplexExpr, y: ComplexExpr): readonly [ComplexExpr, ComplexExpr] {
    return [this.#let(add(x.re, y.re), add(x.im, y.im)), this.#let(sub(x.re, y.re), sub(x.im, y.im))];
  }

  /** The transforms of the even and the odd places, put together. */
  #halves(x: readonly ComplexExpr[]): readonly ComplexExpr[] {
    const even = this.transform(x.filter((_, j) => j % 2 === 0));
    const odd = this.transform(x.filter((_, j) => j % 2 === 1));
    const pairs = even.map((e, k) => this.#two(e, this.#turn(odd[k] as ComplexExpr, k, x.length)));
    return [...pairs.map(([sum]) => sum), ...pairs.map(([, difference]) => difference)];
  }

  /** `x` times exp(−2πi·k/n) for n = 4 or 8 and k < n / 2. */
  #turn({ re, im }: ComplexExpr, k: number, n: number): ComplexExpr {
    const eighths = (8 * k) / n;
    if (eighths === 0) return { re, im };
    if (eighths === 2) return { re: im, im: this.#nest.let(neg(re)) };
    const [sum, difference] = [mul(add(re, im), Math.SQRT1_2), mul(sub(im, re), Math.SQRT1_2)];
    return eighths === 1 ? this.#let(sum, difference) : this.#let(difference, neg(sum));
  }

  /** Numbers that stand opposite each other share products: their turns differ in the sign of the sine. */
  #odd(x: readonly ComplexExpr[]): readonly ComplexExpr[] {
    const p = x.length;
    const first = x[0] as ComplexExpr;
    const pairs = Array.from({ length: (p - 1) / 2 }, (_, j) =>
      this.#two(x[j + 1] as ComplexExpr, x[p - 1 - j] as ComplexExpr),
    );
    const total = pairs.reduce<ComplexExpr>(
      (sofar, [sum]) => ({ re: add(sofar.re, sum.re), im: add(sofar.im, sum.im) }),
      first,
    );
    const results: ComplexExpr[] = [this.#let(total.re, total.im)];
    for (let k = 1; k <= (p - 1) / 2; k++) {
      let level: ComplexExpr = first;
      let turned: ComplexExpr | undefined;
      pairs.forEach(([sum, difference], j) => {
        const [cos, sin] = unitCircle((k * (j + 1)) % p, p);
        level = { re: add(level.re, mul(sum.re, cos)), im: add(level.im, mul(sum.im, cos)) };
        // −i·sin times the difference.
        const part = { re: mul(difference.im, sin), im: mul(difference.re, -sin) };
        turned = turned ? { re: add(turned.re, part.re), im: add(turned.im, part.im) } : part;
      });
      const t = turned as ComplexExpr;
      const [sum, difference] = this.#two(this.#let(level.re, level.im), this.#let(t.re, t.im));
      results[k] = sum;
      results[p - k] = difference;
    }
    return results;
  }
}
