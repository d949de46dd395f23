import { type DType, dtypeInfo, formatShape, type Shape, sameShape } from "../array/index.ts";

/**
 * An abstract value: what is known of an array while a function is traced. Every `NDArray` is one too, so rules
 * that need only shapes and dtypes take arrays and avals alike.
 */
export interface Aval {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly weakType: boolean;
}

/** An abstract value of the given shape and dtype. */
export const aval = (shape: Shape, dtype: DType, weakType = false): Aval => ({ shape, dtype, weakType });

/** The abstract value of an array: the array itself without its numbers. */
export const avalOf = (x: Aval): Aval => ({ shape: x.shape, dtype: x.dtype, weakType: x.weakType });

/** Whether two abstract values have the same shape and dtype (weak types aside). */
export const sameAval = (a: Aval, b: Aval): boolean => a.dtype === b.dtype && sameShape(a.shape, b.shape);

/**
 * As jaxprs print it: `f32[3,2]`.
 *
 * @example
 * core.formatAval(np.zeros([2, 3])); // "f32[2,3]"
 */
export const formatAval = (a: Aval): string => `${dtypeInfo(a.dtype).short}[${a.shape.join(",")}]`;

/**
 * As messages print it: `float32[3, 2]`.
 *
 * @example
 * core.describeAval(np.zeros([2, 3])); // "float32[2, 3]"
 */
export const describeAval = (a: Aval): string => `${a.dtype}${formatShape(a.shape)}`;

/** A short text that tells avals apart, weak types included: used in cache keys. */
export const avalKey = (a: Aval): string =>
  `${dtypeInfo(a.dtype).short}[${a.shape.join(",")}]${a.weakType ? "~" : ""}`;
