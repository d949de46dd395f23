import {
  allocate,
  ConcreteArray,
  type DType,
  isFloat,
  isInteger,
  type NDArray,
  sizeOf,
} from "../../array/index.ts";
import {
  type Aval,
  aval,
  bind1,
  type Chooser,
  DTypeError,
  definePrimitive,
  describeAval,
  type ExampleSpec,
  type Primitive,
  ShapeError,
} from "../../core/index.ts";
import { groupedData, reducedShape } from "../broadcast.ts";
import { NOT_LINEAR, zeroJvp } from "../rules.ts";
import { buildArg, type Extreme } from "./arg-nest.ts";

/** Parameters of `argmax` and `argmin`. */
export interface ArgParams {
  /** The axis that disappears. */
  readonly axis: number;
  /** The dtype of the positions: int32 or uint32. */
  readonly indexDtype: DType;
}

const drawArg = (choose: Chooser, dtype: DType): ExampleSpec<ArgParams> => {
  const along = choose.int(1, 3);
  const before = choose.shape({ maxRank: 2 });
  const after = choose.shape({ maxRank: 1 });
  return {
    inputs: [
      { shape: [...before, along, ...after], dtype, elements: { distinct: isFloat(dtype), min: -6, max: 6 } },
    ],
    params: { axis: before.length, indexDtype: "int32" },
  };
};

const defineArg = (
  name: string,
  extreme: Extreme,
  better: (x: number, y: number) => boolean,
): Primitive<ArgParams> => {
  const primitive: Primitive<ArgParams> = definePrimitive<ArgParams>({
    name,
    abstractEval: ([x], { axis, indexDtype }) => {
      const input = x as Aval;
      const shape = reducedShape(name, input, [axis]);
      if (!isInteger(indexDtype)) {
        throw new DTypeError(`${name}: positions are int32 or uint32; got indexDtype ${indexDtype}.`);
      }
      if (input.shape[axis] === 0) {
        throw new ShapeError(
          `${name}: axis ${axis} of ${describeAval(input)} is empty, so that no position exists.`,
        );
      }
      return [aval(shape, indexDtype)];
    },
    evaluate: ([x], { axis }, [output]) => {
      const input = x as ConcreteArray;
      const { shape, dtype } = output as Aval;
      const data = groupedData(input, [axis]);
      const n = input.shape[axis] as number;
      const out = allocate(dtype, sizeOf(shape));
      for (let i = 0; i < out.length; i++) {
        const start = i * n;
        let best = 0;
        let value = data[start] as number;
        // The first NaN wins over everything, as in NumPy.
        for (let k = 1; k < n && !Number.isNaN(value); k++) {
          const candidate = data[start + k] as number;
          if (better(candidate, value) || Number.isNaN(candidate)) {
            best = k;
            value = candidate;
          }
        }
        out[i] = best;
      }
      return [new ConcreteArray(out, shape, dtype)];
    },
    jvp: zeroJvp(() => primitive),
    transpose: { missing: NOT_LINEAR },
    batch: ([x], [at], _size, { axis, ...rest }) => {
      const batchAxis = at as number;
      const shifted = axis >= batchAxis ? axis + 1 : axis;
      return {
        outputs: [bind1(primitive, [x as NDArray], { axis: shifted, ...rest })],
        axes: [shifted < batchAxis ? batchAxis - 1 : batchAxis],
      };
    },
    lowering: { kind: "nest", build: (nest, { axis }, inputs) => buildArg(nest, axis, extreme, inputs) },
    args: {
      example: (choose) => drawArg(choose, choose.floatDType()),
      otherDTypes: (choose) => drawArg(choose, choose.pick(["int32", "uint32", "bool"])),
    },
  });
  return primitive;
};

/** Where the first greatest element along an axis is; the first NaN if there is one. */
export const argmaxPrimitive: Primitive<ArgParams> = defineArg("argmax", "greatest", (x, y) => x > y);

/** Where the first least element along an axis is; the first NaN if there is one. */
export const argminPrimitive: Primitive<ArgParams> = defineArg("argmin", "least", (x, y) => x < y);

/**
 * The position of the first greatest element along `axis`.
 *
 * @throws ShapeError if the axis is empty.
 * @example
 * argmax(arrayFrom([[1, 5, 5], [4, 2, 0]]), 1); // int32 [1, 0]
 */
export const argmax = (x: NDArray, axis: number, indexDtype: DType = "int32"): NDArray =>
  bind1(argmaxPrimitive, [x], { axis, indexDtype });

/** The position of the first least element along `axis`, as `argmax` otherwise. */
export const argmin = (x: NDArray, axis: number, indexDtype: DType = "int32"): NDArray =>
  bind1(argminPrimitive, [x], { axis, indexDtype });
