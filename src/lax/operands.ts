import {
  type ArrayLike,
  asArray,
  type DType,
  isInteger,
  NDArray,
  scalarArray,
  storedScalar,
} from "../array/index.ts";
import { DTypeError } from "../core/index.ts";

/*
 * The functions of this room are strict: operands must have one dtype and one shape, or none at all. Only JavaScript
 * scalars take the dtype of the arrays beside them.
 */

const scalarOf = (value: number | boolean, dtype: DType, name: string): NDArray => {
  if (typeof value === "boolean") {
    if (dtype === "bool") return scalarArray(value ? 1 : 0, "bool");
    throw new DTypeError(`${name}: got ${value} beside an array of ${dtype}; operands must have one dtype.`);
  }
  if (dtype === "bool" || (isInteger(dtype) && storedScalar(value, dtype) !== value)) {
    throw new RangeError(
      `${name}: the number ${value} does not fit ${dtype}, the dtype of the arrays beside it.`,
    );
  }
  return scalarArray(value, dtype, true);
};

/** One operand as an array. */
export const operand = (x: ArrayLike, name: string): NDArray => asArray(x, name);

/** Operands as arrays: JavaScript scalars in the dtype of the first array. */
export const operands = (name: string, xs: readonly ArrayLike[]): readonly NDArray[] => {
  const first = xs.find((x) => x instanceof NDArray);
  if (first === undefined) return xs.map((x) => asArray(x, name));
  return xs.map((x) => {
    if (x instanceof NDArray) return x;
    return typeof x === "number" || typeof x === "boolean"
      ? scalarOf(x, first.dtype, name)
      : asArray(x, name);
  });
};

/** A position that was computed, or a JavaScript number. */
export const asIndex = (x: ArrayLike, name: string): NDArray => {
  if (x instanceof NDArray) return x;
  if (typeof x === "number" && (x | 0) === x) return scalarArray(x, "int32");
  throw new RangeError(`${name}: an index must be a whole number or an integer array; got ${String(x)}.`);
};

/** A function of one float or number as people call it. */
export const unary =
  (name: string, apply: (x: NDArray) => NDArray): ((x: ArrayLike) => NDArray) =>
  (x) =>
    apply(x instanceof NDArray ? x : asArray(x, name));

/** A function of two operands of one dtype as people call it. */
export const binary =
  (name: string, apply: (x: NDArray, y: NDArray) => NDArray): ((x: ArrayLike, y: ArrayLike) => NDArray) =>
  (x, y) => {
    if (x instanceof NDArray)
      return apply(x, y instanceof NDArray ? y : (operands(name, [x, y])[1] as NDArray));
    const [a, b] = operands(name, [x, y]) as readonly [NDArray, NDArray];
    return apply(a, b);
  };
