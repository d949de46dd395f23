import type { Shape } from "../../array/index.ts";
import { bitWidth, type Expr, isFloat, isSigned, type ScalarType, type Table } from "../../kernel/expr.ts";
import { programOf, type Sequence, type Step, sequence } from "../../kernel/sequence.ts";
import { formatSplat } from "./literals.ts";
import { array, binary, bitcast, compare, convert, filled, reshape, select, unary } from "./ops.ts";
import { type ElementType, elementOfScalar, type Value } from "./types.ts";
import type { Writer } from "./writer.ts";

/*
 * Scalar expressions, for all elements of a shape at once.
 */

/** What an input of an expression is. */
export type Inputs = (index: number) => Value;

/** The values of expressions for every index of `shape`; inputs have that shape or are scalars. */
export const writeExprs = (
  w: Writer,
  exprs: readonly Expr[],
  shape: Shape,
  inputs: Inputs,
): readonly Value[] => writeSequence(w, sequence(exprs), shape, inputs);

const writeSequence = (w: Writer, program: Sequence, shape: Shape, inputs: Inputs): readonly Value[] => {
  const values: Value[] = [];
  program.steps.forEach((step) => {
    const args = step.args.map((i) => values[i] as Value);
    const types = step.args.map((i) => (program.steps[i] as Step).type);
    const rounded = roundedStep(program, step);
    values.push(
      rounded === undefined
        ? writeStep(w, step, args, types, shape, inputs)
        : unary(w, "stablehlo.round_nearest_even", values[rounded] as Value),
    );
  });
  return program.results.map((i) => values[i] as Value);
};

/**
 * The x of `(x + c) − c` for a large constant c, which rounds x to a whole number: engines that reckon with floats as
 * with real numbers, as XLA does with such sums, make x of it. `undefined` for other steps.
 */
const roundedStep = ({ steps }: Sequence, { op, type, args }: Step): number | undefined => {
  if (op !== "sub" || !isFloat(type)) return undefined;
  const [sum, constant] = args.map((i) => steps[i] as Step) as [Step, Step];
  const isLarge = constant.op === "constant" && Math.abs(Number(constant.value)) >= 2 ** 22;
  if (!isLarge || sum.op !== "add") return undefined;
  const at = sum.args.findIndex((i) => steps[i]?.op === "constant" && steps[i]?.value === constant.value);
  return at < 0 ? undefined : sum.args[1 - at];
};

const UNARY: { readonly [op: string]: string } = {
  neg: "stablehlo.negate",
  abs: "stablehlo.abs",
  sqrt: "stablehlo.sqrt",
  floor: "stablehlo.floor",
  ceil: "stablehlo.ceil",
  nearest: "stablehlo.round_nearest_even",
  not: "stablehlo.not",
};

const BINARY: { readonly [op: string]: string } = {
  add: "stablehlo.add",
  sub: "stablehlo.subtract",
  mul: "stablehlo.multiply",
  div: "stablehlo.divide",
  rem: "stablehlo.remainder",
  min: "stablehlo.minimum",
  max: "stablehlo.maximum",
  and: "stablehlo.and",
  or: "stablehlo.or",
  xor: "stablehlo.xor",
};

const writeStep = (
  w: Writer,
  step: Step,
  args: readonly Value[],
  [from]: readonly ScalarType[],
  shape: Shape,
  inputs: Inputs,
): Value => {
  const { op, type } = step;
  const element = elementOfScalar(type);
  const [x, y, z] = args as readonly [Value, Value, Value];
  switch (op) {
    case "constant":
      return w.splat(step.value ?? 0, { shape, element });
    case "input":
      return filled(w, inputs(step.index ?? 0), shape);
    case "select":
    case "rare":
      return select(w, x, y, z);
    case "convert":
      return writeConvert(w, x, from as ScalarType, type);
    case "bitcast":
      return bitcast(w, x, element);
    case "lookup":
      return lookUp(w, step.table as Table, x);
    case "call":
      return writeSequence(
        w,
        programOf(step.procedure as NonNullable<Step["procedure"]>),
        shape,
        (i) => args[i] as Value,
      )[0] as Value;
    case "eq":
    case "ne":
    case "lt":
    case "le":
    case "gt":
    case "ge":
      return compare(w, op, x, y);
    case "trunc":
      return select(
        w,
        compare(w, "lt", x, w.splat(0, x)),
        unary(w, "stablehlo.ceil", x),
        unary(w, "stablehlo.floor", x),
      );
    case "pmin":
      return select(w, compare(w, "lt", y, x), y, x);
    case "pmax":
      return select(w, compare(w, "lt", x, y), y, x);
    case "copysign":
      return copySign(w, x, y, type);
    case "shl":
    case "shr": {
      const amount = binary(w, "stablehlo.and", y, w.splat((bitWidth(type) ?? 32) - 1, y));
      const direction = isSigned(type) ? "stablehlo.shift_right_arithmetic" : "stablehlo.shift_right_logical";
      return binary(w, op === "shl" ? "stablehlo.shift_left" : direction, x, amount);
    }
    default:
      return args.length === 1 ? unary(w, UNARY[op] as string, x) : binary(w, BINARY[op] as string, x, y);
  }
};

