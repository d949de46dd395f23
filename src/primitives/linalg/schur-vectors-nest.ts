import {
  abs,
  add,
  and,
  constant,
  div,
  type Expr,
  eq,
  ge,
  gt,
  lt,
  max,
  mul,
  neg,
  select,
  sqrt,
  sub,
} from "../../kernel/expr.ts";
import type { Buffer, MutableVariable, NestBuilder } from "../../kernel/nest.ts";
import { plus } from "../../kernel/strided.ts";
import type { Matrix } from "./nest-matrix.ts";
import { epsilonOf } from "./reflector-nest.ts";
import type { Schur } from "./schur-nest.ts";

/** A complex number in a nest. */
export interface ComplexExpr {
  readonly re: Expr;
  readonly im: Expr;
}

/** Vectors of complex numbers. */
export interface ComplexBuffers {
  readonly re: Buffer;
  readonly im: Buffer;
}

/** From which size on what was computed of a vector is made small again. */
const LARGE = 2 ** 20;

/** The least divisor, by which what is not large can be divided without overflow. */
const LEAST = { f32: 2 ** -80, f64: 2 ** -900 };

/**
 * The eigenvector of A = Z T Zᵀ for eigenvalue `k`, of any length, to `v`: (T − λ)x = 0 is solved from row k up, in complex
 * numbers, and v = Z x (Golub & Van Loan, section 7.6.4). For the first of a pair of eigenvalues only.
 */
export const schurVector = (
  nest: NestBuilder,
  n: number,
  { t, zt, real, imag }: Schur,
  k: Expr,
  x: ComplexBuffers,
  v: ComplexBuffers,
): void => {
  const { type } = t.buffer;
  const lambda: ComplexExpr = { re: nest.load(real, k), im: nest.load(imag, k) };
  const isPair = nest.let(gt(lambda.im, 0));
  const end = nest.let(select(isPair, add(k, 2), add(k, 1)));
  firstElements(nest, t, x, k, lambda, isPair);
  // A divisor that vanishes, where eigenvalues are equal, is replaced by a rounding error of the eigenvalue.
  const error = mul(add(abs(lambda.re), abs(lambda.im)), epsilonOf(type));
  const least = nest.let(max(error, constant(type, LEAST[type as keyof typeof LEAST])));
  const nonzero = ({ re, im }: ComplexExpr, limit: Expr): ComplexExpr => ({
    re: nest.let(select(and(lt(abs(re), limit), lt(abs(im), limit)), limit, re)),
    im,
  });
  const sumOf = (row: Expr): ComplexExpr => {
    const start = t.row(row);
    const product = (part: Buffer) => (j: Expr) =>
      mul(nest.load(t.buffer, plus(start, j)), nest.load(part, j));
    const from = nest.let(add(i.value, 1));
    return { re: nest.sum(end, product(x.re), from), im: nest.sum(end, product(x.im), from) };
  };
  const put = (row: Expr, { re, im }: ComplexExpr): void => {
    nest.store(x.re, row, re);
    nest.store(x.im, row, im);
  };
  const shifted = (row: Expr): ComplexExpr => ({
    re: nest.let(sub(t.load(row, row), lambda.re)),
    im: nest.let(neg(lambda.im)),
  });
  const i: MutableVariable = nest.variable("i32", sub(k, 1));
  nest.while(
    () => ge(i.value, 0),
    () => {
      const row = nest.let(i.value);
      const isSecond = lt(nest.load(imag, row), 0);
      const top = nest.variable("i32", row);
      const sum = sumOf(row);
      nest.if(
        isSecond,
        () => {
          const above = nest.let(sub(row, 1));
          top.set(above);
          const other = sumOf(above);
          const [a, d] = [shifted(above), shifted(row)];
          const [b, c] = [t.load(above, row), t.load(row, above)];
          const ad = product(nest, a, d);
          const size = nest.let(add(abs(b), abs(c)));
          const divisor = nonzero({ re: nest.let(sub(ad.re, mul(b, c))), im: ad.im }, mul(least, size));
          const [od, sa] = [product(nest, other, d), product(nest, sum, a)];
          const upper = {
            re: nest.let(sub(mul(sum.re, b), od.re)),
            im: nest.let(sub(mul(sum.im, b), od.im)),
          };
          const lower = {
            re: nest.let(sub(mul(other.re, c), sa.re)),
            im: nest.let(sub(mul(other.im, c), sa.im)),
          };
          put(above, quotient(nest, upper, divisor));
          put(row, quotient(nest, lower, divisor));
        },
        () => put(row, quotient(nest, { re: neg(sum.re), im: neg(sum.im) }, nonzero(shifted(row), least))),
      );
      shrink(nest, x, top.value, row, end);
      i.set(sub(top.value, 1));
    },
  );
  nest.lanes(n, (r) => {
    const [re, im] = [nest.variable(type, 0), nest.variable(type, 0)];
    const at = nest.variable("i32", plus(zt.start, r) as Expr);
    nest.for(end, (j) => {
      const z = nest.load(zt.buffer, at.value);
      re.set(add(re.value, mul(nest.load(x.re, j), z)));
      im.set(add(im.value, mul(nest.load(x.im, j), z)));
      at.set(add(at.value, zt.stride));
    });
    nest.store(v.re, r, re.value);
    nest.store(v.im, r, im.value);
  });
};

