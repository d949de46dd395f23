import {
  abs,
  add,
  and,
  constant,
  copysign,
  div,
  type Expr,
  eq,
  ge,
  gt,
  le,
  lt,
  min,
  mul,
  ne,
  type Operand,
  or,
  select,
  sqrt,
  sub,
} from "../../kernel/expr.ts";
import type { Buffer, MutableVariable, NestBuilder } from "../../kernel/nest.ts";
import { plus } from "../../kernel/strided.ts";
import type { Matrix } from "./nest-matrix.ts";
import { epsilonOf, makeReflector, reflectColumns, reflectRows, rotateTwoRows } from "./reflector-nest.ts";

/*
 * The real Schur form A = Z T Zᵀ: T is upper triangular but for blocks of two rows, one for each pair of complex
 * eigenvalues, and Z is orthogonal.
 */

/** A matrix that becomes T, Zᵀ, and the eigenvalues, real and imaginary parts. */
export interface Schur {
  /** With two rows and columns of zeros behind the others, which the last reflectors of a sweep touch. */
  readonly t: Matrix;
  readonly zt: Matrix;
  readonly real: Buffer;
  readonly imag: Buffer;
}

/** After so many steps without an eigenvalue the matrix counts as one that has none. */
const MOST_STEPS = 60;

/** Each so many steps shifts are taken from elsewhere, as the usual ones may go in circles. */
const UNUSUAL_STEP = 10;

/** Makes `t` zero below its first subdiagonal by reflectors from both sides, which `zt` collects. */
export const reduceToHessenberg = (nest: NestBuilder, n: number, { t, zt }: Schur): void => {
  const v = nest.scratch(t.buffer.type, Math.max(1, n));
  nest.for(Math.max(0, n - 2), (k) => {
    const next = nest.let(add(k, 1));
    nest.for(n, (i) => nest.store(v, i, t.load(i, k)), next);
    const { first, tau } = makeReflector(nest, v, next, n);
    reflectRows(t, v, tau, [next, n], [next, n]);
    reflectColumns(t, v, tau, [0, n], [next, n]);
    reflectRows(zt, v, tau, [next, n], [0, n]);
    t.store(next, k, first);
    nest.for(n, (i) => t.store(i, k, 0), add(k, 2));
  });
};

/**
 * Makes a Hessenberg matrix one in Schur form by implicit QR steps with two shifts at once (Francis 1961; Golub & Van
 * Loan, "Matrix computations", section 7.5); whether all steps led to an end. If not, eigenvalues that
 * were not found are not written.
 */
export const reduceToSchur = (nest: NestBuilder, n: number, schur: Schur): Expr => {
  const { t, real, imag } = schur;
  const hi = nest.variable("i32", n - 1);
  const steps = nest.variable("i32", 0);
  const isDone = nest.variable("bool", constant("bool", true));
  nest.while(
    () => and(ge(hi.value, 0), isDone.value),
    () => {
      const low = firstOfBlock(nest, t, hi.value);
      nest.if(gt(low, 0), () => t.store(low, sub(low, 1), 0));
      nest.if(
        eq(low, hi.value),
        () => {
          nest.store(real, hi.value, t.load(hi.value, hi.value));
          nest.store(imag, hi.value, 0);
          hi.set(sub(hi.value, 1));
          steps.set(0);
        },
        () =>
          nest.if(
            eq(low, sub(hi.value, 1)),
            () => {
              splitPair(nest, n, schur, low, hi.value);
              hi.set(sub(hi.value, 2));
              steps.set(0);
            },
            () => {
              steps.set(add(steps.value, 1));
              isDone.set(le(steps.value, MOST_STEPS));
              nest.if(isDone.value, () => sweep(nest, n, schur, low, hi.value, steps));
            },
          ),
      );
    },
  );
  return isDone.value;
};

