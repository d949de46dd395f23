import {
  type ArrayLike,
  arrayFrom,
  ConcreteArray,
  denseData,
  type NDArray,
  scalarArray,
  sizeOf,
} from "../array/index.ts";
import { ConcretizationError, describeAval, inNameOf } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { operand, truth } from "./operands.ts";
import { ravel, reshape } from "./shaping.ts";

/** How many positions to give, so that the shape of the result is known while a function is traced. */
export interface SizeOptions {
  /** Exactly so many: the first ones, or filled up. */
  readonly size?: number | null;
  /** What fills up a result that is shorter than `size`. */
  readonly fillValue?: number;
}

const needsSize = (name: string, x: NDArray): ConcretizationError =>
  new ConcretizationError(
    `${name}: how many elements of ${describeAval(x)} are not 0 is not known while a function is traced, and so neither ` +
      "is the shape of the result. Give `size`, or use where(condition, x, y), which keeps the shape.",
  );

/** The positions of what is true in a row of concrete booleans. */
const trueAt = (mask: ConcreteArray): number[] => {
  const positions: number[] = [];
  denseData(mask).forEach((isTrue: number, i: number) => {
    if (isTrue !== 0) positions.push(i);
  });
  return positions;
};

/** The first `size` positions of what is true in a flat mask, filled up with `n`, the length of the mask. */
const firstTrue = (mask: NDArray, size: number): NDArray => {
  const n = mask.size;
  if (size === 0) return prim.broadcastInDim(scalarArray(0, "int32"), [0], []);
  // The k-th position is the number of places before which at most k are true.
  const seen = prim.cumsum(prim.convertElementType(mask, "int32"), 0);
  const counts = prim.scatterAdd(
    prim.broadcastInDim(scalarArray(0, "int32"), [size], []),
    prim.reshape(seen, [n, 1]),
    prim.broadcastInDim(scalarArray(1, "int32"), [n], []),
    {
      updateWindowDims: [],
      insertedWindowDims: [0],
      scatterDimsToOperandDims: [0],
      operandBatchingDims: [],
      scatterIndicesBatchingDims: [],
    },
    { mode: "drop" },
  );
  return prim.cumsum(counts, 0);
};

/** Positions in a flat array as one vector of positions an axis. */
const unravel = (flat: NDArray, shape: readonly number[]): NDArray[] => {
  const vectors: NDArray[] = [];
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const n = scalarArray(Math.max(1, shape[axis] as number), "int32");
    vectors.unshift(axis === 0 ? rest : prim.rem(rest, n));
    rest = prim.div(rest, n);
  }
  return vectors;
};

/** Positions in the flattened array of elements other than 0. */
const flatPositions = (name: string, mask: NDArray, size: number | null): NDArray => {
  const flat = ravel(mask);
  if (size !== null) return firstTrue(flat, size);
  if (!(flat instanceof ConcreteArray)) throw needsSize(name, mask);
  return arrayFrom(trueAt(flat), "int32");
};

/**
 * The positions of elements other than 0, one int32 vector an axis. While a function is traced, `size` must say how
 * many are wanted; positions that do not exist are `fillValue`.
 *
 * @example
 * np.nonzero(np.array([0, 3, 4])); // [[1, 2]]
 */
export const nonzero = (
  x: ArrayLike,
  { size = null, fillValue = 0 }: SizeOptions = {},
): readonly NDArray[] => {
  const array = operand(x, "nonzero");
  const mask = truth(array.ndim === 0 ? reshape(array, [1]) : array, "nonzero");
  const flat = flatPositions("nonzero", mask, size);
  const vectors = unravel(flat, mask.shape);
  if (size === null) return vectors;
  const exists = prim.lt(flat, scalarArray(sizeOf(mask.shape), "int32"));
  return vectors.map((v) => prim.select(exists, v, scalarArray(fillValue, "int32")));
};

/**
 * The positions in the flattened array of elements other than 0.
 *
 * @example
 * np.flatnonzero(np.array([[0, 3], [4, 0]])); // [1, 2]
 */
export const flatnonzero = (x: ArrayLike, options: SizeOptions = {}): NDArray =>
  inNameOf("flatnonzero", () => nonzero(ravel(x), options))[0] as NDArray;

/**
 * The positions of elements other than 0, one a row.
 *
 * @example
 * np.argwhere(np.array([[0, 3], [4, 0]])); // [[0, 1], [1, 0]]
 */
export const argwhere = (x: ArrayLike, options: SizeOptions = {}): NDArray => {
  const array = operand(x, "argwhere");
  const vectors = array.ndim === 0 ? [] : nonzero(array, options);
  const count =
    array.ndim === 0 ? (nonzero(array, options)[0] as NDArray).size : (vectors[0] as NDArray).size;
  if (vectors.length === 0) return prim.broadcastInDim(scalarArray(0, "int32"), [count, 0], []);
  return prim.concatenate(
    vectors.map((v) => prim.reshape(v, [count, 1])),
    1,
  );
};
