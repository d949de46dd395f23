import {
  allocate,
  ConcreteArray as Concrete,
  type ConcreteArray,
  type DType,
  denseData,
  encodeElement,
  firstElement,
  formatShape,
  type NDArray,
  offsetOf,
  type Shape,
  scalarArray,
  sizeOf,
  stridesOf,
  viewOf,
} from "../array/index.ts";
import {
  type Aval,
  aval,
  bind,
  bind1,
  type Chooser,
  DTypeError,
  definePrimitive,
  describeAval,
  type ExampleSpec,
  isLinearInput,
  type Primitive,
  ShapeError,
} from "../core/index.ts";
import { batchedAtFront, broadcastInDim, broadcastTo, reduceSum, zerosLike } from "./broadcast.ts";
import { selectN } from "./elementwise/select.ts";
import { buildPad } from "./padding-nest.ts";
import { copyPadded, dilated, type PaddingDimension } from "./padding-reference.ts";
import { inserted, linearJvp, range, readAlong } from "./rules.ts";
import { moveAxis } from "./shape.ts";

/*
 * Slicing and padding are each other's transposes, so they stand together.
 */

/** Parameters of `slice`, one number of each an axis. */
export interface SliceParams {
  readonly startIndices: readonly number[];
  /** Where each axis ends, itself not included. */
  readonly limitIndices: readonly number[];
  /** Distances between the elements taken, at least 1. */
  readonly strides: readonly number[];
}

/** The elements from a start to a limit in steps, along every axis. */
export const slicePrimitive: Primitive<SliceParams> = definePrimitive<SliceParams>({
  name: "slice",
  abstractEval: ([x], { startIndices, limitIndices, strides }) => {
    const input = x as Aval;
    const { shape } = input;
    const fits =
      [startIndices, limitIndices, strides].every(
        (list) => list.length === shape.length && list.every(Number.isInteger),
      ) &&
      shape.every((n, axis) => {
        const start = startIndices[axis] as number;
        const limit = limitIndices[axis] as number;
        return start >= 0 && start <= limit && limit <= n && (strides[axis] as number) >= 1;
      });
    if (!fits) {
      throw new ShapeError(
        `slice: from ${formatShape(startIndices)} to ${formatShape(limitIndices)} in steps of ${formatShape(strides)} ` +
          `does not lie within ${describeAval(input)}. Each axis needs 0 <= start <= limit <= length and a step of at least 1.`,
      );
    }
    const lengths = shape.map((_, axis) =>
      Math.ceil(
        ((limitIndices[axis] as number) - (startIndices[axis] as number)) / (strides[axis] as number),
      ),
    );
    return [aval(lengths, input.dtype, input.weakType)];
  },
  evaluate: ([x], { startIndices, strides }, [output]) => {
    const input = x as ConcreteArray;
    const steps = stridesOf(input).map((step, axis) => step * (strides[axis] as number));
    const offset = startIndices.reduce(
      (sum, start, axis) => sum + start * (stridesOf(input)[axis] as number),
      offsetOf(input),
    );
    return [viewOf(input, (output as Aval).shape, steps, offset)];
  },
  jvp: linearJvp(() => slicePrimitive),
  transpose: ([ct], [x], { startIndices, strides }) => {
    if (x === undefined || !isLinearInput(x) || !ct) return [null];
    const config = startIndices.map((start, axis): PaddingDimension => {
      const step = strides[axis] as number;
      const taken = dilated(ct.shape[axis] as number, step - 1);
      return [start, (x.aval.shape[axis] as number) - start - taken, step - 1];
    });
    return [pad(ct, zeroOf(ct), config)];
  },
  batch: ([x], [axis], size, { startIndices, limitIndices, strides }) => {
    const at = axis as number;
    return {
      outputs: [
        slice(
          x as NDArray,
          inserted(startIndices, at, 0),
          inserted(limitIndices, at, size),
          inserted(strides, at, 1),
        ),
      ],
      axes: [at],
    };
  },
  lowering: {
    kind: "view",
    axes: ({ startIndices, strides }) =>
      startIndices.map((start, axis) => readAlong(axis, strides[axis], start)),
  },
  args: {
    example: (choose) => drawSlice(choose, choose.floatDType()),
    otherDTypes: (choose) => drawSlice(choose, choose.pick(OTHERS)),
  },
});

