import {
  type ArrayLike,
  asArray,
  checkShape,
  type DType,
  type NDArray,
  normalizeAxis,
} from "../array/index.ts";
import { DTypeError, describeAval } from "../core/index.ts";
import { broadcastInDim, convertElementType, eq, inserted, iota, range } from "../primitives/index.ts";

/** Options of `oneHot`. */
export interface OneHotOptions {
  /** Default float32. */
  readonly dtype?: DType;
  /** Where the new axis goes; default -1, the last. */
  readonly axis?: number;
}

/**
 * Vectors that are 1 at the place an integer names and 0 elsewhere; all 0 for an integer that is not a class.
 *
 * @param x whole numbers; floats are taken if they come from JavaScript numbers, as in `np.array([0, 2])`.
 * @example
 * nn.oneHot(np.array([0, 2]), 3); // [[1, 0, 0], [0, 0, 1]]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.nn.one_hot.html
 */
export const oneHot = (
  x: ArrayLike,
  numClasses: number,
  { dtype = "float32", axis = -1 }: OneHotOptions = {},
): NDArray => {
  const labels = asArray(x, "oneHot");
  if (labels.dtype === "bool") {
    throw new DTypeError(
      `oneHot: classes are numbered from 0; got ${describeAval(labels)}. Convert with astype.`,
    );
  }
  const at = normalizeAxis(axis, labels.ndim + 1, "oneHot");
  const shape = inserted(labels.shape, at, numClasses);
  checkShape(shape, "oneHot");
  const classes = iota(shape, labels.dtype, at);
  const others = range(shape.length).filter((i) => i !== at);
  return convertElementType(eq(broadcastInDim(labels, shape, others), classes), dtype);
};
