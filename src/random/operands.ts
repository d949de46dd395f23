import {
  type ArrayLike,
  allocate,
  asArray,
  broadcastShapes,
  ConcreteArray,
  checkShape,
  DTYPES,
  type DType,
  describeValue,
  formatShape,
  isDType,
  isFloat,
  NDArray,
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
  if (isDType(dtype) && isFloat(dtype)) return dtype;
  throw new DTypeError(
    `${where}: dtype must be one of ${DTYPES.filter(isFloat).join(", ")}; got ${JSON.stringify(dtype)}.`,
  );
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

/** A sample of a distribution with parameters: its shape and dtype, and the parameters in that dtype. */
export interface SampleSpec {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Each of them scalar or of the shape of the sample. */
  readonly parameters: readonly NDArray[];
}

/**
 * What a sampler with named parameters makes of its arguments. The shape is that to which the parameters broadcast if
 * it is left out; so is the dtype float64 if one of the parameters is float64, and else float32.
 */
export const sampleSpec = (
  where: string,
  named: { readonly [name: string]: ArrayLike },
  shape: Shape | null | undefined,
  { dtype }: DTypeOptions = {},
): SampleSpec => {
  const own = floatDType(dtype ?? dtypeOfParameters(Object.values(named)), where);
  const values = Object.values(named).map((x) => asType(x, own, where));
  const full = sampleShape(shape ?? shapeOfParameters(values, where), where);
  const names = Object.keys(named);
  return {
    shape: full,
    dtype: own,
    parameters: values.map((x, i) => spread(x, full, where, names[i] as string)),
  };
};

/** float64 if a parameter is, else float32. */
export const dtypeOfParameters = (parameters: readonly ArrayLike[]): DType =>
  parameters.some((x) => x instanceof NDArray && x.dtype === "float64" && !x.weakType)
    ? "float64"
    : "float32";

/** Zeros of a shape and dtype. */
export const zeros = (shape: Shape, dtype: DType): NDArray =>
  broadcastTo(new ConcreteArray(allocate(dtype, 1), [], dtype), shape);
