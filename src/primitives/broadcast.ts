import {
  allocate,
  ConcreteArray as Concrete,
  type ConcreteArray,
  checkShape,
  denseData,
  formatShape,
  type NDArray,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
  viewOf,
} from "../array/index.ts";
import {
  aval,
  bind1,
  DTypeError,
  definePrimitive,
  describeAval,
  isLinearInput,
  type Primitive,
  ShapeError,
} from "../core/index.ts";
import { inserted, linearJvp, range, readAlong } from "./rules.ts";
import { moveAxis, reshape } from "./shape.ts";

/*
 * Broadcasting and summation are each other's transposes, so they stand together.
 */

/** Parameters of `broadcastInDim`. */
export interface BroadcastInDimParams {
  readonly shape: Shape;
  /** Where each axis of the operand goes, increasing. An axis of length 1 stretches. */
  readonly broadcastDimensions: readonly number[];
}

/** The operand repeated along new axes and along axes of length 1. */
export const broadcastInDimPrimitive: Primitive<BroadcastInDimParams> = definePrimitive<BroadcastInDimParams>(
  {
    name: "broadcastInDim",
    abstractEval: ([x], { shape, broadcastDimensions }) => {
      const input = x as NDArray;
      checkShape(shape, "broadcastInDim");
      const fits =
        broadcastDimensions.length === input.shape.length &&
        broadcastDimensions.every((to, i) => {
          const n = input.shape[i] as number;
          return (
            to >= 0 &&
            to < shape.length &&
            (n === 1 || n === shape[to]) &&
            (i === 0 || to > (broadcastDimensions[i - 1] as number))
          );
        });
      if (!fits) {
        throw new ShapeError(
          `broadcastInDim: ${describeAval(input)} with its axes at ${formatShape(broadcastDimensions)} does not broadcast ` +
            `to ${formatShape(shape)}.`,
        );
      }
      return [aval(shape, input.dtype, input.weakType)];
    },
    evaluate: ([x], { shape, broadcastDimensions }) => {
      const input = x as ConcreteArray;
      const strides = new Array<number>(shape.length).fill(0);
      broadcastDimensions.forEach((to, i) => {
        if (input.shape[i] === shape[to]) strides[to] = stridesOf(input)[i] as number;
      });
      return [viewOf(input, shape, strides)];
    },
    jvp: linearJvp(() => broadcastInDimPrimitive),
    transpose: ([ct], [x], { shape, broadcastDimensions }) => {
      if (x === undefined || !isLinearInput(x) || !ct) return [null];
      const from = x.aval.shape;
      const summed = range(shape.length).filter((axis) => {
        const i = broadcastDimensions.indexOf(axis);
        return i < 0 || (from[i] === 1 && shape[axis] !== 1);
      });
      return [reshape(reduceSum(ct, summed), from)];
    },
    batch: ([x], [axis], size, { shape, broadcastDimensions }) => ({
      outputs: [
        broadcastInDim(
          moveAxis(x as NDArray, axis as number, 0),
          [size, ...shape],
          [0, ...broadcastDimensions.map((d) => d + 1)],
        ),
      ],
      axes: [0],
    }),
    lowering: {
      kind: "view",
      axes: ({ shape, broadcastDimensions }, input) =>
        broadcastDimensions.map((to, i) =>
          input.shape[i] === shape[to] ? readAlong(to) : { offset: 0, terms: [] },
        ),
    },
    args: {
      example: (choose) => {
        const shape = choose.shape();
        const kept = choose.subset(range(shape.length));
        const from = kept.map((axis) => (choose.bool() ? 1 : (shape[axis] as number)));
        return {
          inputs: [{ shape: from, dtype: choose.floatDType() }],
          params: { shape, broadcastDimensions: kept },
        };
      },
      otherDTypes: (choose) => {
        const shape = choose.shape();
        return {
          inputs: [{ shape: [], dtype: choose.pick(["int32", "uint32", "bool"]) }],
          params: { shape, broadcastDimensions: [] },
        };
      },
    },
  },
);

/** `x` placed in `shape`, its axis `i` at `broadcastDimensions[i]`. */
export const broadcastInDim = (x: NDArray, shape: Shape, broadcastDimensions: readonly number[]): NDArray =>
  sameShape(x.shape, shape) ? x : bind1(broadcastInDimPrimitive, [x], { shape, broadcastDimensions });

/** `x` broadcast to `shape` as NumPy does, trailing axes paired. */
export const broadcastTo = (x: NDArray, shape: Shape): NDArray => {
  const offset = shape.length - x.shape.length;
  return broadcastInDim(
    x,
    shape,
    range(x.shape.length).map((axis) => axis + offset),
  );
};

/** Zeros of the shape and dtype of `x`: where the derivative of something constant has to be an array. */
export const zerosLike = (x: { readonly shape: Shape; readonly dtype: NDArray["dtype"] }): NDArray => {
  const zero = new Concrete(allocate(x.dtype, 1), [], x.dtype);
  return broadcastTo(zero, x.shape);
};

