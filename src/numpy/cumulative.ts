import { type ArrayLike, type DType, type NDArray, scalarArray } from "../array/index.ts";
import { ArgumentError, inNameOf } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { operand, toNumeric } from "./operands.ts";
import { alongAxis } from "./reducing.ts";
import { inDType } from "./types.ts";

/** Options of cumulative functions. */
export interface CumulativeOptions {
  /** The dtype to compute in. */
  readonly dtype?: DType | undefined;
}

const cumulative =
  (name: string, apply: (x: NDArray, axis: number) => NDArray) =>
  (x: ArrayLike, axis?: number | null, { dtype }: CumulativeOptions = {}): NDArray => {
    const array = operand(x, name, toNumeric);
    const typed = inDType(array, dtype, name);
    return apply(...alongAxis(name, typed, axis));
  };

/**
 * Sums of all elements along `axis`, or of the flattened array, up to each.
 *
 * @example
 * np.cumsum(np.array([1, 2, 3])); // [1, 3, 6]
 */
export const cumsum = cumulative("cumsum", prim.cumsum);

/**
 * Products of all elements along `axis`, or of the flattened array, up to each.
 *
 * @example
 * np.cumprod(np.array([1, 2, 3])); // [1, 2, 6]
 */
export const cumprod = cumulative("cumprod", prim.cumprod);

/**
 * The greatest of all elements along `axis`, or of the flattened array, up to each.
 *
 * @example
 * np.cummax(np.array([1, 3, 2])); // [1, 3, 3]
 */
export const cummax = cumulative("cummax", prim.cummax);

/**
 * The least of all elements along `axis`, or of the flattened array, up to each.
 *
 * @example
 * np.cummin(np.array([3, 1, 2])); // [3, 1, 1]
 */
export const cummin = cumulative("cummin", prim.cummin);

/** Options of the cumulative functions of the array API standard. */
export interface ScanOptions extends CumulativeOptions {
  /** Needed unless the array is a vector. */
  readonly axis?: number | null;
  /** Whether the result begins with what nothing gives: 0 or 1. */
  readonly includeInitial?: boolean;
}

const scan =
  (name: string, apply: typeof cumsum, initial: number) =>
  (x: ArrayLike, { axis = null, includeInitial = false, dtype }: ScanOptions = {}): NDArray => {
    const array = operand(x, name);
    if (axis === null && array.ndim !== 1) {
      throw new ArgumentError(`${name}: name the axis; only of vectors it is known.`);
    }
    const along = axis ?? 0;
    const result = inNameOf(name, () => apply(array, along, { dtype }));
    if (!includeInitial) return result;
    const place = along < 0 ? along + array.ndim : along;
    const shape = array.shape.map((n, a) => (a === place ? 1 : n));
    const first = prim.broadcastInDim(scalarArray(initial, result.dtype), shape, []);
    return prim.concatenate([first, result], place);
  };

/**
 * `cumsum` as the array API standard has it.
 *
 * @example
 * np.cumulativeSum(np.array([1, 2, 3]), { includeInitial: true }); // [0, 1, 3, 6]
 */
export const cumulativeSum = scan("cumulativeSum", cumsum, 0);

/**
 * `cumprod` as the array API standard has it.
 *
 * @example
 * np.cumulativeProd(np.array([1, 2, 3]), { includeInitial: true }); // [1, 1, 2, 6]
 */
export const cumulativeProd = scan("cumulativeProd", cumprod, 1);
