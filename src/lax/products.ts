import type { ArrayLike, DType, NDArray } from "../array/index.ts";
import { ArgumentError, describeAval, inNameOf, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { operands } from "./operands.ts";

export type { DotDimensionNumbers } from "../primitives/index.ts";

type Axes = readonly number[];

/** JAX's way to write dimension numbers: contracting axes of both, batch axes of both. */
export type DotDimensionPairs = readonly [
  contracting: readonly [lhs: Axes, rhs: Axes],
  batch: readonly [lhs: Axes, rhs: Axes],
];

/** Options of products. */
export interface DotOptions {
  /** The dtype to accumulate in. */
  readonly preferredElementType?: DType;
}

const isPairs = (numbers: prim.DotDimensionNumbers | DotDimensionPairs): numbers is DotDimensionPairs =>
  Array.isArray(numbers);

const numbersOf = (given: prim.DotDimensionNumbers | DotDimensionPairs): prim.DotDimensionNumbers => {
  if (!isPairs(given)) return given;
  const [contracting, batch] = given;
  if (contracting === undefined || batch === undefined) {
    throw new ArgumentError(
      "dotGeneral: dimension numbers are [[lhsContracting, rhsContracting], [lhsBatch, rhsBatch]].",
    );
  }
  return {
    lhsContracting: contracting[0],
    rhsContracting: contracting[1],
    lhsBatch: batch[0],
    rhsBatch: batch[1],
  };
};

/**
 * Sums of products along paired axes, for each place of paired batch axes.
 *
 * @example
 * lax.dotGeneral(np.ones([5, 2, 3]), np.ones([5, 3, 4]), [[[2], [1]], [[0], [0]]]); // float32[5, 2, 4]
 */
export const dotGeneral = (
  lhs: ArrayLike,
  rhs: ArrayLike,
  dimensionNumbers: prim.DotDimensionNumbers | DotDimensionPairs,
  { preferredElementType }: DotOptions = {},
): NDArray => {
  const [x, y] = operands("dotGeneral", [lhs, rhs]) as readonly [NDArray, NDArray];
  return prim.dotGeneral(x, y, numbersOf(dimensionNumbers), preferredElementType);
};

/**
 * The product of vectors and matrices.
 *
 * @example
 * lax.dot(np.array([1, 2]), np.array([3, 4])); // 11
 */
export const dot = (lhs: ArrayLike, rhs: ArrayLike, options: DotOptions = {}): NDArray => {
  const [x, y] = operands("dot", [lhs, rhs]) as readonly [NDArray, NDArray];
  if (x.ndim < 1 || x.ndim > 2 || y.ndim < 1 || y.ndim > 2) {
    throw new ShapeError(
      `dot: takes vectors and matrices; got ${describeAval(x)} and ${describeAval(y)}. Use dotGeneral.`,
    );
  }
  const numbers = { lhsContracting: [x.ndim - 1], rhsContracting: [0], lhsBatch: [], rhsBatch: [] };
  return inNameOf("dot", () => dotGeneral(x, y, numbers, options));
};

/**
 * Products of matrices, one for each place of the axes before the last two, which must be equal.
 *
 * @example
 * lax.batchMatmul(np.ones([5, 2, 3]), np.ones([5, 3, 4])); // float32[5, 2, 4]
 */
export const batchMatmul = (lhs: ArrayLike, rhs: ArrayLike, options: DotOptions = {}): NDArray => {
  const [x, y] = operands("batchMatmul", [lhs, rhs]) as readonly [NDArray, NDArray];
  if (x.ndim < 2 || x.ndim !== y.ndim) {
    throw new ShapeError(
      `batchMatmul: takes arrays with equally many axes, at least 2; got ${describeAval(x)} and ${describeAval(y)}.`,
    );
  }
  const batch = prim.range(x.ndim - 2);
  const numbers = {
    lhsContracting: [x.ndim - 1],
    rhsContracting: [x.ndim - 2],
    lhsBatch: batch,
    rhsBatch: batch,
  };
  return inNameOf("batchMatmul", () => dotGeneral(x, y, numbers, options));
};