/** The first row of the block that ends with row `hi`: above it the subdiagonal is as good as 0. */
const firstOfBlock = (nest: NestBuilder, t: Matrix, hi: Expr): Expr => {
  const { type } = t.buffer;
  const low = nest.variable("i32", hi);
  nest.while(
    () => {
      const above = nest.let(select(gt(low.value, 0), sub(low.value, 1), 0));
      const off = abs(t.load(low.value, above));
      const size = add(abs(t.load(above, above)), abs(t.load(low.value, low.value)));
      return and(gt(low.value, 0), gt(off, mul(size, epsilonOf(type))));
    },
    () => low.set(sub(low.value, 1)),
  );
  return nest.let(low.value);
};

/** The eigenvalues of the block of rows `p` and `q`; if they are real, a rotation makes it triangular. */
const splitPair = (nest: NestBuilder, n: number, { t, zt, real, imag }: Schur, p: Expr, q: Expr): void => {
  const { type } = t.buffer;
  const [a, b, c, d] = [t.load(p, p), t.load(p, q), t.load(q, p), t.load(q, q)];
  const half = nest.let(mul(sub(a, d), 0.5));
  const product = nest.let(mul(b, c));
  const discriminant = nest.let(add(mul(half, half), product));
  const root = nest.let(sqrt(abs(discriminant)));
  nest.if(
    ge(discriminant, 0),
    () => {
      const sum = nest.let(add(half, copysign(root, half)));
      nest.store(real, p, add(d, sum));
      nest.store(real, q, select(eq(sum, 0), d, sub(d, div(product, sum))));
      nest.store(imag, p, 0);
      nest.store(imag, q, 0);
      // The vector of the first eigenvalue, (sum, c), becomes the first axis.
      const size = nest.let(add(abs(sum), abs(c)));
      const [x, y] = [nest.let(div(sum, size)), nest.let(div(c, size))];
      const r = nest.let(sqrt(add(mul(x, x), mul(y, y))));
      const rotation = { c: nest.let(div(x, r)), s: nest.let(div(y, r)), r };
      rotateTwoRows(t, rotation, p, q, n);
      nest.for(add(q, 1), (i) => {
        const [u, w] = [t.load(i, p), t.load(i, q)];
        t.store(i, p, add(mul(rotation.c, u), mul(rotation.s, w)));
        t.store(i, q, sub(mul(rotation.c, w), mul(rotation.s, u)));
      });
      rotateTwoRows(zt, rotation, p, q, n);
      t.store(q, p, 0);
    },
    () => {
      const middle = nest.let(add(d, half));
      nest.store(real, p, middle);
      nest.store(real, q, middle);
      nest.store(imag, p, root);
      nest.store(imag, q, mul(root, constant(type, -1)));
    },
  );
};

/** The shifts of a step: the sum and the product of two numbers are x + y and x y − w. */
interface Shifts {
  readonly x: Expr;
  readonly y: Expr;
  readonly w: Expr;
}

/** The eigenvalues of the last two rows, as a rule. */
const shiftsOf = (nest: NestBuilder, t: Matrix, hi: Expr, steps: MutableVariable): Shifts => {
  const [p, o] = [nest.let(sub(hi, 1)), nest.let(sub(hi, 2))];
  const [last, off] = [t.load(hi, hi), t.load(hi, p)];
  const size = nest.let(add(abs(off), abs(t.load(p, o))));
  const isUnusual = nest.let(
    or(
      eq(steps.value, UNUSUAL_STEP),
      or(eq(steps.value, 2 * UNUSUAL_STEP), eq(steps.value, 4 * UNUSUAL_STEP)),
    ),
  );
  const other = nest.let(add(last, mul(size, 0.75)));
  return {
    x: nest.let(select(isUnusual, other, last)),
    y: nest.let(select(isUnusual, other, t.load(p, p))),
    w: nest.let(select(isUnusual, mul(mul(size, size), -0.4375), mul(off, t.load(p, hi)))),
  };
};

