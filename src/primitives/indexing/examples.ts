import type { DType, Shape } from "../../array/index.ts";
import type { ArgumentSpec, Chooser } from "../../core/index.ts";
import { inserted, range } from "../rules.ts";
import type { GatherDimensionNumbers } from "./dimension-numbers.ts";

/** The shapes and dimension numbers of one gather, or of one scatter with updates of the gather's result shape. */
export interface WindowsExample {
  readonly operand: Shape;
  readonly indices: ArgumentSpec;
  readonly windowed: Shape;
  readonly dimensionNumbers: GatherDimensionNumbers;
  readonly sliceSizes: readonly number[];
}

const TAKE_ROWS = {
  collapsedSliceDims: [0],
  startIndexMap: [0],
  operandBatchingDims: [],
  startIndicesBatchingDims: [],
};

/** An embedding lookup: the rows that `indices` name. */
const drawRows = (
  choose: Chooser,
  indices: (last: number) => Pick<ArgumentSpec, "dtype" | "elements">,
): WindowsExample => {
  const operand = [choose.int(1, 4), choose.int(0, 3)];
  const lookups = choose.shape({ maxRank: 2 });
  return {
    operand,
    indices: { shape: [...lookups, 1], ...indices((operand[0] as number) - 1) },
    windowed: [...lookups, operand[1] as number],
    dimensionNumbers: { ...TAKE_ROWS, offsetDims: [lookups.length] },
    sliceSizes: [1, operand[1] as number],
  };
};

/** Any windows at all. With `once`, no two index vectors point into one batch, so that no element is met twice. */
const drawWindows = (
  choose: Chooser,
  indices: (last: number) => Pick<ArgumentSpec, "dtype" | "elements">,
  once: boolean,
): WindowsExample => {
  const operand = choose.shape({ maxRank: 3 });
  const axes = range(operand.length);
  const roles = axes.map(() => choose.pick(["window", "collapsed", "batch"] as const));
  const having = (role: "window" | "collapsed" | "batch"): number[] =>
    axes.filter((axis) => roles[axis] === role);
  const sliceSizes = operand.map((n, axis) => (roles[axis] === "window" ? choose.int(0, n) : Math.min(1, n)));
  const startIndexMap = choose.permutation(choose.subset(axes.filter((axis) => roles[axis] !== "batch")));
  const operandBatchingDims = having("batch");

  let lookups: (number | "free")[] = once ? [] : choose.shape({ maxRank: 1 }).map(() => "free" as const);
  const batches = choose.permutation(operandBatchingDims);
  lookups = batches.reduce(
    (list: (number | "free")[], axis) => inserted(list, choose.int(0, list.length), axis),
    lookups,
  );
  const lookupShape = lookups.map((axis) => (axis === "free" ? choose.int(0, 3) : (operand[axis] as number)));

  const window = having("window").map((axis) => sliceSizes[axis] as number);
  const rank = lookups.length + window.length;
  const offsetDims = choose
    .permutation(range(rank))
    .slice(0, window.length)
    .sort((a, b) => a - b);
  const left = { window: [...window], lookup: [...lookupShape] };
  const last = Math.min(
    ...startIndexMap.map((axis) => (operand[axis] as number) - (sliceSizes[axis] as number)),
    3,
  );
  return {
    operand,
    indices: { shape: [...lookupShape, startIndexMap.length], ...indices(last) },
    windowed: range(rank).map((d) => (offsetDims.includes(d) ? left.window : left.lookup).shift() as number),
    dimensionNumbers: {
      offsetDims,
      collapsedSliceDims: having("collapsed"),
      startIndexMap,
      operandBatchingDims,
      startIndicesBatchingDims: operandBatchingDims.map((axis) => lookups.indexOf(axis)),
    },
    sliceSizes,
  };
};

/**
 * Draw one gather or scatter: the rows of a table, or windows of any kind. Indices lie inside the operand where
 * `inBounds`, else around it.
 */
export const drawIndexing = (
  choose: Chooser,
  options: { readonly inBounds: boolean; readonly once?: boolean },
): WindowsExample => {
  const dtype: DType = choose.pick(["int32", "uint32"]);
  const indices = (last: number): Pick<ArgumentSpec, "dtype" | "elements"> => ({
    dtype,
    elements: options.inBounds ? { min: 0, max: last } : { min: dtype === "int32" ? -2 : 0, max: last + 2 },
  });
  return !options.once && choose.bool()
    ? drawRows(choose, indices)
    : drawWindows(choose, indices, options.once ?? false);
};
