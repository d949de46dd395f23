import {
  allocate,
  ConcreteArray as Concrete,
  type ConcreteArray,
  type DType,
  denseData,
  formatShape,
  isInteger,
  type NDArray,
  rowMajorStrides,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
  viewOf,
} from "../array/index.ts";
import {
  type Aval,
  aval,
  bind1,
  type Chooser,
  DTypeError,
  definePrimitive,
  describeAval,
  type ExampleSpec,
  isLinearInput,
  type Primitive,
  ShapeError,
  type ViewAxis,
} from "../core/index.ts";
import { areApart, buildOverlapAdd } from "./overlap-add-nest.ts";
import { linearJvp, range } from "./rules.ts";
import { moveAxis } from "./shape.ts";

/*
 * Taking all windows of an array and adding windows up where they overlap are each other's transposes, so they stand
 * together. Convolutions and reductions over windows are made from them.
 */

/** Parameters of `windows`, one number of each for each of the last axes of the operand. */
export interface WindowsParams {
  readonly windowShape: readonly number[];
  /** How far apart neighbouring windows start, at least 1. */
  readonly strides: readonly number[];
  /** How far apart neighbours within a window are, at least 1. */
  readonly dilation: readonly number[];
}

/** Parameters of `overlapAdd`. */
export interface OverlapAddParams {
  /** The lengths of the last axes of the result. */
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly dilation: readonly number[];
}

/** How many windows start along an axis of length `n`; none if the window is longer. */
const windowCount = (n: number, window: number, stride: number, dilation: number): number =>
  Math.max(0, Math.floor((n - ((window - 1) * dilation + 1)) / stride) + 1);

const windowCounts = (shape: Shape, { windowShape, strides, dilation }: WindowsParams): number[] =>
  shape.map((n, i) => windowCount(n, windowShape[i] as number, strides[i] as number, dilation[i] as number));

const arePositive = (list: readonly number[]): boolean => list.every((n) => Number.isInteger(n) && n >= 1);

/** Windows of the last axes of the operand: `[...batch, ...d] → [...batch, ...windows, ...windowShape]`. */
export const windowsPrimitive: Primitive<WindowsParams> = definePrimitive<WindowsParams>({
  name: "windows",
  abstractEval: ([x], params) => {
    const input = x as Aval;
    const { windowShape, strides, dilation } = params;
    const k = windowShape.length;
    const lists = [windowShape, strides, dilation];
    if (k > input.shape.length || lists.some((list) => list.length !== k || !arePositive(list))) {
      throw new ShapeError(
        `windows: windowShape ${formatShape(windowShape)}, strides ${formatShape(strides)} and dilation ` +
          `${formatShape(dilation)} must have one whole number >= 1 each for the same of the last axes of ${describeAval(input)}.`,
      );
    }
    const batchRank = input.shape.length - k;
    const counts = windowCounts(input.shape.slice(batchRank), params);
    return [
      aval([...input.shape.slice(0, batchRank), ...counts, ...windowShape], input.dtype, input.weakType),
    ];
  },
  evaluate: ([x], { windowShape, strides, dilation }, [output]) => {
    const input = x as ConcreteArray;
    const batchRank = input.shape.length - windowShape.length;
    const last = stridesOf(input).slice(batchRank);
    const along = (steps: readonly number[]): number[] => last.map((step, i) => step * (steps[i] as number));
    return [
      viewOf(input, (output as Aval).shape, [
        ...stridesOf(input).slice(0, batchRank),
        ...along(strides),
        ...along(dilation),
      ]),
    ];
  },
  jvp: linearJvp(() => windowsPrimitive),
  transpose: ([ct], [x], { windowShape, strides, dilation }) => {
    if (x === undefined || !isLinearInput(x) || !ct) return [null];
    const shape = x.aval.shape.slice(x.aval.shape.length - windowShape.length);
    return [overlapAdd(ct, shape, strides, dilation)];
  },
  batch: ([x], [axis], _size, { windowShape, strides, dilation }) => {
    const { moved, at } = withBatchInFront(x as NDArray, axis as number, windowShape.length);
    return { outputs: [windows(moved, windowShape, strides, dilation)], axes: [at] };
  },
  lowering: {
    kind: "view",
    axes: (params, input) => windowAxes(params, input.shape.length + params.strides.length),
  },
  args: {
    example: (choose) => drawWindows(choose, choose.floatDType()),
    otherDTypes: (choose) => drawWindows(choose, choose.pick(["int32", "uint32", "bool"])),
  },
});

