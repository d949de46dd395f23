import {
  allocate,
  ConcreteArray,
  type DType,
  type NDArray,
  rowMajorStrides,
  sameShape,
  sizeOf,
  type TypedArray,
} from "../array/index.ts";
import {
  ArgumentError,
  type Aval,
  aval,
  type BatchAxis,
  bind,
  type Chooser,
  definePrimitive,
  describeAval,
  type ExampleSpec,
  type Primitive,
  ShapeError,
} from "../core/index.ts";
import { batchedAt, groupedData } from "./broadcast.ts";
import { iota } from "./iota.ts";
import { inserted, NOT_LINEAR, range, without } from "./rules.ts";
import { buildSort } from "./sort-nest.ts";
import { takeAlongAxis } from "./take-along-axis.ts";

/** Parameters of `sort`. */
export interface SortParams {
  /** The axis along which elements are put in order. */
  readonly dimension: number;
  /** Whether equal elements must keep their order. The reference keeps it always. */
  readonly isStable: boolean;
  /** How many operands, from the first, decide the order; the others are carried along. */
  readonly numKeys: number;
}

/** Negative if `x` comes before `y`: NaN comes last and equals itself, −0 equals 0. */
const compareElements = (x: number, y: number): number => {
  if (x < y) return -1;
  if (x > y) return 1;
  return x === y ? 0 : Number(Number.isNaN(x)) - Number(Number.isNaN(y));
};

/** The places of the `n` elements from `start` in the order of `keys`, the first key first. Stable. */
const sortedPlaces = (keys: readonly TypedArray[], start: number, n: number): number[] =>
  Array.from({ length: n }, (_, k) => start + k).sort((i, j) => {
    for (const key of keys) {
      const order = compareElements(key[i] as number, key[j] as number);
      if (order !== 0) return order;
    }
    return 0;
  });

/**
 * Operands of one shape, put in increasing order along one axis, all in the same way: that of the first `numKeys` of
 * them, compared one after another.
 */
export const sortPrimitive: Primitive<SortParams> = definePrimitive<SortParams>({
  name: "sort",
  abstractEval: (inputs, { dimension, numKeys }) => {
    const [first] = inputs;
    if (first === undefined) throw new ArgumentError("sort: needs at least one operand; got none.");
    if (!inputs.every((x) => sameShape(x.shape, first.shape))) {
      throw new ShapeError(`sort: operands must have one shape; got ${inputs.map(describeAval).join(", ")}.`);
    }
    if (!(Number.isInteger(dimension) && dimension >= 0 && dimension < first.shape.length)) {
      throw new ShapeError(`sort: ${dimension} is not an axis of ${describeAval(first)}.`);
    }
    if (!(Number.isInteger(numKeys) && numKeys >= 1 && numKeys <= inputs.length)) {
      throw new ArgumentError(
        `sort: numKeys must be from 1 to the number of operands, ${inputs.length}; got ${numKeys}.`,
      );
    }
    return inputs.map((x) => aval(x.shape, x.dtype, x.weakType));
  },
  evaluate: (inputs, { dimension, numKeys }, outputs) => {
    const { shape } = outputs[0] as Aval;
    const n = shape[dimension] as number;
    const rows = inputs.map((x) => groupedData(x as ConcreteArray, [dimension]));
    const keys = rows.slice(0, numKeys);
    const sorted = outputs.map(({ dtype }) => allocate(dtype, sizeOf(shape)));
    for (let start = 0; start < sizeOf(shape); start += n) {
      const places = sortedPlaces(keys, start, n);
      rows.forEach((row, operand) => {
        const out = sorted[operand] as TypedArray;
        for (let k = 0; k < n; k++) out[start + k] = row[places[k] as number] as number;
      });
    }
    // The rows stand along the last axis; the result is a view that has that axis where it belongs.
    const strides = inserted(rowMajorStrides([...without(shape, dimension), n]).slice(0, -1), dimension, 1);
    return outputs.map(
      ({ dtype, weakType }, i) => new ConcreteArray(sorted[i] as TypedArray, shape, dtype, weakType, strides),
    );
  },
  jvp: (primals, tangents, params) => {
    const { shape } = primals[0] as NDArray;
    const outputs = bind(sortPrimitive, [...primals, iota(shape, "int32", params.dimension)], params);
    const places = outputs.at(-1) as NDArray;
    return {
      outputs: outputs.slice(0, -1),
      tangents: tangents.map((t) => t && takeAlongAxis(t, places, params.dimension, { uniqueIndices: true })),
    };
  },
  transpose: { missing: NOT_LINEAR },
  batch: (inputs, axes, size, { dimension, ...rest }) => {
    const at = axes.find((axis) => axis !== null) as number;
    const aligned = inputs.map((x, i) => batchedAt(x, axes[i] as BatchAxis, size, at));
    const outputs = bind(sortPrimitive, aligned, {
      dimension: dimension >= at ? dimension + 1 : dimension,
      ...rest,
    });
    return { outputs, axes: outputs.map(() => at) };
  },
  lowering: {
    kind: "nest",
    build: (nest, { dimension, numKeys }, _inputs, [output]) =>
      buildSort(nest, dimension, numKeys, (output as Aval).shape),
    work: ([x]) => 32 * sizeOf((x as Aval).shape),
  },
  args: {
    example: (choose) => {
      const dtype = choose.floatDType();
      const elements = { distinct: true, min: -6, max: 6 };
      return drawSort(choose, () => ({ dtype, elements }));
    },
    otherDTypes: (choose) =>
      drawSort(choose, () => ({
        dtype: choose.pick<DType>(["int32", "uint32", "bool", "float32"]),
        elements: { min: 0, max: 3 },
      })),
  },
});

const drawSort = (
  choose: Chooser,
  operand: () => { readonly dtype: DType; readonly elements: object },
): ExampleSpec<SortParams> => {
  const shape = choose.shape({ minRank: 1 });
  const inputs = range(choose.int(1, 3)).map(() => ({ shape, ...operand() }));
  return {
    inputs,
    params: {
      dimension: choose.pick(range(shape.length)),
      isStable: true,
      numKeys: choose.int(1, inputs.length),
    },
  };
};

/**
 * Operands of one shape in increasing order along `dimension` (default: the last): NaN comes last, −0 equals 0, equal
 * elements keep their order. The first `numKeys` operands decide, one after another; the others are carried along.
 *
 * @throws ShapeError if shapes differ or the axis does not exist, ArgumentError for a `numKeys` out of range.
 * @example
 * sort([keys, values]); // keys in order, and the value of each
 */
export const sort = (
  operands: readonly NDArray[],
  dimension: number = (operands[0]?.shape.length ?? 0) - 1,
  numKeys = 1,
): readonly NDArray[] => bind(sortPrimitive, operands, { dimension, isStable: true, numKeys });
