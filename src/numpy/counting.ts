import {
  type ArrayLike,
  arrayFrom,
  ConcreteArray,
  denseData,
  isInteger,
  type NDArray,
  scalarArray,
} from "../array/index.ts";
import { ArgumentError, ConcretizationError, DTypeError, describeAval, ShapeError } from "../core/index.ts";
import * as prim from "../primitives/index.ts";
import { add, divide, multiply, subtract } from "./arithmetic.ts";
import { diff } from "./differences.ts";
import { operand, promote, toInexact, withType } from "./operands.ts";
import { linspace } from "./ranges.ts";
import { max, min, sum } from "./reductions.ts";
import { ravel } from "./shaping.ts";
import { searchsorted } from "./sorting.ts";
import { where } from "./where.ts";

/** Sums of `weights` by the places (vectors of positions) where they belong. */
const addAt = (shape: readonly number[], places: readonly NDArray[], weights: NDArray): NDArray => {
  const n = weights.size;
  const axes = prim.range(shape.length);
  return prim.scatterAdd(
    prim.broadcastInDim(scalarArray(0, weights.dtype), shape, []),
    prim.concatenate(
      places.map((place) => prim.reshape(place, [n, 1])),
      1,
    ),
    weights,
    {
      updateWindowDims: [],
      insertedWindowDims: axes,
      scatterDimsToOperandDims: axes,
      operandBatchingDims: [],
      scatterIndicesBatchingDims: [],
    },
    { mode: "drop" },
  );
};

/** Options of `bincount`. */
export interface BincountOptions {
  /** What each element counts; default: 1. */
  readonly weights?: ArrayLike | null;
  /** How many counts there are at least. */
  readonly minlength?: number;
  /** How many counts there are exactly, so that the shape is known while a function is traced; larger elements are dropped. */
  readonly length?: number | null;
}

/** The greatest element, which must be known. */
const greatest = (x: NDArray): number => {
  if (x instanceof ConcreteArray) return Array.from(denseData(x)).reduce((most, i) => Math.max(most, i), -1);
  throw new ConcretizationError(
    `bincount: the greatest element of ${describeAval(x)} is not known while a function is traced, and so neither is the ` +
      "shape of the result. Give `length`.",
  );
};

/**
 * How often 0, 1, 2, … occur in a vector of integers; negative ones count as 0.
 *
 * @example
 * np.bincount(np.array([0, 1, 1, 3], "int32")); // [1, 2, 0, 1]
 */
export const bincount = (
  x: ArrayLike,
  { weights = null, minlength = 0, length: given = null }: BincountOptions = {},
): NDArray => {
  const array = operand(x, "bincount");
  if (array.ndim !== 1) throw new ShapeError(`bincount: takes a vector; got ${describeAval(array)}.`);
  if (!isInteger(array.dtype)) throw new DTypeError(`bincount: takes integers; got ${describeAval(array)}.`);
  const counted = weights === null ? scalarArray(1, "int32") : operand(weights, "bincount");
  const places = prim.convertElementType(array, "int32");
  const count = given ?? Math.max(minlength, 1 + greatest(array));
  return addAt([count], [prim.max(places, scalarArray(0, "int32"))], prim.broadcastTo(counted, array.shape));
};

/**
 * For each element of `x`, between which of the monotonic `bins` it lies. With `right`, bins include their upper end.
 *
 * @example
 * np.digitize(np.array([0.2, 6.4]), np.array([0, 1, 2.5, 4])); // [1, 4]
 */
export const digitize = (x: ArrayLike, bins: ArrayLike, right = false): NDArray => {
  const [array, edges] = promote("digitize", [x, bins]) as [NDArray, NDArray];
  if (edges.ndim !== 1) throw new ShapeError(`digitize: bins must be a vector; got ${describeAval(edges)}.`);
  const n = edges.size;
  if (n === 0) return prim.broadcastTo(scalarArray(0, "int32"), array.shape);
  const edge = (i: number): NDArray => prim.reshape(prim.sliceInDim(edges, i, i + 1, 0), []);
  const upwards = searchsorted(edges, array, { side: right ? "left" : "right" });
  const downwards = searchsorted(prim.rev(edges, [0]), array, { side: right ? "left" : "right" });
  return where(prim.le(edge(0), edge(n - 1)), upwards, prim.sub(scalarArray(n, "int32"), downwards));
};

/** Options of histograms. */
export interface HistogramOptions {
  /** The ends of the outermost bins; default: the least and the greatest element. */
  readonly range?: readonly [number, number] | null;
  readonly weights?: ArrayLike | null;
  /** Whether to divide by the total and the widths of the bins, so that the integral is 1. */
  readonly density?: boolean;
}

/** Where bins begin and end: so many of equal width, or their edges in increasing order. */
export type Bins = number | ArrayLike | readonly number[];

