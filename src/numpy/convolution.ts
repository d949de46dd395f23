import type { ArrayLike, NDArray } from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { takeAxis } from "./indexing/take.ts";
import { promote, toInexact } from "./operands.ts";

/** Which part of a convolution: all of it, as long as the longer operand, or where both overlap completely. */
export type ConvolutionMode = "full" | "same" | "valid";

/** Sums of products of `kernel` and the windows of `x`, which has `before` and `after` zeros around it. */
const slide = (x: NDArray, kernel: NDArray, before: number, after: number): NDArray => {
  const padded = prim.pad(x, prim.scalarLike(x, 0), [[before, after, 0]]);
  const m = kernel.size;
  const count = padded.size - m + 1;
  const starts = prim.iota([count, m], "int32", 0);
  const offsets = prim.iota([count, m], "int32", 1);
  const windows = takeAxis("convolve", padded, prim.add(starts, offsets), 0, { mode: "promise_in_bounds" });
  return prim.dotGeneral(windows, kernel, {
    lhsContracting: [1],
    rhsContracting: [0],
    lhsBatch: [],
    rhsBatch: [],
  });
};

/** How many zeros stand before and after the longer operand; `undefined` for what is not a mode. */
const marginsOf = (
  mode: ConvolutionMode,
  m: number,
): readonly [before: number, after: number] | undefined => {
  switch (mode) {
    case "full":
      return [m - 1, m - 1];
    case "same":
      return [Math.floor(m / 2), m - Math.floor(m / 2) - 1];
    case "valid":
      return [0, 0];
    default:
      return undefined;
  }
};

const convolution = (
  name: string,
  x: ArrayLike,
  y: ArrayLike,
  mode: ConvolutionMode,
  reversesKernel: boolean,
): NDArray => {
  const [a, b] = promote(name, [x, y], toInexact) as [NDArray, NDArray];
  if (a.ndim !== 1 || b.ndim !== 1 || a.size === 0 || b.size === 0) {
    throw new ShapeError(
      `${name}: takes two vectors with elements; got ${describeAval(a)} and ${describeAval(b)}.`,
    );
  }
  const isSwapped = a.size < b.size;
  const [longer, shorter] = isSwapped ? [b, a] : [a, b];
  const m = shorter.size;
  const margins = marginsOf(mode, m);
  if (margins === undefined)
    throw new ArgumentError(`${name}: mode must be "full", "same" or "valid"; got ${String(mode)}.`);
  const result = slide(longer, reversesKernel ? prim.rev(shorter, [0]) : shorter, ...margins);
  // A convolution does not depend on the order of its operands; a correlation is turned round.
  return isSwapped && !reversesKernel ? prim.rev(result, [0]) : result;
};

/**
 * The convolution of two vectors: Σ x[k] y[n - k].
 *
 * @example
 * np.convolve(np.array([1, 2, 3]), np.array([0, 1, 0.5])); // [0, 1, 2.5, 4, 1.5]
 */
export const convolve = (x: ArrayLike, y: ArrayLike, mode: ConvolutionMode = "full"): NDArray =>
  convolution("convolve", x, y, mode, true);

/**
 * The correlation of two vectors: Σ x[n + k] y[k].
 *
 * @example
 * np.correlate(np.array([1, 2, 3]), np.array([0, 1, 0.5])); // [3.5]
 */
export const correlate = (x: ArrayLike, y: ArrayLike, mode: ConvolutionMode = "valid"): NDArray =>
  convolution("correlate", x, y, mode, false);
