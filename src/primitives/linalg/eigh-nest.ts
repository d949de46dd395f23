import {
  abs,
  add,
  and,
  constant,
  copysign,
  div,
  type Expr,
  ge,
  gt,
  le,
  lt,
  mul,
  ne,
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
  reflectRows,
  rotateRowsDown,
  safeScale,
  setIdentity,
  signOfRow,
} from "./reflector-nest.ts";

/** How many steps an eigenvalue may take; two or three are usual. */
const MOST_STEPS = 60;

/**
 * The loops of `eigh`: reflectors make A tridiagonal, steps of implicit QL with Wilkinson's shifts make it diagonal
 * (Golub & Van Loan, "Matrix computations", sections 8.3.1 and 8.3.5).
 */
export const buildEigh = (nest: NestBuilder, count: number, n: number): void => {
  const from = nest.inputs[0] as Buffer;
  const [toW, toV] = nest.outputs as readonly [Buffer, Buffer];
  const { type } = from;
  const vector = (): Buffer => nest.scratch(type, Math.max(1, n));
  const work: Tridiagonal = {
    a: workMatrix(nest, type, n, n),
    q: workMatrix(nest, type, n, n),
    z: workMatrix(nest, type, n, n),
    d: vector(),
    e: vector(),
    cosines: vector(),
    sines: vector(),
  };
  const places = nest.scratch("i32", Math.max(1, n));
  forEachMatrix(nest, count, (index) => {
    const source = new Matrix(nest, from, mul(index, n * n), n);
    const { a, z, d } = work;
    nest.for(n, (i) =>
      nest.for(plus(i, 1), (j) => {
        const x = source.load(i, j);
        a.store(i, j, x);
        a.store(j, i, x);
      }),
    );
    const scale = safeScale(a, n, n);
    nest.for(n, (i) => {
      const row = a.row(i);
      nest.lanes(n, (j) => nest.store(a.buffer, plus(row, j), div(nest.load(a.buffer, plus(row, j)), scale)));
    });
    tridiagonalize(nest, n, work);
    const isDone = diagonalize(nest, n, work);
    sortedPlaces(nest, d, places, n, lt);
    const v = new Matrix(nest, toV, mul(index, n * n), n);
    nest.for(n, (k) => {
      const place = nest.load(places, k);
      const value = mul(nest.load(d, place), scale);
      nest.store(toW, plus(mul(index, n), k), select(isDone, value, Number.NaN));
      const sign = select(isDone, signOfRow(z, place, n), Number.NaN);
      const factor = nest.let(sign);
      nest.for(n, (i) => v.store(i, k, mul(z.load(place, i), factor)));
    });
  });
};

interface Tridiagonal {
  readonly a: Matrix;
  readonly q: Matrix;
  /** Eigenvectors, one a row. */
  readonly z: Matrix;
  readonly d: Buffer;
  /** Element k stands between d[k] and d[k + 1]. */
  readonly e: Buffer;
  readonly cosines: Buffer;
  readonly sines: Buffer;
}

/** Makes A tridiagonal, d and e its elements, and the rows of `z` the columns of the orthogonal matrix that does it. */
const tridiagonalize = (nest: NestBuilder, n: number, { a, q, z, d, e }: Tridiagonal): void => {
  const { type } = d;
  const v = nest.scratch(type, Math.max(1, n));
  const p = nest.scratch(type, Math.max(1, n));
  const taus = nest.scratch(type, Math.max(1, n));
  nest.for(Math.max(0, n - 1), (k) => {
    const next = nest.let(add(k, 1));
    nest.for(n, (i) => nest.store(v, i, a.load(i, k)), next);
    const { first, tau } = makeReflector(nest, v, next, n);
    nest.store(e, k, first);
    nest.store(taus, k, tau);
    // p = τ A v, then w = p − (τ/2)(pᵀv) v, and A − v wᵀ − w vᵀ.
    const start = a.row(next);
    nest.lanes(
      n,
      (j) => {
        const at = nest.variable("i32", plus(start, j) as Expr);
        const sum = nest.variable(type, 0);
        nest.for(
          n,
          (i) => {
            sum.set(add(sum.value, mul(nest.load(v, i), nest.load(a.buffer, at.value))));
            at.set(add(at.value, a.stride));
          },
          next,
        );
        nest.store(p, j, mul(sum.value, tau));
      },
      next,
    );
    const inner = nest.sum(n, (i) => mul(nest.load(p, i), nest.load(v, i)), next);
    const half = nest.let(mul(mul(inner, tau), 0.5));
    nest.lanes(n, (i) => nest.store(p, i, sub(nest.load(p, i), mul(half, nest.load(v, i)))), next);
    nest.for(
      n,
      (i) => {
        const row = a.row(i);
        const [vi, wi] = [nest.load(v, i), nest.load(p, i)];
        nest.lanes(
          n,
          (j) => {
            const x = nest.load(a.buffer, plus(row, j));
            const change = add(mul(vi, nest.load(p, j)), mul(wi, nest.load(v, j)));
            nest.store(a.buffer, plus(row, j), sub(x, change));
          },
          next,
        );
      },
      next,
    );
    // The reflector is kept where it made zeros.
    nest.for(n, (i) => a.store(i, k, nest.load(v, i)), next);
  });
  nest.for(n, (i) => nest.store(d, i, a.load(i, i)));
  setIdentity(q, n, n);
  nest.for(Math.max(0, n - 1), (step) => {
    const k = nest.let(downFrom(n - 1, step));
    const next = nest.let(add(k, 1));
    nest.for(n, (i) => nest.store(v, i, a.load(i, k)), next);
    reflectRows(q, v, nest.load(taus, k), [next, n], [next, n]);
  });
  nest.for(n, (i) => nest.for(n, (j) => z.store(j, i, q.load(i, j))));
};

