import {
  ConcreteArray as Concrete,
  type ConcreteArray,
  type DType,
  denseData,
  firstElement,
  formatShape,
  isInteger,
  type NDArray,
  offsetOf,
  rowMajorStrides,
  type Shape,
  scalarArray,
  stridesOf,
  viewOf,
} from "../../array/index.ts";
import {
  type ArgumentSpec,
  type Aval,
  aval,
  type BatchAxis,
  bind,
  bind1,
  type Chooser,
  DTypeError,
  definePrimitive,
  describeAval,
  type ExampleSpec,
  isLinearInput,
  NO_PARAMS,
  type Params,
  type Primitive,
  ShapeError,
} from "../../core/index.ts";
import { batchedAt, batchedAtFront, zerosLike } from "../broadcast.ts";
import { concatenate } from "../concatenate.ts";
import { inserted, range } from "../rules.ts";
import { moveAxis, reshape } from "../shape.ts";
import { buildDynamicSlice, buildDynamicUpdateSlice } from "./dynamic-slice-nest.ts";
import { gather } from "./gather.ts";
import { scatter } from "./scatter.ts";

/*
 * A slice whose start is computed, and its transpose, which puts one in place. Starts are moved so that the slice
 * lies inside the operand, as in XLA; a negative one is moved to 0.
 */

/** Parameters of `dynamicSlice`. */
export interface DynamicSliceParams {
  readonly sliceSizes: readonly number[];
}

/** Throws unless there is one scalar index an axis, all of one integer dtype. */
const checkIndices = (name: string, operand: Aval, indices: readonly Aval[]): void => {
  if (indices.length !== operand.shape.length || indices.some((i) => i.shape.length > 0)) {
    throw new ShapeError(
      `${name}: needs one scalar start index for each axis of ${describeAval(operand)}; ` +
        `got ${indices.length === 0 ? "none" : indices.map(describeAval).join(", ")}.`,
    );
  }
  if (indices.some((i) => !isInteger(i.dtype) || i.dtype !== (indices[0] as Aval).dtype)) {
    throw new DTypeError(
      `${name}: start indices must be all int32 or all uint32; got ${indices.map(describeAval).join(", ")}.`,
    );
  }
};

/** Where the window starts in the operand, along each axis. */
const clampedStarts = (indices: readonly ConcreteArray[], shape: Shape, sizes: Shape): number[] =>
  indices.map((i, axis) =>
    Math.max(0, Math.min(firstElement(i), (shape[axis] as number) - (sizes[axis] as number))),
  );

/** The start index of an axis that is taken whole. */
const zeroIndex = (indices: readonly NDArray[]): NDArray => scalarArray(0, indices[0]?.dtype ?? "int32");

/** Start indices, some of them batched, as an array of index vectors `[size, rank]`. */
const indexVectors = (indices: readonly NDArray[], axes: readonly BatchAxis[], size: number): NDArray =>
  concatenate(
    indices.map((i, k) => reshape(batchedAtFront(i, axes[k] as BatchAxis, size), [size, 1])),
    1,
  );