/** Parameters of reductions. */
export interface AxesParams {
  /** The axes that disappear, increasing. */
  readonly axes: readonly number[];
}

/** The shape that is left when `axes` are reduced; throws a ShapeError that names `name` if there are no such axes. */
export const reducedShape = (
  name: string,
  x: { readonly shape: Shape; readonly dtype: NDArray["dtype"]; readonly weakType: boolean },
  axes: readonly number[],
): number[] => {
  if (new Set(axes).size !== axes.length || axes.some((axis) => !(axis >= 0 && axis < x.shape.length))) {
    throw new ShapeError(`${name}: axes ${formatShape(axes)} must be different axes of ${describeAval(x)}.`);
  }
  return x.shape.filter((_, axis) => !axes.includes(axis));
};

/**
 * For each element of a reduced array, the elements that it is made from: calls `visit` with the index of the result
 * and the operand's elements of that group one after another, as rows of a matrix.
 */
export const groupedData = (x: ConcreteArray, axes: readonly number[]): ReturnType<typeof denseData> => {
  const kept = range(x.shape.length).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  return denseData(
    viewOf(
      x,
      order.map((axis) => x.shape[axis] as number),
      order.map((axis) => stridesOf(x)[axis] as number),
    ),
  );
};

/** The sum over some axes. Floats are accumulated in float64; integers wrap. */
export const reduceSumPrimitive: Primitive<AxesParams> = definePrimitive<AxesParams>({
  name: "reduceSum",
  abstractEval: ([x], { axes }) => {
    const input = x as NDArray;
    if (input.dtype === "bool")
      throw new DTypeError("reduceSum: booleans have no sum; convert to int32 first (astype).");
    return [aval(reducedShape("reduceSum", input, axes), input.dtype, input.weakType)];
  },
  evaluate: ([x], { axes }, [output]) => {
    const input = x as ConcreteArray;
    const { shape, dtype, weakType } = output as NDArray;
    const data = groupedData(input, axes);
    const out = allocate(dtype, sizeOf(shape));
    const group = out.length === 0 ? 0 : data.length / out.length;
    const wraps = dtype === "int32" || dtype === "uint32";
    for (let i = 0, at = 0; i < out.length; i++) {
      let sum = 0;
      if (wraps) for (let k = 0; k < group; k++) sum = (sum + (data[at++] as number)) | 0;
      else for (let k = 0; k < group; k++) sum += data[at++] as number;
      out[i] = sum;
    }
    return [new Concrete(out, shape, dtype, weakType)];
  },
  jvp: linearJvp(() => reduceSumPrimitive),
  transpose: ([ct], [x], { axes }) => {
    if (x === undefined || !isLinearInput(x) || !ct) return [null];
    const { shape } = x.aval;
    return [
      broadcastInDim(
        ct,
        shape,
        range(shape.length).filter((axis) => !axes.includes(axis)),
      ),
    ];
  },
  batch: ([x], [axis], _size, { axes }) => batchReduction(x as NDArray, axis as number, axes, reduceSum),
  lowering: { kind: "reduction", combine: "add", axes: ({ axes }) => axes },
  args: {
    example: (choose) => {
      const shape = choose.shape();
      return {
        inputs: [{ shape, dtype: choose.floatDType() }],
        params: { axes: choose.subset(range(shape.length)) },
      };
    },
    otherDTypes: (choose) => {
      const shape = choose.shape();
      return {
        inputs: [{ shape, dtype: choose.pick(["int32", "uint32"]) }],
        params: { axes: choose.subset(range(shape.length)) },
      };
    },
  },
});

/** The batching of every reduction over `axes`. */
export const batchReduction = (
  x: NDArray,
  axis: number,
  axes: readonly number[],
  reduce: (x: NDArray, axes: readonly number[]) => NDArray,
): { readonly outputs: readonly NDArray[]; readonly axes: readonly number[] } => {
  const shifted = axes.map((a) => (a >= axis ? a + 1 : a));
  return { outputs: [reduce(x, shifted)], axes: [axis - shifted.filter((a) => a < axis).length] };
};

/** The sum of `x` over `axes`; returns `x` itself if there are none. */
export const reduceSum = (x: NDArray, axes: readonly number[]): NDArray =>
  axes.length === 0 ? x : bind1(reduceSumPrimitive, [x], { axes });

/** `x` with its batch axis in front; an array without one is repeated for each of the batch. */
export const batchedAtFront = (x: NDArray, axis: number | null, size: number): NDArray =>
  axis === null
    ? broadcastInDim(
        x,
        [size, ...x.shape],
        range(x.shape.length).map((a) => a + 1),
      )
    : moveAxis(x, axis, 0);

/** `x` with its batch axis at `to`; an array without one is repeated for each of the batch. */
export const batchedAt = (x: NDArray, axis: number | null, size: number, to: number): NDArray =>
  axis === null
    ? broadcastInDim(
        x,
        inserted(x.shape, to, size),
        range(x.shape.length).map((a) => (a >= to ? a + 1 : a)),
      )
    : moveAxis(x, axis, to);
