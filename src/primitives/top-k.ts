import { allocate, ConcreteArray, type DType, denseData, type NDArray, sizeOf } from "../array/index.ts";
import {
  ArgumentError,
  type Aval,
  aval,
  bind,
  type Chooser,
  definePrimitive,
  describeAval,
  type ExampleSpec,
  type Primitive,
  ShapeError,
} from "../core/index.ts";
import { NOT_LINEAR } from "./rules.ts";
import { moveAxis } from "./shape.ts";
import { takeAlongAxis } from "./take-along-axis.ts";
import { buildTopK } from "./top-k-nest.ts";

/** Parameters of `topK`. */
export interface TopKParams {
  /** How many elements are wanted. */
  readonly k: number;
}

/** Negative if `x` comes before `y`: greater ones first, NaN before all, 0 before −0. */
const compareDescending = (x: number, y: number): number => {
  if (x > y) return -1;
  if (x < y) return 1;
  if (x === y) return x === 0 ? Number(Object.is(x, -0)) - Number(Object.is(y, -0)) : 0;
  return Number(Number.isNaN(y)) - Number(Number.isNaN(x));
};

/** The `k` greatest elements of each row (along the last axis), and where they stood. */
export const topKPrimitive: Primitive<TopKParams> = definePrimitive<TopKParams>({
  name: "topK",
  abstractEval: ([x], { k }) => {
    const input = x as Aval;
    const n = input.shape.at(-1);
    if (n === undefined) throw new ShapeError("topK: needs an array with an axis; got a scalar.");
    if (!(Number.isInteger(k) && k >= 0 && k <= n)) {
      throw new ArgumentError(
        `topK: k must be from 0 to ${n}, the length of the last axis of ${describeAval(input)}; got ${k}.`,
      );
    }
    const shape = [...input.shape.slice(0, -1), k];
    return [aval(shape, input.dtype, input.weakType), aval(shape, "int32")];
  },
  evaluate: ([x], { k }, [output]) => {
    const data = denseData(x as ConcreteArray);
    const n = (x as ConcreteArray).shape.at(-1) as number;
    const { shape, dtype, weakType } = output as Aval;
    const values = allocate(dtype, sizeOf(shape));
    const places = allocate("int32", sizeOf(shape));
    for (let start = 0, to = 0; to < values.length; start += n) {
      const order = Array.from({ length: n }, (_, i) => i).sort((i, j) =>
        compareDescending(data[start + i] as number, data[start + j] as number),
      );
      for (let i = 0; i < k; i++, to++) {
        const place = order[i] as number;
        values[to] = data[start + place] as number;
        places[to] = place;
      }
    }
    return [new ConcreteArray(values, shape, dtype, weakType), new ConcreteArray(places, shape, "int32")];
  },
  jvp: (primals, [t], params) => {
    const outputs = bind(topKPrimitive, primals, params);
    const places = outputs[1] as NDArray;
    return {
      outputs,
      tangents: [t ? takeAlongAxis(t, places, places.shape.length - 1, { uniqueIndices: true }) : null, null],
    };
  },
  transpose: { missing: NOT_LINEAR },
  batch: ([x], [axis], _size, params) => {
    const input = x as NDArray;
    // The last axis is the one that is sorted, so a batch there goes to the front.
    const isLast = axis === input.shape.length - 1;
    const at = isLast ? 0 : (axis as number);
    return {
      outputs: bind(topKPrimitive, [isLast ? moveAxis(input, axis, 0) : input], params),
      axes: [at, at],
    };
  },
  lowering: { kind: "nest", build: (nest, { k }, [x]) => buildTopK(nest, k, (x as Aval).shape) },
  args: {
    example: (choose) => drawTopK(choose, choose.floatDType(), { distinct: true, min: -6, max: 6 }),
    otherDTypes: (choose) => drawTopK(choose, choose.pick(["int32", "uint32", "bool"]), { min: 0, max: 3 }),
  },
});

const drawTopK = (choose: Chooser, dtype: DType, elements: object): ExampleSpec<TopKParams> => {
  const shape = choose.shape({ minRank: 1 });
  return { inputs: [{ shape, dtype, elements }], params: { k: choose.int(0, shape.at(-1) as number) } };
};

/**
 * The `k` greatest elements along the last axis, greatest first, and their int32 positions. Of equal ones the first
 * comes first; NaN counts as greatest.
 *
 * @throws ArgumentError if `k` exceeds the length of the axis.
 * @example
 * topK(arrayFrom([3, 1, 2]), 2); // [[3, 2], [0, 2]]
 */
export const topK = (x: NDArray, k: number): readonly [values: NDArray, indices: NDArray] => {
  const [values, indices] = bind(topKPrimitive, [x], { k });
  return [values as NDArray, indices as NDArray];
};
