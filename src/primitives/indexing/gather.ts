import {
  allocate,
  ConcreteArray as Concrete,
  type ConcreteArray,
  castScalar,
  type DType,
  denseData,
  dtypeInfo,
  encodeElement,
  type NDArray,
  sizeOf,
} from "../../array/index.ts";
import {
  ArgumentError,
  type Aval,
  aval,
  type BatchAxis,
  type BatchResult,
  bind,
  bind1,
  type Chooser,
  definePrimitive,
  type ExampleSpec,
  isLinearInput,
  type Primitive,
} from "../../core/index.ts";
import { zerosLike } from "../broadcast.ts";
import { NUMBER } from "../elementwise/base.ts";
import { moveAxis } from "../shape.ts";
import {
  batchScatter,
  evaluateScatter,
  type ScatterOptions,
  type ScatterParams,
  scatterArgs,
  scatterAval,
  scatterParams,
} from "./define-scatter.ts";
import {
  checkGather,
  type GatherDimensionNumbers,
  type GatherMode,
  gatherDimensionsOf,
  gatherWindows,
  type ScatterDimensionNumbers,
  scatterDimensionsOf,
  scatterWindows,
} from "./dimension-numbers.ts";
import { drawIndexing } from "./examples.ts";
import { buildGather } from "./gather-nest.ts";
import { buildScatter } from "./scatter-nest.ts";
import { visitWindows } from "./visit-windows.ts";

/*
 * Reading windows and adding to them are each other's transposes, so they stand together.
 */

/** Parameters of `gather`. */
export interface GatherParams {
  readonly dimensionNumbers: GatherDimensionNumbers;
  /** The length of a window along each axis of the operand. */
  readonly sliceSizes: readonly number[];
  /** What becomes of windows that stick out of the operand; under "promise_in_bounds" they are clipped too. */
  readonly mode: GatherMode;
  /** What "fill" fills with; `null` is NaN, the least of signed or the greatest of unsigned integers, or true. */
  readonly fillValue: number | null;
  /** A promise that no element of the operand is met twice. */
  readonly uniqueIndices: boolean;
  /** A promise that index vectors come in increasing order. */
  readonly indicesAreSorted: boolean;
}

/** What a gather may be told beside its dimensions. Out of bounds is filled unless said otherwise. */
export type GatherOptions = Partial<Omit<GatherParams, "dimensionNumbers" | "sliceSizes">>;

const MODES: readonly GatherMode[] = ["clip", "fill", "promise_in_bounds"];

/** NaN, the least of signed and the greatest of unsigned integers, and true. */
export const defaultFill = (dtype: DType): number => {
  const { kind, min, max } = dtypeInfo(dtype);
  return kind === "float" ? Number.NaN : kind === "int" ? min : max;
};

/** What fills windows of an array of `dtype`, as its elements are stored. */
const fillOf = (fillValue: number | null, dtype: DType): number =>
  encodeElement(castScalar(fillValue ?? defaultFill(dtype), dtype), dtype);

