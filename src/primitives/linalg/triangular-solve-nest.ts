import { add, div, type Expr, max, min, mul, type Operand, sub } from "../../kernel/expr.ts";
import type { Buffer, NestBuilder } from "../../kernel/nest.ts";
import { plus, times } from "../../kernel/strided.ts";
import {
  asLeft,
  BLOCK,
  copyMatrix,
  forEachMatrix,
  Matrix,
  minus,
  subtractProduct,
  workMatrix,
} from "./nest-matrix.ts";

/** What is solved: `count` systems of `n` equations, for `columns` right-hand sides each. */
export interface TriangularSystems {
  readonly count: number;
  readonly n: number;
  readonly columns: number;
  readonly lower: boolean;
  readonly unitDiagonal: boolean;
}

/**
 * The loops of `triangularSolve`: BLOCK unknowns are solved for, then all other equations are relieved of them. Of an
 * upper triangle, the last come first.
 */
export const buildTriangularSolve = (nest: NestBuilder, systems: TriangularSystems): void => {
  const [from, rhs, to] = [...nest.inputs, ...nest.outputs] as [Buffer, Buffer, Buffer];
  const { count, n, columns } = systems;
  const x = workMatrix(nest, to.type, n, columns);
  forEachMatrix(nest, count, (index) => {
    const a = new Matrix(nest, from, times(index, n * n), n);
    const start = nest.let(mul(index, n * columns));
    copyMatrix(new Matrix(nest, rhs, start, columns), x, n, columns);
    if (columns === 1) solveVector(a, x, systems);
    else solveMatrix(a, x, systems);
    copyMatrix(x, new Matrix(nest, to, start, columns), n, columns);
  });
};

/** One right-hand side: each unknown is an inner product of a row with what has been found. */
const solveVector = (a: Matrix, x: Matrix, { n, lower, unitDiagonal }: TriangularSystems): void => {
  const { nest } = a;
  nest.for(n, (step) => {
    const k = nest.let(lower ? step : sub(add(mul(step, -1), n), 1));
    const row = a.row(k);
    const known = nest.sum(
      lower ? k : n,
      (p) => mul(nest.load(a.buffer, plus(row, p)), nest.load(x.buffer, plus(x.start, p))),
      lower ? 0 : plus(k, 1),
    );
    const rest = sub(x.load(k, 0), known);
    x.store(k, 0, unitDiagonal ? rest : div(rest, a.load(k, k)));
  });
};

const solveMatrix = (a: Matrix, x: Matrix, { n, columns, lower, unitDiagonal }: TriangularSystems): void => {
  const { nest } = a;
  const left = asLeft(a);
  const relieve = (from: Operand, to: Operand, low: Operand, high: Operand): void =>
    subtractProduct(x, left, x, [from, to], [low, high], () => 0, columns);
  const solveRow = (k: Expr, low: Operand, high: Operand): void => {
    relieve(k, plus(k, 1), low, high);
    if (unitDiagonal) return;
    const pivot = a.load(k, k);
    const row = x.row(k);
    nest.lanes(columns, (j) =>
      nest.store(x.buffer, plus(row, j), div(nest.load(x.buffer, plus(row, j)), pivot)),
    );
  };
  nest.for(Math.ceil(n / BLOCK), (block) => {
    if (lower) {
      const first = nest.let(mul(block, BLOCK));
      const last = nest.let(min(add(first, BLOCK), n));
      nest.for(last, (k) => solveRow(k, first, k), first);
      relieve(last, n, first, last);
    } else {
      const last = nest.let(add(mul(block, -BLOCK), n));
      const first = nest.let(max(sub(last, BLOCK), 0));
      nest.for(minus(last, first), (step) => {
        const k = nest.let(sub(sub(last, 1), step));
        solveRow(k, plus(k, 1), last);
      });
      relieve(0, first, first, last);
    }
  });
};
