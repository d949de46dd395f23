import { inNameOf } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { binary, unary } from "./operands.ts";

/*
 * Bits of integers and truth values. Operands must have one dtype; their shapes must be equal, or those
 * of scalars.
 */

/**
 * The bits set in both.
 *
 * @example
 * lax.bitwiseAnd(np.array([6], "int32"), np.array([3], "int32")); // [2]
 */
export const bitwiseAnd = binary("bitwiseAnd", (x, y) => inNameOf("bitwiseAnd", () => prim.and(x, y)));

/**
 * The bits set in either.
 *
 * @example
 * lax.bitwiseOr(np.array([6], "int32"), np.array([3], "int32")); // [7]
 */
export const bitwiseOr = binary("bitwiseOr", (x, y) => inNameOf("bitwiseOr", () => prim.or(x, y)));

/**
 * The bits set in one only.
 *
 * @example
 * lax.bitwiseXor(np.array([6], "int32"), np.array([3], "int32")); // [5]
 */
export const bitwiseXor = binary("bitwiseXor", (x, y) => inNameOf("bitwiseXor", () => prim.xor(x, y)));

/**
 * All bits turned over.
 *
 * @example
 * lax.bitwiseNot(np.array([6], "int32")); // [-7]
 */
export const bitwiseNot = unary("bitwiseNot", (x) => inNameOf("bitwiseNot", () => prim.not(x)));

/**
 * `x` with its bits moved up.
 *
 * @example
 * lax.shiftLeft(np.array([3], "int32"), np.array([2], "int32")); // [12]
 */
export const shiftLeft = binary("shiftLeft", prim.shiftLeft);

/**
 * `x` with its bits moved down, zeros coming in.
 *
 * @example
 * lax.shiftRightLogical(np.array([-1], "int32"), np.array([28], "int32")); // [15]
 */
export const shiftRightLogical = binary("shiftRightLogical", prim.shiftRightLogical);

/**
 * `x` with its bits moved down, copies of the highest coming in.
 *
 * @example
 * lax.shiftRightArithmetic(np.array([-8], "int32"), np.array([1], "int32")); // [-4]
 */
export const shiftRightArithmetic = binary("shiftRightArithmetic", prim.shiftRightArithmetic);

/**
 * How many bits are set.
 *
 * @example
 * lax.populationCount(np.array([7, 8], "int32")); // [3, 1]
 */
export const populationCount = unary("populationCount", prim.populationCount);

/**
 * How many bits are 0 before the first that is set.
 *
 * @example
 * lax.clz(np.array([1, 8], "int32")); // [31, 28]
 */
export const clz = unary("clz", prim.clz);
