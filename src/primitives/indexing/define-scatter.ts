import {
  ConcreteArray as Concrete,
  type ConcreteArray,
  type DType,
  type DTypeKind,
  denseData,
  dtypeInfo,
  type NDArray,
  type TypedArray,
} from "../../array/index.ts";
import {
  ArgumentError,
  type Aval,
  aval,
  type BatchAxis,
  type BatchResult,
  bind,
  type Chooser,
  DTypeError,
  describeAval,
  type ElementRange,
  type ExampleSpec,
  type Primitive,
} from "../../core/index.ts";
import { batchedAtFront } from "../broadcast.ts";
import { moveAxis } from "../shape.ts";
import {
  checkScatter,
  type ScatterDimensionNumbers,
  type ScatterMode,
  scatterDimensionsOf,
  scatterWindows,
} from "./dimension-numbers.ts";
import { drawIndexing } from "./examples.ts";
import { visitWindows } from "./visit-windows.ts";

/*
 * What all scatters have in common. They differ in how an update is combined with what stands in its place.
 */

/** Parameters of `scatter`, `scatterAdd`, `scatterMul`, `scatterMin` and `scatterMax`. */
export interface ScatterParams {
  readonly dimensionNumbers: ScatterDimensionNumbers;
  /** What becomes of windows that stick out of the operand; under "promise_in_bounds" they are dropped too. */
  readonly mode: ScatterMode;
  /** A promise that no element of the operand is met twice. */
  readonly uniqueIndices: boolean;
  /** A promise that index vectors come in increasing order. */
  readonly indicesAreSorted: boolean;
}

/** What a scatter may be told beside its dimension numbers. Out of bounds is dropped unless said otherwise. */
export type ScatterOptions = Partial<Omit<ScatterParams, "dimensionNumbers">>;

/** Parameters with defaults filled in. */
export const scatterParams = (
  dimensionNumbers: ScatterDimensionNumbers,
  { mode = "drop", uniqueIndices = false, indicesAreSorted = false }: ScatterOptions = {},
): ScatterParams => ({ dimensionNumbers, mode, uniqueIndices, indicesAreSorted });

const MODES: readonly ScatterMode[] = ["clip", "drop", "promise_in_bounds"];

/** The abstract evaluation of a scatter of the dtypes in `kinds`. */
export const scatterAval =
  (name: string, kinds: readonly DTypeKind[]) =>
  ([x, i, u]: readonly Aval[], { dimensionNumbers, mode }: ScatterParams): readonly Aval[] => {
    const operand = x as Aval;
    const updates = u as Aval;
    if (!MODES.includes(mode)) {
      throw new ArgumentError(`${name}: mode must be one of ${MODES.join(", ")}; got ${String(mode)}.`);
    }
    if (!kinds.includes(dtypeInfo(operand.dtype).kind)) {
      throw new DTypeError(`${name}: takes ${kinds.join(", ")} arrays; got ${describeAval(operand)}.`);
    }
    checkScatter(name, operand, i as Aval, updates, dimensionNumbers);
    return [aval(operand.shape, operand.dtype, operand.weakType && updates.weakType)];
  };

/** How an update is combined with the element in its place. */
export type Combine = (element: number, update: number) => number;

/** The reference of a scatter. Updates are combined one at a time, those of a later index vector later. */
export const evaluateScatter =
  (combine: Combine | { readonly float: Combine; readonly other: Combine }) =>
  (
    [x, i, u]: readonly ConcreteArray[],
    { dimensionNumbers, mode }: ScatterParams,
    [output]: readonly Aval[],
  ) => {
    const operand = x as ConcreteArray;
    const updates = u as ConcreteArray;
    const { shape, dtype, weakType } = output as Aval;
    // float32 is accumulated in double and rounded once.
    const out: TypedArray =
      dtype === "float32" ? Float64Array.from(denseData(operand)) : denseData(operand).slice();
    const data = denseData(updates);
    const f =
      typeof combine === "function"
        ? combine
        : dtypeInfo(dtype).kind === "float"
          ? combine.float
          : combine.other;
    visitWindows(
      shape,
      i as ConcreteArray,
      updates.shape,
      scatterWindows(shape, updates.shape, dimensionNumbers),
      mode === "clip",
      (to, from) => {
        out[to] = f(out[to] as number, data[from] as number);
      },
    );
    return [new Concrete(dtype === "float32" ? Float32Array.from(out) : out, shape, dtype, weakType)];
  };

