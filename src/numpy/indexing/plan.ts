import { broadcastShapes, formatShape, type NDArray, type Shape, scalarArray } from "../../array/index.ts";
import { ShapeError } from "../../core/index.ts";
import * as prim from "../../primitives/index.ts";
import type { ArrayEntry, Entry, FixedEntry, RangeEntry } from "./entries.ts";

/*
 * The second step of indexing: entries become a window of the array, if none is an array of positions and none leaves
 * elements out, or else the dimension numbers of a gather, which are those of a scatter too.
 */

/** One piece of the result's shape. */
type Piece = { readonly kind: "new" } | { readonly kind: "arrays" } | RangeEntry;

/** Places that indices name, as a gather. */
export interface GatherPlan {
  /** The shape of what is there, new axes included. */
  readonly shape: Shape;
  /** That shape without new axes: what the gather gives. */
  readonly gathered: Shape;
  /** Axes of what is gathered that are read backwards. */
  readonly reversed: readonly number[];
  readonly indices: NDArray;
  readonly dimensionNumbers: prim.GatherDimensionNumbers;
  readonly sliceSizes: readonly number[];
  /** Whether no element is named twice, for sure. */
  readonly unique: boolean;
}

/** Places that indices name, as a window with steps. */
export interface WindowPlan {
  readonly shape: Shape;
  readonly start: readonly number[];
  readonly lengths: readonly number[];
  readonly steps: readonly number[];
  /** Axes of the operand that are read backwards. */
  readonly reversed: readonly number[];
}

const isArray = (entry: Entry): entry is ArrayEntry => entry.kind === "array";

/** Whether indices name a window, without arrays of positions. */
export const isWindow = (entries: readonly Entry[]): boolean => !entries.some(isArray);

/** The window that entries without arrays name. */
export const windowPlan = (entries: readonly Entry[]): WindowPlan => {
  const axes = entries.filter((entry): entry is FixedEntry | RangeEntry => entry.kind !== "new");
  return {
    shape: entries.flatMap((entry) =>
      entry.kind === "new" ? [1] : entry.kind === "range" ? [entry.length] : [],
    ),
    start: axes.map((entry) => (entry.kind === "fixed" ? entry.position : entry.start)),
    lengths: axes.map((entry) => (entry.kind === "fixed" ? 1 : entry.length)),
    steps: axes.map((entry) => (entry.kind === "fixed" ? 1 : entry.step)),
    reversed: axes.flatMap((entry) => (entry.kind === "range" && entry.reversed ? [entry.axis] : [])),
  };
};

/**
 * The pieces of the result in order. Arrays stand together where the first of them stands, or in front of everything
 * if something stands between them; single positions count among them, as in NumPy.
 */
const arrangePieces = (entries: readonly Entry[]): Piece[] => {
  const places = entries.flatMap((entry, i) => (entry.kind === "array" || entry.kind === "fixed" ? [i] : []));
  const first = places[0] as number;
  const hasArrays = entries.some(isArray);
  const together = places.every((place, i) => place === first + i);
  const pieces: Piece[] = [];
  if (hasArrays && !together) pieces.push({ kind: "arrays" });
  entries.forEach((entry, i) => {
    if (entry.kind === "new" || entry.kind === "range") pieces.push(entry);
    else if (hasArrays && together && i === first) pieces.push({ kind: "arrays" });
  });
  return pieces;
};

/** A component of index vectors: its operand axis, its values, and the axes of the indices that these run along. */
interface Component {
  readonly axis: number;
  readonly value: NDArray;
  readonly dims: readonly number[];
}

const int32 = (value: number): NDArray => scalarArray(value, "int32");

/** The gather that entries name. */
export const gatherPlan = (name: string, x: NDArray, entries: readonly Entry[]): GatherPlan => {
  const arrays = entries.filter(isArray);
  const common = broadcastShapes(...arrays.map((entry) => entry.index.shape));
  if (common === undefined) {
    throw new ShapeError(
      `${name}: the index arrays have shapes ${arrays.map((entry) => formatShape(entry.index.shape)).join(" and ")}, ` +
        "which do not broadcast.",
    );
  }
  const gathered: number[] = [];
  const shape: number[] = [];
  const batch: number[] = [];
  const offsetDims: number[] = [];
  const reversed: number[] = [];
  const components: Component[] = [];
  const collapsed: number[] = [];
  const sliceSizes = x.shape.map((n) => Math.min(1, n));
  const addBatch = (lengths: Shape): number[] => lengths.map((n) => batch.push(n) - 1);
  let arrayDims: readonly number[] = [];

  for (const piece of arrangePieces(entries)) {
    if (piece.kind === "new") {
      shape.push(1);
      continue;
    }
    if (piece.kind === "arrays") {
      arrayDims = addBatch(common);
      gathered.push(...common);
      shape.push(...common);
      continue;
    }
    if (piece.reversed) reversed.push(gathered.length);
    if (piece.step === 1) {
      offsetDims.push(gathered.length);
      sliceSizes[piece.axis] = piece.length;
      if (piece.start !== 0) components.push({ axis: piece.axis, value: int32(piece.start), dims: [] });
    } else {
      // Steps are positions of their own, since windows have no gaps.
      const counted = prim.mul(prim.iota([piece.length], "int32", 0), int32(piece.step));
      components.push({
        axis: piece.axis,
        value: prim.add(counted, int32(piece.start)),
        dims: addBatch([piece.length]),
      });
      collapsed.push(piece.axis);
    }
    gathered.push(piece.length);
    shape.push(piece.length);
  }
  for (const entry of entries) {
    if (entry.kind === "fixed") components.push({ axis: entry.axis, value: int32(entry.position), dims: [] });
    else if (entry.kind === "array") {
      const dims = arrayDims.slice(arrayDims.length - entry.index.ndim);
      components.push({ axis: entry.axis, value: entry.index, dims });
    } else continue;
    collapsed.push(entry.axis);
  }
  return {
    shape,
    gathered,
    reversed,
    indices: indexVectors(components, batch),
    dimensionNumbers: {
      offsetDims,
      collapsedSliceDims: collapsed.sort((a, b) => a - b),
      startIndexMap: components.map((component) => component.axis),
      operandBatchingDims: [],
      startIndicesBatchingDims: [],
    },
    sliceSizes,
    unique: arrays.length === 0,
  };
};

/** Index vectors along a last axis, from components that run along some axes of `batch` each. */
const indexVectors = (components: readonly Component[], batch: Shape): NDArray => {
  const rank = batch.length;
  const columns = components.map(({ value, dims }) => prim.broadcastInDim(value, [...batch, 1], dims));
  return prim.concatenate(columns, rank);
};
