import {
  ConcreteArray,
  checkShape,
  denseData,
  formatShape,
  isDense,
  type NDArray,
  offsetOf,
  rowMajorStrides,
  type Shape,
  sameShape,
  sizeOf,
  stridesOf,
  viewOf,
} from "../array/index.ts";
import {
  aval,
  bind1,
  definePrimitive,
  describeAval,
  isLinearInput,
  type Primitive,
  ShapeError,
} from "../core/index.ts";
import { inserted, linearJvp, range, readAlong } from "./rules.ts";

/*
 * Rearrangements: every element of the result is one element of the operand. On concrete arrays they are views
 * wherever strides can express them.
 */

/** Parameters of `reshape`. */
export interface ReshapeParams {
  readonly shape: Shape;
}

/** The same elements, row by row, in another shape. */
export const reshapePrimitive: Primitive<ReshapeParams> = definePrimitive<ReshapeParams>({
  name: "reshape",
  abstractEval: ([x], { shape }) => {
    const input = x as NDArray;
    checkShape(shape, "reshape");
    if (sizeOf(shape) !== sizeOf(input.shape)) {
      throw new ShapeError(
        `reshape: cannot reshape ${describeAval(input)} (${sizeOf(input.shape)} elements) into ${formatShape(shape)} ` +
          `(${sizeOf(shape)} elements).`,
      );
    }
    return [aval(shape, input.dtype, input.weakType)];
  },
  evaluate: ([x], { shape }) => {
    const input = x as ConcreteArray;
    if (isDense(input)) return [viewOf(input, shape, rowMajorStrides(shape))];
    return [new ConcreteArray(denseData(input), shape, input.dtype, input.weakType)];
  },
  jvp: linearJvp(() => reshapePrimitive),
  transpose: ([ct], [x]) => {
    if (x === undefined || !isLinearInput(x) || !ct) return [null];
    return [reshape(ct, x.aval.shape)];
  },
  batch: ([x], [axis], size, { shape }) => ({
    outputs: [reshape(moveAxis(x as NDArray, axis as number, 0), [size, ...shape])],
    axes: [0],
  }),
  lowering: { kind: "reshape" },
  args: {
    example: (choose) => {
      const shape = choose.shape();
      return {
        inputs: [{ shape, dtype: choose.floatDType() }],
        params: { shape: regroup(shape, choose.bool()) },
      };
    },
    otherDTypes: (choose) => {
      const shape = choose.shape();
      return {
        inputs: [{ shape, dtype: choose.pick(["int32", "bool"]) }],
        params: { shape: regroup(shape, choose.bool()) },
      };
    },
  },
});

/** Another shape of the same size: flattened, or the axes reversed with an axis of length 1 in front. */
const regroup = (shape: Shape, flat: boolean): number[] => (flat ? [sizeOf(shape)] : [1, ...shape].reverse());

/** The same elements in another shape; returns `x` itself if the shape is the same. */
export const reshape = (x: NDArray, shape: Shape): NDArray =>
  sameShape(x.shape, shape) ? x : bind1(reshapePrimitive, [x], { shape });

/** Parameters of `transpose`. */
export interface TransposeParams {
  readonly permutation: readonly number[];
}

