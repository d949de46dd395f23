import {
  type ArrayLike,
  arrayFrom,
  ConcreteArray,
  checkShape,
  type DType,
  NDArray,
  type NestedInput,
  resultType,
  type Shape,
  scalarArray,
} from "../array/index.ts";
import * as prim from "../primitives/index.ts";
import { stack } from "./joining.ts";
import { operand } from "./operands.ts";
import { reshape } from "./shaping.ts";
import { type DTypeOption, dtypeOption } from "./types.ts";

/** What an array can be made of: numbers, booleans, arrays, typed arrays, and nested lists of these. */
export type ArrayInput = NestedInput;

/** Options of `array`. */
export interface ArrayOptions {
  readonly dtype?: DType | null | undefined;
  /** The shape to give to the elements. */
  readonly shape?: Shape | undefined;
}

/** Whether arrays that have no values stand somewhere in nested lists. */
const containsTracer = (value: unknown): boolean =>
  value instanceof NDArray
    ? !(value instanceof ConcreteArray)
    : Array.isArray(value) && value.some((item) => containsTracer(item));

/** An array of nested lists with traced arrays among them. */
const stackNested = (value: ArrayInput, wanted: DType | undefined): NDArray => {
  const leaves: (NDArray | number | boolean)[] = [];
  const collect = (item: ArrayInput): void => {
    if (Array.isArray(item)) for (const inner of item) collect(inner as ArrayInput);
    else leaves.push(ArrayBuffer.isView(item) ? arrayFrom(item) : (item as NDArray | number | boolean));
  };
  collect(value);
  const dtype = wanted ?? resultType(...leaves).dtype;
  const build = (item: ArrayInput): NDArray => {
    if (item instanceof NDArray) return prim.convertElementType(item, dtype);
    return Array.isArray(item)
      ? stack(item.map((inner) => build(inner as ArrayInput)))
      : arrayFrom(item, dtype);
  };
  return build(value);
};

/**
 * An array of the given elements. Numbers become float32, whole or not; booleans bool; typed arrays keep their type;
 * arrays among them, traced ones too, keep theirs by the rules of promotion.
 *
 *     array([[1, 2], [3, 4]]);   // float32[2, 2]
 *     array([1, 2, 3], "int32"); // int32[3]
 *
 * Throws a RangeError for nested lists that are not rectangular and for numbers that an integer dtype cannot hold.
 *
 * @example
 * np.array([[1, 2], [3, 4]]); // [[1, 2], [3, 4]]
 */
export const array = (value: ArrayInput, options?: DType | null | ArrayOptions): NDArray => {
  const dtype = dtypeOption(options, "array");
  const shape = typeof options === "object" && options !== null ? options.shape : undefined;
  const result = makeArray(value, dtype);
  return shape === undefined ? result : reshape(result, shape);
};

const makeArray = (value: ArrayInput, dtype: DType | undefined): NDArray => {
  if (value instanceof NDArray) return dtype === undefined ? value : prim.convertElementType(value, dtype);
  return containsTracer(value) ? stackNested(value, dtype) : arrayFrom(value, dtype);
};

/**
 * `array`, which returns arrays of the wanted dtype as they are.
 *
 * @example
 * np.asarray(3); // 3
 */
export const asarray = array;

/** Elements of one value, as a scalar spread over a shape: it takes no memory. */
const filled = (name: string, shape: number | Shape, value: number, dtype: DType): NDArray => {
  const target = typeof shape === "number" ? [shape] : shape;
  checkShape(target, name);
  return prim.broadcastInDim(scalarArray(value, dtype), target, []);
};

/**
 * Zeros of a shape. `zeros([2, 3], "int32")`; default: float32.
 *
 * @example
 * np.zeros([2]); // [0, 0]
 */
export const zeros = (shape: number | Shape, dtype?: DTypeOption): NDArray =>
  filled("zeros", shape, 0, dtypeOption(dtype, "zeros") ?? "float32");

/**
 * Ones of a shape. `ones([2, 3], "int32")`; default: float32.
 *
 * @example
 * np.ones([2]); // [1, 1]
 */
export const ones = (shape: number | Shape, dtype?: DTypeOption): NDArray =>
  filled("ones", shape, 1, dtypeOption(dtype, "ones") ?? "float32");

/**
 * `zeros`: there is no memory without values here.
 *
 * @example
 * np.empty([2]); // [0, 0]
 */
export const empty = (shape: number | Shape, dtype?: DTypeOption): NDArray =>
  filled("empty", shape, 0, dtypeOption(dtype, "empty") ?? "float32");

/**
 * `value` (a scalar, or an array that broadcasts) all over a shape; its dtype unless another is given.
 *
 * @example
 * np.full([2], 7); // [7, 7]
 */
export const full = (shape: number | Shape, value: ArrayLike, dtype?: DTypeOption): NDArray => {
  const target = typeof shape === "number" ? [shape] : shape;
  checkShape(target, "full");
  const wanted = dtypeOption(dtype, "full");
  if (!(value instanceof NDArray))
    return filled("full", target, Number(value), wanted ?? resultType(value).dtype);
  return prim.broadcastTo(prim.convertElementType(value, wanted ?? value.dtype), target);
};

/** What may differ from the array that is imitated. */
export type LikeOption =
  | DType
  | null
  | undefined
  | { readonly dtype?: DType | null | undefined; readonly shape?: Shape };

const shapeLike = (x: NDArray, option: LikeOption): Shape =>
  (typeof option === "object" && option !== null ? option.shape : undefined) ?? x.shape;

const like =
  (name: string, value: number) =>
  (x: ArrayLike, option?: LikeOption): NDArray => {
    const array = operand(x, name);
    return filled(name, shapeLike(array, option), value, dtypeOption(option, name) ?? array.dtype);
  };

/**
 * Zeros of the shape and dtype of `x`.
 *
 * @example
 * np.zerosLike(np.array([1, 2])); // [0, 0]
 */
export const zerosLike = like("zerosLike", 0);
/**
 * Ones of the shape and dtype of `x`.
 *
 * @example
 * np.onesLike(np.array([1, 2])); // [1, 1]
 */
export const onesLike = like("onesLike", 1);
/**
 * `zerosLike`: there is no memory without values here.
 *
 * @example
 * np.emptyLike(np.array([1, 2])); // [0, 0]
 */
export const emptyLike = like("emptyLike", 0);

/**
 * `value` all over the shape of `x`, in its dtype.
 *
 * @example
 * np.fullLike(np.array([1, 2]), 7); // [7, 7]
 */
export const fullLike = (x: ArrayLike, value: ArrayLike, option?: LikeOption): NDArray => {
  const array = operand(x, "fullLike");
  return full(shapeLike(array, option), value, dtypeOption(option, "fullLike") ?? array.dtype);
};

/**
 * `x` as it is: arrays cannot change, so that there is nothing to copy.
 *
 * @example
 * np.copy(np.array([1, 2])); // [1, 2]
 */
export const copy = (x: ArrayLike): NDArray => operand(x, "copy");