/** Windows of the operand, one for each index vector. */
export const gatherPrimitive: Primitive<GatherParams> = definePrimitive<GatherParams>({
  name: "gather",
  storage: true,
  abstractEval: ([x, i], { dimensionNumbers, sliceSizes, mode }) => {
    const operand = x as Aval;
    if (!MODES.includes(mode)) {
      throw new ArgumentError(`gather: mode must be one of ${MODES.join(", ")}; got ${String(mode)}.`);
    }
    const shape = checkGather(operand, i as Aval, dimensionNumbers, sliceSizes);
    return [aval(shape, operand.dtype, operand.weakType)];
  },
  evaluate: ([x, i], { dimensionNumbers, sliceSizes, mode, fillValue }, [output]) => {
    const operand = x as ConcreteArray;
    const { shape, dtype, weakType } = output as Aval;
    const data = denseData(operand);
    // What is not visited keeps the fill value: windows that stick out, and all of them if the operand is empty.
    const out = allocate(dtype, sizeOf(shape)).fill(fillOf(fillValue, dtype));
    const windows = gatherWindows(dimensionNumbers, sliceSizes);
    visitWindows(operand.shape, i as ConcreteArray, shape, windows, mode !== "fill", (from, to) => {
      out[to] = data[from] as number;
    });
    return [new Concrete(out, shape, dtype, weakType)];
  },
  jvp: (primals, [tangent], params) => ({
    outputs: bind(gatherPrimitive, primals, params),
    // What fills does not depend on the operand.
    tangents: tangent
      ? bind(gatherPrimitive, [tangent, primals[1] as NDArray], { ...params, fillValue: 0 })
      : [null],
  }),
  transpose: ([ct], [x, indices], { dimensionNumbers, mode, uniqueIndices, indicesAreSorted }) => {
    if (!ct || !x || !indices || !isLinearInput(x) || isLinearInput(indices)) return [null, null];
    return [
      scatterAdd(zerosLike(x.aval), indices, ct, scatterDimensionsOf(dimensionNumbers), {
        mode: mode === "fill" ? "drop" : mode,
        uniqueIndices,
        indicesAreSorted,
      }),
      null,
    ];
  },
  batch: ([x, i], [axis, indicesAxis], size, params) =>
    batchGather(x as NDArray, i as NDArray, axis as BatchAxis, indicesAxis as BatchAxis, size, params),
  lowering: {
    kind: "nest",
    build: (nest, { dimensionNumbers, sliceSizes, mode, fillValue }, inputs, outputs) => {
      const fill = fillOf(fillValue, (outputs[0] as Aval).dtype);
      buildGather(nest, gatherWindows(dimensionNumbers, sliceSizes), mode !== "fill", fill, inputs, outputs);
    },
    // A few elements of a large array are not worth copying all of it.
    work: ([x], [output]) => 8 * sizeOf((output as Aval).shape) - sizeOf((x as Aval).shape) / 8,
  },
  args: {
    example: (choose) => draw(choose, choose.floatDType()),
    otherDTypes: (choose) => draw(choose, choose.pick(["int32", "uint32", "bool"])),
  },
});

const draw = (choose: Chooser, dtype: DType): ExampleSpec<GatherParams> => {
  const mode = choose.pick(MODES);
  const { operand, indices, dimensionNumbers, sliceSizes } = drawIndexing(choose, {
    inBounds: mode === "promise_in_bounds",
  });
  // NaN, the default, would make every comparison of derivatives vacuous.
  const fillValue = choose.int(0, 1);
  return {
    inputs: [{ shape: operand, dtype }, indices],
    params: { dimensionNumbers, sliceSizes, mode, fillValue, uniqueIndices: false, indicesAreSorted: false },
  };
};

/**
 * The batch is one more axis of the windows if only the operand has it, one more axis of index vectors if only the
 * indices have it, and an axis along which vectors read at their own place if both have.
 */
const batchGather = (
  x: NDArray,
  i: NDArray,
  axis: BatchAxis,
  indicesAxis: BatchAxis,
  size: number,
  params: GatherParams,
): BatchResult => {
  const dims = params.dimensionNumbers;
  const operand = axis === null ? x : moveAxis(x, axis, 0);
  const indices = indicesAxis === null ? i : moveAxis(i, indicesAxis, 0);
  const onOperand = (list: readonly number[]): number[] => list.map((a) => (axis === null ? a : a + 1));
  const offsetDims = dims.offsetDims.map((a) => a + 1);
  const startIndicesBatchingDims = dims.startIndicesBatchingDims.map((a) =>
    indicesAxis === null ? a : a + 1,
  );
  const isPaired = axis !== null && indicesAxis !== null;
  const dimensionNumbers: GatherDimensionNumbers = {
    offsetDims: indicesAxis === null ? [0, ...offsetDims] : offsetDims,
    collapsedSliceDims: onOperand(dims.collapsedSliceDims),
    startIndexMap: onOperand(dims.startIndexMap),
    operandBatchingDims: isPaired
      ? [0, ...onOperand(dims.operandBatchingDims)]
      : onOperand(dims.operandBatchingDims),
    startIndicesBatchingDims: isPaired ? [0, ...startIndicesBatchingDims] : startIndicesBatchingDims,
  };
  const sliceSizes =
    axis === null ? params.sliceSizes : [isPaired ? Math.min(1, size) : size, ...params.sliceSizes];
  const outputs = bind(gatherPrimitive, [operand, indices], {
    ...params,
    dimensionNumbers,
    sliceSizes,
    // Members of the batch that read the same operand may meet, and their vectors are in order only within each.
    uniqueIndices: params.uniqueIndices && axis !== null,
    indicesAreSorted: params.indicesAreSorted && indicesAxis === null,
  });
  return { outputs, axes: [0] };
};

