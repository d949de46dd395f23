import {
  type ArrayLike,
  asArray,
  broadcastShapes,
  formatShape,
  isFloat,
  isInteger,
  isStorage,
  isUnsigned,
  NDArray,
  type Promotable,
  resultType,
  resultType2,
  type Shape,
  sameShape,
  scalarArray,
  storedScalar,
  type Typed,
} from "../array/index.ts";
import { describeAval, ShapeError } from "../core/index.ts";
import { broadcastTo, convertElementType } from "../primitives/index.ts";

/*
 * What happens to operands before a primitive gets them: JavaScript scalars become arrays, dtypes are promoted,
 * shapes are broadcast. A scalar array is left as it is, since elementwise primitives let it stand for a full one.
 */

/** What a function makes of the type that its operands promote to. */
export type Promotion = (type: Typed) => Typed;

/** The type is taken as it is. */
export const keepType: Promotion = (type) => type;

const FLOAT32: Typed = Object.freeze({ dtype: "float32", weakType: false });
const WEAK_FLOAT32: Typed = Object.freeze({ dtype: "float32", weakType: true });
const INT32: Typed = Object.freeze({ dtype: "int32", weakType: false });

/** For functions of real numbers: integers and booleans are computed as float32. */
export const toInexact: Promotion = (type) =>
  isFloat(type.dtype) ? type : type.weakType ? WEAK_FLOAT32 : FLOAT32;

/** For sums and products: booleans and integers of less than 32 bits are computed in 32 bits, as in NumPy. */
export const toWide: Promotion = (type) =>
  type.dtype === "bool" || (isInteger(type.dtype) && isStorage(type.dtype))
    ? { dtype: isUnsigned(type.dtype) ? "uint32" : "int32", weakType: type.weakType }
    : type;

/** For functions of numbers: booleans are computed as int32. */
export const toNumeric: Promotion = (type) => (type.dtype === "bool" ? INT32 : type);

/** Refuse what is neither an array nor a scalar, naming the function. */
const checkOperand = (x: ArrayLike, name: string): void => {
  if (!(x instanceof NDArray) && typeof x !== "number" && typeof x !== "boolean") asArray(x, name);
};

/** A JavaScript scalar of a dtype that promotion has chosen. */
const scalarOperand = (value: number | boolean, { dtype }: Typed, name: string): NDArray => {
  const number = Number(value);
  if (isInteger(dtype) && storedScalar(number, dtype) !== number) {
    throw new RangeError(
      `${name}: the number ${number} does not fit ${dtype}, the dtype of the result; convert the array to a float ` +
        "dtype first (astype).",
    );
  }
  return scalarArray(number, dtype, dtype !== "bool");
};

/** An operand in the type of the result. */
export const withType = (x: ArrayLike, type: Typed, name: string): NDArray => {
  if (!(x instanceof NDArray)) return scalarOperand(x, type, name);
  return x.dtype === type.dtype ? x : convertElementType(x, type.dtype, type.weakType);
};

/** One operand as an array of a type that the function computes in. */
export const operand = (x: ArrayLike, name: string, promotion: Promotion = keepType): NDArray => {
  if (x instanceof NDArray) {
    const type = promotion(x);
    return x.dtype === type.dtype ? x : convertElementType(x, type.dtype, type.weakType);
  }
  checkOperand(x, name);
  return scalarOperand(x, promotion(resultType(x)), name);
};

/** The shape to which several broadcast; throws a ShapeError naming the function. */
export const commonShape = (name: string, arrays: readonly { readonly shape: Shape }[]): Shape => {
  const shape = broadcastShapes(...arrays.map((x) => x.shape));
  if (shape !== undefined) return shape;
  throw new ShapeError(
    `${name}: the shapes ${arrays.map((x) => formatShape(x.shape)).join(" and ")} do not broadcast: counted from the ` +
      "last, each pair of axes must have equal lengths, or one of them length 1. Use reshape or expandDims to line axes up.",
  );
};

/** Whether elementwise primitives take two shapes together as they are. */
const agree = (a: Shape, b: Shape): boolean => a.length === 0 || b.length === 0 || sameShape(a, b);

/** `x` in `shape`, unless it is a scalar. */
const spread = (x: NDArray, shape: Shape): NDArray =>
  x.shape.length === 0 || sameShape(x.shape, shape) ? x : broadcastTo(x, shape);

/** Arrays of one shape, but for scalars among them. */
export const broadcastOperands = (name: string, arrays: readonly NDArray[]): readonly NDArray[] => {
  const full = arrays.filter((x) => x.shape.length > 0);
  const first = full[0];
  if (first === undefined || full.every((x) => sameShape(x.shape, first.shape))) return arrays;
  const shape = commonShape(name, arrays);
  return arrays.map((x) => spread(x, shape));
};

/** Operands in one type, not yet broadcast. */
export const promote = (
  name: string,
  xs: readonly ArrayLike[],
  promotion: Promotion = keepType,
): NDArray[] => {
  for (const x of xs) checkOperand(x, name);
  const type = promotion(resultType(...xs));
  return xs.map((x) => withType(x, type, name));
};

/** Operands in one type and one shape, but for scalars among them. */
export const operands = (
  name: string,
  xs: readonly ArrayLike[],
  promotion: Promotion = keepType,
): readonly NDArray[] => broadcastOperands(name, promote(name, xs, promotion));

/** The type that two operands have together; refuses what is not an operand. */
const typeOf2 = (name: string, x: ArrayLike, y: ArrayLike): Typed => {
  checkOperand(x, name);
  checkOperand(y, name);
  return resultType2(x as Promotable, y as Promotable);
};

/** A function of one array, element by element. */
export const unary =
  (
    name: string,
    apply: (x: NDArray) => NDArray,
    promotion: Promotion = keepType,
  ): ((x: ArrayLike) => NDArray) =>
  (x) =>
    apply(operand(x, name, promotion));

/**
 * A function of two arrays, element by element, with promotion and broadcasting. Operands that need neither go
 * straight to `apply`.
 */
export const binary =
  (
    name: string,
    apply: (x: NDArray, y: NDArray) => NDArray,
    promotion: Promotion = keepType,
  ): ((x: ArrayLike, y: ArrayLike) => NDArray) =>
  (x, y) => {
    if (
      x instanceof NDArray &&
      y instanceof NDArray &&
      x.dtype === y.dtype &&
      agree(x.shape, y.shape) &&
      promotion(x).dtype === x.dtype
    ) {
      return apply(x, y);
    }
    const type = promotion(typeOf2(name, x, y));
    const a = withType(x, type, name);
    const b = withType(y, type, name);
    if (agree(a.shape, b.shape)) return apply(a, b);
    const shape = commonShape(name, [a, b]);
    return apply(spread(a, shape), spread(b, shape));
  };

/** Two results in one, for functions that give a pair. */
export const binaryPair =
  <T>(
    name: string,
    apply: (x: NDArray, y: NDArray) => T,
    promotion: Promotion = keepType,
  ): ((x: ArrayLike, y: ArrayLike) => T) =>
  (x, y) => {
    const [a, b] = operands(name, [x, y], promotion) as readonly [NDArray, NDArray];
    return apply(a, b);
  };

/** Whether each element of `x` is other than zero: how NumPy reads an array as conditions. */
export const truth = (x: ArrayLike, name: string): NDArray => {
  const array = operand(x, name);
  return array.dtype === "bool" ? array : convertElementType(array, "bool");
};

/** An operand as messages name it. */
export const describe = (x: ArrayLike): string => (x instanceof NDArray ? describeAval(x) : String(x));
