import {
  type ArrayLike,
  allocate,
  asArray,
  broadcastShapes,
  ConcreteArray,
  checkShape,
  type DType,
  describeValue,
  formatShape,
  isFloat,
  type NDArray,
  type Shape,
  sameShape,
  scalarArray,
} from "../array/index.ts";
import { ArgumentError, DTypeError, describeAval, ShapeError } from "../core/index.ts";
import { broadcastTo, convertElementType } from "../primitives/index.ts";

/*
 * What samplers make of their arguments. `where` is the function that a person called, for messages.
 */

/** The dtype of a sample; default float32. */
export interface DTypeOptions {
  readonly dtype?: DType;
}

/** Refuse what is no shape. */
export const sampleShape = (shape: Shape, where: string): Shape => {
  if (!Array.isArray(shape)) {
    throw new ArgumentError(
      `${where}: shape must be an array of lengths, such as [3]; got ${describeValue(shape)}.`,
    );
  }
  checkShape(shape, where);
  return shape;
};

/** Refuse a dtype that is not floating-point. */
export const floatDType = (dtype: DType, where: string): DType => {
  if (isFloat(dtype)) return dtype;
  throw new DTypeError(`${where}: dtype must be "float32" or "float64"; got ${JSON.stringify(dtype)}.`);
};

/** A JavaScript number or an array as an array of `dtype`. */
export const asType = (x: ArrayLike, dtype: DType, where: string): NDArray =>
  // A number goes straight to its dtype: as an array it would be rounded to float32 first.
  typeof x === "number" ? scalarArray(x, dtype) : convertElementType(asArray(x, where), dtype);

/** `x` in `shape`, unless it is a scalar; refused if it does not broadcast to it. `name` is what the argument is called. */
export const spread = (x: NDArray, shape: Shape, where: string, name: string): NDArray => {
  if (x.ndim === 0 || sameShape(x.shape, shape)) return x;
  const common = broadcastShapes(x.shape, shape);
  if (common === undefined || !sameShape(common, shape)) {
    throw new ShapeError(
      `${where}: ${name}, ${describeAval(x)}, does not broadcast to the shape of the sample, ${formatShape(shape)}.`,
    );
  }
  return broadcastTo(x, shape);
};

/** The shape to which parameters broadcast, for samplers whose shape may be left out. */
export const shapeOfParameters = (parameters: readonly NDArray[], where: string): Shape => {
  const shape = broadcastShapes(...parameters.map((x) => x.shape));
  if (shape !== undefined) return shape;
  throw new ShapeError(`${where}: ${parameters.map(describeAval).join(" and ")} do not broadcast together.`);
};

/** Zeros of a shape and dtype. */
export const zeros = (shape: Shape, dtype: DType): NDArray =>
  broadcastTo(new ConcreteArray(allocate(dtype, 1), [], dtype), shape);