/** One step on rows `low` to `hi`, of which there are three at least: reflectors of three rows chase the bulge down. */
const sweep = (
  nest: NestBuilder,
  n: number,
  { t, zt }: Schur,
  low: Expr,
  hi: Expr,
  steps: MutableVariable,
): void => {
  const { type } = t.buffer;
  const { x, y, w } = shiftsOf(nest, t, hi, steps);
  const next = nest.let(add(low, 1));
  const first = t.load(low, low);
  const [r, s] = [nest.let(sub(x, first)), nest.let(sub(y, first))];
  const p = nest.variable(type, add(div(sub(mul(r, s), w), t.load(next, low)), t.load(low, next)));
  const q = nest.variable(type, sub(sub(sub(t.load(next, next), first), r), s));
  const u = nest.variable(type, t.load(add(low, 2), next));
  nest.for(
    hi,
    (k) => {
      const [k1, k2] = [nest.let(add(k, 1)), nest.let(add(k, 2))];
      const isInside = nest.let(gt(k, low));
      nest.if(isInside, () => {
        const before = nest.let(sub(k, 1));
        p.set(t.load(k, before));
        q.set(t.load(k1, before));
        u.set(select(lt(k1, hi), t.load(k2, before), 0));
      });
      const size = nest.let(add(abs(p.value), add(abs(q.value), abs(u.value))));
      nest.if(ne(size, 0), () => {
        const [f, g, h] = [p, q, u].map((part) => nest.let(div(part.value, size))) as [Expr, Expr, Expr];
        const squares = add(mul(f, f), add(mul(g, g), mul(h, h)));
        const norm = nest.let(copysign(sqrt(squares), f));
        nest.if(isInside, () => {
          const before = nest.let(sub(k, 1));
          t.store(k, before, mul(mul(norm, size), -1));
          t.store(k1, before, 0);
          nest.if(lt(k1, hi), () => t.store(k2, before, 0));
        });
        const sum = nest.let(add(f, norm));
        const reflector: Reflector = {
          left: [div(sum, norm), div(g, norm), div(h, norm)].map((e) => nest.let(e)),
          right: [div(g, sum), div(h, sum)].map((e) => nest.let(e)),
        };
        reflectThreeRows(t, reflector, k, [k, n]);
        reflectThreeColumns(t, reflector, k, min(add(k, 4), add(hi, 1)));
        reflectThreeRows(zt, reflector, k, [0, n]);
      });
    },
    low,
  );
};

/** 1 − left·(1, right): the vector of a reflector of three rows, and the same with a first element of 1. */
interface Reflector {
  readonly left: readonly Expr[];
  readonly right: readonly Expr[];
}

const reflectThreeRows = (
  a: Matrix,
  { left, right }: Reflector,
  k: Expr,
  [first, last]: readonly [from: Operand, to: Operand],
): void => {
  const { nest, buffer } = a;
  const start = a.row(k);
  nest.lanes(
    last,
    (j) => {
      const places = [0, 1, 2].map((i) => plus(start, plus(j, i * a.stride)));
      const values = places.map((place) => nest.load(buffer, place)) as [Expr, Expr, Expr];
      const sum = nest.let(
        add(values[0], add(mul(right[0] as Expr, values[1]), mul(right[1] as Expr, values[2]))),
      );
      places.forEach((place, i) => {
        nest.store(buffer, place, sub(values[i] as Expr, mul(sum, left[i] as Expr)));
      });
    },
    first,
  );
};

const reflectThreeColumns = (a: Matrix, { left, right }: Reflector, k: Expr, rows: Expr): void => {
  const { nest } = a;
  nest.for(rows, (i) => {
    const columns = [0, 1, 2].map((j) => nest.let(add(k, j)));
    const values = columns.map((j) => a.load(i, j));
    const terms = values.map((value, j) => mul(left[j] as Expr, value)) as [Expr, Expr, Expr];
    const sum = nest.let(add(terms[0], add(terms[1], terms[2])));
    columns.forEach((column, j) => {
      const change = j === 0 ? sum : mul(sum, right[j - 1] as Expr);
      a.store(i, column, sub(values[j] as Expr, change));
    });
  });
};