/** Makes the tridiagonal matrix diagonal; whether all steps led to an end. */
const diagonalize = (nest: NestBuilder, n: number, { z, d, e, cosines, sines }: Tridiagonal): Expr => {
  const { type } = d;
  const isDone = nest.variable("bool", constant("bool", true));
  if (n > 0) nest.store(e, n - 1, 0);
  nest.for(n, (l) => {
    const steps = nest.variable("i32", 0);
    const m = nest.variable("i32", l);
    const findBlock = (): void => {
      m.set(l);
      nest.while(
        () => {
          const isInside = lt(m.value, n - 1);
          const at = nest.let(select(isInside, m.value, 0));
          const off = nest.let(abs(nest.load(e, at)));
          const size = add(abs(nest.load(d, at)), abs(nest.load(d, select(isInside, add(at, 1), 0))));
          return and(isInside, gt(off, mul(size, epsilonOf(type) / 2)));
        },
        () => m.set(add(m.value, 1)),
      );
      // A NaN is not greater than anything: it is found here.
      const isNumber = nest.let(and(eqSelf(nest.load(d, l)), eqSelf(nest.load(e, l))));
      isDone.set(and(isDone.value, isNumber));
    };
    findBlock();
    nest.while(
      () => and(gt(m.value, l), lt(steps.value, MOST_STEPS)),
      () => {
        steps.set(add(steps.value, 1));
        sweep(nest, { d, e, cosines, sines }, z, l, m, n);
        findBlock();
      },
    );
    isDone.set(and(isDone.value, le(m.value, l)));
  });
  return isDone.value;
};

const eqSelf = (x: Expr): Expr => le(x, x);

/** One step of implicit QL on rows `l` to `m`, and its rotations of the eigenvectors. */
const sweep = (
  nest: NestBuilder,
  { d, e, cosines, sines }: Pick<Tridiagonal, "d" | "e" | "cosines" | "sines">,
  z: Matrix,
  l: Expr,
  { value: m }: MutableVariable,
  n: number,
): void => {
  const { type } = d;
  const [first, off] = [nest.load(d, l), nest.load(e, l)];
  const ratio = nest.let(div(sub(nest.load(d, add(l, 1)), first), mul(off, 2)));
  const root = nest.let(sqrt(add(mul(ratio, ratio), 1)));
  const shift = nest.let(sub(first, div(off, add(ratio, copysign(root, ratio)))));
  const g = nest.variable(type, sub(nest.load(d, m), shift));
  const s = nest.variable(type, 1);
  const c = nest.variable(type, 1);
  const p = nest.variable(type, 0);
  const i = nest.variable("i32", sub(m, 1));
  const isWhole = nest.variable("bool", constant("bool", true));
  nest.while(
    () => and(ge(i.value, l), isWhole.value),
    () => {
      const at = i.value;
      const next = nest.let(add(at, 1));
      const f = nest.let(mul(s.value, nest.load(e, at)));
      const b = nest.let(mul(c.value, nest.load(e, at)));
      const rotation = makeRotation(nest, g.value, f);
      nest.store(e, next, rotation.r);
      nest.if(
        ne(rotation.r, 0),
        () => {
          c.set(rotation.c);
          s.set(rotation.s);
          const rest = nest.let(sub(nest.load(d, next), p.value));
          const r = nest.let(add(mul(sub(nest.load(d, at), rest), s.value), mul(mul(c.value, b), 2)));
          p.set(mul(s.value, r));
          nest.store(d, next, add(rest, p.value));
          g.set(sub(mul(c.value, r), b));
          nest.store(cosines, at, c.value);
          nest.store(sines, at, s.value);
          i.set(sub(at, 1));
        },
        () => {
          // The block fell apart on the way.
          nest.store(d, next, sub(nest.load(d, next), p.value));
          nest.store(e, m, 0);
          isWhole.set(constant("bool", false));
        },
      );
    },
  );
  nest.if(isWhole.value, () => {
    nest.store(d, l, sub(nest.load(d, l), p.value));
    nest.store(e, l, g.value);
    nest.store(e, m, 0);
  });
  rotateRowsDown(z, cosines, sines, nest.let(add(i.value, 1)), m, n);
};
