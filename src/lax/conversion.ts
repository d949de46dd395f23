import { type ArrayLike, type DType, NDArray } from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { map } from "../tree/index.ts";
import { operand } from "./operands.ts";

/*
 * The same elements as another type, or as constants.
 */

/**
 * The same numbers in another dtype.
 *
 * @example
 * lax.convertElementType(np.array([1.7, -1.7]), "int32"); // [1, -1]
 */
export const convertElementType = (x: ArrayLike, newDtype: DType): NDArray =>
  prim.convertElementType(operand(x, "convertElementType"), newDtype);

/**
 * The same bits read as another dtype of the same width.
 *
 * @example
 * lax.bitcastConvertType(np.array([1]), "int32"); // [1065353216]
 */
export const bitcastConvertType = (x: ArrayLike, newDtype: DType): NDArray =>
  prim.bitcastConvertType(operand(x, "bitcastConvertType"), newDtype);

/**
 * `x` rounded to a floating-point format with so many bits of exponent and mantissa.
 *
 * @example
 * lax.reducePrecision(np.array([1.1]), 8, 7); // [1.10156]
 */
export const reducePrecision = (x: ArrayLike, exponentBits: number, mantissaBits: number): NDArray =>
  prim.reducePrecision(operand(x, "reducePrecision"), exponentBits, mantissaBits);

/**
 * `x`, an array or a tree of arrays, which counts as a constant when differentiated.
 *
 * @example
 * grad((x: NDArray) => x.mul(lax.stopGradient(x)))(3); // 3
 */
export const stopGradient = <T>(x: T): T =>
  (x instanceof NDArray
    ? prim.stopGradient(x)
    : map((leaf: unknown) => prim.stopGradient(operand(leaf as ArrayLike, "stopGradient")), x)) as T;