const OTHERS: readonly DType[] = ["int32", "uint32", "bool"];

const drawSlice = (choose: Chooser, dtype: DType): ExampleSpec<SliceParams> => {
  const shape = choose.shape();
  const startIndices = shape.map((n) => choose.int(0, n));
  const limitIndices = shape.map((n, axis) => choose.int(startIndices[axis] as number, n));
  const strides = shape.map(() => choose.int(1, 3));
  return { inputs: [{ shape, dtype }], params: { startIndices, limitIndices, strides } };
};

/**
 * The elements of `x` from `startIndices` up to `limitIndices` (not included), every `strides[i]`-th along axis `i`
 * (default: all of them); `x` itself if that is everything.
 *
 * @throws ShapeError unless 0 <= start <= limit <= length along each axis.
 * @example
 * slice(x, [1, 0], [3, 4]); // of float32[3, 4]: the last two rows, float32[2, 4]
 */
export const slice = (
  x: NDArray,
  startIndices: readonly number[],
  limitIndices: readonly number[],
  strides: readonly number[] = startIndices.map(() => 1),
): NDArray => {
  const isWhole =
    startIndices.length === x.shape.length &&
    x.shape.every((n, axis) => startIndices[axis] === 0 && limitIndices[axis] === n && strides[axis] === 1);
  return isWhole ? x : bind1(slicePrimitive, [x], { startIndices, limitIndices, strides });
};

/** `slice` along one axis, the others whole. */
export const sliceInDim = (x: NDArray, start: number, limit: number, axis: number, stride = 1): NDArray =>
  slice(
    x,
    x.shape.map((_, a) => (a === axis ? start : 0)),
    x.shape.map((n, a) => (a === axis ? limit : n)),
    x.shape.map((_, a) => (a === axis ? stride : 1)),
  );

export type { PaddingDimension } from "./padding-reference.ts";

/** Parameters of `pad`. */
export interface PadParams {
  readonly paddingConfig: readonly PaddingDimension[];
}

