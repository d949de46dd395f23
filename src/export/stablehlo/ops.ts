import type { Shape } from "../../array/index.ts";
import { sizeOf } from "../../array/index.ts";
import type { CompareOp, ScalarValue } from "../../kernel/expr.ts";
import {
  type ElementType,
  isFloatElement,
  isUnsignedElement,
  scalar,
  type TensorType,
  type Value,
} from "./types.ts";
import type { Writer } from "./writer.ts";

/*
 * The operations of StableHLO that lowerings are written in, with types worked out.
 */

/** A list of numbers as an attribute. */
export const array = (list: readonly number[]): string =>
  list.length === 0 ? "array<i64>" : `array<i64: ${list.join(", ")}>`;

/** The shape of `x` with other elements. */
export const withElement = ({ shape }: TensorType, element: ElementType): TensorType => ({ shape, element });

/** Whether two types have one shape. */
const isShape = (x: Value, shape: Shape): boolean =>
  x.shape.length === shape.length && x.shape.every((n, i) => n === shape[i]);

/** An operation of one operand whose result is like it. */
export const unary = (w: Writer, name: string, x: Value): Value => w.same(name, [x], x);

/** An operation of two operands of one type whose result is like them. */
export const binary = (w: Writer, name: string, x: Value, y: Value): Value => w.same(name, [x, y], x);

/** The same elements in another type. */
export const convert = (w: Writer, x: Value, element: ElementType): Value => {
  if (x.element === element) return x;
  // A number is true unless it is 0, however small it is.
  if (element === "i1") return compare(w, "ne", x, w.splat(0, x));
  return w.op1("stablehlo.convert", [x], withElement(x, element));
};

/** The same bits as elements of another type of that width. */
export const bitcast = (w: Writer, x: Value, element: ElementType): Value =>
  x.element === element ? x : w.op1("stablehlo.bitcast_convert", [x], withElement(x, element));

/** The same elements row by row in another shape. */
export const reshape = (w: Writer, x: Value, shape: Shape): Value =>
  isShape(x, shape) ? x : w.op1("stablehlo.reshape", [x], { shape, element: x.element });

/** The axes in another order. */
export const transpose = (w: Writer, x: Value, permutation: readonly number[]): Value =>
  permutation.every((axis, i) => axis === i)
    ? x
    : w.op1(
        "stablehlo.transpose",
        [x],
        { shape: permutation.map((axis) => x.shape[axis] as number), element: x.element },
        `permutation = ${array(permutation)}`,
      );

/** The axes of `x` as axes `dims` of a result of `shape`, repeated along the others. */
export const broadcast = (w: Writer, x: Value, shape: Shape, dims: readonly number[] = []): Value =>
  isShape(x, shape) && dims.every((axis, i) => axis === i)
    ? x
    : w.op1(
        "stablehlo.broadcast_in_dim",
        [x],
        { shape, element: x.element },
        `broadcast_dimensions = ${array(dims)}`,
      );

/** A scalar repeated, or an array as it is. */
export const filled = (w: Writer, x: Value, shape: Shape): Value =>
  x.shape.length === 0 ? broadcast(w, x, shape) : x;

/** The elements from a start to a limit in steps, along every axis. */
export const slice = (
  w: Writer,
  x: Value,
  starts: readonly number[],
  limits: readonly number[],
  strides: readonly number[] = starts.map(() => 1),
): Value => {
  const shape = starts.map((from, i) =>
    Math.max(0, Math.ceil(((limits[i] as number) - from) / (strides[i] as number))),
  );
  if (isShape(x, shape) && starts.every((from) => from === 0)) return x;
  return w.op1(
    "stablehlo.slice",
    [x],
    { shape, element: x.element },
    `start_indices = ${array(starts)}, limit_indices = ${array(limits)}, strides = ${array(strides)}`,
  );
};

/** `slice` along one axis. */
export const sliceAxis = (w: Writer, x: Value, axis: number, from: number, to: number, stride = 1): Value => {
  const along = (value: number, others: (n: number) => number): number[] =>
    x.shape.map((n, i) => (i === axis ? value : others(n)));
  return slice(
    w,
    x,
    along(from, () => 0),
    along(to, (n) => n),
    along(stride, () => 1),
  );
};

/** The axes turned round. */
export const reverse = (w: Writer, x: Value, axes: readonly number[]): Value =>
  axes.length === 0 ? x : w.op1("stablehlo.reverse", [x], x, `dimensions = ${array(axes)}`);

/** How far an axis is lengthened, in front, behind and between neighbours; negative edges shorten. */
export type Padding = readonly [low: number, high: number, interior: number];

/** An array with a value around and between its elements. */
export const pad = (w: Writer, x: Value, value: Value, config: readonly Padding[]): Value => {
  if (config.every((edges) => edges.every((n) => n === 0))) return x;
  const shape = x.shape.map((n, i) => {
    const [low, high, interior] = config[i] as Padding;
    return low + high + n + Math.max(0, n - 1) * interior;
  });
  const edges = (which: 0 | 1 | 2): string => array(config.map((dims) => dims[which]));
  return w.op1(
    "stablehlo.pad",
    [x, value],
    { shape, element: x.element },
    `edge_padding_low = ${edges(0)}, edge_padding_high = ${edges(1)}, interior_padding = ${edges(2)}`,
  );
};