/**
 * Windows of `operand` that start where the vectors along the last axis of `indices` say (XLA's Gather). A window
 * that does not lie in the operand as a whole is filled (`mode: "fill"`, the default) or moved inside (`"clip"`).
 * Negative indices lie outside. Of an operand that is empty along a collapsed axis nothing can be read, and every
 * mode fills.
 *
 * @throws ShapeError or DTypeError if arrays and dimension numbers do not fit together.
 * @example
 * // Rows of a float32[10, 4] named by int32[3, 1] → float32[3, 4]
 * gather(table, rows, { offsetDims: [1], collapsedSliceDims: [0], startIndexMap: [0],
 *   operandBatchingDims: [], startIndicesBatchingDims: [] }, [1, 4]);
 */
export const gather = (
  operand: NDArray,
  indices: NDArray,
  dimensionNumbers: GatherDimensionNumbers,
  sliceSizes: readonly number[],
  options: GatherOptions = {},
): NDArray => {
  const { mode = "fill", fillValue = null, uniqueIndices = false, indicesAreSorted = false } = options;
  const params = { dimensionNumbers, sliceSizes, mode, fillValue, uniqueIndices, indicesAreSorted };
  return bind1(gatherPrimitive, [operand, indices], params);
};

/**
 * What stands in `from` where a scatter with `params` writes each element of `updates`; `fillValue` for elements that
 * the scatter drops. The result has the shape of `updates`.
 */
export const gatherWritten = (
  from: NDArray,
  indices: NDArray,
  updates: Pick<Aval, "shape">,
  { dimensionNumbers, mode, uniqueIndices, indicesAreSorted }: ScatterParams,
  fillValue: number,
): NDArray =>
  gather(
    from,
    indices,
    gatherDimensionsOf(dimensionNumbers),
    scatterWindows(from.shape, updates.shape, dimensionNumbers).sliceSizes,
    { mode: mode === "clip" ? "clip" : "fill", fillValue, uniqueIndices, indicesAreSorted },
  );

/** The operand with updates added to windows of it. */
export const scatterAddPrimitive: Primitive<ScatterParams> = definePrimitive<ScatterParams>({
  name: "scatterAdd",
  abstractEval: scatterAval("scatterAdd", NUMBER),
  evaluate: evaluateScatter((element, update) => element + update),
  jvp: (primals, [tx, , tu], params) => {
    const [x, indices] = primals as readonly [NDArray, NDArray];
    return {
      outputs: bind(scatterAddPrimitive, primals, params),
      tangents: tu ? bind(scatterAddPrimitive, [tx ?? zerosLike(x), indices, tu], params) : [tx ?? null],
    };
  },
  transpose: ([ct], [x, indices, updates], params) => {
    if (!ct || !x || !indices || !updates || isLinearInput(indices)) return [null, null, null];
    return [
      isLinearInput(x) ? ct : null,
      null,
      isLinearInput(updates) ? gatherWritten(ct, indices, updates.aval, params, 0) : null,
    ];
  },
  batch: (inputs, axes, size, params) => batchScatter(scatterAddPrimitive, inputs, axes, size, params),
  lowering: { kind: "nest", build: (nest, params, inputs) => buildScatter(nest, "add", params, inputs) },
  args: scatterArgs({ otherDTypes: ["int32", "uint32"] }),
});

/**
 * `operand` with each window of `updates` added where the index vectors along the last axis of `indices` say (XLA's
 * Scatter). Elements met more than once receive the sum; windows that do not lie in the operand as a whole are
 * dropped (`mode: "drop"`, the default) or moved inside (`"clip"`).
 *
 * @throws ShapeError or DTypeError if arrays and dimension numbers do not fit together.
 * @example
 * // Add rows float32[3, 4] to a float32[10, 4] at int32[3, 1]
 * scatterAdd(table, rows, updates, { updateWindowDims: [1], insertedWindowDims: [0],
 *   scatterDimsToOperandDims: [0], operandBatchingDims: [], scatterIndicesBatchingDims: [] });
 */
export const scatterAdd = (
  operand: NDArray,
  indices: NDArray,
  updates: NDArray,
  dimensionNumbers: ScatterDimensionNumbers,
  options?: ScatterOptions,
): NDArray =>
  bind1(scatterAddPrimitive, [operand, indices, updates], scatterParams(dimensionNumbers, options));
