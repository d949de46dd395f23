import {
  ConcreteArray,
  decoded,
  denseData,
  scalarArray,
  stridesOf,
  viewOf,
  withWeakType,
} from "./concrete.ts";
import {
  allocate,
  DEFAULT_FLOAT,
  type DType,
  dtypeInfo,
  encodeElement,
  isFloat,
  isHalf,
  isInteger,
  storedScalar,
  type TypedArray,
} from "./dtype.ts";
import { NDArray } from "./ndarray.ts";
import { resultType2, type Typed } from "./promotion.ts";
import { checkShape, formatShape, rowMajorStrides, type Shape, sameShape, sizeOf } from "./shape.ts";

/** The typed arrays of numbers, from which an array can be made. */
export type NumericTypedArray = TypedArray | Uint8ClampedArray;

/** What an array can be made of: numbers and booleans, arrays, typed arrays as rows, and nested arrays of these. */
export type NestedInput = number | boolean | NDArray | NumericTypedArray | readonly NestedInput[];

/** The dtype that keeps the values of each kind of typed array, by its name in every realm. */
const DTYPE_OF_TYPED_ARRAY: ReadonlyMap<string, DType> = new Map([
  ["Float16Array", "float16"],
  ["Float32Array", "float32"],
  ["Float64Array", "float64"],
  ["Int8Array", "int8"],
  ["Int16Array", "int16"],
  ["Int32Array", "int32"],
  ["Uint8Array", "uint8"],
  ["Uint8ClampedArray", "uint8"],
  ["Uint16Array", "uint16"],
  ["Uint32Array", "uint32"],
]);

/** Nesting beyond this is refused, which also ends the descent into an array that contains itself. */
const MAX_RANK = 64;

/** Positions on the way to a value inside nested arrays. */
type Path = readonly number[];

const formatIndices = (path: Path): string => path.map((i) => `[${i}]`).join("");

const formatPath = (path: Path): string =>
  path.length === 0 ? "the value" : `the value at ${formatIndices(path)}`;

/** What an object is at bottom, such as "Float32Array", whatever it inherits from and wherever it comes from. */
const kindOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

const describe = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return `the string ${JSON.stringify(value)}`;
  if (typeof value === "bigint") return `the bigint ${value}n`;
  if (typeof value === "object") return `an object (${kindOf(value)})`;
  return `a ${typeof value}`;
};

/** The refusal of a value that is not made of numbers. */
const notNumbers = (value: unknown, path: Path): TypeError => {
  const is64Bit =
    typeof value === "bigint" || value instanceof BigInt64Array || value instanceof BigUint64Array;
  const hint = is64Bit
    ? " There are no 64-bit integers here; convert with Number(…) first."
    : value instanceof NDArray
      ? " It is a tracer, which has no values to copy; use stack or concatenate instead."
      : "";
  return new TypeError(
    `array: expected numbers, booleans, arrays or typed arrays; ${formatPath(path)} is ${describe(value)}.${hint}`,
  );
};

/** The refusal of a value that an integer dtype cannot hold. */
const doesNotFit = (value: number, path: Path, dtype: DType): RangeError =>
  new RangeError(
    `array: ${formatPath(path)} is ${value}, which ${dtype} cannot hold; ` +
      "round and clip it first, or make a float array and use astype, which truncates and saturates.",
  );

/** A typed array of numbers with the dtype that keeps its values, or `undefined` for any other value. */
const asTypedArray = (value: unknown): (Typed & { readonly shape: Shape }) | undefined => {
  if (!ArrayBuffer.isView(value)) return undefined;
  const dtype = DTYPE_OF_TYPED_ARRAY.get(kindOf(value));
  return dtype === undefined
    ? undefined
    : { dtype, weakType: false, shape: [(value as NumericTypedArray).length] };
};

/** The shape that `value` has if it is rectangular, read off the first element of each level. */
const outlineOf = (value: unknown): Shape => {
  const shape: number[] = [];
  let inner = value;
  while (Array.isArray(inner)) {
    shape.push(inner.length);
    if (shape.length > MAX_RANK) {
      throw new RangeError(`array: arrays are nested more than ${MAX_RANK} deep.`);
    }
    if (inner.length === 0) return shape;
    inner = inner[0];
  }
  if (inner instanceof NDArray) shape.push(...inner.shape);
  else shape.push(...(asTypedArray(inner)?.shape ?? []));
  return shape;
};