/** Arrays one after another along an axis. */
export const concatenate = (w: Writer, parts: readonly Value[], axis: number): Value => {
  const first = parts[0] as Value;
  if (parts.length === 1) return first;
  const length = parts.reduce((sum, x) => sum + (x.shape[axis] as number), 0);
  const shape = first.shape.map((n, i) => (i === axis ? length : n));
  return w.op1(
    "stablehlo.concatenate",
    parts,
    { shape, element: first.element },
    `dimension = ${axis} : i64`,
  );
};

/** A comparison, element by element; floats as IEEE 754 has it. */
export const compare = (w: Writer, op: CompareOp, x: Value, y: Value): Value => {
  const { element } = x;
  const kind = isFloatElement(element)
    ? "FLOAT"
    : isUnsignedElement(element) || element === "i1"
      ? "UNSIGNED"
      : "SIGNED";
  return w.op1(
    "stablehlo.compare",
    [x, y],
    withElement(x, "i1"),
    `comparison_direction = #stablehlo<comparison_direction ${op.toUpperCase()}>, ` +
      `compare_type = #stablehlo<comparison_type ${kind}>`,
  );
};

/** Elements of `x` where the condition holds, else those of `y`. A scalar condition holds for all. */
export const select = (w: Writer, condition: Value, x: Value, y: Value): Value =>
  w.op1("stablehlo.select", [condition, x, y], x);

/** The indices along an axis. */
export const iota = (w: Writer, type: TensorType, axis: number): Value =>
  w.op1("stablehlo.iota", [], type, `iota_dimension = ${axis} : i64`);

/** Indices as int32, which holds every place; those beyond its range lie outside of every array in either type. */
export const signedIndices = (w: Writer, x: Value): Value =>
  convert(w, x.element === "ui32" ? binary(w, "stablehlo.minimum", x, w.splat(0x7fffffff, x)) : x, "i32");

/** A window whose place is computed, moved inside where it would stick out. */
export const dynamicSlice = (
  w: Writer,
  x: Value,
  starts: readonly Value[],
  sizes: readonly number[],
): Value =>
  sizes.length === 0
    ? x
    : w.op1(
        "stablehlo.dynamic_slice",
        [x, ...starts],
        { shape: sizes, element: x.element },
        `slice_sizes = ${array(sizes)}`,
      );

/** The array with a window overwritten. */
export const dynamicUpdateSlice = (w: Writer, x: Value, update: Value, starts: readonly Value[]): Value =>
  starts.length === 0 ? update : w.op1("stablehlo.dynamic_update_slice", [x, update, ...starts], x);

/** An array put together along axes by one operation, from a scalar onwards. */
export const reduce = (
  w: Writer,
  operation: string,
  x: Value,
  initial: Value,
  axes: readonly number[],
): Value => {
  if (axes.length === 0) return x;
  const shape = x.shape.filter((_, axis) => !axes.includes(axis));
  return w.op1(
    "stablehlo.reduce",
    [x, initial],
    { shape, element: x.element },
    `dimensions = ${array(axes)}`,
    [combining(w, operation, x.element)],
  );
};

/** The block of two scalars that one operation puts together. */
export const combining = (w: Writer, operation: string, element: ElementType): (() => void) =>
  w.isolated(() => {
    const [a, b] = w.blockArguments([scalar(element), scalar(element)]) as [Value, Value];
    w.return([binary(w, operation, a, b)]);
  });

/** A loop: `cond` and `body` see the values that go from turn to turn, and everything outside. */
export const whileLoop = (
  w: Writer,
  initial: readonly Value[],
  cond: (state: readonly Value[]) => Value,
  body: (state: readonly Value[]) => readonly Value[],
): Value[] =>
  w.op("stablehlo.while", initial, initial, "", [
    () => w.return([cond(w.blockArguments(initial))]),
    () => w.return(body(w.blockArguments(initial))),
  ]);

/** One of two computations without operands. */
export const ifElse = (
  w: Writer,
  condition: Value,
  results: readonly TensorType[],
  whenTrue: () => readonly Value[],
  whenFalse: () => readonly Value[],
): Value[] =>
  w.op("stablehlo.if", [condition], results, "", [() => w.return(whenTrue()), () => w.return(whenFalse())]);

/** One scalar of every type. */
export const scalarConstant = (w: Writer, value: ScalarValue, element: ElementType): Value =>
  w.splat(value, { shape: [], element });

/** Whether each element is NaN. */
export const isNotANumber = (w: Writer, x: Value): Value => compare(w, "ne", x, x);

/** A tensor without elements. */
export const empty = (w: Writer, type: TensorType): Value => w.constant("", type);

/** Whether a type has no elements. */
export const isEmpty = ({ shape }: TensorType): boolean => sizeOf(shape) === 0;
