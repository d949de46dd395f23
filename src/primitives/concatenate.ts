import {
  allocate,
  ConcreteArray as Concrete,
  denseData,
  type NDArray,
  type Shape,
  sizeOf,
} from "../array/index.ts";
import {
  ArgumentError,
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
  type TransposeInput,
} from "../core/index.ts";
import { batchedAt, zerosLike } from "./broadcast.ts";
import { buildConcatenate } from "./concatenate-nest.ts";
import { sliceInDim } from "./padding.ts";

/** Parameters of `concatenate`. */
export interface ConcatenateParams {
  /** The axis along which the operands follow one another. */
  readonly dimension: number;
}

/** The operands one after another along one axis. */
export const concatenatePrimitive: Primitive<ConcatenateParams> = definePrimitive<ConcatenateParams>({
  name: "concatenate",
  storage: true,
  abstractEval: (inputs, { dimension }) => {
    const first = inputs[0];
    if (first === undefined) throw new ArgumentError("concatenate: needs at least one array; got none.");
    const { shape, dtype } = first;
    if (!Number.isInteger(dimension) || dimension < 0 || dimension >= shape.length) {
      throw new ShapeError(
        `concatenate: ${describeAval(first)} has no axis ${dimension} to concatenate along.`,
      );
    }
    for (const input of inputs) {
      if (input.dtype !== dtype) {
        throw new DTypeError(
          `concatenate: operands must have one dtype; got ${inputs.map(describeAval).join(", ")}. Convert with astype.`,
        );
      }
      if (
        input.shape.length !== shape.length ||
        input.shape.some((n, axis) => axis !== dimension && n !== shape[axis])
      ) {
        throw new ShapeError(
          `concatenate: operands must have equal shapes but for axis ${dimension}; ` +
            `got ${inputs.map(describeAval).join(", ")}.`,
        );
      }
    }
    const total = inputs.reduce((sum, input) => sum + (input.shape[dimension] as number), 0);
    return [
      aval(
        shape.map((n, axis) => (axis === dimension ? total : n)),
        dtype,
        inputs.every((input) => input.weakType),
      ),
    ];
  },
  evaluate: (inputs, { dimension }, [output]) => {
    const { shape, dtype, weakType } = output as Aval;
    const out = allocate(dtype, sizeOf(shape));
    // Seen as a matrix, the result is the operands side by side: a row is what one index before `dimension` selects.
    const rows = sizeOf(shape.slice(0, dimension));
    const width = sizeOf(shape.slice(dimension));
    let left = 0;
    for (const input of inputs) {
      const data = denseData(input);
      const inputWidth = sizeOf(input.shape.slice(dimension));
      for (let row = 0; row < rows; row++) {
        out.set(data.subarray(row * inputWidth, (row + 1) * inputWidth), row * width + left);
      }
      left += inputWidth;
    }
    return [new Concrete(out, shape, dtype, weakType)];
  },
  jvp: (primals, tangents, params) => ({
    outputs: bind(concatenatePrimitive, primals, params),
    tangents: bind(
      concatenatePrimitive,
      primals.map((x, i) => tangents[i] ?? zerosLike(x)),
      params,
    ),
  }),
  transpose: ([ct], inputs, { dimension }) => {
    let start = 0;
    return inputs.map((x) => {
      const limit = start + (shapeOf(x)[dimension] as number);
      const part = ct && isLinearInput(x) ? sliceInDim(ct, start, limit, dimension) : null;
      start = limit;
      return part;
    });
  },
  batch: (inputs, axes, size, { dimension }) => {
    const at = axes.find((axis) => axis !== null) as number;
    const moved = inputs.map((x, i) => batchedAt(x, axes[i] as number | null, size, at));
    return { outputs: [concatenate(moved, dimension >= at ? dimension + 1 : dimension)], axes: [at] };
  },
  lowering: {
    kind: "nest",
    build: (nest, { dimension }, inputs, outputs) => buildConcatenate(nest, dimension, inputs, outputs),
  },
  args: {
    example: (choose) => draw(choose, choose.floatDType()),
    otherDTypes: (choose) => draw(choose, choose.pick(["int32", "uint32", "bool"])),
  },
});

const shapeOf = (x: TransposeInput): Shape => (isLinearInput(x) ? x.aval.shape : x.shape);

const draw = (choose: Chooser, dtype: NDArray["dtype"]): ExampleSpec<ConcatenateParams> => {
  const shape = choose.shape({ minRank: 1 });
  const dimension = choose.int(0, shape.length - 1);
  const inputs = Array.from({ length: choose.int(1, 3) }, () => ({
    shape: shape.map((n, axis) => (axis === dimension ? choose.int(0, 3) : n)),
    dtype,
  }));
  return { inputs, params: { dimension } };
};

/**
 * The arrays one after another along axis `dimension`; their shapes are equal but for that axis. One array is
 * returned as it is.
 *
 * @throws ShapeError or DTypeError if they do not fit together.
 * @example
 * concatenate([x, y], 0); // float32[2, 3] and float32[4, 3] → float32[6, 3]
 */
export const concatenate = (xs: readonly NDArray[], dimension: number): NDArray => {
  const [first] = xs;
  if (xs.length === 1 && first !== undefined && dimension >= 0 && dimension < first.shape.length)
    return first;
  return bind1(concatenatePrimitive, xs, { dimension });
};
