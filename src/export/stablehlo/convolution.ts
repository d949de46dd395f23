import type { Var } from "../../core/index.ts";
import { array, convert, reshape, reverse, transpose } from "./ops.ts";
import { precisionOf, sumElement } from "./rules/linalg.ts";
import { elementOfDType, type Value } from "./types.ts";
import type { Writer } from "./writer.ts";

/** Which axes of an operand of a convolution are which; there may be several, or none, of each but `spatial`. */
export interface OperandAxes {
  /** Of the operand: examples. Of the kernel: features of the result. */
  readonly outer: readonly number[];
  readonly group: readonly number[];
  /** Features that are summed over. */
  readonly feature: readonly number[];
  readonly spatial: readonly number[];
}

/** A convolution, as StableHLO knows it, of operands whose axes stand in any order. */
export interface Convolution {
  readonly operand: OperandAxes;
  readonly kernel: OperandAxes;
  readonly strides: readonly number[];
  readonly padding: readonly (readonly [low: number, high: number])[];
  readonly operandDilation: readonly number[];
  readonly kernelDilation: readonly number[];
  /** Whether the kernel is turned round. */
  readonly isReversed: boolean;
  /** For each axis of the result where it stands in `[examples, groups, features, spatial]`. */
  readonly order: readonly number[];
}

const lengthsOf = (x: Value, axes: readonly number[]): number[] =>
  axes.map((axis) => x.shape[axis] as number);
const product = (list: readonly number[]): number => list.reduce((a, b) => a * b, 1);

const pairs = (list: readonly (readonly number[])[]): string =>
  `dense<[${list.map((pair) => `[${pair.join(", ")}]`).join(", ")}]> : tensor<${list.length}x2xi64>`;

/** Operands with one axis of each kind, and what StableHLO calls each axis of theirs and of the result. */
interface Labelled {
  readonly lhs: Value;
  readonly rhs: Value;
  readonly labels: readonly [lhs: readonly string[], rhs: readonly string[], result: readonly string[]];
}

/** What the axes of an operand are called, `outer` and `feature` being single axes. */
const labelsOf = (x: Value, axes: OperandAxes, outer: string, feature: string): string[] =>
  x.shape.map((_, axis) => {
    if (axes.outer.includes(axis)) return outer;
    return axes.feature.includes(axis) ? feature : String(axes.spatial.indexOf(axis));
  });

/** The operand with axes in the order of several lists, each but the last put together as one axis. */
const grouped = (
  w: Writer,
  x: Value,
  lists: readonly (readonly number[])[],
  spatial: readonly number[],
): Value => {
  const moved = transpose(w, x, [...lists.flat(), ...spatial]);
  return reshape(w, moved, [...lists.map((axes) => product(lengthsOf(x, axes))), ...lengthsOf(x, spatial)]);
};

/** Operands with several axes of a kind, or none, put in order. */
const arranged = (w: Writer, lhs: Value, rhs: Value, { operand, kernel }: Convolution): Labelled => {
  const spatial = kernel.spatial.map((_, i) => String(i));
  return {
    lhs: grouped(w, lhs, [operand.outer, [...operand.group, ...operand.feature]], operand.spatial),
    rhs: grouped(w, rhs, [[...kernel.group, ...kernel.outer], kernel.feature], kernel.spatial),
    labels: [
      ["b", "f", ...spatial],
      ["o", "i", ...spatial],
      ["b", "f", ...spatial],
    ],
  };
};

/** Operands as they are, if they have one axis of each kind. */
const asTheyAre = (lhs: Value, rhs: Value, { operand, kernel, order }: Convolution): Labelled | undefined => {
  const single = [operand.outer, operand.feature, kernel.outer, kernel.feature];
  if (operand.group.length > 0 || single.some((axes) => axes.length !== 1)) return undefined;
  const places = ["b", "f", ...kernel.spatial.map((_, i) => String(i))];
  return {
    lhs,
    rhs,
    labels: [
      labelsOf(lhs, operand, "b", "f"),
      labelsOf(rhs, kernel, "o", "i"),
      order.map((place) => places[place] as string),
    ],
  };
};

/** Write a convolution whose result has elements of the dtype named. */
export const writeConvolution = (
  w: Writer,
  [x, k]: readonly Value[],
  convolution: Convolution,
  output: Var,
): Value => {
  const { operand, kernel, strides, padding, operandDilation, kernelDilation, isReversed, order } =
    convolution;
  const plain = asTheyAre(x as Value, k as Value, convolution);
  const { lhs, rhs, labels } = plain ?? arranged(w, x as Value, k as Value, convolution);
  const [ofLhs, ofRhs, ofResult] = labels;
  const lengthIn = (value: Value, names: readonly string[], name: string): number =>
    value.shape[names.indexOf(name)] as number;
  const axes = kernel.spatial.map((_, i) => i);
  const spatial = axes.map((i) => {
    const n = (lengthIn(lhs, ofLhs, String(i)) - 1) * (operandDilation[i] as number) + 1;
    const [low, high] = padding[i] as readonly [number, number];
    const size = (lengthIn(rhs, ofRhs, String(i)) - 1) * (kernelDilation[i] as number) + 1;
    return Math.floor((n + low + high - size) / (strides[i] as number)) + 1;
  });
  const shape = ofResult.map((name) => {
    if (name === "b") return lengthIn(lhs, ofLhs, "b");
    return name === "f" ? lengthIn(rhs, ofRhs, "o") : (spatial[Number(name)] as number);
  });
  const turned = isReversed
    ? reverse(
        w,
        rhs,
        axes.map((i) => ofRhs.indexOf(String(i))).sort((a, b) => a - b),
      )
    : rhs;
  const { dtype } = output.aval;
  const groups = product(lengthsOf(x as Value, operand.group));
  const result = w.op1(
    "stablehlo.convolution",
    [lhs, turned],
    { shape, element: sumElement({ ...lhs, element: elementOfDType(dtype) }) },
    `dimension_numbers = #stablehlo.conv<[${ofLhs.join(", ")}]x[${ofRhs.join(", ")}]->[${ofResult.join(", ")}]>, ` +
      `window_strides = ${array(strides)}, padding = ${pairs(padding)}, ` +
      `lhs_dilation = ${array(operandDilation)}, rhs_dilation = ${array(kernelDilation)}, ` +
      `feature_group_count = ${groups} : i64, batch_group_count = 1 : i64, ${precisionOf(w)}`,
  );
  const rounded = convert(w, result, elementOfDType(dtype));
  if (plain !== undefined) return rounded;
  const apart = reshape(w, rounded, [
    ...lengthsOf(x as Value, operand.outer),
    ...lengthsOf(x as Value, operand.group),
    ...lengthsOf(k as Value, kernel.outer),
    ...spatial,
  ]);
  return transpose(w, apart, order);
};