/**
 * The batching of every scatter: the batch is one more axis of the windows if the indices are the same for all of
 * it, else one more axis along which index vectors write at their own place.
 */
export const batchScatter = (
  primitive: Primitive<ScatterParams>,
  [x, i, u]: readonly NDArray[],
  [axis, indicesAxis, updatesAxis]: readonly BatchAxis[],
  size: number,
  params: ScatterParams,
): BatchResult => {
  const dims = params.dimensionNumbers;
  const operand = batchedAtFront(x as NDArray, axis as BatchAxis, size);
  const updates = batchedAtFront(u as NDArray, updatesAxis as BatchAxis, size);
  const isShared = indicesAxis === null;
  const indices = isShared ? (i as NDArray) : moveAxis(i as NDArray, indicesAxis as number, 0);
  const windowDims = dims.updateWindowDims.map(next);
  const operandDims = dims.operandBatchingDims.map(next);
  const dimensionNumbers: ScatterDimensionNumbers = {
    updateWindowDims: isShared ? [0, ...windowDims] : windowDims,
    insertedWindowDims: dims.insertedWindowDims.map(next),
    scatterDimsToOperandDims: dims.scatterDimsToOperandDims.map(next),
    operandBatchingDims: isShared ? operandDims : [0, ...operandDims],
    scatterIndicesBatchingDims: isShared
      ? dims.scatterIndicesBatchingDims
      : [0, ...dims.scatterIndicesBatchingDims.map(next)],
  };
  // Vectors of different members of the batch are in order only within each.
  const indicesAreSorted = isShared && params.indicesAreSorted;
  return {
    outputs: bind(primitive, [operand, indices, updates], { ...params, dimensionNumbers, indicesAreSorted }),
    axes: [0],
  };
};

const next = (axis: number): number => axis + 1;

/** How the examples of a scatter are drawn. */
export interface ScatterExamples {
  readonly otherDTypes: readonly DType[];
  /** Whether elements of the operand are always met once only, because derivatives need it; default: sometimes. */
  readonly once?: boolean;
  /** Ranges of the operand and the updates, exchanged in half of the examples. */
  readonly ranges?: readonly [ElementRange, ElementRange];
}

/** The legal arguments of a scatter. */
export const scatterArgs = ({ otherDTypes, once: always = false, ranges = [{}, {}] }: ScatterExamples) => {
  const draw = (choose: Chooser, dtype: DType, useRanges: boolean): ExampleSpec<ScatterParams> => {
    const mode = choose.pick(MODES);
    const once = always || choose.bool();
    const { operand, indices, windowed, dimensionNumbers } = drawIndexing(choose, {
      inBounds: mode === "promise_in_bounds",
      once,
    });
    const [first, second] = choose.bool() ? [ranges[1], ranges[0]] : ranges;
    return {
      inputs: [
        { shape: operand, dtype, ...(useRanges && { elements: first }) },
        indices,
        { shape: windowed, dtype, ...(useRanges && { elements: second }) },
      ],
      params: scatterParams(scatterDimensionsOf(dimensionNumbers), { mode, uniqueIndices: once }),
    };
  };
  return {
    example: (choose: Chooser) => draw(choose, choose.floatDType(), true),
    otherDTypes: (choose: Chooser) => draw(choose, choose.pick(otherDTypes), false),
  };
};
