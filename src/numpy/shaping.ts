import {
  type ArrayLike,
  type AxisArgument,
  broadcastShapes as broadcastShapesOf,
  checkShape,
  formatShape,
  type NDArray,
  normalizeAxes,
  normalizeAxis,
  type Shape,
  sizeOf,
} from "../array/index.ts";
import { describeAval, inNameOf, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { commonShape, operand } from "./operands.ts";

/** `newShape` with -1, which may stand once, worked out from the number of elements. */
const resolveShape = (x: NDArray, newShape: Shape): Shape => {
  const unknown = newShape.indexOf(-1);
  if (unknown < 0) return newShape;
  const known = newShape.reduce((size, n, i) => (i === unknown ? size : size * n), 1);
  const length = known === 0 ? 0 : x.size / known;
  if (!Number.isInteger(length) || (known === 0 && x.size > 0) || newShape.indexOf(-1, unknown + 1) >= 0) {
    const reason =
      newShape.indexOf(-1, unknown + 1) >= 0
        ? "only one length may be -1"
        : `${x.size} elements cannot be divided among the other lengths`;
    throw new ShapeError(`reshape: ${describeAval(x)} does not go into ${formatShape(newShape)}: ${reason}.`);
  }
  return newShape.map((n, i) => (i === unknown ? length : n));
};

/**
 * The same elements, row by row, in another shape; one length may be -1 and is worked out.
 *
 *     reshape(x, [2, -1]); // of float32[6]: float32[2, 3]
 *
 * @example
 * np.reshape(np.arange(4), [2, -1]); // [[0, 1], [2, 3]]
 */
export const reshape = (x: ArrayLike, newShape: number | Shape): NDArray => {
  const array = operand(x, "reshape");
  const shape = resolveShape(array, typeof newShape === "number" ? [newShape] : newShape);
  checkShape(shape, "reshape");
  if (sizeOf(shape) !== array.size) {
    throw new ShapeError(
      `reshape: ${describeAval(array)} has ${array.size} elements; ${formatShape(shape)} has room for ${sizeOf(shape)}.`,
    );
  }
  return prim.reshape(array, shape);
};

/**
 * All elements in one row.
 *
 * @example
 * np.ravel(np.array([[1, 2], [3, 4]])); // [1, 2, 3, 4]
 */
export const ravel = (x: ArrayLike): NDArray => {
  const array = operand(x, "ravel");
  return prim.reshape(array, [array.size]);
};

/**
 * The axes in another order; in reverse if none is given.
 *
 * @example
 * np.transpose(np.array([[1, 2], [3, 4]])); // [[1, 3], [2, 4]]
 */
export const transpose = (x: ArrayLike, axes: readonly number[] | null = null): NDArray => {
  const array = operand(x, "transpose");
  const rank = array.ndim;
  if (axes === null) return prim.transpose(array, prim.range(rank).reverse());
  const order = axes.map((axis) => normalizeAxis(axis, rank, "transpose"));
  if (order.length !== rank || new Set(order).size !== rank) {
    throw new ShapeError(
      `transpose: axes must name each axis of ${describeAval(array)} once; got ${formatShape(axes)}.`,
    );
  }
  return prim.transpose(array, order);
};

/**
 * `transpose` with the order of the axes given.
 *
 * @example
 * np.permuteDims(np.zeros([2, 3, 4]), [2, 0, 1]); // float32[4, 2, 3]
 */
export const permuteDims = (x: ArrayLike, axes: readonly number[]): NDArray =>
  inNameOf("permuteDims", () => transpose(x, axes));

/**
 * The last two axes exchanged.
 *
 * @example
 * np.matrixTranspose(np.zeros([2, 3, 4])); // float32[2, 4, 3]
 */
export const matrixTranspose = (x: ArrayLike): NDArray => {
  const array = operand(x, "matrixTranspose");
  if (array.ndim < 2) {
    throw new ShapeError(`matrixTranspose: needs at least 2 axes; got ${describeAval(array)}.`);
  }
  return swapaxes(array, -1, -2);
};

/**
 * Two axes exchanged.
 *
 * @example
 * np.swapaxes(np.zeros([2, 3, 4]), 0, 2); // float32[4, 3, 2]
 */
export const swapaxes = (x: ArrayLike, axis1: number, axis2: number): NDArray => {
  const array = operand(x, "swapaxes");
  const [a, b] = [axis1, axis2].map((axis) => normalizeAxis(axis, array.ndim, "swapaxes")) as [
    number,
    number,
  ];
  const order = prim.range(array.ndim);
  order[a] = b;
  order[b] = a;
  return prim.transpose(array, order);
};

/**
 * Axes moved to other places, the others keeping their order.
 *
 * @example
 * np.moveaxis(np.zeros([2, 3, 4]), 0, -1); // float32[3, 4, 2]
 */
export const moveaxis = (
  x: ArrayLike,
  source: number | readonly number[],
  destination: number | readonly number[],
): NDArray => {
  const array = operand(x, "moveaxis");
  const places = (axes: number | readonly number[]): number[] =>
    (typeof axes === "number" ? [axes] : axes).map((axis) => normalizeAxis(axis, array.ndim, "moveaxis"));
  const [from, to] = [places(source), places(destination)];
  if (from.length !== to.length || new Set(from).size !== from.length || new Set(to).size !== to.length) {
    throw new ShapeError(
      `moveaxis: source and destination must name equally many different axes; got ${JSON.stringify(source)} and ` +
        `${JSON.stringify(destination)}.`,
    );
  }
  const order = prim.range(array.ndim).filter((axis) => !from.includes(axis));
  const pairs = to.map((place, i) => [place, from[i] as number] as const).sort((a, b) => a[0] - b[0]);
  for (const [place, axis] of pairs) order.splice(place, 0, axis);
  return prim.transpose(array, order);
};

/**
 * New axes of length 1, at the places in the result that `axis` names.
 *
 * @example
 * np.expandDims(np.zeros([2, 3]), 1); // float32[2, 1, 3]
 */
export const expandDims = (x: ArrayLike, axis: number | readonly number[]): NDArray => {
  const array = operand(x, "expandDims");
  const count = typeof axis === "number" ? 1 : axis.length;
  const places = normalizeAxes(axis, array.ndim + count, "expandDims");
  const shape = array.shape.slice();
  for (const place of places) shape.splice(place, 0, 1);
  return prim.reshape(array, shape);
};

/**
 * The axes of length 1 taken out: all of them, or those that `axis` names.
 *
 * @example
 * np.squeeze(np.zeros([2, 1, 3])); // [[0, 0, 0], [0, 0, 0]]
 */
export const squeeze = (x: ArrayLike, axis: AxisArgument = null): NDArray => {
  const array = operand(x, "squeeze");
  const axes =
    axis === null
      ? prim.range(array.ndim).filter((a) => array.shape[a] === 1)
      : normalizeAxes(axis, array.ndim, "squeeze");
  const long = axes.find((a) => array.shape[a] !== 1);
  if (long !== undefined) {
    throw new ShapeError(
      `squeeze: only axes of length 1 can be taken out; axis ${long} of ${describeAval(array)} is longer.`,
    );
  }
  return prim.reshape(
    array,
    array.shape.filter((_, a) => !axes.includes(a)),
  );
};

/**
 * `x` repeated along axes of length 1 and new leading axes to fill `shape`.
 *
 * @example
 * np.broadcastTo(np.array([1, 2]), [2, 2]); // [[1, 2], [1, 2]]
 */
export const broadcastTo = (x: ArrayLike, shape: number | Shape): NDArray => {
  const array = operand(x, "broadcastTo");
  const target = typeof shape === "number" ? [shape] : shape;
  checkShape(target, "broadcastTo");
  const common = broadcastShapesOf(array.shape, target);
  if (common === undefined || common.length !== target.length || common.some((n, i) => n !== target[i])) {
    throw new ShapeError(
      `broadcastTo: ${describeAval(array)} does not broadcast to ${formatShape(target)}: counted from the last, each of ` +
        "its axes must have length 1 or that of the target.",
    );
  }
  return prim.broadcastTo(array, target);
};

/**
 * All arrays in the shape to which they broadcast together.
 *
 * @example
 * np.broadcastArrays(np.array([1, 2]), 3); // [[1, 2], [3, 3]]
 */
export const broadcastArrays = (...arrays: readonly ArrayLike[]): readonly NDArray[] => {
  const all = arrays.map((x) => operand(x, "broadcastArrays"));
  const shape = commonShape("broadcastArrays", all);
  return all.map((x) => prim.broadcastTo(x, shape));
};

/**
 * The shape to which shapes broadcast together.
 *
 * @example
 * np.broadcastShapes([2, 1], [3]); // [2, 3]
 */
export const broadcastShapes = (...shapes: readonly (number | Shape)[]): Shape =>
  commonShape(
    "broadcastShapes",
    shapes.map((s) => ({ shape: typeof s === "number" ? [s] : s })),
  );

/** `x` with axes of length 1 put in front until it has `rank` axes. */
const leading = (x: NDArray, rank: number): NDArray =>
  prim.reshape(x, [...new Array<number>(Math.max(0, rank - x.ndim)).fill(1), ...x.shape]);

/** A function of one array that gives one, of several that gives several. */
interface AtLeast {
  (x: ArrayLike): NDArray;
  (...xs: readonly ArrayLike[]): readonly NDArray[];
}

const atLeast = (name: string, extend: (x: NDArray) => NDArray): AtLeast =>
  ((...xs: readonly ArrayLike[]) => {
    const results = xs.map((x) => extend(operand(x, name)));
    return results.length === 1 ? results[0] : results;
  }) as AtLeast;

/**
 * Scalars as vectors of length 1; other arrays as they are.
 *
 * @example
 * np.atleast1d(3); // [3]
 */
export const atleast1d = atLeast("atleast1d", (x) => leading(x, 1));

/**
 * Scalars and vectors as matrices of one row; other arrays as they are.
 *
 * @example
 * np.atleast2d(np.array([1, 2])); // [[1, 2]]
 */
export const atleast2d = atLeast("atleast2d", (x) => leading(x, 2));

/**
 * Arrays with at least 3 axes: a vector of length n becomes [1, n, 1], a matrix [m, n] becomes [m, n, 1].
 *
 * @example
 * np.atleast3d(np.array([1, 2])); // float32[1, 2, 1]
 */
export const atleast3d = atLeast("atleast3d", (x) => {
  if (x.ndim === 1) return prim.reshape(x, [1, x.size, 1]);
  return x.ndim === 2 ? prim.reshape(x, [...x.shape, 1]) : leading(x, 3);
});
