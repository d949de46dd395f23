import {
  add,
  constant,
  type Expr,
  min,
  mul,
  type Operand,
  type ScalarType,
  shr,
  sub,
} from "../../kernel/expr.ts";
import type { Buffer, MutableVariable, NestBuilder } from "../../kernel/nest.ts";
import { plus, settled, times } from "../../kernel/strided.ts";

/*
 * Matrices in the buffers of a nest, and the loops that the factorizations are made of.
 */

/** How many rows and columns are factored before what is left is updated by a product. */
export const BLOCK = 32;

/** Rows that are a multiple of so many elements apart would all fall into the same lines of the processor's cache. */
const CONFLICT = 64;

/** How many rows of a product are computed at once, so that what they share is loaded once. */
const TILE = 4;

/** A matrix in a buffer, row by row. */
export class Matrix {
  readonly nest: NestBuilder;
  readonly buffer: Buffer;
  readonly start: Operand;
  readonly stride: number;

  /** `start` is where its first element stands, `stride` how far apart rows are. */
  constructor(nest: NestBuilder, buffer: Buffer, start: Operand, stride: number) {
    this.nest = nest;
    this.buffer = buffer;
    this.start = settled(nest, start);
    this.stride = stride;
  }

  /** Where row `i` begins, computed here. */
  row(i: Operand): Operand {
    return settled(this.nest, plus(this.start, times(i, this.stride)));
  }

  place(i: Operand, j: Operand): Operand {
    return plus(plus(this.start, times(i, this.stride)), j);
  }

  load(i: Operand, j: Operand): Expr {
    return this.nest.load(this.buffer, this.place(i, j));
  }

  store(i: Operand, j: Operand, value: Operand): void {
    this.nest.store(this.buffer, this.place(i, j), value);
  }
}

/** A matrix of its own to work in, whose rows stand apart so that columns are not all in the same lines of the cache. */
export const workMatrix = (nest: NestBuilder, type: ScalarType, rows: number, columns: number): Matrix => {
  const stride = columns % CONFLICT === 0 ? columns + CONFLICT / 8 : columns;
  return new Matrix(nest, nest.scratch(type, Math.max(1, rows * stride)), 0, stride);
};

/** `a − b` of indices. */
export const minus = (a: Operand, b: Operand): Operand => {
  if (b === 0) return a;
  if (typeof a === "number") return typeof b === "number" ? a - b : sub(a, b);
  return sub(a, b);
};

/** `count − 1 − step`: indices in reverse. */
export const downFrom = (count: number, step: Expr): Expr => add(mul(step, -1), count - 1);

/** Runs `body` for each of `count` matrices of a stack. */
export const forEachMatrix = (nest: NestBuilder, count: number, body: (index: Expr) => void): void => {
  if (count > 0) nest.for(count, body);
};

/** Copies `rows` × `columns` elements, which may be those of the other triangle: `isTransposed` reads columns. */
export const copyMatrix = (from: Matrix, to: Matrix, rows: Operand, columns: Operand): void => {
  const { nest } = to;
  nest.for(rows, (i) => {
    const [source, target] = [from.row(i), to.row(i)];
    nest.lanes(columns, (j) =>
      nest.store(to.buffer, plus(target, j), nest.load(from.buffer, plus(source, j))),
    );
  });
};

/** Elements of the left operand of a product: (i, p) stands at `start + i · rowStride + p · innerStride`. */
export interface LeftOperand {
  readonly buffer: Buffer;
  readonly start: Operand;
  readonly rowStride: number;
  readonly innerStride: number;
}

/** A matrix as the left operand of a product. */
export const asLeft = ({ buffer, start, stride }: Matrix): LeftOperand => ({
  buffer,
  start,
  rowStride: stride,
  innerStride: 1,
});

/** The transpose of a matrix as the left operand of a product. */
export const asLeftTransposed = ({ buffer, start, stride }: Matrix): LeftOperand => ({
  buffer,
  start,
  rowStride: 1,
  innerStride: stride,
});

/** From a first index up to, and without, a last. */
export type Span = readonly [from: Operand, to: Operand];

/**
 * `target[i, j] −= Σ left[i, p] · right[p, j]` for `i` of `rows`, `p` of `inner` and `j` from `columnsFrom(i)` to
 * `columnsTo`. Rows are taken four at a time: the columns of all four begin where the first one's do.
 */
export const subtractProduct = (
  target: Matrix,
  left: LeftOperand,
  right: Matrix,
  rows: Span,
  inner: Span,
  columnsFrom: (row: Operand) => Operand,
  columnsTo: Operand,
): void => {
  const { nest, buffer } = target;
  const [first, last] = rows;
  const [low, high] = inner;
  const depth = settled(nest, minus(high, low));
  const rightStart = right.row(low);
  const leftStart = settled(nest, plus(left.start, times(low, left.innerStride)));
  const strip = (height: number, i: Operand): void => {
    const places = Array.from({ length: height }, (_, r) => target.row(plus(i, r)));
    const leftAt = settled(nest, plus(leftStart, times(i, left.rowStride)));
    nest.lanes(
      columnsTo,
      (j) => {
        const sums = places.map(
          (row): MutableVariable => nest.variable(buffer.type, nest.load(buffer, plus(row, j))),
        );
        const l = nest.variable("i32", leftAt);
        const r = nest.variable("i32", plus(rightStart, j));
        nest.for(depth, () => {
          const b = nest.load(right.buffer, r.value);
          sums.forEach((sum, k) => {
            const a = nest.load(left.buffer, plus(l.value, k * left.rowStride));
            sum.set(sub(sum.value, mul(a, b)));
          });
          l.set(add(l.value, left.innerStride));
          r.set(add(r.value, right.stride));
        });
        sums.forEach((sum, k) => {
          nest.store(buffer, plus(places[k] as Operand, j), sum.value);
        });
      },
      columnsFrom(i),
    );
  };
  const count = nest.let(asIndex(minus(last, first)));
  const strips = nest.let(shr(count, Math.log2(TILE)));
  nest.for(strips, (s) => strip(TILE, settled(nest, plus(first, times(s, TILE)))));
  nest.for(last, (i) => strip(1, i), plus(first, times(strips, TILE)));
};

/** One row of `subtractProduct`: `target[i, j] −= Σ left(p) · right[p, j]`, where `left` loads what stands at `p`. */
export const subtractFromRow = (
  target: Matrix,
  i: Operand,
  left: LeftOperand,
  right: Matrix,
  inner: Span,
  columns: Span,
): void => {
  subtractProduct(target, left, right, [i, plus(i, 1)], inner, () => columns[0], columns[1]);
};

const asIndex = (operand: Operand): Expr =>
  typeof operand === "number" ? constant("i32", operand) : operand;

/** The lesser of two indices. */
export const lesser = (a: Operand, b: number): Operand =>
  typeof a === "number" ? Math.min(a, b) : min(a, b);
