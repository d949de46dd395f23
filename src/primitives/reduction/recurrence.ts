import type { NDArray } from "../../array/index.ts";
import { add } from "../elementwise/add.ts";
import { mul } from "../elementwise/arithmetic.ts";
import { type PaddingDimension, pad } from "../padding.ts";
import { scalarLike } from "../rules.ts";

/*
 * The tangents of cumulative primitives satisfy linear recurrences, whose coefficients depend on the primals only.
 */

/** An axis and the way it is gone through. */
export interface ScanParams {
  readonly axis: number;
  /** Whether it starts at the last element. */
  readonly reverse: boolean;
}

/** Each element replaced by the one `distance` before it, in the order of the scan; `filling` where there is none. */
export const shifted = (
  x: NDArray,
  distance: number,
  filling: number,
  { axis, reverse }: ScanParams,
): NDArray => {
  const config = x.shape.map((_, a): PaddingDimension => {
    if (a !== axis) return [0, 0, 0];
    return reverse ? [-distance, distance, 0] : [distance, -distance, 0];
  });
  return pad(x, scalarLike(x, filling), config);
};

/**
 * The solution of `h[k] = coefficients[k] * h[k - 1] + terms[k]` along an axis, where `h` is 0 before it begins. It is
 * linear in `terms`.
 *
 * Recursive doubling: after each step the recurrence reaches twice as far back, until it reaches over the beginning.
 * (W. D. Hillis, G. L. Steele, "Data parallel algorithms", 1986; P. Kogge, H. Stone, 1973.)
 */
export const linearRecurrence = (coefficients: NDArray, terms: NDArray, params: ScanParams): NDArray => {
  const n = terms.shape[params.axis] as number;
  let factor = coefficients;
  let solution = terms;
  for (let distance = 1; distance < n; distance *= 2) {
    solution = add(solution, mul(factor, shifted(solution, distance, 0, params)));
    if (2 * distance < n) factor = mul(factor, shifted(factor, distance, 0, params));
  }
  return solution;
};
