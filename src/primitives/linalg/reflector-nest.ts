import type { Operand } from "../../kernel/expr.ts";
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
  lt,
  max,
  mul,
  ne,
  neg,
  or,
  select,
  sqrt,
  sub,
} from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { plus } from "../../kernel/strided.ts";
import type { Matrix } from "./nest-matrix.ts";

/*
 * Householder reflectors H = 1 − τ v vᵀ with v[first] = 1, as LAPACK has them, and other pieces of orthogonal
 * factorizations in nests.
 */

/** What a reflector makes of the vector that it was made for: all 0 but the first element, and its τ. */
export interface Reflection {
  readonly first: Expr;
  readonly tau: Expr;
}

/** The greatest absolute value of `v` from `from` up to, and without, `to`. */
const greatest = (nest: NestBuilder, v: Buffer, from: Operand, to: Operand): Expr => {
  const most = nest.variable(v.type, 0);
  nest.for(to, (i) => most.set(max(most.value, abs(nest.load(v, i)))), from);
  return most.value;
};

/**
 * Turns the elements of `v` from `first` up to, and without, `last` into the vector of the reflector that maps them to a
 * multiple of the first. If all others are 0 already, τ is 0.
 */
export const makeReflector = (nest: NestBuilder, v: Buffer, first: Operand, last: Operand): Reflection => {
  const { type } = v;
  const alpha = nest.load(v, first);
  const rest = plus(first, 1);
  const beta = nest.variable(type, alpha);
  const tau = nest.variable(type, 0);
  const scale = greatest(nest, v, rest, last);
  // A NaN among them must not count as nothing.
  nest.if(or(gt(scale, 0), ne(scale, scale)), () => {
    const unit = nest.let(max(scale, abs(alpha)));
    const squares = nest.sum(
      last,
      (i) => {
        const x = nest.let(div(nest.load(v, i), unit));
        return mul(x, x);
      },
      first,
    );
    const norm = nest.let(mul(unit, sqrt(squares)));
    beta.set(neg(copysign(norm, alpha)));
    tau.set(div(sub(beta.value, alpha), beta.value));
    const divisor = nest.let(sub(alpha, beta.value));
    nest.lanes(last, (i) => nest.store(v, i, div(nest.load(v, i), divisor)), rest);
  });
  nest.store(v, first, 1);
  return { first: beta.value, tau: tau.value };
};

/** From a first index up to, and without, a last. */
type Span = readonly [from: Operand, to: Operand];

/** `a[i, j] −= τ v[i] Σ v[p] a[p, j]` for rows and columns of spans: a reflector from the left. */
export const reflectRows = (a: Matrix, v: Buffer, tau: Expr, [low, high]: Span, columns: Span): void => {
  const { nest, buffer, stride } = a;
  const start = a.row(low);
  nest.lanes(
    columns[1],
    (j) => {
      const top = nest.let(asIndex(plus(start, j)));
      const sum = nest.variable(buffer.type, 0);
      const at = nest.variable("i32", top);
      nest.for(
        high,
        (i) => {
          sum.set(add(sum.value, mul(nest.load(v, i), nest.load(buffer, at.value))));
          at.set(add(at.value, stride));
        },
        low,
      );
      const factor = nest.let(mul(sum.value, tau));
      const place = nest.variable("i32", top);
      nest.for(
        high,
        (i) => {
          const x = nest.load(buffer, place.value);
          nest.store(buffer, place.value, sub(x, mul(nest.load(v, i), factor)));
          place.set(add(place.value, stride));
        },
        low,
      );
    },
    columns[0],
  );
};

/** `a[i, j] −= τ v[j] Σ a[i, p] v[p]` for rows and columns of spans: a reflector from the right. */
export const reflectColumns = (a: Matrix, v: Buffer, tau: Expr, rows: Span, [low, high]: Span): void => {
  const { nest, buffer } = a;
  nest.for(
    rows[1],
    (i) => {
      const row = a.row(i);
      const sum = nest.sum(high, (p) => mul(nest.load(buffer, plus(row, p)), nest.load(v, p)), low);
      const factor = nest.let(mul(sum, tau));
      nest.lanes(
        high,
        (p) => {
          const place = plus(row, p);
          nest.store(buffer, place, sub(nest.load(buffer, place), mul(nest.load(v, p), factor)));
        },
        low,
      );
    },
    rows[0],
  );
};

const asIndex = (operand: Operand): Expr =>
  typeof operand === "number" ? constant("i32", operand) : operand;

/** Makes `a` the identity. */
export const setIdentity = (a: Matrix, rows: number, columns: number): void => {
  const { nest } = a;
  nest.for(rows, (i) => {
    const row = a.row(i);
    nest.lanes(columns, (j) => nest.store(a.buffer, plus(row, j), 0));
  });
  nest.for(Math.min(rows, columns), (i) => a.store(i, i, 1));
};

/** The rotation [c s; −s c] that maps (f, g) to (r, 0). */
export interface Rotation {
  readonly c: Expr;
  readonly s: Expr;
  readonly r: Expr;
}