/** A window of the operand at a computed place. */
export const dynamicSlicePrimitive: Primitive<DynamicSliceParams> = definePrimitive<DynamicSliceParams>({
  name: "dynamicSlice",
  storage: true,
  abstractEval: ([x, ...indices], { sliceSizes }) => {
    const operand = x as Aval;
    checkIndices("dynamicSlice", operand, indices);
    if (
      sliceSizes.length !== operand.shape.length ||
      sliceSizes.some((n, axis) => !(Number.isInteger(n) && n >= 0 && n <= (operand.shape[axis] as number)))
    ) {
      throw new ShapeError(
        `dynamicSlice: sliceSizes ${formatShape(sliceSizes)} must have a length for each axis of ` +
          `${describeAval(operand)}, at most the axis itself.`,
      );
    }
    return [aval(sliceSizes, operand.dtype, operand.weakType)];
  },
  evaluate: ([x, ...indices], { sliceSizes }) => {
    const operand = x as ConcreteArray;
    const offset = clampedStarts(indices, operand.shape, sliceSizes).reduce(
      (sum, start, axis) => sum + start * (stridesOf(operand)[axis] as number),
      offsetOf(operand),
    );
    return [viewOf(operand, sliceSizes, stridesOf(operand), offset)];
  },
  jvp: (primals, [tangent], params) => ({
    outputs: bind(dynamicSlicePrimitive, primals, params),
    tangents: tangent ? bind(dynamicSlicePrimitive, [tangent, ...primals.slice(1)], params) : [null],
  }),
  transpose: ([ct], [x, ...indices]) => {
    const none = indices.map(() => null);
    if (!ct || !x || !isLinearInput(x)) return [null, ...none];
    return [dynamicUpdateSlice(zerosLike(x.aval), ct, indices as NDArray[]), ...none];
  },
  batch: ([x, ...indices], [axis, ...indexAxes], size, { sliceSizes }) => {
    const operand = x as NDArray;
    if (indexAxes.every((a) => a === null)) {
      const at = axis as number;
      return {
        outputs: [
          dynamicSlice(operand, inserted(indices, at, zeroIndex(indices)), inserted(sliceSizes, at, size)),
        ],
        axes: [at],
      };
    }
    const vectors = indexVectors(indices, indexAxes, size);
    const axes = range(sliceSizes.length);
    const isBatched = axis !== null;
    const onOperand = axes.map((a) => (isBatched ? a + 1 : a));
    return {
      outputs: [
        gather(
          isBatched ? moveAxis(operand, axis as number, 0) : operand,
          vectors,
          {
            offsetDims: axes.map((a) => a + 1),
            collapsedSliceDims: [],
            startIndexMap: onOperand,
            operandBatchingDims: isBatched ? [0] : [],
            startIndicesBatchingDims: isBatched ? [0] : [],
          },
          isBatched ? [Math.min(1, size), ...sliceSizes] : sliceSizes,
          { mode: "clip" },
        ),
      ],
      axes: [0],
    };
  },
  lowering: {
    kind: "nest",
    build: (nest, { sliceSizes }, inputs) => buildDynamicSlice(nest, sliceSizes, inputs),
    // The reference makes a view.
    work: () => 0,
  },
  args: {
    example: (choose) => drawSlice(choose, choose.floatDType()),
    otherDTypes: (choose) => drawSlice(choose, choose.pick(OTHERS)),
  },
});

const OTHERS: readonly DType[] = ["int32", "uint32", "bool"];

const drawSlice = (choose: Chooser, dtype: DType): ExampleSpec<DynamicSliceParams> => {
  const [operand, window, ...indices] = drawUpdate(choose, dtype).inputs as readonly [
    ArgumentSpec,
    ArgumentSpec,
    ...ArgumentSpec[],
  ];
  return { inputs: [operand, ...indices], params: { sliceSizes: window.shape } };
};

/** An operand, an update that fits into it, and start indices inside and outside. */
const drawUpdate = (choose: Chooser, dtype: DType): ExampleSpec<Params> => {
  const shape = choose.shape();
  const indexDType: DType = choose.pick(["int32", "uint32"]);
  const min = indexDType === "int32" ? -2 : 0;
  const indices = shape.map((n) => ({ shape: [], dtype: indexDType, elements: { min, max: n + 1 } }));
  const window = shape.map((n) => choose.int(0, n));
  return { inputs: [{ shape, dtype }, { shape: window, dtype }, ...indices], params: NO_PARAMS };
};

/**
 * The window of `operand` of lengths `sliceSizes` that starts at `startIndices`, one integer scalar an axis. A window
 * that would stick out is moved inside.
 *
 * @throws ShapeError or DTypeError if the window is larger than the operand or indices are not integer scalars.
 * @example
 * dynamicSlice(x, [i, zero], [1, 4]); // row i of a float32[3, 4], as float32[1, 4]
 */
export const dynamicSlice = (
  operand: NDArray,
  startIndices: readonly NDArray[],
  sliceSizes: readonly number[],
): NDArray => bind1(dynamicSlicePrimitive, [operand, ...startIndices], { sliceSizes });