/**
 * The edges of the bins of a histogram of `x`.
 *
 * @example
 * np.histogramBinEdges(np.array([0, 4]), 2); // [0, 2, 4]
 */
export const histogramBinEdges = (
  x: ArrayLike,
  bins: Bins = 10,
  range: readonly [number, number] | null = null,
): NDArray => edgesOf("histogramBinEdges", x, bins, range);

const edgesOf = (
  name: string,
  x: ArrayLike,
  bins: Bins,
  range: readonly [number, number] | null,
): NDArray => {
  const array = ravel(operand(x, name, toInexact));
  if (Array.isArray(bins)) return arrayFrom(bins, array.dtype);
  if (typeof bins !== "number") return prim.convertElementType(operand(bins as ArrayLike, name), array.dtype);
  if (!Number.isInteger(bins) || bins < 1) {
    throw new ArgumentError(`${name}: bins must be a whole number of at least 1, or edges; got ${bins}.`);
  }
  const [low, high] = (range ?? (array.size === 0 ? [0, 1] : [min(array), max(array)])).map((end) =>
    withType(end, array, name),
  ) as [NDArray, NDArray];
  // Equal elements get bins around them.
  const margin = where(prim.eq(low, high), prim.scalarLike(array, 0.5), prim.scalarLike(array, 0));
  return linspace(subtract(low, margin), add(high, margin), bins + 1, true, { dtype: array.dtype });
};

/** The bin of each element of a vector; the last bin includes its upper end. What lies outside gets `-1` or more than there are. */
const binOf = (x: NDArray, edges: NDArray): NDArray => {
  const n = edges.size;
  const last = prim.reshape(prim.sliceInDim(edges, n - 1, n, 0), []);
  const place = prim.sub(searchsorted(edges, x, { side: "right" }), scalarArray(1, "int32"));
  return prim.select(prim.eq(x, last), scalarArray(n - 2, "int32"), place);
};

const weightsFor = (x: NDArray, weights: ArrayLike | null): NDArray => {
  const given = weights === null ? prim.scalarLike(x, 1) : ravel(weights);
  return prim.broadcastTo(prim.convertElementType(given, given.weakType ? x.dtype : given.dtype), x.shape);
};

/**
 * How many elements of `x` lie in each bin, and the edges of the bins.
 *
 * @example
 * np.histogram(np.array([1, 2, 1]), np.array([0, 1, 2, 3])); // [[0, 2, 1], [0, 1, 2, 3]]
 */
export const histogram = (
  x: ArrayLike,
  bins: Bins = 10,
  { range = null, weights = null, density = false }: HistogramOptions = {},
): readonly [counts: NDArray, binEdges: NDArray] => {
  const array = ravel(operand(x, "histogram", toInexact));
  const edges = edgesOf("histogram", array, bins, range);
  const counts = addAt([edges.size - 1], [binOf(array, edges)], weightsFor(array, weights));
  return [density ? divide(counts, multiply(diff(edges), sum(counts))) : counts, edges];
};

/**
 * How many points (x, y) lie in each cell of a grid of bins, and the edges of the bins along both axes.
 *
 * @example
 * np.histogram2d(np.array([0.5, 1.5]), np.array([0.5, 0.5]), [np.array([0, 1, 2]), np.array([0, 1])])[0];
 * // [[1], [1]]
 */
export const histogram2d = (
  x: ArrayLike,
  y: ArrayLike,
  bins: Bins | readonly [Bins, Bins] = 10,
  { weights = null, density = false }: Omit<HistogramOptions, "range"> = {},
): readonly [counts: NDArray, xEdges: NDArray, yEdges: NDArray] => {
  const [a, b] = promote("histogram2d", [x, y], toInexact).map(ravel) as [NDArray, NDArray];
  if (a.size !== b.size) {
    throw new ShapeError(
      `histogram2d: x and y must have equally many elements; got ${a.size} and ${b.size}.`,
    );
  }
  const [xBins, yBins] =
    Array.isArray(bins) && bins.length === 2 ? (bins as [Bins, Bins]) : [bins as Bins, bins as Bins];
  const edges = [xBins, yBins].map((own, i) => edgesOf("histogram2d", i === 0 ? a : b, own, null)) as [
    NDArray,
    NDArray,
  ];
  const places = [binOf(a, edges[0]), binOf(b, edges[1])];
  const counted =
    weights === null ? prim.broadcastTo(scalarArray(1, "int32"), a.shape) : weightsFor(a, weights);
  const counts = addAt([edges[0].size - 1, edges[1].size - 1], places, counted);
  if (!density) return [counts, ...edges];
  const areas = multiply(prim.reshape(diff(edges[0]), [-1 + edges[0].size, 1]), diff(edges[1]));
  return [divide(counts, multiply(areas, sum(counts))), ...edges];
};
