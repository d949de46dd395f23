import type { DType, TypedArray } from "./dtype.ts";
import type { Shape } from "./shape.ts";

/** What functions of arrays accept: an array, or a weakly typed JavaScript scalar. */
export type ArrayLike = NDArray | number | boolean;

/** One axis, several, or `null`/`undefined` for all. */
export type AxisArgument = number | readonly number[] | null | undefined;

/** Options that every reduction takes. */
export interface ReductionOptions {
  /** Keep the reduced axes with length 1. */
  readonly keepdims?: boolean;
}

/** A range of positions along one axis, as Python's `start:stop:step`; `null` means "from the end it starts at". */
export interface Slice {
  readonly kind: "slice";
  readonly start: number | null;
  readonly stop: number | null;
  readonly step: number;
}

/**
 * What may stand for one axis in `x.at(…)`: a position, an array of positions or a boolean mask, a slice,
 * `null` for a new axis of length 1, or `"..."` for all axes not named.
 */
export type Index = number | NDArray | readonly number[] | Slice | null | "...";

/** What happens to positions outside an array: JAX's modes of gather and scatter. */
export type IndexMode = "clip" | "fill" | "drop" | "promise_in_bounds";

/** Options of indexed reads. */
export interface GetOptions {
  readonly mode?: IndexMode;
  readonly fillValue?: number;
}

/** Options of indexed updates. */
export interface SetOptions {
  readonly mode?: IndexMode;
  readonly uniqueIndices?: boolean;
  readonly indicesAreSorted?: boolean;
}

/** The places of an array that `x.at(…)` names, and the pure reads and updates of them. */
export interface IndexedArray {
  /** The elements there. */
  get(options?: GetOptions): NDArray;
  /** A copy of the array with those elements replaced by `values` (broadcast). */
  set(values: ArrayLike, options?: SetOptions): NDArray;
  /** A copy with `values` added; a place named twice receives both. */
  add(values: ArrayLike, options?: SetOptions): NDArray;
  /** A copy with `values` multiplied in; a place named twice receives both. */
  mul(values: ArrayLike, options?: SetOptions): NDArray;
  /** A copy with the smaller of each element and its value. */
  min(values: ArrayLike, options?: SetOptions): NDArray;
  /** A copy with the larger of each element and its value. */
  max(values: ArrayLike, options?: SetOptions): NDArray;
  /** A copy with `f` applied to those elements. */
  apply(f: (x: NDArray) => NDArray, options?: SetOptions): NDArray;
}

/**
 * The implementation behind the methods of `NDArray`. The array type stands on the lowest floor and knows no
 * operation; the NumPy layer provides them once, when it is loaded.
 */
export interface ArrayOperations {
  add(x: ArrayLike, y: ArrayLike): NDArray;
  subtract(x: ArrayLike, y: ArrayLike): NDArray;
  multiply(x: ArrayLike, y: ArrayLike): NDArray;
  divide(x: ArrayLike, y: ArrayLike): NDArray;
  floorDivide(x: ArrayLike, y: ArrayLike): NDArray;
  remainder(x: ArrayLike, y: ArrayLike): NDArray;
  power(x: ArrayLike, y: ArrayLike): NDArray;
  negative(x: ArrayLike): NDArray;
  abs(x: ArrayLike): NDArray;
  exp(x: ArrayLike): NDArray;
  log(x: ArrayLike): NDArray;
  sqrt(x: ArrayLike): NDArray;
  square(x: ArrayLike): NDArray;
  round(x: ArrayLike, decimals?: number): NDArray;
  clip(x: ArrayLike, min?: ArrayLike | null, max?: ArrayLike | null): NDArray;
  equal(x: ArrayLike, y: ArrayLike): NDArray;
  notEqual(x: ArrayLike, y: ArrayLike): NDArray;
  less(x: ArrayLike, y: ArrayLike): NDArray;
  lessEqual(x: ArrayLike, y: ArrayLike): NDArray;
  greater(x: ArrayLike, y: ArrayLike): NDArray;
  greaterEqual(x: ArrayLike, y: ArrayLike): NDArray;
  logicalAnd(x: ArrayLike, y: ArrayLike): NDArray;
  logicalOr(x: ArrayLike, y: ArrayLike): NDArray;
  logicalNot(x: ArrayLike): NDArray;
  sum(x: ArrayLike, axis?: AxisArgument, options?: ReductionOptions): NDArray;
  prod(x: ArrayLike, axis?: AxisArgument, options?: ReductionOptions): NDArray;
  mean(x: ArrayLike, axis?: AxisArgument, options?: ReductionOptions): NDArray;
  std(x: ArrayLike, axis?: AxisArgument, options?: ReductionOptions & { readonly ddof?: number }): NDArray;
  var(x: ArrayLike, axis?: AxisArgument, options?: ReductionOptions & { readonly ddof?: number }): NDArray;
  max(x: ArrayLike, axis?: AxisArgument, options?: ReductionOptions): NDArray;
  min(x: ArrayLike, axis?: AxisArgument, options?: ReductionOptions): NDArray;
  any(x: ArrayLike, axis?: AxisArgument, options?: ReductionOptions): NDArray;
  all(x: ArrayLike, axis?: AxisArgument, options?: ReductionOptions): NDArray;
  argmax(x: ArrayLike, axis?: number | null, options?: ReductionOptions): NDArray;
  argmin(x: ArrayLike, axis?: number | null, options?: ReductionOptions): NDArray;
  cumsum(x: ArrayLike, axis?: number | null): NDArray;
  cumprod(x: ArrayLike, axis?: number | null): NDArray;
  sort(x: ArrayLike, axis?: number): NDArray;
  argsort(x: ArrayLike, axis?: number): NDArray;
  dot(x: ArrayLike, y: ArrayLike): NDArray;
  matmul(x: ArrayLike, y: ArrayLike): NDArray;
  reshape(x: ArrayLike, shape: number | readonly number[]): NDArray;
  transpose(x: ArrayLike, axes?: readonly number[] | null): NDArray;
  swapaxes(x: ArrayLike, axis1: number, axis2: number): NDArray;
  squeeze(x: ArrayLike, axis?: AxisArgument): NDArray;
  take(x: ArrayLike, indices: ArrayLike | readonly number[], axis?: number | null): NDArray;
  astype(x: ArrayLike, dtype: DType): NDArray;
  at(x: NDArray, indices: readonly Index[]): IndexedArray;
  /** The sub-arrays along the first axis. */
  unstack(x: NDArray): readonly NDArray[];
}