/** The operand with a value put around and between its elements; negative edges cut elements off. */
export const padPrimitive: Primitive<PadParams> = definePrimitive<PadParams>({
  name: "pad",
  storage: true,
  abstractEval: ([x, value], { paddingConfig }) => {
    const input = x as Aval;
    const filling = value as Aval;
    if (filling.dtype !== input.dtype) {
      throw new DTypeError(
        `pad: the padding value must have the operand's dtype; got ${describeAval(input)} and ${describeAval(filling)}.`,
      );
    }
    if (filling.shape.length > 0) {
      throw new ShapeError(`pad: the padding value must be a scalar; got ${describeAval(filling)}.`);
    }
    if (
      paddingConfig.length !== input.shape.length ||
      paddingConfig.some((edges) => !edges.every(Number.isInteger) || edges[2] < 0)
    ) {
      throw new ShapeError(
        `pad: needs whole numbers [low, high, interior] with interior >= 0 for each axis of ${describeAval(input)}; ` +
          `got ${formatPadding(paddingConfig)}.`,
      );
    }
    const shape = input.shape.map((n, axis) => {
      const [low, high, interior] = paddingConfig[axis] as PaddingDimension;
      return low + dilated(n, interior) + high;
    });
    if (shape.some((n) => n < 0)) {
      throw new ShapeError(
        `pad: ${formatPadding(paddingConfig)} cuts more off ${describeAval(input)} than there is: ` +
          `the result would have shape ${formatShape(shape)}.`,
      );
    }
    return [aval(shape, input.dtype, input.weakType && filling.weakType)];
  },
  evaluate: ([x, value], { paddingConfig }, [output]) => {
    const input = x as ConcreteArray;
    const { shape, dtype, weakType } = output as Aval;
    const out = allocate(dtype, sizeOf(shape)).fill(
      encodeElement(firstElement(value as ConcreteArray), dtype),
    );
    copyPadded(denseData(input), input.shape, out, shape, paddingConfig);
    return [new Concrete(out, shape, dtype, weakType)];
  },
  jvp: (primals, [tx, tv], params) => {
    const [x, value] = primals as readonly [NDArray, NDArray];
    return {
      outputs: bind(padPrimitive, primals, params),
      tangents: bind(padPrimitive, [tx ?? zerosLike(x), tv ?? zerosLike(value)], params),
    };
  },
  transpose: ([ct], [x, value], { paddingConfig }) => {
    if (!ct || !x || !value) return [null, null];
    const from = isLinearInput(x) ? x.aval.shape : x.shape;
    let operandCt: NDArray | null = null;
    if (isLinearInput(x)) {
      const edges = paddingConfig.map(([low, high]): PaddingDimension => [-low, -high, 0]);
      const kept = pad(ct, zeroOf(ct), edges);
      const steps = paddingConfig.map(([, , interior]) => interior + 1);
      operandCt = slice(
        kept,
        kept.shape.map(() => 0),
        kept.shape,
        steps,
      );
    }
    if (!isLinearInput(value)) return [operandCt, null];
    const padding = selectN(paddingMask(from, paddingConfig), zerosLike(ct), ct);
    return [operandCt, reduceSum(padding, range(ct.shape.length))];
  },
  batch: ([x, value], [axis, valueAxis], size, { paddingConfig }) => {
    const operand = x as NDArray;
    const filling = value as NDArray;
    if (valueAxis === null) {
      const at = axis as number;
      return {
        outputs: [pad(operand, filling, inserted(paddingConfig, at, [0, 0, 0] as const))],
        axes: [at],
      };
    }
    const stacked = batchedAtFront(operand, axis ?? null, size);
    const padded = pad(stacked, zeroOf(operand), [[0, 0, 0], ...paddingConfig]);
    const mask = paddingMask(stacked.shape.slice(1), paddingConfig);
    return {
      outputs: [
        selectN(
          broadcastTo(mask, padded.shape),
          padded,
          broadcastInDim(moveAxis(filling, valueAxis as number, 0), padded.shape, [0]),
        ),
      ],
      axes: [0],
    };
  },
  lowering: {
    kind: "nest",
    build: (nest, { paddingConfig }, inputs, outputs) => buildPad(nest, paddingConfig, inputs, outputs),
  },
  args: {
    example: (choose) => drawPad(choose, choose.floatDType()),
    otherDTypes: (choose) => drawPad(choose, choose.pick(OTHERS)),
  },
});

const drawPad = (choose: Chooser, dtype: DType): ExampleSpec<PadParams> => {
  const shape = choose.shape();
  const paddingConfig = shape.map((n): PaddingDimension => {
    const interior = choose.int(0, 2);
    const low = choose.int(0, 3) - Math.min(1, n);
    return [low, choose.int(Math.max(-2, -low - dilated(n, interior)), 2), interior];
  });
  return {
    inputs: [
      { shape, dtype },
      { shape: [], dtype },
    ],
    params: { paddingConfig },
  };
};

const formatPadding = (config: readonly PaddingDimension[]): string =>
  `[${config.map(formatShape).join(", ")}]`;

const zeroOf = (x: Aval): NDArray => scalarArray(0, x.dtype, x.weakType);

/** Which elements of the padded array are padding. */
const paddingMask = (shape: Shape, config: readonly PaddingDimension[]): NDArray =>
  pad(zerosLike({ shape, dtype: "bool" }), scalarArray(1, "bool"), config);

/**
 * `x` with `value` around and between its elements: `[low, high, interior]` for each axis. Negative `low` and `high`
 * cut elements off, after the interior padding has been put in (as XLA's Pad).
 *
 * @throws ShapeError if more is cut off than there is.
 * @example
 * pad(x, zero, [[1, 0, 2]]); // [a, b] → [0, a, 0, 0, b]
 */
export const pad = (x: NDArray, value: NDArray, paddingConfig: readonly PaddingDimension[]): NDArray =>
  bind1(padPrimitive, [x, value], { paddingConfig });
