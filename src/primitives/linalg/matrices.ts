import {
  allocate,
  ConcreteArray,
  type DType,
  denseData,
  isFloat,
  type NDArray,
  type Shape,
  sizeOf,
  type TypedArray,
} from "../../array/index.ts";
import {
  type ArgumentSpec,
  type Aval,
  type BatchAxis,
  type BatchResult,
  bind,
  type Chooser,
  DTypeError,
  describeAval,
  type Params,
  type Primitive,
  ShapeError,
} from "../../core/index.ts";
import { batchedAtFront, broadcastInDim, reduceSum, zerosLike } from "../broadcast.ts";
import { dotGeneral } from "../dot.ts";
import { add } from "../elementwise/add.ts";
import { div, mul, sub } from "../elementwise/arithmetic.ts";
import { eq, ge } from "../elementwise/comparison.ts";
import { convertElementType } from "../elementwise/conversion.ts";
import { select } from "../elementwise/select.ts";
import { gather } from "../indexing/gather.ts";
import { iota } from "../iota.ts";
import { slice } from "../padding.ts";
import { range, scalarLike } from "../rules.ts";
import { reshape, transpose } from "../shape.ts";

/*
 * What the rules of linear algebra share. All of it treats an array as a stack of matrices: the last two axes are rows
 * and columns, those before count matrices.
 */

/** Rows and columns of the matrices. */
export const matrixShape = ({ shape }: { readonly shape: Shape }): readonly [rows: number, columns: number] =>
  shape.slice(-2) as [number, number];

/** The axes that count matrices. */
export const stackShape = ({ shape }: { readonly shape: Shape }): number[] => shape.slice(0, -2);

/** The steps of a factorization, without its constant factor: m·n·min(m, n) for each matrix. */
export const cubicWork = (x: Aval): number => sizeOf(x.shape) * Math.min(...matrixShape(x));

/** Refuses what is not a stack of matrices of floats. */
export const checkMatrices = (name: string, x: Aval): void => {
  if (!isFloat(x.dtype)) {
    throw new DTypeError(
      `${name}: takes matrices of floats; got ${describeAval(x)}. Convert with astype("float32") or "float64".`,
    );
  }
  if (x.shape.length < 2) {
    throw new ShapeError(
      `${name}: takes matrices, which have at least 2 axes; got ${describeAval(x)}. Make one with reshape.`,
    );
  }
};

/** Refuses what is not a stack of square matrices of floats. */
export const checkSquare = (name: string, x: Aval): void => {
  checkMatrices(name, x);
  const [rows, columns] = matrixShape(x);
  if (rows !== columns) {
    throw new ShapeError(
      `${name}: takes square matrices, whose last two axes have equal lengths; got ${describeAval(x)}.`,
    );
  }
};

/** Matrices with rows and columns exchanged. */
export const transposed = (x: NDArray): NDArray => {
  const rank = x.shape.length;
  return transpose(x, [...range(rank - 2), rank - 1, rank - 2]);
};

/** Products of matrices, one by one. */
export const multiplied = (x: NDArray, y: NDArray): NDArray => {
  const rank = x.shape.length;
  const stack = range(rank - 2);
  return dotGeneral(x, y, {
    lhsContracting: [rank - 1],
    rhsContracting: [rank - 2],
    lhsBatch: stack,
    rhsBatch: stack,
  });
};

/** Whether each element stands on the `k`-th diagonal or below it. */
const isBelow = (shape: Shape, k: number): NDArray => {
  const rank = shape.length;
  const row = iota(shape, "int32", rank - 2);
  const limit = k === 0 ? row : addOffset(row, k);
  return ge(limit, iota(shape, "int32", rank - 1));
};

const addOffset = (x: NDArray, k: number): NDArray => add(x, scalarLike(x, k));

/** What stands on the `k`-th diagonal or below it, zeros elsewhere. */
export const lowerTriangle = (x: NDArray, k = 0): NDArray => select(isBelow(x.shape, k), x, zerosLike(x));

/** What stands on the `k`-th diagonal or above it, zeros elsewhere. */
export const upperTriangle = (x: NDArray, k = 0): NDArray => select(isBelow(x.shape, k - 1), zerosLike(x), x);

/** What stands on the diagonal, zeros elsewhere. */
export const diagonalPart = (x: NDArray): NDArray => upperTriangle(lowerTriangle(x));

/** Identity matrices, or the first rows or columns of such. */
export const identities = (shape: Shape, dtype: DType): NDArray => {
  const rank = shape.length;
  return convertElementType(eq(iota(shape, "int32", rank - 2), iota(shape, "int32", rank - 1)), dtype);
};

/** The elements on the diagonals of matrices [..., m, n]: [..., min(m, n)]. */
export const diagonals = (x: NDArray): NDArray => {
  const [rows, columns] = matrixShape(x);
  const n = Math.min(rows, columns);
  const square = rows === columns ? x : part(x, [0, n], [0, n]);
  return reduceSum(diagonalPart(square), [stackShape(x).length]);
};