let installed: ArrayOperations | undefined;

/** Provide the operations; called once by the NumPy layer. */
export const installOperations = (operations: ArrayOperations): void => {
  installed = operations;
};

/** The operations behind the methods. */
export const operations = (): ArrayOperations => {
  if (installed === undefined) {
    throw new Error('NDArray: the methods of arrays come with the NumPy layer; import "cotangent" first.');
  }
  return installed;
};

/** The nested JavaScript values that an array turns into. */
export type NestedArray = number | boolean | NestedArray[];

/** On arrays of every copy of this library that is loaded. */
const ARRAY: unique symbol = Symbol.for("cotangent.NDArray");

/** Whether `x` is an array that another copy of this library made, to which this one can't look inside. */
export const isForeignArray = (x: object): boolean => ARRAY in x && !(x instanceof NDArray);

/**
 * An immutable n-dimensional array: what every function of this library takes and gives.
 *
 * People write functions of `NDArray`s. Called directly, they receive concrete arrays, which hold numbers; under a
 * transform such as `grad` or `jit` they receive tracers, which are `NDArray`s too and record what is done to them.
 * A tracer has a shape and a dtype but no values, so `item()`, `toArray()`, `toTypedArray()` and conversion to a
 * number throw on it.
 */
export abstract class NDArray {
  static {
    Object.defineProperty(NDArray.prototype, ARRAY, { value: true });
  }

  /** The lengths of the axes. */
  abstract readonly shape: Shape;
  /** The element type. */
  abstract readonly dtype: DType;
  /** Whether the dtype came from JavaScript scalars only, and so yields to the dtype of any other operand. */
  abstract readonly weakType: boolean;

  /** The elements as nested JavaScript arrays (a plain number or boolean for a scalar). */
  abstract toArray(): NestedArray;
  /** The one element of an array of size 1, as a number, or as a boolean if the dtype is bool. */
  abstract item(): number | boolean;
  /** A fresh copy of the elements, row by row. Booleans come as bytes 0 and 1, 16-bit floats as a Float32Array. */
  abstract toTypedArray(): TypedArray;
  /** A JavaScript primitive: a number for an array of size 1, a drawing of the array for strings. */
  abstract [Symbol.toPrimitive](hint: "number" | "string" | "default"): number | boolean | string;

  /** How many axes there are. */
  get ndim(): number {
    return this.shape.length;
  }

  /** How many elements there are. */
  get size(): number {
    let size = 1;
    for (const n of this.shape) size *= n;
    return size;
  }

  /** The array with its axes in reverse order. */
  get T(): NDArray {
    return operations().transpose(this);
  }

  /** The length of the first axis. */
  get length(): number {
    const n = this.shape[0];
    if (n === undefined) throw new TypeError("length: a scalar array has no axes and so no length.");
    return n;
  }

  /** The sub-arrays along the first axis, in order. */
  [Symbol.iterator](): Iterator<NDArray> {
    if (this.shape.length === 0)
      throw new TypeError("A scalar array cannot be iterated over: it has no axes.");
    return operations().unstack(this)[Symbol.iterator]();
  }