const describeShape = (shape: Shape): string =>
  shape.length === 0
    ? "a single value"
    : `an array of ${shape.length === 1 ? `length ${shape[0]}` : `shape ${formatShape(shape)}`}`;

/** The refusal of nested arrays whose rows differ. */
const ragged = (path: Path, shape: Shape, expected: Shape): RangeError => {
  const difference =
    shape.length === 1 && expected.length === 1
      ? `has length ${shape[0]}, expected ${expected[0]}`
      : `is ${describeShape(shape)}, expected ${describeShape(expected)}`;
  return new RangeError(
    `array: nested arrays must be rectangular; row ${formatIndices(path)} ${difference}, as the rows before it.`,
  );
};

/** What the leaves of nested arrays are, as far as the choice of a dtype depends on it. */
interface Leaves {
  /** The result type of the arrays and typed arrays found. */
  typed: Typed | undefined;
  boolean: boolean;
  whole: boolean;
  fraction: boolean;
}

/** Check that `value` has `shape` and holds nothing but numbers and booleans, and report which. */
const inspect = (value: unknown, shape: Shape): Leaves => {
  const leaves: Leaves = { typed: undefined, boolean: false, whole: false, fraction: false };
  const path: number[] = [];
  const visit = (item: unknown, axis: number): void => {
    if (typeof item === "number" || typeof item === "boolean") {
      if (axis !== shape.length) throw ragged(path, [], shape.slice(axis));
      if (typeof item === "boolean") leaves.boolean = true;
      else if (Number.isInteger(item)) leaves.whole = true;
      else leaves.fraction = true;
    } else if (Array.isArray(item)) {
      if (axis === shape.length || item.length !== shape[axis]) {
        throw ragged(path, outlineOf(item), shape.slice(axis));
      }
      // An index loop, because it meets holes too, as undefined.
      for (let i = 0; i < item.length; i++) {
        path[axis] = i;
        visit(item[i], axis + 1);
      }
      path.length = axis;
    } else {
      const typed = item instanceof ConcreteArray ? item : asTypedArray(item);
      if (typed === undefined) throw notNumbers(item, path);
      if (!sameShape(typed.shape, shape.slice(axis))) throw ragged(path, typed.shape, shape.slice(axis));
      leaves.typed = leaves.typed === undefined ? typed : resultType2(leaves.typed, typed);
    }
  };
  visit(value, 0);
  return leaves;
};

/** The dtype of an array made of `leaves` when nobody asks for another. */
const inferDType = ({ typed, boolean, whole, fraction }: Leaves): DType => {
  if (typed === undefined) return boolean && !whole && !fraction ? "bool" : DEFAULT_FLOAT;
  let result = typed;
  if (boolean) result = resultType2(result, true);
  if (whole) result = resultType2(result, 1);
  if (fraction) result = resultType2(result, 0.5);
  return result.dtype;
};

/** Copy the elements of `value`, which `inspect` found to have `shape`, row by row into a new typed array. */
const copyElements = (value: unknown, shape: Shape, dtype: DType): TypedArray => {
  const out = allocate(dtype, sizeOf(shape));
  const path: number[] = [];
  let next = 0;
  const put = (element: number): void => {
    if (dtype === "bool") out[next++] = element !== 0 ? 1 : 0;
    else if (isFloat(dtype)) out[next++] = encodeElement(element, dtype);
    else if (storedScalar(element, dtype) === element) out[next++] = element;
    else throw doesNotFit(element, path, dtype);
  };
  const putAll = (elements: NumericTypedArray, axis: number): void => {
    if (!isHalf(dtype) && (isFloat(dtype) || asTypedArray(elements)?.dtype === dtype)) {
      out.set(elements, next);
      next += elements.length;
      return;
    }
    for (let i = 0; i < elements.length; i++) {
      path[axis] = i;
      put(elements[i] as number);
    }
    path.length = axis;
  };
  const visit = (item: unknown, axis: number): void => {
    if (typeof item === "number") put(item);
    else if (typeof item === "boolean") put(item ? 1 : 0);
    else if (Array.isArray(item)) {
      for (let i = 0; i < item.length; i++) {
        path[axis] = i;
        visit(item[i], axis + 1);
      }
      path.length = axis;
    } else if (item instanceof ConcreteArray) {
      out.set(denseData(castArray(item, dtype)), next);
      next += item.size;
    } else putAll(item as NumericTypedArray, axis);
  };
  visit(value, 0);
  return out;
};

