import {
  type ArrayLike,
  arrayFrom,
  type DType,
  type NDArray,
  normalizeAxis,
  scalarArray,
} from "../array/index.ts";
import { ArgumentError, describeAval, inNameOf, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { operand } from "./operands.ts";
import { sum } from "./reductions.ts";
import { moveaxis, ravel } from "./shaping.ts";
import { type DTypeOption, dtypeOption } from "./types.ts";

/*
 * Matrices of a special form, and the diagonals and triangles of others.
 */

/** For each element of a matrix, which column the `k`-th diagonal has in its row, and which column it is in itself. */
const diagonalAndColumn = (n: number, m: number, k: number): [diagonal: NDArray, column: NDArray] => {
  // Diagonals farther out meet the matrix no more than these do, and fit int32.
  const shift = Math.min(Math.max(k, -n), m);
  const rows = prim.iota([n, m], "int32", 0);
  return [prim.add(rows, scalarArray(shift, "int32")), prim.iota([n, m], "int32", 1)];
};

/** Whether each element of a matrix stands on or below the `k`-th diagonal. */
const lowerTriangle = (n: number, m: number, k: number): NDArray => prim.ge(...diagonalAndColumn(n, m, k));

const checkLength = (name: string, n: number): void => {
  if (!Number.isInteger(n) || n < 0) {
    throw new ArgumentError(`${name}: lengths must be whole numbers of at least 0; got ${n}.`);
  }
};

/** A dtype option that may also shift the diagonal. */
export type DiagonalOption = number | { readonly k?: number; readonly dtype?: DType | null | undefined };

/**
 * A matrix with ones on the `k`-th diagonal and zeros elsewhere: the identity.
 *
 *     eye(2); // [[1, 0], [0, 1]]
 *
 * @example
 * np.eye(2); // [[1, 0], [0, 1]]
 */
export const eye = (
  n: number,
  m: number | null = null,
  k: DiagonalOption = 0,
  dtype?: DTypeOption,
): NDArray => {
  const columns = m ?? n;
  checkLength("eye", n);
  checkLength("eye", columns);
  const shift = typeof k === "number" ? k : (k.k ?? 0);
  checkOffset("eye", shift);
  const type = dtypeOption(typeof k === "number" ? dtype : k, "eye") ?? "float32";
  return prim.convertElementType(prim.eq(...diagonalAndColumn(n, columns, shift)), type);
};

/**
 * The identity matrix.
 *
 * @example
 * np.identity(2); // [[1, 0], [0, 1]]
 */
export const identity = (n: number, dtype?: DTypeOption): NDArray =>
  inNameOf("identity", () => eye(n, n, 0, dtype));

/**
 * A matrix with ones on and below the `k`-th diagonal and zeros above.
 *
 * @example
 * np.tri(2); // [[1, 0], [1, 1]]
 */
export const tri = (n: number, m: number | null = null, k = 0, dtype?: DTypeOption): NDArray => {
  checkLength("tri", n);
  checkLength("tri", m ?? n);
  checkOffset("tri", k);
  return prim.convertElementType(lowerTriangle(n, m ?? n, k), dtypeOption(dtype, "tri") ?? "float32");
};

const triangle =
  (name: string, choose: (mask: NDArray, x: NDArray, zero: NDArray) => NDArray, shift: number) =>
  (x: ArrayLike, k = 0): NDArray => {
    const array = operand(x, name);
    checkOffset(name, k);
    if (array.ndim < 2) throw new ShapeError(`${name}: needs at least 2 axes; got ${describeAval(array)}.`);
    const [n, m] = array.shape.slice(-2) as [number, number];
    const zero = array.dtype === "bool" ? scalarArray(0, "bool") : prim.scalarLike(array, 0);
    return choose(prim.broadcastTo(lowerTriangle(n, m, k + shift), array.shape), array, zero);
  };

/**
 * Matrices with the elements above the `k`-th diagonal replaced by 0.
 *
 * @example
 * np.tril(np.ones([2, 2])); // [[1, 0], [1, 1]]
 */
export const tril = triangle("tril", (mask, x, zero) => prim.select(mask, x, zero), 0);

/**
 * Matrices with the elements below the `k`-th diagonal replaced by 0.
 *
 * @example
 * np.triu(np.ones([2, 2])); // [[1, 1], [0, 1]]
 */
export const triu = triangle("triu", (mask, x, zero) => prim.select(mask, zero, x), -1);

/** Refuse a diagonal that is none. */
const checkOffset = (name: string, k: number): void => {
  if (!Number.isInteger(k)) {
    throw new ArgumentError(
      `${name}: diagonals are counted in whole numbers from the main one; got ${String(k)}.`,
    );
  }
};

/**
 * The diagonal `offset` places right of the main one of the matrices along two axes; it is the last axis.
 *
 * @example
 * np.diagonal(np.array([[1, 2], [3, 4]])); // [1, 4]
 */
export const diagonal = (x: ArrayLike, offset = 0, axis1 = 0, axis2 = 1): NDArray => {
  const array = operand(x, "diagonal");
  checkOffset("diagonal", offset);
  if (array.ndim < 2) throw new ShapeError(`diagonal: needs at least 2 axes; got ${describeAval(array)}.`);
  const [a, b] = [axis1, axis2].map((axis) => normalizeAxis(axis, array.ndim, "diagonal")) as [
    number,
    number,
  ];
  if (a === b) throw new ArgumentError(`diagonal: the two axes must differ; got ${axis1} and ${axis2}.`);
  const matrices = moveaxis(array, [a, b], [-2, -1]);
  const [n, m] = matrices.shape.slice(-2) as [number, number];
  const [row, column] = offset < 0 ? [-offset, 0] : [0, offset];
  const size = Math.max(0, Math.min(n - row, m - column));
  const outer = matrices.shape.slice(0, -2);
  const rows = prim.reshape(matrices, [...outer, n * m]);
  // Row by row, the elements of a diagonal stand m + 1 places apart.
  const start = size === 0 ? 0 : row * m + column;
  const end = size === 0 ? 0 : start + (size - 1) * (m + 1) + 1;
  return prim.sliceInDim(rows, start, end, outer.length, m + 1);
};

/** A square matrix with a vector on its `k`-th diagonal. */
const withDiagonal = (vector: NDArray, k: number): NDArray => {
  const n = vector.size;
  const size = n + Math.abs(k);
  const zero = vector.dtype === "bool" ? scalarArray(0, "bool") : prim.scalarLike(vector, 0);
  if (n === 0) return prim.broadcastInDim(zero, [size, size], []);
  const start = k < 0 ? -k * size : k;
  const used = start + n + (n - 1) * size;
  return prim.reshape(prim.pad(vector, zero, [[start, size * size - used, size]]), [size, size]);
};

/**
 * The `k`-th diagonal of a matrix; of a vector, the square matrix that has it there.
 *
 * @example
 * np.diag(np.array([1, 2])); // [[1, 0], [0, 2]]
 */
export const diag = (x: ArrayLike, k = 0): NDArray => {
  const array = operand(x, "diag");
  checkOffset("diag", k);
  if (array.ndim === 1) return withDiagonal(array, k);
  if (array.ndim === 2) return diagonal(array, k);
  throw new ShapeError(
    `diag: takes a vector or a matrix; got ${describeAval(array)}. For more axes use diagonal.`,
  );
};

/**
 * The square matrix with all elements of `x` on its `k`-th diagonal.
 *
 * @example
 * np.diagflat(np.array([1, 2])); // [[1, 0], [0, 2]]
 */
export const diagflat = (x: ArrayLike, k = 0): NDArray => {
  const array = operand(x, "diagflat");
  checkOffset("diagflat", k);
  return withDiagonal(ravel(array), k);
};

/**
 * The sum of the diagonal `offset` places right of the main one of the matrices along two axes.
 *
 * @example
 * np.trace(np.array([[1, 2], [3, 4]])); // 5
 */
export const trace = (x: ArrayLike, offset = 0, axis1 = 0, axis2 = 1): NDArray =>
  sum(
    inNameOf("trace", () => diagonal(x, offset, axis1, axis2)),
    -1,
  );

/** Positions in an n × m matrix, row by row: in each row those from one column to before another. They are known while tracing. */
const positions = (
  n: number,
  m: number,
  span: (row: number) => readonly [from: number, to: number],
): readonly [rows: NDArray, columns: NDArray] => {
  const [rows, columns]: [number[], number[]] = [[], []];
  for (let row = 0; row < n; row++) {
    const [from, to] = span(row);
    for (let column = Math.max(0, from); column < Math.min(m, to); column++) {
      rows.push(row);
      columns.push(column);
    }
  }
  return [arrayFrom(rows, "int32"), arrayFrom(columns, "int32")];
};

/**
 * Rows and columns of the elements on and below the `k`-th diagonal of an n × m matrix.
 *
 * @example
 * np.trilIndices(2); // [[0, 1, 1], [0, 0, 1]]
 */
export const trilIndices = (n: number, k = 0, m: number = n): readonly [rows: NDArray, columns: NDArray] => {
  checkLength("trilIndices", n);
  checkLength("trilIndices", m);
  checkOffset("trilIndices", k);
  return positions(n, m, (row) => [0, row + k + 1]);
};

/**
 * Rows and columns of the elements on and above the `k`-th diagonal of an n × m matrix.
 *
 * @example
 * np.triuIndices(2); // [[0, 0, 1], [0, 1, 1]]
 */
export const triuIndices = (n: number, k = 0, m: number = n): readonly [rows: NDArray, columns: NDArray] => {
  checkLength("triuIndices", n);
  checkLength("triuIndices", m);
  checkOffset("triuIndices", k);
  return positions(n, m, (row) => [row + k, m]);
};

const requireMatrix = (name: string, x: ArrayLike): NDArray => {
  const array = operand(x, name);
  if (array.ndim === 2) return array;
  throw new ShapeError(`${name}: takes a matrix; got ${describeAval(array)}.`);
};

/**
 * `trilIndices` of a matrix of the shape of `x`.
 *
 * @example
 * np.trilIndicesFrom(np.zeros([2, 2])); // [[0, 1, 1], [0, 0, 1]]
 */
export const trilIndicesFrom = (x: ArrayLike, k = 0): readonly [rows: NDArray, columns: NDArray] => {
  const [n, m] = requireMatrix("trilIndicesFrom", x).shape as readonly [number, number];
  return inNameOf("trilIndicesFrom", () => trilIndices(n, k, m));
};

/**
 * `triuIndices` of a matrix of the shape of `x`.
 *
 * @example
 * np.triuIndicesFrom(np.zeros([2, 2])); // [[0, 0, 1], [0, 1, 1]]
 */
export const triuIndicesFrom = (x: ArrayLike, k = 0): readonly [rows: NDArray, columns: NDArray] => {
  const [n, m] = requireMatrix("triuIndicesFrom", x).shape as readonly [number, number];
  return inNameOf("triuIndicesFrom", () => triuIndices(n, k, m));
};

/**
 * The positions of the main diagonal of an array of `ndim` axes of length `n`, one vector an axis.
 *
 * @example
 * np.diagIndices(2); // [[0, 1], [0, 1]]
 */
export const diagIndices = (n: number, ndim = 2): readonly NDArray[] => {
  checkLength("diagIndices", n);
  return prim.range(ndim).map(() => prim.iota([n], "int32", 0));
};

/**
 * `diagIndices` of an array with equal axes.
 *
 * @example
 * np.diagIndicesFrom(np.zeros([2, 2])); // [[0, 1], [0, 1]]
 */
export const diagIndicesFrom = (x: ArrayLike): readonly NDArray[] => {
  const array = operand(x, "diagIndicesFrom");
  const n = array.shape[0];
  if (n === undefined || array.ndim < 2 || array.shape.some((m) => m !== n)) {
    throw new ShapeError(
      `diagIndicesFrom: needs at least 2 axes, all of equal length; got ${describeAval(array)}.`,
    );
  }
  return diagIndices(n, array.ndim);
};