/** The rows and columns of matrices that are named by two spans, from and up to. */
export const part = (
  x: NDArray,
  rows: readonly [number, number],
  columns: readonly [number, number],
): NDArray => {
  const stack = stackShape(x);
  return slice(x, [...stack.map(() => 0), rows[0], columns[0]], [...stack, rows[1], columns[1]]);
};

/** The symmetric matrix whose lower triangle is that of `x`. */
export const symmetricFromLower = (x: NDArray): NDArray =>
  add(lowerTriangle(x), transposed(lowerTriangle(x, -1)));

/** Vectors [..., n] as all rows of matrices of `shape`, [..., m, n]. */
export const asRows = (x: NDArray, shape: Shape): NDArray => {
  const rank = shape.length;
  return broadcastInDim(x, shape, [...range(rank - 2), rank - 1]);
};

/** Vectors [..., m] as all columns of matrices of `shape`, [..., m, n]. */
export const asColumns = (x: NDArray, shape: Shape): NDArray =>
  broadcastInDim(x, shape, range(shape.length - 1));

/** 1/(x[j] − x[i]) for vectors [..., n], [..., n, n], and 0 on the diagonal; infinite where two elements are equal. */
export const inverseDifferences = (x: NDArray): NDArray => {
  const shape = [...x.shape, x.shape.at(-1) as number];
  const one = identities(shape, x.dtype);
  const full = broadcastInDim(scalarLike(x, 1), shape, []);
  return sub(div(full, add(sub(asRows(x, shape), asColumns(x, shape)), one)), one);
};

/** `x` times a number. */
export const scaled = (x: NDArray, factor: number): NDArray => mul(x, scalarLike(x, factor));

/** `(x + xᵀ)/2`, of stacks of square matrices. */
export const symmetrized = (x: NDArray): NDArray => scaled(add(x, transposed(x)), 0.5);

/** The batching of a primitive that treats each matrix of a stack alike: the batch is one more axis that counts. */
export const batchMatrices =
  <P extends Params>(primitive: () => Primitive<P>) =>
  (inputs: readonly NDArray[], axes: readonly BatchAxis[], size: number, params: P): BatchResult => {
    const outputs = bind(
      primitive(),
      inputs.map((x, i) => batchedAtFront(x, axes[i] ?? null, size)),
      params,
    );
    return { outputs, axes: outputs.map(() => 0) };
  };

/**
 * Reference evaluation matrix by matrix: `f` gets the elements of one matrix of each input in float64, row by row, and
 * returns those of one matrix (or vector) of each output.
 */
export const eachMatrix = (
  inputs: readonly ConcreteArray[],
  outputs: readonly Aval[],
  f: (...matrices: Float64Array[]) => readonly ArrayLike<number>[],
): ConcreteArray[] => {
  const count = sizeOf(stackShape(inputs[0] as ConcreteArray));
  const given = inputs.map((x) => Float64Array.from(denseData(x)));
  const made = outputs.map(({ dtype, shape }) => allocate(dtype, sizeOf(shape)));
  for (let i = 0; i < count; i++) {
    const results = f(
      ...given.map((data) => data.slice((i * data.length) / count, ((i + 1) * data.length) / count)),
    );
    made.forEach((data: TypedArray, k) => {
      data.set(results[k] as ArrayLike<number>, (i * data.length) / count);
    });
  }
  return outputs.map(
    ({ shape, dtype, weakType }, k) => new ConcreteArray(made[k] as TypedArray, shape, dtype, weakType),
  );
};

/** Axes that count matrices, few of them. */
export const drawStack = (choose: Chooser): number[] => choose.shape({ maxRank: 1, maxLength: 2 });

/** Square matrices whose eigenvalues are far enough apart for laws of their derivatives. */
export const drawSeparated = (choose: Chooser): ArgumentSpec => {
  const n = choose.int(0, 4);
  return {
    shape: [...drawStack(choose), n, n],
    dtype: choose.floatDType(),
    elements: { min: -0.125, max: 0.125 },
    diagonal: { min: -8, max: 8, distinct: true, margin: 1 },
  };
};

/** The rows of matrices [..., m, n] that are named by int32 [..., k], in their order. */
export const rowsAt = (x: NDArray, rows: NDArray): NDArray => {
  const stack = range(stackShape(x).length);
  const axis = stack.length;
  return gather(
    x,
    reshape(rows, [...rows.shape, 1]),
    {
      offsetDims: [axis + 1],
      collapsedSliceDims: [axis],
      startIndexMap: [axis],
      operandBatchingDims: stack,
      startIndicesBatchingDims: stack,
    },
    [...[...stack, axis].map((i) => Math.min(1, x.shape[i] as number)), matrixShape(x)[1]],
    { mode: "promise_in_bounds", uniqueIndices: true },
  );
};