/**
 * An array with the elements of `value`: the engine of `np.array`.
 *
 * Without `dtype`, booleans alone make a bool array and JavaScript numbers a float32 one, whole or not. A typed
 * array keeps its dtype. Where arrays and typed arrays
 * stand among nested values, the dtype is the result type of them and the scalars. With `dtype`, every element is
 * converted: scalars and elements of typed arrays must be representable in an integer dtype, and arrays are cast
 * as `castArray` does; for bool, everything but 0 is true.
 *
 * Everything is copied except an array that already is what is asked for. An array given on its own keeps its
 * weak type unless `dtype` is given; nothing else becomes weak.
 *
 *     arrayFrom([[1, 2, 3], [4, 5, 6]]);       // float32[2, 3]
 *     arrayFrom(new Uint8Array([7]));          // uint8[1]
 *
 * Throws a RangeError if rows differ in shape or a value does not fit an integer dtype, and a TypeError if
 * something is not made of numbers and booleans; both say where.
 */
export const arrayFrom = (value: NestedInput, dtype?: DType): ConcreteArray => {
  if (value instanceof ConcreteArray) return dtype === undefined ? value : castArray(value, dtype);
  if (dtype === undefined && typeof value === "number") return scalarArray(value, DEFAULT_FLOAT);
  const shape = outlineOf(value);
  checkShape(shape, "array");
  const leaves = inspect(value, shape);
  const chosen = dtype ?? inferDType(leaves);
  return new ConcreteArray(copyElements(value, shape, chosen), Object.freeze(shape), chosen);
};

/** Write the elements of `from` into `to`, converted as XLA does. */
const castElements = (from: TypedArray, fromType: DType, to: TypedArray, toType: DType): void => {
  const { min, max } = dtypeInfo(toType);
  const n = from.length;
  if (isHalf(fromType)) castElements(decoded(from, fromType), "float32", to, toType);
  else if (isHalf(toType)) for (let i = 0; i < n; i++) to[i] = encodeElement(from[i] as number, toType);
  else if (toType === "bool") for (let i = 0; i < n; i++) to[i] = from[i] !== 0 ? 1 : 0;
  else if (isFloat(fromType) && isInteger(toType)) {
    // A typed array stores NaN as 0 and drops fractions by itself.
    for (let i = 0; i < n; i++) to[i] = Math.max(min, Math.min(max, from[i] as number));
  }
  // Typed arrays round to the nearest float and wrap integers as XLA does.
  else to.set(from);
};

/**
 * The elements of `array` as `dtype`, strongly typed; the array itself if it is that already.
 *
 * Conversion is XLA's: floats round to the nearest; floats become integers by dropping the fraction, the ends of
 * the range hold what lies beyond them, and NaN becomes 0; integers wrap into each other; everything but 0
 * is true. Elements that broadcasting repeats are converted and stored once.
 *
 *     castArray(arrayFrom([1.9, -1.9, 3e9]), "int32"); // [1, -1, 2147483647]
 */
export const castArray = (array: ConcreteArray, dtype: DType): ConcreteArray => {
  if (array.dtype === dtype) return withWeakType(array, false);
  const { shape } = array;
  const strides = stridesOf(array);
  const stored = shape.map((n, axis) => (strides[axis] === 0 && n > 1 ? 1 : n));
  const data = denseData(viewOf(array, stored, strides));
  const out = allocate(dtype, data.length);
  castElements(data, array.dtype, out, dtype);
  const newStrides = rowMajorStrides(stored).map((stride, axis) =>
    stored[axis] === shape[axis] ? stride : 0,
  );
  return new ConcreteArray(out, shape, dtype, false, newStrides);
};
