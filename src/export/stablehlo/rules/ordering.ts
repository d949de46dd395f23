import { dtypeInfo } from "../../../array/index.ts";
import type { Aval, Primitive } from "../../../core/index.ts";
import * as prim from "../../../primitives/index.ts";
import { binary, bitcast, compare, convert, iota, isNotANumber, select, sliceAxis } from "../ops.ts";
import { bitsOf, elementOfDType, isFloatElement, scalar, type TensorType, type Value } from "../types.ts";
import type { Writer } from "../writer.ts";
import { type Rule, rule } from "./rule.ts";

/*
 * Sorting, and the places of extremes. Where NaN and equal elements go is said by comparisons of our own.
 */

const and = (w: Writer, x: Value, y: Value): Value => binary(w, "stablehlo.and", x, y);
const or = (w: Writer, x: Value, y: Value): Value => binary(w, "stablehlo.or", x, y);
const not = (w: Writer, x: Value): Value => w.same("stablehlo.not", [x], x);

/** Whether `a` comes before `b` in increasing order: NaN comes last, −0 equals 0. */
const isBefore = (w: Writer, a: Value, b: Value): Value => {
  const less = compare(w, "lt", a, b);
  return isFloatElement(a.element)
    ? or(w, less, and(w, isNotANumber(w, b), not(w, isNotANumber(w, a))))
    : less;
};

/** Whether keys `a` come before keys `b`, the first that differ deciding. */
const isBeforeInOrder = (w: Writer, a: readonly Value[], b: readonly Value[]): Value => {
  const [first, ...rest] = a.map((key, i) => [key, b[i] as Value] as const) as [
    readonly [Value, Value],
    ...(readonly [Value, Value])[],
  ];
  const before = isBefore(w, ...first);
  if (rest.length === 0) return before;
  const after = isBefore(w, first[1], first[0]);
  const others = isBeforeInOrder(
    w,
    rest.map(([key]) => key),
    rest.map(([, key]) => key),
  );
  return or(w, before, and(w, not(w, after), others));
};

/** Arrays sorted together, stably, by a comparison of the elements of each in two places. */
const sorted = (
  w: Writer,
  inputs: readonly Value[],
  axis: number,
  before: (a: readonly Value[], b: readonly Value[]) => Value,
): Value[] =>
  w.op("stablehlo.sort", inputs, inputs, `dimension = ${axis} : i64, is_stable = true`, [
    w.isolated(() => {
      const pairs = inputs.flatMap(({ element }) => [scalar(element), scalar(element)]);
      const all = w.blockArguments(pairs);
      w.return([
        before(
          all.filter((_, i) => i % 2 === 0),
          all.filter((_, i) => i % 2 === 1),
        ),
      ]);
    }),
  ]);

/** Whether `a` comes before `b` in decreasing order: NaN comes first, 0 before −0. */
const isGreater = (w: Writer, a: Value, b: Value): Value => {
  const greater = compare(w, "gt", a, b);
  if (!isFloatElement(a.element)) return greater;
  const isNegative = (x: Value): Value => {
    const bits = bitcast(w, x, bitsOf(x.element) === 64 ? "i64" : "i32");
    return compare(w, "lt", bits, w.splat(0, bits));
  };
  const zeros = and(w, compare(w, "eq", a, b), and(w, not(w, isNegative(a)), isNegative(b)));
  return or(w, or(w, greater, zeros), and(w, isNotANumber(w, a), not(w, isNotANumber(w, b))));
};

const writeTopK = (w: Writer, x: Value, k: number): Value[] => {
  const axis = x.shape.length - 1;
  const places = iota(w, { shape: x.shape, element: "i32" }, axis);
  const all = sorted(w, [x, places], axis, ([a], [b]) => isGreater(w, a as Value, b as Value));
  return all.map((part) => sliceAxis(w, part, axis, 0, k));
};

/** The place of the first extreme along an axis; of the first NaN if there is one. */
const writeArg = (
  w: Writer,
  x: Value,
  { axis, indexDtype }: prim.ArgParams,
  least: boolean,
  initial: number | boolean,
  { shape }: TensorType,
): Value => {
  const places = iota(w, { shape: x.shape, element: "i32" }, axis);
  const start = [w.splat(initial, scalar(x.element)), w.splat(0x7fffffff, scalar("i32"))];
  const results = [
    { shape, element: x.element },
    { shape, element: "i32" as const },
  ];
  const better = (a: Value, b: Value): Value => {
    const wins = compare(w, least ? "lt" : "gt", a, b);
    return isFloatElement(a.element)
      ? or(w, wins, and(w, isNotANumber(w, a), not(w, isNotANumber(w, b))))
      : wins;
  };
  const [, place] = w.op(
    "stablehlo.reduce",
    [x, places, ...start],
    results,
    `dimensions = array<i64: ${axis}>`,
    [
      w.isolated(() => {
        const types = [x.element, "i32", x.element, "i32"] as const;
        const [a, i, b, j] = w.blockArguments(types.map(scalar)) as [Value, Value, Value, Value];
        const [first, second] = [better(a, b), better(b, a)];
        const isTie = and(w, not(w, first), not(w, second));
        const chosen = or(w, first, and(w, isTie, compare(w, "lt", i, j)));
        w.return([select(w, chosen, a, b), select(w, chosen, i, j)]);
      }),
    ],
  );
  return convert(w, place as Value, elementOfDType(indexDtype));
};

const argRule = (primitive: Primitive<prim.ArgParams>, least: boolean): Rule =>
  rule(primitive, (w, [x], params, [output]) => {
    const { element } = x as Value;
    return [
      writeArg(w, x as Value, params, least, leastOrGreatest(element, !least), {
        ...(output as Aval),
        element,
      }),
    ];
  });

/** What every other element is at least as great, or as small, as. */
const leastOrGreatest = (element: Value["element"], isLeast: boolean): number | boolean => {
  if (element === "i1") return !isLeast;
  if (isFloatElement(element)) return isLeast ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const { min, max } = dtypeInfo(element === "i32" ? "int32" : "uint32");
  return isLeast ? min : max;
};

export const ORDERING: readonly Rule[] = [
  rule(prim.sortPrimitive, (w, inputs, { dimension, numKeys }) =>
    sorted(w, inputs, dimension, (a, b) => isBeforeInOrder(w, a.slice(0, numKeys), b.slice(0, numKeys))),
  ),
  rule(prim.topKPrimitive, (w, [x], { k }) => writeTopK(w, x as Value, k)),
  argRule(prim.argmaxPrimitive, false),
  argRule(prim.argminPrimitive, true),
];
