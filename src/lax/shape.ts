import {
  type ArrayLike,
  broadcastShapes as broadcastShapesOf,
  checkShape,
  type DType,
  formatShape,
  type NDArray,
  normalizeAxes,
  type Shape,
} from "../array/index.ts";
import { describeAval, inNameOf, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { operand, operands } from "./operands.ts";

/**
 * The same elements in another shape.
 *
 * @example
 * lax.reshape(np.arange(4), [2, 2]); // [[0, 1], [2, 3]]
 */
export const reshape = (x: ArrayLike, newSizes: Shape): NDArray =>
  prim.reshape(operand(x, "reshape"), newSizes);

/**
 * The axes in another order.
 *
 * @example
 * lax.transpose(np.array([[1, 2], [3, 4]]), [1, 0]); // [[1, 3], [2, 4]]
 */
export const transpose = (x: ArrayLike, permutation: readonly number[]): NDArray =>
  prim.transpose(operand(x, "transpose"), permutation);

/**
 * `x` read backwards along axes.
 *
 * @example
 * lax.rev(np.array([1, 2, 3]), [0]); // [3, 2, 1]
 */
export const rev = (x: ArrayLike, dimensions: readonly number[]): NDArray =>
  prim.rev(operand(x, "rev"), dimensions);

/**
 * New axes of length 1, at the places in the result that `dimensions` names.
 *
 * @example
 * lax.expandDims(np.zeros([2, 3]), [1]); // float32[2, 1, 3]
 */
export const expandDims = (x: ArrayLike, dimensions: readonly number[]): NDArray => {
  const array = operand(x, "expandDims");
  const shape = array.shape.slice();
  for (const place of normalizeAxes(dimensions, array.ndim + dimensions.length, "expandDims"))
    shape.splice(place, 0, 1);
  return prim.reshape(array, shape);
};

/**
 * Axes of length 1 taken out.
 *
 * @example
 * lax.squeeze(np.zeros([2, 1, 3]), [1]); // [[0, 0, 0], [0, 0, 0]]
 */
export const squeeze = (x: ArrayLike, dimensions: readonly number[]): NDArray => {
  const array = operand(x, "squeeze");
  const axes = normalizeAxes(dimensions, array.ndim, "squeeze");
  if (axes.some((axis) => array.shape[axis] !== 1)) {
    throw new ShapeError(
      `squeeze: axes ${formatShape(axes)} of ${describeAval(array)} do not all have length 1.`,
    );
  }
  return prim.reshape(
    array,
    array.shape.filter((_, axis) => !axes.includes(axis)),
  );
};

/**
 * Several neighbouring axes as one: those from `start` up to `stop`, itself not included.
 *
 * @example
 * lax.collapse(np.zeros([2, 3, 4]), 0, 2); // float32[6, 4]
 */
export const collapse = (x: ArrayLike, startDimension: number, stopDimension?: number): NDArray => {
  const array = operand(x, "collapse");
  const rank = array.ndim;
  const start = startDimension < 0 ? startDimension + rank : startDimension;
  const given = stopDimension ?? rank;
  const stop = given < 0 ? given + rank : given;
  if (!(start >= 0 && start <= stop && stop <= rank)) {
    throw new ShapeError(
      `collapse: ${startDimension} to ${given} are not axes of ${describeAval(array)} in order.`,
    );
  }
  const merged = array.shape.slice(start, stop).reduce((n, m) => n * m, 1);
  return prim.reshape(array, [...array.shape.slice(0, start), merged, ...array.shape.slice(stop)]);
};

/**
 * `x` repeated along new leading axes.
 *
 * @example
 * lax.broadcast(np.array([1, 2]), [2]); // [[1, 2], [1, 2]]
 */
export const broadcast = (x: ArrayLike, sizes: readonly number[]): NDArray => {
  const array = operand(x, "broadcast");
  checkShape(sizes, "broadcast");
  const kept = prim.range(array.ndim).map((axis) => axis + sizes.length);
  return prim.broadcastInDim(array, [...sizes, ...array.shape], kept);
};

/**
 * `x` placed in `shape`, its axis `i` at `broadcastDimensions[i]`; axes of length 1 stretch.
 *
 * @example
 * lax.broadcastInDim(np.array([1, 2]), [2, 3], [0]); // [[1, 1, 1], [2, 2, 2]]
 */
export const broadcastInDim = (x: ArrayLike, shape: Shape, broadcastDimensions: readonly number[]): NDArray =>
  prim.broadcastInDim(operand(x, "broadcastInDim"), shape, broadcastDimensions);

/**
 * The shape to which shapes broadcast together.
 *
 * @example
 * lax.broadcastShapes([2, 1], [3]); // [2, 3]
 */
export const broadcastShapes = (...shapes: readonly Shape[]): Shape => {
  const shape = broadcastShapesOf(...shapes);
  if (shape !== undefined) return shape;
  throw new ShapeError(
    `broadcastShapes: ${shapes.map(formatShape).join(" and ")} do not broadcast together.`,
  );
};

/**
 * Arrays one after another along an axis.
 *
 * @example
 * lax.concatenate([np.array([1, 2]), np.array([3])], 0); // [1, 2, 3]
 */
export const concatenate = (xs: readonly ArrayLike[], dimension: number): NDArray =>
  prim.concatenate(operands("concatenate", xs), dimension);

/**
 * Elements added before, after and between those of each axis; negative amounts take away.
 *
 * @example
 * lax.pad(np.array([1, 2]), np.array(0), [[1, 0, 1]]); // [0, 1, 0, 2]
 */
export const pad = (
  x: ArrayLike,
  paddingValue: ArrayLike,
  paddingConfig: readonly prim.PaddingDimension[],
): NDArray => {
  const [array, value] = operands("pad", [x, paddingValue]) as readonly [NDArray, NDArray];
  return prim.pad(array, value, paddingConfig);
};

/**
 * An array of one value.
 *
 * @example
 * lax.full([2], 7); // [7, 7]
 */
export const full = (shape: Shape, fillValue: ArrayLike, dtype?: DType): NDArray => {
  checkShape(shape, "full");
  const value = operand(fillValue, "full");
  const typed = prim.convertElementType(value, dtype ?? value.dtype);
  return prim.broadcastInDim(typed, shape, []);
};

/**
 * An array of one value, of the shape and dtype of another.
 *
 * @example
 * lax.fullLike(np.array([1, 2]), 7); // [7, 7]
 */
export const fullLike = (x: ArrayLike, fillValue: ArrayLike, dtype?: DType, shape?: Shape): NDArray => {
  const array = operand(x, "fullLike");
  return inNameOf("fullLike", () => full(shape ?? array.shape, fillValue, dtype ?? array.dtype));
};

/**
 * 0, 1, 2, …
 *
 * @example
 * lax.iota("int32", 3); // [0, 1, 2]
 */
export const iota = (dtype: DType, size: number): NDArray => prim.iota([size], dtype, 0);

/**
 * An array whose elements are their positions along `dimension`.
 *
 * @example
 * lax.broadcastedIota("int32", [2, 2], 1); // [[0, 1], [0, 1]]
 */
export const broadcastedIota = (dtype: DType, shape: Shape, dimension: number): NDArray =>
  inNameOf("broadcastedIota", () => prim.iota(shape, dtype, dimension));
