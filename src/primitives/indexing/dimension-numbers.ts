import { formatShape, isInteger, type Shape, sameShape } from "../../array/index.ts";
import { type Aval, DTypeError, describeAval, ShapeError } from "../../core/index.ts";
import { range } from "../rules.ts";

/*
 * Gather reads windows of an operand and scatter writes them. Both say in the same way which axes are which, under
 * the names that XLA gives them; `Windows` is what is common.
 */

/** Which axes are which in `gather`. */
export interface GatherDimensionNumbers {
  /** Axes of the result that run through a window, increasing. */
  readonly offsetDims: readonly number[];
  /** Axes of the operand along which a window has length 1 and which the result does not have, increasing. */
  readonly collapsedSliceDims: readonly number[];
  /** The operand axis that each component of an index vector points into. */
  readonly startIndexMap: readonly number[];
  /** Axes of the operand that are batches: index vectors read at their own place along them. Increasing. */
  readonly operandBatchingDims: readonly number[];
  /** The axis of `indices` that goes with each of `operandBatchingDims`. */
  readonly startIndicesBatchingDims: readonly number[];
}

/** Which axes are which in `scatter` and its kin. */
export interface ScatterDimensionNumbers {
  /** Axes of the updates that run through a window, increasing. */
  readonly updateWindowDims: readonly number[];
  /** Axes of the operand along which a window has length 1 and which the updates do not have, increasing. */
  readonly insertedWindowDims: readonly number[];
  /** The operand axis that each component of an index vector points into. */
  readonly scatterDimsToOperandDims: readonly number[];
  /** Axes of the operand that are batches: index vectors write at their own place along them. Increasing. */
  readonly operandBatchingDims: readonly number[];
  /** The axis of `indices` that goes with each of `operandBatchingDims`. */
  readonly scatterIndicesBatchingDims: readonly number[];
}

/** What an index that points outside the operand does to a `gather`. */
export type GatherMode = "clip" | "fill" | "promise_in_bounds";

/** What an index that points outside the operand does to a `scatter`. */
export type ScatterMode = "clip" | "drop" | "promise_in_bounds";

/** The dimension numbers of either, under common names; `windowed` is the result of gather, the updates of scatter. */
export interface Windows {
  readonly windowDims: readonly number[];
  readonly collapsedDims: readonly number[];
  readonly indexMap: readonly number[];
  readonly operandBatchingDims: readonly number[];
  readonly indicesBatchingDims: readonly number[];
  /** The length of a window along each axis of the operand. */
  readonly sliceSizes: readonly number[];
}

/** The gather that reads the windows which a scatter with these numbers writes. */
export const gatherDimensionsOf = (dims: ScatterDimensionNumbers): GatherDimensionNumbers => ({
  offsetDims: dims.updateWindowDims,
  collapsedSliceDims: dims.insertedWindowDims,
  startIndexMap: dims.scatterDimsToOperandDims,
  operandBatchingDims: dims.operandBatchingDims,
  startIndicesBatchingDims: dims.scatterIndicesBatchingDims,
});

/** The scatter that writes the windows which a gather with these numbers reads. */
export const scatterDimensionsOf = (dims: GatherDimensionNumbers): ScatterDimensionNumbers => ({
  updateWindowDims: dims.offsetDims,
  insertedWindowDims: dims.collapsedSliceDims,
  scatterDimsToOperandDims: dims.startIndexMap,
  operandBatchingDims: dims.operandBatchingDims,
  scatterIndicesBatchingDims: dims.startIndicesBatchingDims,
});

/** The windows of a gather. */
export const gatherWindows = (dims: GatherDimensionNumbers, sliceSizes: readonly number[]): Windows => ({
  windowDims: dims.offsetDims,
  collapsedDims: dims.collapsedSliceDims,
  indexMap: dims.startIndexMap,
  operandBatchingDims: dims.operandBatchingDims,
  indicesBatchingDims: dims.startIndicesBatchingDims,
  sliceSizes,
});

