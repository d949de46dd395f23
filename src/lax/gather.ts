import type { ArrayLike, NDArray } from "../array/index.ts";
import { inNameOf } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { operand, operands } from "./operands.ts";

/*
 * Windows read and written at computed places.
 */

/**
 * Windows of `x` at the places that `indices` says; `dimensionNumbers` says which axes are which.
 *
 * @example
 * gather(table, rows, { offsetDims: [1], collapsedSliceDims: [0], startIndexMap: [0],
 *   operandBatchingDims: [], startIndicesBatchingDims: [] }, [1, 3]); // float32[5, 3] and int32[2, 1] → float32[2, 3]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.gather.html
 */
export const gather = (
  x: ArrayLike,
  indices: ArrayLike,
  dimensionNumbers: prim.GatherDimensionNumbers,
  sliceSizes: readonly number[],
  options?: prim.GatherOptions,
): NDArray =>
  prim.gather(operand(x, "gather"), operand(indices, "gather"), dimensionNumbers, sliceSizes, options);

type Scatter = (
  x: ArrayLike,
  indices: ArrayLike,
  updates: ArrayLike,
  dimensionNumbers: prim.ScatterDimensionNumbers,
  options?: prim.ScatterOptions,
) => NDArray;

const scatterBy =
  (name: string, apply: typeof prim.scatter): Scatter =>
  (x, indices, updates, dimensionNumbers, options) => {
    const [array, values] = operands(name, [x, updates]) as readonly [NDArray, NDArray];
    return apply(array, operand(indices, name), values, dimensionNumbers, options);
  };

/**
 * `x` with windows overwritten at computed places; which update stays where several meet is not said.
 *
 * @example
 * lax.scatter(np.zeros([3]), np.array([[1]], "int32"), np.array([5]), { updateWindowDims: [], insertedWindowDims: [0],
 *   scatterDimsToOperandDims: [0], operandBatchingDims: [], scatterIndicesBatchingDims: [] }); // [0, 5, 0]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.scatter.html
 */
export const scatter: Scatter = scatterBy("scatter", prim.scatter);

/**
 * `x` with updates added to windows at computed places.
 *
 * @example
 * lax.scatterAdd(np.ones([3]), np.array([[1]], "int32"), np.array([5]), { updateWindowDims: [], insertedWindowDims: [0],
 *   scatterDimsToOperandDims: [0], operandBatchingDims: [], scatterIndicesBatchingDims: [] }); // [1, 6, 1]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.scatter_add.html
 */
export const scatterAdd: Scatter = scatterBy("scatterAdd", prim.scatterAdd);

/**
 * `x` with updates taken from windows at computed places.
 *
 * @example
 * lax.scatterSub(np.ones([3]), np.array([[1]], "int32"), np.array([5]), { updateWindowDims: [], insertedWindowDims: [0],
 *   scatterDimsToOperandDims: [0], operandBatchingDims: [], scatterIndicesBatchingDims: [] }); // [1, -4, 1]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.scatter_sub.html
 */
export const scatterSub: Scatter = scatterBy("scatterSub", (x, indices, updates, ...rest) =>
  inNameOf("scatterSub", () => prim.scatterAdd(x, indices, prim.neg(updates), ...rest)),
);

/**
 * `x` with windows multiplied by updates at computed places.
 *
 * @example
 * lax.scatterMul(np.ones([3]), np.array([[1]], "int32"), np.array([5]), { updateWindowDims: [], insertedWindowDims: [0],
 *   scatterDimsToOperandDims: [0], operandBatchingDims: [], scatterIndicesBatchingDims: [] }); // [1, 5, 1]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.scatter_mul.html
 */
export const scatterMul: Scatter = scatterBy("scatterMul", prim.scatterMul);

/**
 * `x` with the lesser of window and updates at computed places; NaN wins.
 *
 * @example
 * lax.scatterMin(np.zeros([3]), np.array([[1]], "int32"), np.array([-5]), { updateWindowDims: [], insertedWindowDims: [0],
 *   scatterDimsToOperandDims: [0], operandBatchingDims: [], scatterIndicesBatchingDims: [] }); // [0, -5, 0]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.scatter_min.html
 */
export const scatterMin: Scatter = scatterBy("scatterMin", prim.scatterMin);

/**
 * `x` with the greater of window and updates at computed places; NaN wins.
 *
 * @example
 * lax.scatterMax(np.zeros([3]), np.array([[1]], "int32"), np.array([5]), { updateWindowDims: [], insertedWindowDims: [0],
 *   scatterDimsToOperandDims: [0], operandBatchingDims: [], scatterIndicesBatchingDims: [] }); // [0, 5, 0]
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.lax.scatter_max.html
 */
export const scatterMax: Scatter = scatterBy("scatterMax", prim.scatterMax);