/** The operand with a window at a computed place overwritten. */
export const dynamicUpdateSlicePrimitive: Primitive = definePrimitive<Params>({
  name: "dynamicUpdateSlice",
  storage: true,
  abstractEval: ([x, u, ...indices]) => {
    const operand = x as Aval;
    const update = u as Aval;
    if (update.dtype !== operand.dtype) {
      throw new DTypeError(
        `dynamicUpdateSlice: the update must have the operand's dtype; got ${describeAval(operand)} and ` +
          `${describeAval(update)}.`,
      );
    }
    checkIndices("dynamicUpdateSlice", operand, indices);
    if (
      update.shape.length !== operand.shape.length ||
      update.shape.some((n, axis) => n > (operand.shape[axis] as number))
    ) {
      throw new ShapeError(
        `dynamicUpdateSlice: the update must have the operand's axes, none longer; got ${describeAval(operand)} and ` +
          `${describeAval(update)}.`,
      );
    }
    return [aval(operand.shape, operand.dtype, operand.weakType && update.weakType)];
  },
  evaluate: ([x, u, ...indices], _params, [output]) => {
    const operand = x as ConcreteArray;
    const update = u as ConcreteArray;
    const { shape, dtype, weakType } = output as Aval;
    const out = denseData(operand).slice();
    const starts = clampedStarts(indices, shape, update.shape);
    const strides = rowMajorStrides(shape);
    const data = denseData(update);
    let from = 0;
    const copy = (axis: number, to: number): void => {
      if (axis === shape.length) {
        out[to] = data[from++] as number;
        return;
      }
      const stride = strides[axis] as number;
      const first = to + (starts[axis] as number) * stride;
      for (let i = 0; i < (update.shape[axis] as number); i++) copy(axis + 1, first + i * stride);
    };
    copy(0, 0);
    return [new Concrete(out, shape, dtype, weakType)];
  },
  jvp: (primals, [tx, tu], params) => {
    const [x, update, ...indices] = primals as readonly [NDArray, NDArray, ...NDArray[]];
    return {
      outputs: bind(dynamicUpdateSlicePrimitive, primals, params),
      tangents: [dynamicUpdateSlice(tx ?? zerosLike(x), tu ?? zerosLike(update), indices)],
    };
  },
  transpose: ([ct], [x, u, ...starts]) => {
    const none = starts.map(() => null);
    if (!ct || !x || !u) return [null, null, ...none];
    const indices = starts as NDArray[];
    const { shape, dtype } = isLinearInput(u) ? u.aval : u;
    return [
      isLinearInput(x) ? dynamicUpdateSlice(ct, zerosLike({ shape, dtype }), indices) : null,
      isLinearInput(u) ? dynamicSlice(ct, indices, shape) : null,
      ...none,
    ];
  },
  batch: ([x, u, ...indices], [axis, updateAxis, ...indexAxes], size) => {
    const operand = x as NDArray;
    const update = u as NDArray;
    if (indexAxes.every((a) => a === null)) {
      const at = (axis ?? updateAxis) as number;
      return {
        outputs: [
          dynamicUpdateSlice(
            batchedAt(operand, axis as BatchAxis, size, at),
            batchedAt(update, updateAxis as BatchAxis, size, at),
            inserted(indices, at, zeroIndex(indices)),
          ),
        ],
        axes: [at],
      };
    }
    const windowDims = range(update.shape.length - (updateAxis === null ? 0 : 1)).map((a) => a + 1);
    return {
      outputs: [
        scatter(
          batchedAtFront(operand, axis as BatchAxis, size),
          indexVectors(indices, indexAxes, size),
          batchedAtFront(update, updateAxis as BatchAxis, size),
          {
            updateWindowDims: windowDims,
            insertedWindowDims: [],
            scatterDimsToOperandDims: windowDims,
            operandBatchingDims: [0],
            scatterIndicesBatchingDims: [0],
          },
          { mode: "clip", uniqueIndices: true },
        ),
      ],
      axes: [0],
    };
  },
  lowering: { kind: "nest", build: (nest, _params, inputs) => buildDynamicUpdateSlice(nest, inputs) },
  args: {
    example: (choose) => drawUpdate(choose, choose.floatDType()),
    otherDTypes: (choose) => drawUpdate(choose, choose.pick(OTHERS)),
  },
});

/**
 * `operand` with `update` in the place of the window that starts at `startIndices`, one integer scalar an axis. A
 * window that would stick out is moved inside.
 *
 * @throws ShapeError or DTypeError if the update is larger than the operand, of another dtype, or indices are not
 * integer scalars.
 * @example
 * dynamicUpdateSlice(x, row, [i, zero]); // float32[3, 4] with row i replaced by float32[1, 4]
 */
export const dynamicUpdateSlice = (
  operand: NDArray,
  update: NDArray,
  startIndices: readonly NDArray[],
): NDArray => bind1(dynamicUpdateSlicePrimitive, [operand, update, ...startIndices], NO_PARAMS);