/** The axes of an operand of rank `rank` that windows extend along. */
export const windowAxes = (
  rank: number,
  { collapsedDims, operandBatchingDims }: Pick<Windows, "collapsedDims" | "operandBatchingDims">,
): number[] =>
  range(rank).filter((axis) => !collapsedDims.includes(axis) && !operandBatchingDims.includes(axis));

/** The windows of a scatter: their sizes are those of the updates. */
export const scatterWindows = (operand: Shape, updates: Shape, dims: ScatterDimensionNumbers): Windows => {
  const gatherDims = gatherDimensionsOf(dims);
  const sliceSizes = operand.map((n) => Math.min(1, n));
  const axes = windowAxes(operand.length, gatherWindows(gatherDims, []));
  axes.forEach((axis, i) => {
    sliceSizes[axis] = updates[dims.updateWindowDims[i] as number] as number;
  });
  return gatherWindows(gatherDims, sliceSizes);
};

const isIncreasing = (list: readonly number[]): boolean =>
  list.every((n, i) => i === 0 || n > (list[i - 1] as number));

const areDistinctAxes = (list: readonly number[], rank: number): boolean =>
  new Set(list).size === list.length && list.every((n) => Number.isInteger(n) && n >= 0 && n < rank);

/** Refuse arrays and dimension numbers that do not fit together, saying which do not. */
class Checker {
  readonly #name: string;
  readonly #operand: Aval;
  readonly #indices: Aval;

  constructor(name: string, operand: Aval, indices: Aval) {
    this.#name = name;
    this.#operand = operand;
    this.#indices = indices;
  }

  require(condition: boolean, rule: string): void {
    if (condition) return;
    throw new ShapeError(
      `${this.#name}: ${rule}; got the operand ${describeAval(this.#operand)} and the indices ${describeAval(this.#indices)}.`,
    );
  }

  axes(list: readonly number[], rank: number, label: string, increasing: boolean): void {
    this.require(
      areDistinctAxes(list, rank) && (!increasing || isIncreasing(list)),
      `${label} ${formatShape(list)} must be different${increasing ? ", increasing" : ""} axes from 0 to ${rank - 1}`,
    );
  }