/** The index into each axis of an array, by the indices of all its windows, which have `rank` axes. */
const windowAxes = (
  { strides, dilation }: { readonly strides: readonly number[]; readonly dilation: readonly number[] },
  rank: number,
): ViewAxis[] => {
  const k = strides.length;
  const batchRank = rank - 2 * k;
  return range(rank - k).map((axis) => {
    const i = axis - batchRank;
    if (i < 0) return { offset: 0, terms: [{ axis, scale: 1 }] };
    return {
      offset: 0,
      terms: [
        { axis, scale: strides[i] as number },
        { axis: axis + k, scale: dilation[i] as number },
      ],
    };
  });
};

/** The array with its batch axis in front if it is one of the last `k` axes that are left, else as it is. */
const withBatchInFront = (
  x: NDArray,
  axis: number,
  k: number,
): { readonly moved: NDArray; readonly at: number } => {
  const isOuter = axis <= x.shape.length - 1 - k;
  return { moved: isOuter ? x : moveAxis(x, axis, 0), at: isOuter ? axis : 0 };
};

const drawWindows = (choose: Chooser, dtype: DType): ExampleSpec<WindowsParams> => {
  const batch = choose.shape({ maxRank: 2, maxLength: 2 });
  const trailing = choose.shape({ maxRank: 2, maxLength: 6 });
  return {
    inputs: [{ shape: [...batch, ...trailing], dtype }],
    params: {
      windowShape: trailing.map(() => choose.int(1, 3)),
      strides: trailing.map(() => choose.int(1, 3)),
      dilation: trailing.map(() => choose.int(1, 2)),
    },
  };
};

/**
 * All windows of the last axes of `x`, one number of each list an axis. Window `o` of an axis holds the elements
 * `o * strides + w * dilation` for each `w` below `windowShape`; windows that would stick out are left out. The result
 * has the other axes of `x`, then one axis of windows and after them one axis of elements for each of the last axes. On
 * concrete arrays nothing is copied.
 *
 * @throws ShapeError unless all numbers are whole and at least 1.
 * @example
 * windows(x, [3], [2]); // of [a, b, c, d, e]: [[a, b, c], [c, d, e]]
 */
export const windows = (
  x: NDArray,
  windowShape: readonly number[],
  strides: readonly number[] = windowShape.map(() => 1),
  dilation: readonly number[] = windowShape.map(() => 1),
): NDArray => bind1(windowsPrimitive, [x], { windowShape, strides, dilation });

