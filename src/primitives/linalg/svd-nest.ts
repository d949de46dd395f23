import {
  abs,
  add,
  and,
  constant,
  copysign,
  div,
  type Expr,
  eq,
  gt,
  le,
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
import { downFrom, forEachMatrix, Matrix, workMatrix } from "./nest-matrix.ts";
import { sortedPlaces } from "./order-nest.ts";
import {
  epsilonOf,
  makeReflector,
  makeRotation,
  reflectColumns,
  reflectRows,
  rotateRowsUp,
  rotateTwoRows,
  safeScale,
  setIdentity,
  signOfRow,
} from "./reflector-nest.ts";

/** How many steps a singular value may take; two or three are usual. */
const MOST_STEPS = 60;

/** A = U·B·Vᵀ in the making. */
interface Bidiagonal {
  /** How many rows and columns A has; rows are not fewer. */
  readonly m: number;
  readonly n: number;
  readonly a: Matrix;
  /** Columns of U and V, one a row. */
  readonly u: Matrix;
  readonly v: Matrix;
  readonly d: Buffer;
  /** Element k stands beside d[k + 1], above it. */
  readonly e: Buffer;
  /** Cosines and sines of the rotations of one step, those of V and those of U. */
  readonly rotations: readonly [cv: Buffer, sv: Buffer, cu: Buffer, su: Buffer];
  /** What counts as nothing. */
  readonly nothing: MutableVariable;
}

/**
 * The loops of `svd`: reflectors from both sides make A bidiagonal, implicit QR steps with Wilkinson's shifts make it
 * diagonal (Golub & Reinsch 1970; Golub & Van Loan, "Matrix computations", section 8.6). A wide matrix is transposed.
 */
export const buildSvd = (nest: NestBuilder, count: number, rows: number, columns: number): void => {
  const from = nest.inputs[0] as Buffer;
  const [toU, toS, toV] = nest.outputs as readonly [Buffer, Buffer, Buffer];
  const { type } = from;
  const isWide = rows < columns;
  const [m, n] = isWide ? [columns, rows] : [rows, columns];
  const vector = (): Buffer => nest.scratch(type, Math.max(1, n));
  const b: Bidiagonal = {
    m,
    n,
    a: workMatrix(nest, type, m, n),
    u: workMatrix(nest, type, n, m),
    v: workMatrix(nest, type, n, n),
    d: vector(),
    e: vector(),
    rotations: [vector(), vector(), vector(), vector()],
    nothing: nest.variable(type, 0),
  };
  const places = nest.scratch("i32", Math.max(1, n));
  const { a, u, v, d } = b;
  const making = reductionOf(nest, b);
  forEachMatrix(nest, count, (index) => {
    const source = new Matrix(nest, from, mul(index, m * n), columns);
    nest.for(m, (i) => nest.for(n, (j) => a.store(i, j, isWide ? source.load(j, i) : source.load(i, j))));
    const scale = safeScale(a, m, n);
    nest.for(m, (i) => {
      const row = a.row(i);
      nest.lanes(n, (j) => nest.store(a.buffer, plus(row, j), div(nest.load(a.buffer, plus(row, j)), scale)));
    });
    making();
    const isDone = diagonalize(nest, b);
    nest.for(n, (k) => {
      const value = nest.load(d, k);
      nest.if(lt(value, 0), () => {
        nest.store(d, k, neg(value));
        const row = v.row(k);
        nest.lanes(n, (j) => nest.store(v.buffer, plus(row, j), neg(nest.load(v.buffer, plus(row, j)))));
      });
    });
    sortedPlaces(nest, d, places, n, gt);
    const left = new Matrix(nest, toU, mul(index, rows * n), n);
    const right = new Matrix(nest, toV, mul(index, n * columns), columns);
    const [leftRows, rightRows] = isWide ? [v, u] : [u, v];
    nest.for(n, (k) => {
      const place = nest.load(places, k);
      const value = select(isDone, mul(nest.load(d, place), scale), Number.NaN);
      nest.store(toS, plus(mul(index, n), k), value);
      const sign = nest.let(select(isDone, signOfRow(rightRows, place, columns), Number.NaN));
      nest.for(rows, (i) => left.store(i, k, mul(leftRows.load(place, i), sign)));
      const [row, target] = [rightRows.row(place), right.row(k)];
      nest.lanes(columns, (j) =>
        nest.store(toV, plus(target, j), mul(nest.load(rightRows.buffer, plus(row, j)), sign)),
      );
    });
  });
};

/** Sets up reduction of A to bidiagonal form, and returns what writes its loops. */
const reductionOf = (nest: NestBuilder, { m, n, a, u, v, d, e, nothing }: Bidiagonal): (() => void) => {
  const { type } = d;
  const x = nest.scratch(type, Math.max(1, m));
  const leftTaus = nest.scratch(type, Math.max(1, n));
  const rightTaus = nest.scratch(type, Math.max(1, n));
  const q = workMatrix(nest, type, m, n);
  const p = workMatrix(nest, type, n, n);
  return () => {
    nest.for(n, (k) => {
      const next = nest.let(add(k, 1));
      nest.for(m, (i) => nest.store(x, i, a.load(i, k)), k);
      const left = makeReflector(nest, x, k, m);
      reflectRows(a, x, left.tau, [k, m], [next, n]);
      nest.for(m, (i) => a.store(i, k, nest.load(x, i)), k);
      nest.store(d, k, left.first);
      nest.store(leftTaus, k, left.tau);
      nest.store(e, k, 0);
      nest.if(lt(next, n), () => {
        nest.for(n, (j) => nest.store(x, j, a.load(k, j)), next);
        const right = makeReflector(nest, x, next, n);
        reflectColumns(a, x, right.tau, [next, m], [next, n]);
        nest.for(n, (j) => a.store(k, j, nest.load(x, j)), next);
        nest.store(e, k, right.first);
        nest.store(rightTaus, k, right.tau);
      });
    });
    setIdentity(q, m, n);
    setIdentity(p, n, n);
    nest.for(n, (step) => {
      const k = nest.let(downFrom(n, step));
      const next = nest.let(add(k, 1));
      nest.for(m, (i) => nest.store(x, i, a.load(i, k)), k);
      reflectRows(q, x, nest.load(leftTaus, k), [k, m], [k, n]);
      nest.if(lt(next, n), () => {
        nest.for(n, (j) => nest.store(x, j, a.load(k, j)), next);
        reflectRows(p, x, nest.load(rightTaus, k), [next, n], [next, n]);
      });
    });
    nest.for(n, (k) => {
      nest.for(m, (i) => u.store(k, i, q.load(i, k)));
      nest.for(n, (i) => v.store(k, i, p.load(i, k)));
    });
    const size = nest.variable(type, 0);
    nest.for(n, (k) => size.set(max(size.value, max(abs(nest.load(d, k)), abs(nest.load(e, k))))));
    nothing.set(mul(size.value, epsilonOf(type) / 2));
  };
};

/** Makes the bidiagonal matrix diagonal; whether all steps led to an end. */
const diagonalize = (nest: NestBuilder, b: Bidiagonal): Expr => {
  const { n, d, e, nothing } = b;
  const high = nest.variable("i32", n - 1);
  const low = nest.variable("i32", 0);
  const steps = nest.variable("i32", 0);
  const isSmall = (x: Expr): Expr => le(abs(x), nothing.value);
  nest.while(
    () => and(gt(high.value, 0), lt(steps.value, MOST_STEPS * n)),
    () => {
      steps.set(add(steps.value, 1));
      // The block that ends at `high`: up to the next element of e that is nothing.
      low.set(high.value);
      const isJoined = nest.variable("bool", constant("bool", true));
      nest.while(
        () => and(gt(low.value, 0), isJoined.value),
        () => {
          const before = nest.let(sub(low.value, 1));
          nest.if(
            isSmall(nest.load(e, before)),
            () => {
              nest.store(e, before, 0);
              isJoined.set(constant("bool", false));
            },
            () => low.set(before),
          );
        },
      );
      nest.if(
        eq(low.value, high.value),
        () => high.set(sub(high.value, 1)),
        () => {
          const zero = nest.variable("i32", -1);
          nest.for(
            add(high.value, 1),
            (k) => zero.set(select(isSmall(nest.load(d, k)), k, zero.value)),
            low.value,
          );
          nest.if(
            lt(zero.value, 0),
            () => sweep(nest, b, low.value, high.value),
            () => {
              nest.store(d, zero.value, 0);
              nest.if(
                eq(zero.value, high.value),
                () => clearColumn(nest, b, low.value, high.value),
                () => clearRow(nest, b, zero.value, high.value),
              );
            },
          );
        },
      );
    },
  );
  // NaN are never nothing, so that steps run out; of one value, look at it.
  const value = nest.load(d, 0);
  return nest.let(and(le(high.value, 0), le(value, value)));
};

/** With d[zero] = 0, e[zero] is rotated out of its row to the right, by rotations of rows. */
const clearRow = (nest: NestBuilder, { m, u, d, e }: Bidiagonal, zero: Expr, high: Expr): void => {
  const f = nest.variable(d.type, nest.load(e, zero));
  nest.store(e, zero, 0);
  nest.for(
    add(high, 1),
    (k) => {
      const rotation = makeRotation(nest, nest.load(d, k), f.value);
      nest.store(d, k, rotation.r);
      const next = nest.let(nest.load(e, k));
      f.set(neg(mul(rotation.s, next)));
      nest.store(e, k, mul(rotation.c, next));
      rotateTwoRows(u, rotation, k, zero, m);
    },
    add(zero, 1),
  );
};

/** With d[high] = 0, e[high − 1] is rotated out of its column upwards, by rotations of columns. */
const clearColumn = (nest: NestBuilder, { n, v, d, e }: Bidiagonal, low: Expr, high: Expr): void => {
  const f = nest.variable(d.type, nest.load(e, sub(high, 1)));
  nest.store(e, sub(high, 1), 0);
  nest.for(sub(high, low), (step) => {
    const k = nest.let(sub(sub(high, 1), step));
    const rotation = makeRotation(nest, nest.load(d, k), f.value);
    nest.store(d, k, rotation.r);
    nest.if(gt(k, low), () => {
      const before = nest.load(e, sub(k, 1));
      f.set(neg(mul(rotation.s, before)));
      nest.store(e, sub(k, 1), mul(rotation.c, before));
    });
    rotateTwoRows(v, rotation, k, high, n);
  });
};

/** The eigenvalue of the last two rows and columns of BᵀB that is nearer to the last element. */
const shiftOf = (nest: NestBuilder, { d, e }: Bidiagonal, low: Expr, high: Expr): Expr => {
  const before = nest.let(sub(high, 1));
  const [x, y, off] = [nest.load(d, before), nest.load(d, high), nest.load(e, before)];
  const hasMore = gt(before, low);
  const more = nest.let(select(hasMore, nest.load(e, max(sub(before, 1), 0)), 0));
  const last = nest.let(add(mul(y, y), mul(off, off)));
  const half = nest.let(mul(sub(add(mul(x, x), mul(more, more)), last), 0.5));
  const mixed = nest.let(mul(x, off));
  const square = nest.let(mul(mixed, mixed));
  const root = nest.let(sqrt(add(mul(half, half), square)));
  const denominator = nest.let(add(half, copysign(root, half)));
  return nest.let(sub(last, select(eq(denominator, 0), 0, div(square, denominator))));
};

/** One step of implicit QR on rows `low` to `high`, and its rotations of U and V. */
const sweep = (nest: NestBuilder, b: Bidiagonal, low: Expr, high: Expr): void => {
  const { m, n, u, v, d, e, rotations } = b;
  const [cv, sv, cu, su] = rotations;
  const { type } = d;
  const top = nest.load(d, low);
  const f = nest.variable(type, sub(top, div(shiftOf(nest, b, low, high), top)));
  const g = nest.variable(type, nest.load(e, low));
  nest.for(
    high,
    (k) => {
      const next = nest.let(add(k, 1));
      const right = makeRotation(nest, f.value, g.value);
      nest.if(gt(k, low), () => nest.store(e, sub(k, 1), right.r));
      const [dk, ek, dn] = [nest.load(d, k), nest.load(e, k), nest.load(d, next)];
      f.set(add(mul(right.c, dk), mul(right.s, ek)));
      const off = nest.let(sub(mul(right.c, ek), mul(right.s, dk)));
      g.set(mul(right.s, dn));
      const below = nest.let(mul(right.c, dn));
      const left = makeRotation(nest, f.value, g.value);
      nest.store(d, k, left.r);
      f.set(add(mul(left.c, off), mul(left.s, below)));
      nest.store(d, next, sub(mul(left.c, below), mul(left.s, off)));
      nest.if(lt(next, high), () => {
        const after = nest.load(e, next);
        g.set(mul(left.s, after));
        nest.store(e, next, mul(left.c, after));
      });
      nest.store(cv, k, right.c);
      nest.store(sv, k, right.s);
      nest.store(cu, k, left.c);
      nest.store(su, k, left.s);
    },
    low,
  );
  nest.store(e, sub(high, 1), f.value);
  rotateRowsUp(v, cv, sv, low, high, n);
  rotateRowsUp(u, cu, su, low, high, m);
};