/** The rotation that makes `g` vanish beside `f`. */
export const makeRotation = (nest: NestBuilder, f: Expr, g: Expr): Rotation => {
  const r = nest.let(sqrt(add(mul(f, f), mul(g, g))));
  const isNothing = nest.let(eq(r, 0));
  const c = nest.let(select(isNothing, 1, div(f, r)));
  const s = nest.let(select(isNothing, 0, div(g, r)));
  return { c, s, r };
};

/** By how much elements must be divided so that their squares neither overflow nor vanish: 1 if they do not anyway. */
export const safeScale = (a: Matrix, rows: number, columns: number): Expr => {
  const { nest } = a;
  const { type } = a.buffer;
  const [small, large] = type === "f64" ? [1e-130, 1e130] : [1e-15, 1e15];
  const most = nest.variable(type, 0);
  nest.for(rows, (i) => {
    const row = a.row(i);
    nest.for(columns, (j) => most.set(max(most.value, abs(nest.load(a.buffer, plus(row, j))))));
  });
  const isExtreme = or(gt(most.value, large), lt(most.value, small));
  return nest.let(select(and(isExtreme, gt(most.value, 0)), most.value, 1));
};

/** The distance of 1 to the next number. */
export const epsilonOf = (type: Buffer["type"]): number => (type === "f64" ? 2 ** -52 : 2 ** -23);

/**
 * The sign, 1 or −1, that makes the first element positive that is not small beside the others: vectors that are unique
 * up to sign are given with this one, whichever way they were computed.
 */
export const signOfRow = (a: Matrix, i: Operand, length: number): Expr => {
  const { nest } = a;
  const { type } = a.buffer;
  const row = a.row(i);
  const most = nest.variable(type, 0);
  nest.for(length, (j) => most.set(max(most.value, abs(nest.load(a.buffer, plus(row, j))))));
  const limit = nest.let(mul(most.value, NOT_SMALL));
  const sign = nest.variable(type, 0);
  nest.for(length, (j) => {
    const x = nest.load(a.buffer, plus(row, j));
    const isFirst = and(eq(sign.value, 0), ge(abs(x), limit));
    sign.set(select(isFirst, copysign(constant(type, 1), x), sign.value));
  });
  return sign.value;
};

/** How small an element is that does not decide the sign, as a part of the greatest: no fraction that is met by design. */
export const NOT_SMALL = 0.37;

/**
 * Rotates neighbouring rows from `last` down to `first`: for i = last − 1 … first, rows i + 1 and i become c z[i + 1] + s z[i]
 * and c z[i] − s z[i + 1]. Each column is carried through all of them.
 */
export const rotateRowsDown = (
  z: Matrix,
  cosines: Buffer,
  sines: Buffer,
  first: Expr,
  last: Expr,
  columns: number,
): void => {
  const { nest, buffer, stride } = z;
  const start = z.row(last);
  const count = nest.let(sub(last, first));
  nest.lanes(columns, (j) => {
    const at = nest.variable("i32", asIndex(plus(start, j)));
    const k = nest.variable("i32", sub(last, 1));
    const carried = nest.variable(buffer.type, nest.load(buffer, at.value));
    nest.for(count, () => {
      const [c, s] = [nest.load(cosines, k.value), nest.load(sines, k.value)];
      const x = nest.load(buffer, sub(at.value, stride));
      nest.store(buffer, at.value, add(mul(c, carried.value), mul(s, x)));
      carried.set(sub(mul(c, x), mul(s, carried.value)));
      at.set(sub(at.value, stride));
      k.set(sub(k.value, 1));
    });
    nest.store(buffer, at.value, carried.value);
  });
};

/**
 * Rotates neighbouring rows from `first` up to `last`: for i = first … last − 1, rows i and i + 1 become c z[i] + s z[i + 1]
 * and c z[i + 1] − s z[i].
 */
export const rotateRowsUp = (
  z: Matrix,
  cosines: Buffer,
  sines: Buffer,
  first: Expr,
  last: Expr,
  columns: number,
): void => {
  const { nest, buffer, stride } = z;
  const start = z.row(first);
  nest.lanes(columns, (j) => {
    const at = nest.variable("i32", asIndex(plus(start, j)));
    const carried = nest.variable(buffer.type, nest.load(buffer, at.value));
    nest.for(
      last,
      (k) => {
        const [c, s] = [nest.load(cosines, k), nest.load(sines, k)];
        const x = nest.load(buffer, add(at.value, stride));
        nest.store(buffer, at.value, add(mul(c, carried.value), mul(s, x)));
        carried.set(sub(mul(c, x), mul(s, carried.value)));
        at.set(add(at.value, stride));
      },
      first,
    );
    nest.store(buffer, at.value, carried.value);
  });
};

/** Rotates rows `i` and `k` of `z`: they become c z[i] + s z[k] and c z[k] − s z[i]. */
export const rotateTwoRows = (z: Matrix, { c, s }: Rotation, i: Expr, k: Expr, columns: number): void => {
  const { nest, buffer } = z;
  const [upper, lower] = [z.row(i), z.row(k)];
  nest.lanes(columns, (j) => {
    const [x, y] = [nest.load(buffer, plus(upper, j)), nest.load(buffer, plus(lower, j))];
    nest.store(buffer, plus(upper, j), add(mul(c, x), mul(s, y)));
    nest.store(buffer, plus(lower, j), sub(mul(c, y), mul(s, x)));
  });
};