/** Windows added up where they overlap: `[...batch, ...windows, ...windowShape] → [...batch, ...shape]`. */
export const overlapAddPrimitive: Primitive<OverlapAddParams> = definePrimitive<OverlapAddParams>({
  name: "overlapAdd",
  abstractEval: ([x], { shape, strides, dilation }) => {
    const input = x as Aval;
    if (input.dtype === "bool") {
      throw new DTypeError("overlapAdd: booleans have no sum; convert to int32 first (astype).");
    }
    const k = shape.length;
    const batchRank = input.shape.length - 2 * k;
    const counts = input.shape.slice(Math.max(0, batchRank), batchRank + k);
    const windowShape = input.shape.slice(batchRank + k);
    const fits =
      batchRank >= 0 &&
      [windowShape, strides, dilation].every((list) => list.length === k && arePositive(list)) &&
      shape.every((n) => Number.isInteger(n) && n >= 0) &&
      sameShape(counts, windowCounts(shape, { windowShape, strides, dilation }));
    if (!fits) {
      throw new ShapeError(
        `overlapAdd: ${describeAval(input)} does not hold all windows of an array whose last axes are ` +
          `${formatShape(shape)} with strides ${formatShape(strides)} and dilation ${formatShape(dilation)}.`,
      );
    }
    return [aval([...input.shape.slice(0, batchRank), ...shape], input.dtype, input.weakType)];
  },
  evaluate: ([x], { shape, strides, dilation }, [output]) => {
    const { shape: outShape, dtype, weakType } = output as Aval;
    const data = denseData(x as ConcreteArray);
    const size = sizeOf(outShape);
    const out = isInteger(dtype) ? allocate(dtype, size) : new Float64Array(size);
    const steps = rowMajorStrides(shape);
    const along = (list: readonly number[]): number[] => steps.map((step, i) => step * (list[i] as number));
    const { shape: lengths } = x as ConcreteArray;
    const batchRank = outShape.length - shape.length;
    const places = rowMajorStrides(outShape).slice(0, batchRank);
    const distances = [...places, ...along(strides), ...along(dilation)];
    let from = 0;
    const visit = (axis: number, to: number): void => {
      if (axis === lengths.length) {
        out[to] = (out[to] as number) + (data[from++] as number);
        return;
      }
      const distance = distances[axis] as number;
      for (let i = 0; i < (lengths[axis] as number); i++) visit(axis + 1, to + i * distance);
    };
    visit(0, 0);
    return [new Concrete(dtype === "float32" ? Float32Array.from(out) : out, outShape, dtype, weakType)];
  },
  jvp: linearJvp(() => overlapAddPrimitive),
  transpose: ([ct], [x], { shape, strides, dilation }) => {
    if (x === undefined || !isLinearInput(x) || !ct) return [null];
    const windowShape = x.aval.shape.slice(x.aval.shape.length - shape.length);
    return [windows(ct, windowShape, strides, dilation)];
  },
  batch: ([x], [axis], _size, { shape, strides, dilation }) => {
    const { moved, at } = withBatchInFront(x as NDArray, axis as number, 2 * shape.length);
    return { outputs: [overlapAdd(moved, shape, strides, dilation)], axes: [at] };
  },
  lowering: {
    kind: "nest",
    build: (nest, params, [x]) => buildOverlapAdd(nest, params, (x as Aval).shape),
    places: (params, { shape }) => (areApart(params, shape) ? windowAxes(params, shape.length) : undefined),
  },
  args: {
    example: (choose) => drawOverlap(choose, choose.floatDType()),
    otherDTypes: (choose) => drawOverlap(choose, choose.pick(["int32", "uint32"])),
  },
});

const drawOverlap = (choose: Chooser, dtype: DType): ExampleSpec<OverlapAddParams> => {
  const { inputs, params } = drawWindows(choose, dtype);
  const input = (inputs[0] as { readonly shape: Shape }).shape;
  const k = params.windowShape.length;
  const shape = input.slice(input.length - k);
  const counts = windowCounts(shape, params);
  return {
    inputs: [{ shape: [...input.slice(0, input.length - k), ...counts, ...params.windowShape], dtype }],
    params: { shape, strides: params.strides, dilation: params.dilation },
  };
};

/**
 * The transpose of `windows`: an array whose last axes have the lengths `shape`, each element the sum of those elements
 * of `x` that `windows` with the same strides and dilation would take from there. float32 is added up in double
 * precision; integers wrap.
 *
 * @throws ShapeError unless `x` has the shape of the windows of such an array, DTypeError for booleans.
 * @example
 * overlapAdd(x, [5], [2], [1]); // of [[a, b, c], [d, e, f]]: [a, b, c + d, e, f]
 */
export const overlapAdd = (
  x: NDArray,
  shape: Shape,
  strides: readonly number[] = shape.map(() => 1),
  dilation: readonly number[] = shape.map(() => 1),
): NDArray => bind1(overlapAddPrimitive, [x], { shape, strides, dilation });
