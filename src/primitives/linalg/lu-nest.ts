import { abs, div, type Expr, gt, min, mul, ne, type Operand, sub } from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { plus } from "../../kernel/strided.ts";
import {
  asLeft,
  BLOCK,
  copyMatrix,
  forEachMatrix,
  Matrix,
  subtractProduct,
  workMatrix,
} from "./nest-matrix.ts";

/**
 * The loops of `lu`: BLOCK columns are factored with all their rows, which settles pivots; then these columns' rows of
 * U, and what is left less the product of both.
 */
export const buildLu = (nest: NestBuilder, count: number, rows: number, columns: number): void => {
  const from = nest.inputs[0] as Buffer;
  const [to, pivots, permutation] = nest.outputs as readonly [Buffer, Buffer, Buffer];
  const rank = Math.min(rows, columns);
  const a = workMatrix(nest, to.type, rows, columns);
  forEachMatrix(nest, count, (index) => {
    const start = nest.let(mul(index, rows * columns));
    copyMatrix(new Matrix(nest, from, start, columns), a, rows, columns);
    const pivotStart = nest.let(mul(index, rank));
    const placeStart = nest.let(mul(index, rows));
    nest.for(rows, (i) => nest.store(permutation, plus(placeStart, i), i));
    nest.for(Math.ceil(rank / BLOCK), (block) => {
      const first = nest.let(mul(block, BLOCK));
      const last = nest.let(min(plus(first, BLOCK) as Expr, rank));
      nest.for(
        last,
        (k) => {
          const pivot = pivotOf(a, k, rows);
          nest.store(pivots, plus(pivotStart, k), pivot);
          nest.if(ne(pivot, k), () => {
            swapRows(a, k, pivot, columns);
            swap(nest, permutation, plus(placeStart, k), plus(placeStart, pivot));
          });
          eliminate(a, k, rows, last);
        },
        first,
      );
      nest.for(
        last,
        (k) => subtractProduct(a, asLeft(a), a, [k, plus(k, 1)], [first, k], () => last, columns),
        first,
      );
      subtractProduct(a, asLeft(a), a, [last, rows], [first, last], () => last, columns);
    });
    copyMatrix(a, new Matrix(nest, to, start, columns), rows, columns);
  });
};

/** The row, from `k` on, with the greatest element in column `k`; the first of several. */
const pivotOf = (a: Matrix, k: Expr, rows: number): Expr => {
  const { nest } = a;
  const greatest = nest.variable(a.buffer.type, abs(a.load(k, k)));
  const place = nest.variable("i32", k);
  nest.for(
    rows,
    (i) => {
      const size = nest.let(abs(a.load(i, k)));
      nest.if(gt(size, greatest.value), () => {
        greatest.set(size);
        place.set(i);
      });
    },
    plus(k, 1),
  );
  return place.value;
};

const swap = (nest: NestBuilder, buffer: Buffer, i: Operand, j: Operand): void => {
  const [x, y] = [nest.load(buffer, i), nest.load(buffer, j)];
  nest.store(buffer, i, y);
  nest.store(buffer, j, x);
};

const swapRows = (a: Matrix, i: Operand, j: Operand, columns: number): void => {
  const [upper, lower] = [a.row(i), a.row(j)];
  a.nest.lanes(columns, (c) => swap(a.nest, a.buffer, plus(upper, c), plus(lower, c)));
};

/** Divides column `k` by its pivot, unless that is 0, and takes multiples of row `k` from the rows below up to column `last`. */
const eliminate = (a: Matrix, k: Expr, rows: number, last: Expr): void => {
  const { nest, buffer } = a;
  const pivot = a.load(k, k);
  const top = a.row(k);
  const next = plus(k, 1);
  nest.if(ne(pivot, 0), () =>
    nest.for(
      rows,
      (i) => {
        const row = a.row(i);
        const factor = nest.let(div(nest.load(buffer, plus(row, k)), pivot));
        nest.store(buffer, plus(row, k), factor);
        nest.lanes(
          last,
          (j) => {
            const x = nest.load(buffer, plus(row, j));
            nest.store(buffer, plus(row, j), sub(x, mul(factor, nest.load(buffer, plus(top, j)))));
          },
          next,
        );
      },
      next,
    ),
  );
};