  add(other: ArrayLike): NDArray {
    return operations().add(this, other);
  }
  sub(other: ArrayLike): NDArray {
    return operations().subtract(this, other);
  }
  mul(other: ArrayLike): NDArray {
    return operations().multiply(this, other);
  }
  /** True division: the result of integers is floating-point. */
  div(other: ArrayLike): NDArray {
    return operations().divide(this, other);
  }
  floorDivide(other: ArrayLike): NDArray {
    return operations().floorDivide(this, other);
  }
  /** The remainder with the sign of the divisor, as NumPy's `%`. */
  mod(other: ArrayLike): NDArray {
    return operations().remainder(this, other);
  }
  pow(other: ArrayLike): NDArray {
    return operations().power(this, other);
  }
  neg(): NDArray {
    return operations().negative(this);
  }
  abs(): NDArray {
    return operations().abs(this);
  }
  exp(): NDArray {
    return operations().exp(this);
  }
  log(): NDArray {
    return operations().log(this);
  }
  sqrt(): NDArray {
    return operations().sqrt(this);
  }
  square(): NDArray {
    return operations().square(this);
  }
  round(decimals?: number): NDArray {
    return operations().round(this, decimals);
  }
  clip(min?: ArrayLike | null, max?: ArrayLike | null): NDArray {
    return operations().clip(this, min, max);
  }

  equal(other: ArrayLike): NDArray {
    return operations().equal(this, other);
  }
  notEqual(other: ArrayLike): NDArray {
    return operations().notEqual(this, other);
  }
  less(other: ArrayLike): NDArray {
    return operations().less(this, other);
  }
  lessEqual(other: ArrayLike): NDArray {
    return operations().lessEqual(this, other);
  }
  greater(other: ArrayLike): NDArray {
    return operations().greater(this, other);
  }
  greaterEqual(other: ArrayLike): NDArray {
    return operations().greaterEqual(this, other);
  }
  logicalAnd(other: ArrayLike): NDArray {
    return operations().logicalAnd(this, other);
  }
  logicalOr(other: ArrayLike): NDArray {
    return operations().logicalOr(this, other);
  }
  logicalNot(): NDArray {
    return operations().logicalNot(this);
  }

  sum(axis?: AxisArgument, options?: ReductionOptions): NDArray {
    return operations().sum(this, axis, options);
  }
  prod(axis?: AxisArgument, options?: ReductionOptions): NDArray {
    return operations().prod(this, axis, options);
  }
  mean(axis?: AxisArgument, options?: ReductionOptions): NDArray {
    return operations().mean(this, axis, options);
  }
  std(axis?: AxisArgument, options?: ReductionOptions & { readonly ddof?: number }): NDArray {
    return operations().std(this, axis, options);
  }
  var(axis?: AxisArgument, options?: ReductionOptions & { readonly ddof?: number }): NDArray {
    return operations().var(this, axis, options);
  }
  max(axis?: AxisArgument, options?: ReductionOptions): NDArray {
    return operations().max(this, axis, options);
  }
  min(axis?: AxisArgument, options?: ReductionOptions): NDArray {
    return operations().min(this, axis, options);
  }
  any(axis?: AxisArgument, options?: ReductionOptions): NDArray {
    return operations().any(this, axis, options);
  }
  all(axis?: AxisArgument, options?: ReductionOptions): NDArray {
    return operations().all(this, axis, options);
  }
  argmax(axis?: number | null, options?: ReductionOptions): NDArray {
    return operations().argmax(this, axis, options);
  }
  argmin(axis?: number | null, options?: ReductionOptions): NDArray {
    return operations().argmin(this, axis, options);
  }
  cumsum(axis?: number | null): NDArray {
    return operations().cumsum(this, axis);
  }
  cumprod(axis?: number | null): NDArray {
    return operations().cumprod(this, axis);
  }
  sort(axis?: number): NDArray {
    return operations().sort(this, axis);
  }
  argsort(axis?: number): NDArray {
    return operations().argsort(this, axis);
  }

  dot(other: ArrayLike): NDArray {
    return operations().dot(this, other);
  }
  matmul(other: ArrayLike): NDArray {
    return operations().matmul(this, other);
  }

  /** The same elements in another shape; one length may be -1 and is worked out. */
  reshape(...shape: readonly number[] | readonly [readonly number[]]): NDArray {
    const first = shape[0];
    return operations().reshape(this, typeof first === "object" ? first : (shape as readonly number[]));
  }
  transpose(axes?: readonly number[] | null): NDArray {
    return operations().transpose(this, axes);
  }
  swapaxes(axis1: number, axis2: number): NDArray {
    return operations().swapaxes(this, axis1, axis2);
  }
  squeeze(axis?: AxisArgument): NDArray {
    return operations().squeeze(this, axis);
  }
  ravel(): NDArray {
    return operations().reshape(this, -1);
  }
  flatten(): NDArray {
    return operations().reshape(this, -1);
  }
  take(indices: ArrayLike | readonly number[], axis?: number | null): NDArray {
    return operations().take(this, indices, axis);
  }
  astype(dtype: DType): NDArray {
    return operations().astype(this, dtype);
  }

  /**
   * The places that `indices` names, one index an axis, for pure reads and updates:
   * `x.at(0, slice(1, 3)).get()`, `x.at([0, 2]).set(0)`.
   */
  at(...indices: readonly Index[]): IndexedArray {
    return operations().at(this, indices);
  }
}
