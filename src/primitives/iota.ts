import {
  allocate,
  ConcreteArray,
  checkShape,
  type DType,
  formatShape,
  type NDArray,
  type Shape,
} from "../array/index.ts";
import { aval, bind1, DTypeError, definePrimitive, type Primitive, ShapeError } from "../core/index.ts";
import { convert, type Expr } from "../kernel/expr.ts";
import { scalarTypeOf } from "../kernel/scalar-type.ts";
import { range } from "./rules.ts";

/** Parameters of `iota`. */
export interface IotaParams {
  readonly shape: Shape;
  readonly dtype: DType;
  /** The axis along which the elements count. */
  readonly dimension: number;
}

const NO_INPUTS = "it has no inputs";

/** Each element is its own position along one axis. */
export const iotaPrimitive: Primitive<IotaParams> = definePrimitive<IotaParams>({
  name: "iota",
  abstractEval: (_inputs, { shape, dtype, dimension }) => {
    checkShape(shape, "iota");
    if (dtype === "bool") throw new DTypeError("iota: booleans do not count; take int32, uint32 or a float.");
    if (!(Number.isInteger(dimension) && dimension >= 0 && dimension < shape.length)) {
      throw new ShapeError(`iota: dimension ${dimension} is not an axis of shape ${formatShape(shape)}.`);
    }
    return [aval(shape, dtype)];
  },
  evaluate: (_inputs, { shape, dtype, dimension }) => {
    const count = allocate(dtype, shape[dimension] as number);
    for (let i = 0; i < count.length; i++) count[i] = i;
    const strides = shape.map((_, axis) => (axis === dimension ? 1 : 0));
    return [new ConcreteArray(count, shape, dtype, false, strides)];
  },
  jvp: { missing: NO_INPUTS },
  transpose: { missing: NO_INPUTS },
  batch: { missing: NO_INPUTS },
  lowering: {
    kind: "generate",
    expr: (indices, { dtype, dimension }) => convert(indices[dimension] as Expr, scalarTypeOf(dtype)),
  },
  args: {
    example: (choose) => {
      const shape = choose.shape({ minRank: 1 });
      const dtype = choose.pick<DType>(["float32", "float64", "int32", "uint32"]);
      return { inputs: [], params: { shape, dtype, dimension: choose.pick(range(shape.length)) } };
    },
  },
});

/**
 * An array whose elements are their positions along `dimension`, JAX's `lax.broadcasted_iota`.
 *
 * @throws ShapeError if there is no such axis, DTypeError for bool.
 * @example
 * iota([2, 3], "int32", 1); // [[0, 1, 2], [0, 1, 2]]
 */
export const iota = (shape: Shape, dtype: DType, dimension: number): NDArray =>
  bind1(iotaPrimitive, [], { shape, dtype, dimension });
