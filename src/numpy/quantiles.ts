import { type ArrayLike, type AxisArgument, type NDArray, scalarArray, sizeOf } from "../array/index.ts";
import { ArgumentError, describeAval, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { divide } from "./arithmetic.ts";
import { takeAxis } from "./indexing/take.ts";
import { operand, promote, toInexact } from "./operands.ts";
import { reducedAxes } from "./reducing.ts";
import { any, sum } from "./reductions.ts";

/** How a quantile between two elements is chosen. */
export type QuantileMethod = "linear" | "lower" | "higher" | "nearest" | "midpoint";

/** Options of quantiles. */
export interface QuantileOptions {
  readonly method?: QuantileMethod;
  readonly keepdims?: boolean;
}

const METHODS: readonly QuantileMethod[] = ["linear", "lower", "higher", "nearest", "midpoint"];

/** The elements of each group in one row, the last axis. */
const inRows = (x: NDArray, axes: readonly number[]): NDArray => {
  const kept = prim.range(x.ndim).filter((axis) => !axes.includes(axis));
  const lengths = (list: readonly number[]): number[] => list.map((axis) => x.shape[axis] as number);
  return prim.reshape(prim.transpose(x, [...kept, ...axes]), [...lengths(kept), sizeOf(lengths(axes))]);
};

/** For each row the element at a computed position of its own. */
const elementAt = (rows: NDArray, position: NDArray): NDArray => {
  const outer = rows.ndim - 1;
  const dims = prim.range(outer);
  return prim.gather(
    rows,
    prim.reshape(position, [...position.shape, 1]),
    {
      offsetDims: [],
      collapsedSliceDims: [outer],
      startIndexMap: [outer],
      operandBatchingDims: dims,
      startIndicesBatchingDims: dims,
    },
    rows.shape.map((m) => Math.min(1, m)),
    { mode: "clip" },
  );
};

const blend = (low: NDArray, high: NDArray, weight: NDArray, method: QuantileMethod): NDArray => {
  switch (method) {
    case "linear":
      return prim.add(prim.mul(low, prim.sub(prim.scalarLike(weight, 1), weight)), prim.mul(high, weight));
    case "lower":
      return low;
    case "higher":
      return high;
    case "nearest":
      return prim.select(prim.le(weight, prim.scalarLike(weight, 0.5)), low, high);
    case "midpoint":
      return prim.mul(prim.add(low, high), prim.scalarLike(low, 0.5));
  }
};

/** One quantile of each row of sorted elements, of which the first `count` are numbers. */
const quantileOfRows = (
  rows: NDArray,
  q: NDArray,
  count: NDArray | null,
  method: QuantileMethod,
): NDArray => {
  const outer = rows.shape.slice(0, -1);
  const last = rows.ndim - 1;
  const n = rows.shape[last] as number;
  const end = count === null ? prim.scalarLike(q, n - 1) : prim.sub(count, prim.scalarLike(q, 1));
  const place = prim.mul(q, end);
  const lowPlace = prim.floor(place);
  const weight = prim.sub(place, lowPlace);
  const index = (position: NDArray): NDArray =>
    prim.convertElementType(prim.max(prim.scalarLike(position, 0), prim.min(position, end)), "int32");
  const [low, high] = [index(lowPlace), index(prim.ceil(place))].map((position) =>
    position.ndim === 0
      ? takeAxis("quantile", rows, position, last, { mode: "clip" })
      : elementAt(rows, position),
  ) as [NDArray, NDArray];
  return blend(low, high, weight.ndim === 0 ? weight : prim.broadcastTo(weight, outer), method);
};

const quantiles = (
  name: string,
  x: ArrayLike,
  q: ArrayLike,
  axis: AxisArgument,
  { method = "linear", keepdims = false }: QuantileOptions,
  skipsNan: boolean,
): NDArray => {
  if (!METHODS.includes(method)) {
    throw new ArgumentError(`${name}: method must be one of ${METHODS.join(", ")}; got ${String(method)}.`);
  }
  const [array, wanted] = promote(name, [x, q], toInexact) as [NDArray, NDArray];
  if (wanted.ndim > 1)
    throw new ShapeError(`${name}: q must be a number or a vector; got ${describeAval(wanted)}.`);
  const axes = reducedAxes(name, array, axis);
  const given = inRows(array, axes);
  const last = given.ndim - 1;
  if (given.shape[last] === 0) {
    throw new ShapeError(`${name}: ${describeAval(array)} has no elements along axes [${axes.join(", ")}].`);
  }
  const isNan = prim.ne(given, given);
  const count = skipsNan ? sum(prim.not(isNan), -1, { dtype: array.dtype }) : null;
  // NaN anywhere makes the quantile NaN; skipped, it stands behind all numbers.
  const spoiled = skipsNan
    ? given
    : prim.select(
        prim.broadcastTo(any(isNan, -1, { keepdims: true }), given.shape),
        scalarArray(Number.NaN, given.dtype, true),
        given,
      );
  const rows = prim.sort([spoiled], last)[0] as NDArray;
  const keptShape = array.shape.map((n, a) => (axes.includes(a) ? 1 : n));
  const one = (level: NDArray): NDArray => {
    const result = quantileOfRows(rows, level, count, method);
    return keepdims ? prim.reshape(result, keptShape) : result;
  };
  if (wanted.ndim === 0) return one(wanted);
  const levels = prim
    .range(wanted.size)
    .map((i) => one(prim.reshape(prim.sliceInDim(wanted, i, i + 1, 0), [])));
  const shape = keepdims ? keptShape : rows.shape.slice(0, -1);
  if (levels.length === 0) return prim.zerosLike({ shape: [0, ...shape], dtype: array.dtype });
  return prim.concatenate(
    levels.map((level) => prim.reshape(level, [1, ...shape])),
    0,
  );
};

/**
 * The value below which the fraction `q` of the elements over `axis` lies; for a vector `q` one each, in front.
 *
 *     quantile(x, 0.9, 1); // of each row
 *
 * @example
 * np.quantile(np.array([1, 2, 3, 4, 5]), 0.25); // 2
 */
export const quantile = (
  x: ArrayLike,
  q: ArrayLike,
  axis: AxisArgument = null,
  options: QuantileOptions = {},
): NDArray => quantiles("quantile", x, q, axis, options, false);

/**
 * `quantile` of what is not NaN.
 *
 * @example
 * np.nanquantile(np.array([1, 2, NaN, 3]), 0.5); // 2
 */
export const nanquantile = (
  x: ArrayLike,
  q: ArrayLike,
  axis: AxisArgument = null,
  options: QuantileOptions = {},
): NDArray => quantiles("nanquantile", x, q, axis, options, true);

/**
 * `quantile` with `q` in hundredths.
 *
 * @example
 * np.percentile(np.array([1, 2, 3, 4, 5]), 25); // 2
 */
export const percentile = (
  x: ArrayLike,
  q: ArrayLike,
  axis: AxisArgument = null,
  options: QuantileOptions = {},
): NDArray => quantiles("percentile", x, divide(q, 100), axis, options, false);

/**
 * `percentile` of what is not NaN.
 *
 * @example
 * np.nanpercentile(np.array([1, 2, NaN, 3]), 50); // 2
 */
export const nanpercentile = (
  x: ArrayLike,
  q: ArrayLike,
  axis: AxisArgument = null,
  options: QuantileOptions = {},
): NDArray => quantiles("nanpercentile", x, divide(q, 100), axis, options, true);

/**
 * The middle element over `axis`, or the mean of the two in the middle.
 *
 * @example
 * np.median(np.array([1, 5, 2])); // 2
 */
export const median = (
  x: ArrayLike,
  axis: AxisArgument = null,
  { keepdims = false }: QuantileOptions = {},
): NDArray =>
  quantiles("median", operand(x, "median", toInexact), 0.5, axis, { method: "midpoint", keepdims }, false);

/**
 * `median` of what is not NaN.
 *
 * @example
 * np.nanmedian(np.array([1, NaN, 3])); // 2
 */
export const nanmedian = (
  x: ArrayLike,
  axis: AxisArgument = null,
  { keepdims = false }: QuantileOptions = {},
): NDArray =>
  quantiles(
    "nanmedian",
    operand(x, "nanmedian", toInexact),
    0.5,
    axis,
    { method: "midpoint", keepdims },
    true,
  );
