import { and, constant, div, gt, select, sqrt } from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { plus, times } from "../../kernel/strided.ts";
import {
  asLeftTransposed,
  BLOCK,
  forEachMatrix,
  lesser,
  Matrix,
  subtractProduct,
  workMatrix,
} from "./nest-matrix.ts";

/**
 * The loops of `cholesky`. They make the upper factor R = Lᵀ, whose rows are contiguous: BLOCK rows of it, then
 * the trailing matrix less the product of these rows with themselves. R is transposed at the end.
 */
export const buildCholesky = (nest: NestBuilder, count: number, n: number): void => {
  const [from, to] = [nest.inputs[0] as Buffer, nest.outputs[0] as Buffer];
  const r = workMatrix(nest, to.type, n, n);
  forEachMatrix(nest, count, (index) => {
    const a = new Matrix(nest, from, times(index, n * n), n);
    const l = new Matrix(nest, to, a.start, n);
    nest.for(n, (i) => nest.for(plus(i, 1), (j) => r.store(j, i, a.load(i, j))));
    const isPositive = nest.variable("bool", constant("bool", true));
    nest.for(Math.ceil(n / BLOCK), (block) => {
      const first = nest.let(times(block, BLOCK) as ReturnType<typeof constant>);
      const last = lesser(plus(first, BLOCK), n);
      nest.for(
        last,
        (k) => {
          subtractProduct(r, asLeftTransposed(r), r, [k, plus(k, 1)], [first, k], (i) => i, n);
          const pivot = r.load(k, k);
          isPositive.set(and(isPositive.value, gt(pivot, 0)));
          const root = nest.let(sqrt(pivot));
          const row = r.row(k);
          nest.lanes(
            n,
            (j) => nest.store(r.buffer, plus(row, j), div(nest.load(r.buffer, plus(row, j)), root)),
            k,
          );
        },
        first,
      );
      subtractProduct(r, asLeftTransposed(r), r, [last, n], [first, last], (i) => i, n);
    });
    nest.for(n, (i) => {
      nest.for(plus(i, 1), (j) => l.store(i, j, select(isPositive.value, r.load(j, i), Number.NaN)));
      nest.for(n, (j) => l.store(i, j, 0), plus(i, 1));
    });
  });
};
