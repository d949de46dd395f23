import type { ArrayLike, NDArray } from "../array/index.ts";
import { describeAval, inNameOf, ShapeError } from "../core/index.ts";
import * as matrices from "../numpy/matrices.ts";
import { operand } from "../numpy/operands.ts";
import * as products from "../numpy/products.ts";

/*
 * Functions of numpy that `numpy.linalg` has too, with matrices in the last two axes and other defaults.
 */

/** Options of `trace` and `diagonal`. */
export interface OffsetOptions {
  /** How far above the main diagonal; negative below. Default 0. */
  readonly offset?: number | undefined;
}

/**
 * The diagonals of matrices [..., m, n].
 *
 * @example
 * np.linalg.diagonal(np.array([[1, 2], [3, 4]])); // [1, 4]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.diagonal.html
 */
export const diagonal = (x: ArrayLike, { offset = 0 }: OffsetOptions = {}): NDArray =>
  inNameOf("diagonal", () => matrices.diagonal(x, offset, -2, -1));

/**
 * The sums of the diagonals of matrices [..., m, n].
 *
 * @example
 * np.linalg.trace(np.array([[1, 2], [3, 4]])); // 5
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.trace.html
 */
export const trace = (x: ArrayLike, { offset = 0 }: OffsetOptions = {}): NDArray =>
  inNameOf("trace", () => matrices.trace(x, offset, -2, -1));

/**
 * The products of all pairs of elements of two vectors, [m] and [n]: [m, n].
 *
 * @throws ShapeError unless both are vectors.
 * @example
 * np.linalg.outer(np.array([1, 2]), np.array([3, 4])); // [[3, 4], [6, 8]]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.outer.html
 */
export const outer = (x1: ArrayLike, x2: ArrayLike): NDArray => {
  const [a, b] = [operand(x1, "outer"), operand(x2, "outer")];
  if (a.ndim !== 1 || b.ndim !== 1) {
    throw new ShapeError(
      `outer: takes vectors; got ${describeAval(a)} and ${describeAval(b)}. For other shapes use numpy.outer.`,
    );
  }
  return products.outer(x1, x2);
};

/** Options of `cross` and `vecdot`. */
export interface VectorAxisOptions {
  /** The axis along which vectors lie. Default −1. */
  readonly axis?: number | undefined;
}

/**
 * The cross products of vectors of three elements.
 *
 * @throws ShapeError unless vectors have three elements.
 * @example
 * np.linalg.cross(np.array([1, 0, 0]), np.array([0, 1, 0])); // [0, 0, 1]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.numpy.linalg.cross.html
 */
export const cross = (x1: ArrayLike, x2: ArrayLike, { axis = -1 }: VectorAxisOptions = {}): NDArray => {
  const [a, b] = [operand(x1, "cross"), operand(x2, "cross")];
  if (a.shape.at(axis) !== 3 || b.shape.at(axis) !== 3) {
    throw new ShapeError(
      `cross: takes vectors of three elements along axis ${axis}; got ${describeAval(a)} and ${describeAval(b)}.`,
    );
  }
  return products.cross(x1, x2, { axis });
};