/** The elements of x that are free: 1 for a real eigenvalue, the vector of the block for a pair. */
const firstElements = (
  nest: NestBuilder,
  t: Matrix,
  x: ComplexBuffers,
  k: Expr,
  lambda: ComplexExpr,
  isPair: Expr,
): void => {
  nest.store(x.re, k, 1);
  nest.store(x.im, k, 0);
  nest.if(isPair, () => {
    const next = nest.let(add(k, 1));
    const [b, c] = [t.load(k, next), t.load(next, k)];
    // Of the two rows of (T − λ)x = 0 the one whose off-diagonal element is greater: (b, λ − a) or (λ − d, c).
    const isUpper = nest.let(ge(abs(b), abs(c)));
    const size = nest.let(max(abs(b), abs(c)));
    const [fromA, fromD] = [sub(lambda.re, t.load(k, k)), sub(lambda.re, t.load(next, next))];
    nest.store(x.re, k, div(select(isUpper, b, fromD), size));
    nest.store(x.im, k, div(select(isUpper, 0, lambda.im), size));
    nest.store(x.re, next, div(select(isUpper, fromA, c), size));
    nest.store(x.im, next, div(select(isUpper, lambda.im, 0), size));
  });
};

/** Divides what was computed of x by its newest elements where these are large. */
const shrink = (nest: NestBuilder, x: ComplexBuffers, first: Expr, last: Expr, end: Expr): void => {
  const size = (row: Expr): Expr => max(abs(nest.load(x.re, row)), abs(nest.load(x.im, row)));
  const most = nest.let(max(size(first), size(last)));
  nest.if(gt(most, LARGE), () => {
    for (const part of [x.re, x.im]) {
      nest.for(end, (j) => nest.store(part, j, div(nest.load(part, j), most)), first);
    }
  });
};

const product = (nest: NestBuilder, a: ComplexExpr, b: ComplexExpr): ComplexExpr => ({
  re: nest.let(sub(mul(a.re, b.re), mul(a.im, b.im))),
  im: nest.let(add(mul(a.re, b.im), mul(a.im, b.re))),
});

/** a/b, whose parts are scaled so that their squares neither overflow nor vanish. */
const quotient = (nest: NestBuilder, a: ComplexExpr, b: ComplexExpr): ComplexExpr => {
  const size = nest.let(max(abs(b.re), abs(b.im)));
  const [re, im] = [nest.let(div(b.re, size)), nest.let(div(b.im, size))];
  const squares = nest.let(mul(add(mul(re, re), mul(im, im)), size));
  return {
    re: nest.let(div(add(mul(a.re, re), mul(a.im, im)), squares)),
    im: nest.let(div(sub(mul(a.im, re), mul(a.re, im)), squares)),
  };
};

/** Divides a vector by its norm and, of a complex one, turns it so that its greatest element is real and positive. */
export const normalize = (nest: NestBuilder, n: number, v: ComplexBuffers, isComplex: Expr): void => {
  const { type } = v.re;
  const size = nest.variable(type, 0);
  nest.for(n, (i) => size.set(max(size.value, max(abs(nest.load(v.re, i)), abs(nest.load(v.im, i))))));
  const unit = nest.let(select(eq(size.value, 0), 1, size.value));
  const [sum, most] = [nest.variable(type, 0), nest.variable(type, 0)];
  const place = nest.variable("i32", 0);
  nest.for(n, (i) => {
    const [re, im] = [nest.let(div(nest.load(v.re, i), unit)), nest.let(div(nest.load(v.im, i), unit))];
    nest.store(v.re, i, re);
    nest.store(v.im, i, im);
    const square = nest.let(add(mul(re, re), mul(im, im)));
    sum.set(add(sum.value, square));
    place.set(select(gt(square, most.value), i, place.value));
    most.set(max(most.value, square));
  });
  const norm = nest.let(sqrt(sum.value));
  const length = nest.let(mul(norm, sqrt(most.value)));
  const c = nest.let(
    select(isComplex, div(nest.load(v.re, place.value), length), div(constant(type, 1), norm)),
  );
  const s = nest.let(select(isComplex, div(nest.load(v.im, place.value), length), 0));
  nest.for(n, (i) => {
    const [re, im] = [nest.load(v.re, i), nest.load(v.im, i)];
    nest.store(v.re, i, add(mul(re, c), mul(im, s)));
    nest.store(v.im, i, sub(mul(im, c), mul(re, s)));
  });
  // What rounding leaves of it.
  nest.if(isComplex, () => nest.store(v.im, place.value, 0));
};