  indices(): void {
    if (!isInteger(this.#indices.dtype)) {
      throw new DTypeError(
        `${this.#name}: indices must be int32 or uint32; got ${describeAval(this.#indices)}.`,
      );
    }
    this.require(this.#indices.shape.length > 0, "indices need an axis, the last, that holds index vectors");
  }

  /** What gather and scatter have in common, under the names of the one that is checked. */
  windows(
    { collapsedDims, indexMap, operandBatchingDims, indicesBatchingDims }: Windows,
    names: { readonly collapsed: string; readonly map: string; readonly indicesBatching: string },
  ): void {
    const { shape } = this.#operand;
    const indices = this.#indices.shape;
    this.axes(collapsedDims, shape.length, names.collapsed, true);
    this.axes(operandBatchingDims, shape.length, "operandBatchingDims", true);
    this.axes(indexMap, shape.length, names.map, false);
    this.axes(indicesBatchingDims, indices.length - 1, names.indicesBatching, false);
    this.require(
      operandBatchingDims.every((axis) => !collapsedDims.includes(axis) && !indexMap.includes(axis)),
      `operandBatchingDims ${formatShape(operandBatchingDims)} must be others than ${names.collapsed} ` +
        `${formatShape(collapsedDims)} and ${names.map} ${formatShape(indexMap)}`,
    );
    this.require(
      indexMap.length === indices.at(-1),
      `${names.map} ${formatShape(indexMap)} must name one axis for each component of the index vectors, which are ` +
        "the last axis of the indices",
    );
    this.require(
      operandBatchingDims.length === indicesBatchingDims.length &&
        operandBatchingDims.every((axis, i) => shape[axis] === indices[indicesBatchingDims[i] as number]),
      `operandBatchingDims ${formatShape(operandBatchingDims)} and ${names.indicesBatching} ` +
        `${formatShape(indicesBatchingDims)} must be axes of equal lengths`,
    );
  }
}

/**
 * Check a gather and give the shape of its result.
 *
 * @throws ShapeError or DTypeError that names what does not fit.
 */
export const checkGather = (
  operand: Aval,
  indices: Aval,
  dims: GatherDimensionNumbers,
  sliceSizes: readonly number[],
): number[] => {
  const check = new Checker("gather", operand, indices);
  check.indices();
  const windows = gatherWindows(dims, sliceSizes);
  check.windows(windows, {
    collapsed: "collapsedSliceDims",
    map: "startIndexMap",
    indicesBatching: "startIndicesBatchingDims",
  });
  check.require(
    sliceSizes.length === operand.shape.length &&
      sliceSizes.every((n, axis) => Number.isInteger(n) && n >= 0 && n <= (operand.shape[axis] as number)),
    `sliceSizes ${formatShape(sliceSizes)} must have a length for each axis of the operand, at most the axis itself`,
  );
  for (const axis of [...dims.collapsedSliceDims, ...dims.operandBatchingDims]) {
    check.require(
      sliceSizes[axis] === Math.min(1, operand.shape[axis] as number),
      `sliceSizes ${formatShape(sliceSizes)} must be 1 along axis ${axis}, which is collapsed or a batch`,
    );
  }
  const axes = windowAxes(operand.shape.length, windows);
  const rank = indices.shape.length - 1 + axes.length;
  check.require(
    dims.offsetDims.length === axes.length,
    `offsetDims ${formatShape(dims.offsetDims)} must name one axis of the result for each of the ${axes.length} axes of ` +
      "the operand that are neither collapsed nor batches",
  );
  check.axes(dims.offsetDims, rank, "offsetDims", true);
  const batch = indices.shape.slice(0, -1);
  const window = axes.map((axis) => sliceSizes[axis] as number);
  return range(rank).map(
    (axis) => (dims.offsetDims.includes(axis) ? window.shift() : batch.shift()) as number,
  );
};

/**
 * Check a scatter.
 *
 * @throws ShapeError or DTypeError that names what does not fit.
 */
export const checkScatter = (
  name: string,
  operand: Aval,
  indices: Aval,
  updates: Aval,
  dims: ScatterDimensionNumbers,
): void => {
  const check = new Checker(name, operand, indices);
  check.indices();
  if (updates.dtype !== operand.dtype) {
    throw new DTypeError(
      `${name}: updates must have the operand's dtype; got ${describeAval(operand)} and ${describeAval(updates)}.`,
    );
  }
  const windows = gatherWindows(gatherDimensionsOf(dims), []);
  check.windows(windows, {
    collapsed: "insertedWindowDims",
    map: "scatterDimsToOperandDims",
    indicesBatching: "scatterIndicesBatchingDims",
  });
  const axes = windowAxes(operand.shape.length, windows);
  const { shape } = updates;
  check.axes(dims.updateWindowDims, shape.length, "updateWindowDims", true);
  check.require(
    dims.updateWindowDims.length === axes.length,
    `updateWindowDims ${formatShape(dims.updateWindowDims)} must name one axis of the updates for each of the ` +
      `${axes.length} axes of the operand that are neither inserted nor batches`,
  );
  check.require(
    axes.every(
      (axis, i) => (shape[dims.updateWindowDims[i] as number] as number) <= (operand.shape[axis] as number),
    ),
    `windows of the updates ${describeAval(updates)} must not be longer than the operand`,
  );
  check.require(
    sameShape(
      shape.filter((_, axis) => !dims.updateWindowDims.includes(axis)),
      indices.shape.slice(0, -1),
    ),
    `updates ${describeAval(updates)} must have the axes of the indices but the last, apart from updateWindowDims ` +
      formatShape(dims.updateWindowDims),
  );
};
