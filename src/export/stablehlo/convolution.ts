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

const pairs = (list: readonly (readonly number[])[]): string =>
  `dense<[${list.map((pair) => `[${pair.join(", ")}]`).join(", ")}]> : tensor<${list.length}x2xi64>`;

/** Write a convolution whose result has elements of the dtype named. */
export const writeConvolution = (
  w: Writer,
  [x, k]: readonly Value[],
  { operand, kernel, strides, padding, operandDilation, kernelDilation, isReversed, order }: Convolution,
  output: Var,
): Value => {
  const [lhs, rhs] = [x as Value, k as Value];
  const groups = product(lengthsOf(lhs, operand.group));
  const left = grouped(w, lhs, [operand.outer, [...operand.group, ...operand.feature]], operand.spatial);
  const right = grouped(w, rhs, [[...kernel.group, ...kernel.outer], kernel.feature], kernel.spatial);
  const axes = kernel.spatial.map((_, i) => i);
  const turned = isReversed
    ? reverse(
        w,
        right,
        axes.map((i) => i + 2),
      )
    : right;
  const spatial = axes.map((i) => {
    const n = ((left.shape[i + 2] as number) - 1) * (operandDilation[i] as number) + 1;
    const [low, high] = padding[i] as readonly [number, number];
    const size = ((right.shape[i + 2] as number) - 1) * (kernelDilation[i] as number) + 1;
    return Math.floor((n + low + high - size) / (strides[i] as number)) + 1;
  });
  const layout = axes.join(", ");
  const element = sumElement({ ...lhs, element: elementOfDType(output.aval.dtype) });
  const result = w.op1(
    "stablehlo.convolution",
    [left, turned],
    { shape: [left.shape[0] as number, right.shape[0] as number, ...spatial], element },
    `dimension_numbers = #stablehlo.conv<[b, f, ${layout}]x[o, i, ${layout}]->[b, f, ${layout}]>, ` +
      `window_strides = ${array(strides)}, padding = ${pairs(padding)}, ` +
      `lhs_dilation = ${array(operandDilation)}, rhs_dilation = ${array(kernelDilation)}, ` +
      `feature_group_count = ${groups} : i64, batch_group_count = 1 : i64, ${precisionOf(w)}`,
  );
  const apart = reshape(w, convert(w, result, elementOfDType(output.aval.dtype)), [
    ...lengthsOf(lhs, operand.outer),
    ...lengthsOf(lhs, operand.group),
    ...lengthsOf(rhs, kernel.outer),
    ...spatial,
  ]);
  return transpose(w, apart, order);
};