/** Floats become integers towards zero, saturating, NaN becoming 0, whatever the engine makes of such numbers. */
const writeConvert = (w: Writer, x: Value, from: ScalarType, to: ScalarType): Value => {
  const element = elementOfScalar(to);
  if (!isFloat(from) || isFloat(to) || to === "bool") return convert(w, x, element);
  return saturated(w, x, element);
};

/** The least integer of a type, and the power of two behind the greatest. */
const ranges: { readonly [element: string]: readonly [low: bigint, above: bigint] } = {
  i8: [-(2n ** 7n), 2n ** 7n],
  i16: [-(2n ** 15n), 2n ** 15n],
  i32: [-(2n ** 31n), 2n ** 31n],
  i64: [-(2n ** 63n), 2n ** 63n],
  ui8: [0n, 2n ** 8n],
  ui16: [0n, 2n ** 16n],
  ui32: [0n, 2n ** 32n],
  ui64: [0n, 2n ** 64n],
};

/** Floats as integers: towards zero, those beyond the ends as the ends, NaN as 0. */
export const saturated = (w: Writer, x: Value, element: ElementType): Value => {
  const [low, above] = ranges[element] as readonly [bigint, bigint];
  const result = { shape: x.shape, element };
  const isAbove = compare(w, "ge", x, w.splat(Number(above), x));
  const isIn = compare(w, "gt", x, w.splat(Number(low), x));
  const isOdd = compare(w, "ne", x, x);
  const inside = binary(w, "stablehlo.and", isIn, compare(w, "lt", x, w.splat(Number(above), x)));
  const safe = select(w, inside, x, w.splat(0, x));
  const whole = w.op1("stablehlo.convert", [safe], result);
  const below = select(w, inside, whole, w.splat(low, result));
  const clamped = select(w, isAbove, w.splat(above - 1n, result), below);
  return select(w, isOdd, w.splat(0, result), clamped);
};

/** The bits of a sign from one, all others from another. */
const copySign = (w: Writer, x: Value, sign: Value, type: ScalarType): Value => {
  const wide = bitWidth(type) === 64;
  const bits: ElementType = wide ? "ui64" : "ui32";
  const top = wide ? 2n ** 63n : 2n ** 31n;
  const [a, b] = [bitcast(w, x, bits), bitcast(w, sign, bits)];
  const magnitude = binary(w, "stablehlo.and", a, w.splat(top - 1n, a));
  const chosen = binary(w, "stablehlo.and", b, w.splat(top, b));
  return bitcast(w, binary(w, "stablehlo.or", magnitude, chosen), elementOfScalar(type));
};

/** Values of a table, by indices that are taken modulo its length. */
const lookUp = (w: Writer, { type, values }: Table, index: Value): Value => {
  const n = values.length;
  const element = elementOfScalar(type);
  const table = w.constant(`[${values.map((value) => formatSplat(value, element)).join(", ")}]`, {
    shape: [n],
    element,
  });
  const wrapped = binary(w, "stablehlo.and", index, w.splat(n - 1, index));
  const { shape } = index;
  return w.op1(
    "stablehlo.gather",
    [table, reshape(w, wrapped, [...shape, 1])],
    { shape, element },
    `dimension_numbers = #stablehlo.gather<collapsed_slice_dims = [0], start_index_map = [0], ` +
      `index_vector_dim = ${shape.length}>, slice_sizes = ${array([1])}, indices_are_sorted = false`,
  );
};