/** Axes in another order: axis `i` of the result is axis `permutation[i]` of the operand. */
export const transposePrimitive: Primitive<TransposeParams> = definePrimitive<TransposeParams>({
  name: "transpose",
  abstractEval: ([x], { permutation }) => {
    const input = x as NDArray;
    const sorted = [...permutation].sort((a, b) => a - b);
    if (sorted.length !== input.shape.length || sorted.some((axis, i) => axis !== i)) {
      throw new ShapeError(
        `transpose: ${formatShape(permutation)} is not a permutation of the axes of ${describeAval(input)}.`,
      );
    }
    return [
      aval(
        permutation.map((axis) => input.shape[axis] as number),
        input.dtype,
        input.weakType,
      ),
    ];
  },
  evaluate: ([x], { permutation }, [output]) => {
    const input = x as ConcreteArray;
    const strides = permutation.map((axis) => stridesOf(input)[axis] as number);
    return [viewOf(input, (output as NDArray).shape, strides)];
  },
  jvp: linearJvp(() => transposePrimitive),
  transpose: ([ct], _inputs, { permutation }) => [ct ? transpose(ct, inversePermutation(permutation)) : null],
  batch: ([x], [axis], _size, { permutation }) => {
    const at = axis as number;
    const shifted = permutation.map((p) => (p >= at ? p + 1 : p));
    return { outputs: [transpose(x as NDArray, [at, ...shifted])], axes: [0] };
  },
  lowering: {
    kind: "view",
    axes: ({ permutation }) => inversePermutation(permutation).map((axis) => readAlong(axis)),
  },
  args: {
    example: (choose) => {
      const shape = choose.shape();
      return {
        inputs: [{ shape, dtype: choose.floatDType() }],
        params: { permutation: choose.permutation(range(shape.length)) },
      };
    },
    otherDTypes: (choose) => {
      const shape = choose.shape();
      return {
        inputs: [{ shape, dtype: choose.pick(["int32", "uint32", "bool"]) }],
        params: { permutation: choose.permutation(range(shape.length)) },
      };
    },
  },
});

const inversePermutation = (permutation: readonly number[]): number[] => {
  const inverse = new Array<number>(permutation.length);
  permutation.forEach((axis, i) => {
    inverse[axis] = i;
  });
  return inverse;
};

/** Axes in another order; returns `x` itself for the identity. */
export const transpose = (x: NDArray, permutation: readonly number[]): NDArray =>
  permutation.every((axis, i) => axis === i) && permutation.length === x.shape.length
    ? x
    : bind1(transposePrimitive, [x], { permutation });

/** `x` with one axis moved to another place, the others in order. */
export const moveAxis = (x: NDArray, from: number, to: number): NDArray => {
  if (from === to) return x;
  const others = range(x.shape.length).filter((axis) => axis !== from);
  return transpose(x, inserted(others, to, from));
};

/** Parameters of `rev`. */
export interface RevParams {
  readonly dimensions: readonly number[];
}

/** The operand read backwards along some axes. */
export const revPrimitive: Primitive<RevParams> = definePrimitive<RevParams>({
  name: "rev",
  abstractEval: ([x], { dimensions }) => {
    const input = x as NDArray;
    if (
      new Set(dimensions).size !== dimensions.length ||
      dimensions.some((d) => !(d >= 0 && d < input.shape.length))
    ) {
      throw new ShapeError(
        `rev: dimensions ${formatShape(dimensions)} must be different axes of ${describeAval(input)}.`,
      );
    }
    return [aval(input.shape, input.dtype, input.weakType)];
  },
  evaluate: ([x], { dimensions }) => {
    const input = x as ConcreteArray;
    if (sizeOf(input.shape) === 0) return [input];
    const strides = stridesOf(input).map((stride, axis) => (dimensions.includes(axis) ? -stride : stride));
    const offset = dimensions.reduce(
      (sum, axis) => sum + ((input.shape[axis] as number) - 1) * (stridesOf(input)[axis] as number),
      offsetOf(input),
    );
    return [viewOf(input, input.shape, strides, offset)];
  },
  jvp: linearJvp(() => revPrimitive),
  transpose: ([ct], _inputs, { dimensions }) => [ct ? rev(ct, dimensions) : null],
  batch: ([x], [axis], _size, { dimensions }) => {
    const at = axis as number;
    return {
      outputs: [
        rev(
          x as NDArray,
          dimensions.map((d) => (d >= at ? d + 1 : d)),
        ),
      ],
      axes: [at],
    };
  },
  lowering: {
    kind: "view",
    axes: ({ dimensions }, { shape }) =>
      shape.map((n, axis) => (dimensions.includes(axis) ? readAlong(axis, -1, n - 1) : readAlong(axis))),
  },
  args: {
    example: (choose) => {
      const shape = choose.shape();
      return {
        inputs: [{ shape, dtype: choose.floatDType() }],
        params: { dimensions: choose.subset(range(shape.length)) },
      };
    },
  },
});

/** `x` read backwards along `dimensions`. */
export const rev = (x: NDArray, dimensions: readonly number[]): NDArray =>
  dimensions.length === 0 ? x : bind1(revPrimitive, [x], { dimensions });
