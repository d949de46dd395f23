import type { ArrayLike, NDArray } from "../array/index.ts";
import { inNameOf } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { binary, operand } from "./operands.ts";

/**
 * The greater of `x` and `y`, element by element; NaN if either is. A tie shares the derivative.
 *
 * @example
 * np.maximum(np.array([1, 5]), 3); // [3, 5]
 */
export const maximum = binary("maximum", prim.max);

/**
 * The lesser of `x` and `y`, element by element; NaN if either is. A tie shares the derivative.
 *
 * @example
 * np.minimum(np.array([1, 5]), 3); // [1, 3]
 */
export const minimum = binary("minimum", prim.min);

/** `better` of two operands, or the one that is not NaN. */
const ignoringNan =
  (better: (x: NDArray, y: NDArray) => NDArray) =>
  (x: NDArray, y: NDArray): NDArray =>
    prim.select(prim.or(better(x, y), prim.ne(y, y)), x, y);

/**
 * The greater of `x` and `y`, element by element; the number if the other is NaN.
 *
 * @example
 * np.fmax(np.array([1, NaN]), 0); // [1, 0]
 */
export const fmax = binary("fmax", ignoringNan(prim.gt));

/**
 * The lesser of `x` and `y`, element by element; the number if the other is NaN.
 *
 * @example
 * np.fmin(np.array([1, NaN]), 0); // [0, 0]
 */
export const fmin = binary("fmin", ignoringNan(prim.lt));

/**
 * `x` held between `min` and `max`, element by element; `null` for no bound.
 *
 *     clip(x, 0, null); // negative elements replaced by 0
 *
 * @example
 * np.clip(np.array([-2, 0.5, 2]), -1, 1); // [-1, 0.5, 1]
 */
export const clip = (x: ArrayLike, min: ArrayLike | null = null, max: ArrayLike | null = null): NDArray => {
  const given = operand(x, "clip");
  return inNameOf("clip", () => {
    const raised = min === null ? given : maximum(min, given);
    return max === null ? raised : minimum(max, raised);
  });
};
