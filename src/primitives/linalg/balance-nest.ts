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
  le,
  lt,
  mul,
  ne,
  select,
  sub,
} from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { downFrom, type Matrix } from "./nest-matrix.ts";

/** How often all rows and columns are balanced at most, and between which powers of 2 their scales stay. */
const MOST_ROUNDS = 20;
const MOST_SCALE = 2 ** 40;

/**
 * Scales rows and columns by powers of 2 so that the norm of each row is about that of its column: D⁻¹ A D, where D goes to
 * `scales` (Parlett & Reinsch 1969).
 */
export const balance = (nest: NestBuilder, a: Matrix, scales: Buffer, n: number): void => {
  const { type } = a.buffer;
  const isChanged = nest.variable("bool", constant("bool", n > 1));
  const rounds = nest.variable("i32", 0);
  nest.while(
    () => and(isChanged.value, lt(rounds.value, MOST_ROUNDS)),
    () => {
      isChanged.set(constant("bool", false));
      rounds.set(add(rounds.value, 1));
      nest.for(n, (i) => {
        const [c, r] = [nest.variable(type, 0), nest.variable(type, 0)];
        nest.for(n, (j) => {
          const isOther = ne(i, j);
          c.set(add(c.value, select(isOther, abs(a.load(j, i)), 0)));
          r.set(add(r.value, select(isOther, abs(a.load(i, j)), 0)));
        });
        nest.if(and(gt(c.value, 0), gt(r.value, 0)), () => {
          const sum = nest.let(add(c.value, r.value));
          const f = nest.variable(type, 1);
          const column = nest.variable(type, c.value);
          nest.while(
            () => and(lt(column.value, mul(r.value, 0.5)), lt(f.value, MOST_SCALE)),
            () => {
              f.set(mul(f.value, 2));
              column.set(mul(column.value, 4));
            },
          );
          nest.while(
            () => and(ge(column.value, mul(r.value, 2)), gt(f.value, 1 / MOST_SCALE)),
            () => {
              f.set(mul(f.value, 0.5));
              column.set(mul(column.value, 0.25));
            },
          );
          const scale = nest.let(mul(nest.load(scales, i), f.value));
          const isModest = and(lt(scale, MOST_SCALE), gt(scale, 1 / MOST_SCALE));
          const isBetter = lt(add(column.value, r.value), mul(mul(sum, 0.95), f.value));
          nest.if(and(isModest, isBetter), () => {
            isChanged.set(constant("bool", true));
            nest.store(scales, i, scale);
            nest.for(n, (j) => a.store(i, j, div(a.load(i, j), f.value)));
            nest.for(n, (j) => a.store(j, i, mul(a.load(j, i), f.value)));
          });
        });
      });
    },
  );
};

/**
 * Exchanges rows and the columns of the same numbers so that eigenvalues that stand alone, as all else in their row or column
 * is 0, come to the ends of the diagonal, where they are found exactly; `zt` collects the exchanges.
 */
export const isolate = (nest: NestBuilder, a: Matrix, zt: Matrix, n: number): void => {
  const { type } = a.buffer;
  const [low, high] = [nest.variable("i32", 0), nest.variable("i32", n - 1)];
  const isChanged = nest.variable("bool", constant("bool", true));
  const exchange = (i: Expr, k: Expr): void => {
    const swap = (x: Matrix, p: readonly [Expr, Expr], q: readonly [Expr, Expr]): void => {
      const [one, other] = [x.load(...p), x.load(...q)];
      x.store(...p, other);
      x.store(...q, one);
    };
    nest.for(n, (j) => {
      swap(a, [i, j], [k, j]);
      swap(zt, [i, j], [k, j]);
    });
    nest.for(n, (j) => swap(a, [j, i], [j, k]));
  };
  /** Whether all elements but that on the diagonal are 0, of row or column `i` between the ends. */
  const isAlone = (i: Expr, element: (j: Expr) => Expr): Expr => {
    const sum = nest.variable(type, 0);
    nest.for(
      add(high.value, 1),
      (j) => sum.set(add(sum.value, select(ne(i, j), abs(element(j)), 0))),
      low.value,
    );
    return nest.let(and(eq(sum.value, 0), and(ge(i, low.value), le(i, high.value))));
  };
  nest.while(
    () => and(isChanged.value, lt(low.value, high.value)),
    () => {
      isChanged.set(constant("bool", false));
      nest.for(n, (step) => {
        const i = nest.let(downFrom(n, step));
        nest.if(
          isAlone(i, (j) => a.load(i, j)),
          () => {
            exchange(i, nest.let(high.value));
            high.set(sub(high.value, 1));
            isChanged.set(constant("bool", true));
          },
        );
      });
      nest.for(n, (i) => {
        nest.if(
          isAlone(i, (j) => a.load(j, i)),
          () => {
            exchange(i, nest.let(low.value));
            low.set(add(low.value, 1));
            isChanged.set(constant("bool", true));
          },
        );
      });
    },
  );
};
