import {
  type ArrayLike,
  type AxisArgument,
  type NDArray,
  normalizeAxes,
  normalizeAxis,
} from "../array/index.ts";
import { ArgumentError, describeAval, inNameOf, ShapeError } from "../core/index.ts";
import { abs, power, sqrt, square } from "../numpy/arithmetic.ts";
import { notEqual } from "../numpy/comparison.ts";
import { operand, toInexact } from "../numpy/operands.ts";
import { max, min, sum } from "../numpy/reductions.ts";
import { expandDims, moveaxis, reshape } from "../numpy/shaping.ts";
import { astype } from "../numpy/types.ts";
import * as prim from "../primitives/index.ts";

/** Which norm: a number p, "fro" for Frobenius, "nuc" for the sum of singular values; `null` for the 2-norm of vectors and the Frobenius norm of matrices. */
export type NormOrder = number | "fro" | "f" | "nuc" | null;

/** Options of norms. */
export interface NormOptions {
  readonly ord?: NormOrder | undefined;
  /** One axis for norms of vectors, two for norms of matrices, none for the whole array. */
  readonly axis?: AxisArgument;
  readonly keepdims?: boolean | undefined;
}

const euclidean = (x: NDArray, axis: AxisArgument, keepdims: boolean): NDArray =>
  sqrt(sum(square(x), axis, { keepdims }));

const vectorNormOf = (x: NDArray, ord: NormOrder, axis: AxisArgument, keepdims: boolean): NDArray => {
  if (ord === null || ord === 2) return euclidean(x, axis, keepdims);
  if (typeof ord !== "number") {
    throw new ArgumentError(`vectorNorm: ord must be a number; got "${ord}", which is a norm of matrices.`);
  }
  const magnitude = abs(x);
  if (ord === Number.POSITIVE_INFINITY) return max(magnitude, axis, { keepdims, initial: 0 });
  if (ord === Number.NEGATIVE_INFINITY) return min(magnitude, axis, { keepdims });
  if (ord === 0) return sum(astype(notEqual(x, 0), x.dtype), axis, { keepdims });
  if (ord === 1) return sum(magnitude, axis, { keepdims });
  return power(sum(power(magnitude, ord), axis, { keepdims }), 1 / ord);
};

/** Norms of singular values: their sum, the greatest, the least. */
const spectralNorm = (
  x: NDArray,
  ord: "nuc" | 2 | -2,
  axes: readonly [number, number],
  keepdims: boolean,
): NDArray => {
  const s = prim.svd(moveaxis(x, axes, [-2, -1]))[1];
  const result = ord === "nuc" ? sum(s, -1) : ord === 2 ? max(s, -1, { initial: 0 }) : min(s, -1);
  return keepdims ? expandDims(result, axes) : result;
};

const matrixNormOf = (
  x: NDArray,
  ord: NormOrder,
  axes: readonly [number, number],
  keepdims: boolean,
): NDArray => {
  if (ord === null || ord === "fro" || ord === "f") return euclidean(x, axes, keepdims);
  const [rows, columns] = axes;
  if (ord === "nuc" || ord === 2 || ord === -2) return spectralNorm(x, ord, axes, keepdims);
  const isMost = ord === 1 || ord === Number.POSITIVE_INFINITY;
  if (!isMost && ord !== -1 && ord !== Number.NEGATIVE_INFINITY) {
    throw new ArgumentError(
      `matrixNorm: ord must be "fro", "nuc", 1, -1, 2, -2, Infinity or -Infinity; got ${ord}.`,
    );
  }
  // Norms 1 and -1 compare columns, the infinite ones rows.
  const [summed, compared] = ord === 1 || ord === -1 ? [rows, columns] : [columns, rows];
  const sums = sum(abs(x), summed, { keepdims: true });
  const result = isMost
    ? max(sums, compared, { keepdims: true, initial: 0 })
    : min(sums, compared, { keepdims: true });
  if (keepdims) return result;
  return reshape(
    result,
    result.shape.filter((_, axis) => axis !== rows && axis !== columns),
  );
};

/**
 * The norms of vectors along `axis` (one, several, or the whole array): (Σ |x|^ord)^(1/ord), by default with ord 2.
 *
 * @example
 * np.linalg.vectorNorm(np.array([3, 4])); // 5
 */
export const vectorNorm = (
  x: ArrayLike,
  { ord = 2, axis = null, keepdims = false }: NormOptions = {},
): NDArray =>
  inNameOf("vectorNorm", () => vectorNormOf(operand(x, "vectorNorm", toInexact), ord, axis, keepdims));

/**
 * The norms of matrices along the last two axes, by default Frobenius's.
 *
 * @example
 * np.linalg.matrixNorm(np.array([[3, 0], [0, 4]])); // 5
 */
export const matrixNorm = (
  x: ArrayLike,
  { ord = "fro", keepdims = false }: Omit<NormOptions, "axis"> = {},
): NDArray => {
  const array = operand(x, "matrixNorm", toInexact);
  if (array.ndim < 2) throw new ShapeError(`matrixNorm: needs at least 2 axes; got ${describeAval(array)}.`);
  return inNameOf("matrixNorm", () => matrixNormOf(array, ord, [array.ndim - 2, array.ndim - 1], keepdims));
};

/**
 * The norm of vectors (one axis) or matrices (two axes); without axes and order, the 2-norm of all elements. The
 * derivative of the 2-norm at 0 is NaN, as in JAX: there is none.
 *
 *     norm(x);              // of all elements
 *     norm(x, 1, -1);       // 1-norms of rows
 *     norm(x, { axis: 0 }); // 2-norms of columns
 *
 * @example
 * np.linalg.norm(np.array([3, 4])); // 5
 */
export const norm = (
  x: ArrayLike,
  ord: NormOrder | NormOptions = null,
  axis: AxisArgument = null,
  options: Pick<NormOptions, "keepdims"> = {},
): NDArray => {
  const given: NormOptions = typeof ord === "object" && ord !== null ? ord : { ord, axis, ...options };
  const { keepdims = false } = given;
  const order = given.ord ?? null;
  const array = operand(x, "norm", toInexact);
  if ((given.axis ?? null) === null && order === null) return euclidean(array, null, keepdims);
  const named = given.axis ?? null;
  const axes =
    named === null || typeof named === "number"
      ? normalizeAxes(named, array.ndim, "norm")
      : named.map((a) => normalizeAxis(a, array.ndim, "norm"));
  const [first, second] = axes;
  if (first !== undefined && axes.length === 1)
    return inNameOf("norm", () => vectorNormOf(array, order, first, keepdims));
  if (first !== undefined && second !== undefined && axes.length === 2) {
    return inNameOf("norm", () => matrixNormOf(array, order, [first, second], keepdims));
  }
  throw new ArgumentError(
    `norm: takes one axis for vectors or two for matrices; got ${axes.length} for ${describeAval(array)}. For the norm ` +
      "of all elements use vectorNorm.",
  );
};
