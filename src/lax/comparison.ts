import type { ArrayLike, NDArray } from "../array/index.ts";
import { inNameOf } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { binary, operand, operands, unary } from "./operands.ts";

/*
 * Comparisons of elements, and choices by them. Operands must have one dtype; their shapes must be equal, or those
 * of scalars.
 */

/**
 * `x == y`.
 *
 * @example
 * lax.eq(np.array([1, 2]), np.array([2, 2])); // [false, true]
 */
export const eq = binary("eq", prim.eq);

/**
 * `x != y`.
 *
 * @example
 * lax.ne(np.array([1, 2]), np.array([2, 2])); // [true, false]
 */
export const ne = binary("ne", prim.ne);

/**
 * `x < y`.
 *
 * @example
 * lax.lt(np.array([1, 2]), np.array([2, 2])); // [true, false]
 */
export const lt = binary("lt", prim.lt);

/**
 * `x <= y`.
 *
 * @example
 * lax.le(np.array([1, 2]), np.array([2, 2])); // [true, true]
 */
export const le = binary("le", prim.le);

/**
 * `x > y`.
 *
 * @example
 * lax.gt(np.array([1, 3]), np.array([2, 2])); // [false, true]
 */
export const gt = binary("gt", prim.gt);

/**
 * `x >= y`.
 *
 * @example
 * lax.ge(np.array([1, 2]), np.array([2, 2])); // [false, true]
 */
export const ge = binary("ge", prim.ge);

/**
 * Neither infinite nor NaN.
 *
 * @example
 * lax.isFinite(np.array([1, Infinity])); // [true, false]
 */
const finite = unary("isFinite", prim.isFinite);

export { finite as isFinite };

/**
 * `x` no less than `low` and no more than `high`.
 *
 * @example
 * lax.clamp(np.array(-1), np.array([-2, 0.5, 2]), np.array(1)); // [-1, 0.5, 1]
 */
export const clamp = (low: ArrayLike, x: ArrayLike, high: ArrayLike): NDArray => {
  const [a, b, c] = operands("clamp", [low, x, high]) as readonly [NDArray, NDArray, NDArray];
  return prim.clamp(a, b, c);
};

/**
 * `onTrue` where `pred` is true, `onFalse` elsewhere; `pred` has their shape or is a scalar.
 *
 * @example
 * lax.select(np.array([true, false]), np.array([1, 2]), np.array([3, 4])); // [1, 4]
 */
export const select = (pred: ArrayLike, onTrue: ArrayLike, onFalse: ArrayLike): NDArray => {
  const [x, y] = operands("select", [onTrue, onFalse]) as readonly [NDArray, NDArray];
  return inNameOf("select", () => prim.select(operand(pred, "select"), x, y));
};

/**
 * `cases[which]`, element by element; `which` is int32, or bool for two cases.
 *
 * @example
 * lax.selectN(np.array([1, 0], "int32"), np.array([1, 2]), np.array([3, 4])); // [3, 2]
 */
export const selectN = (which: ArrayLike, ...cases: readonly ArrayLike[]): NDArray =>
  prim.selectN(operand(which, "selectN"), ...operands("selectN", cases));
