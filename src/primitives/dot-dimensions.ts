import { formatShape, type Shape } from "../array/index.ts";
import { type Aval, describeAval, ShapeError } from "../core/index.ts";
import { range } from "./rules.ts";

/*
 * How the axes of two operands are paired in a product.
 */

/** Which axes of two operands are paired, and how. The other axes are free. */
export interface DotDimensionNumbers {
  /** Axes that are multiplied and summed over, paired in order. */
  readonly lhsContracting: readonly number[];
  readonly rhsContracting: readonly number[];
  /** Axes along which products are independent, paired in order. */
  readonly lhsBatch: readonly number[];
  readonly rhsBatch: readonly number[];
}

/** One operand's part of the dimension numbers. */
export interface Side {
  readonly contracting: readonly number[];
  readonly batch: readonly number[];
}

/** The part of the first operand. */
export const lhsSide = (d: DotDimensionNumbers): Side => ({
  contracting: d.lhsContracting,
  batch: d.lhsBatch,
});

/** The part of the second operand. */
export const rhsSide = (d: DotDimensionNumbers): Side => ({
  contracting: d.rhsContracting,
  batch: d.rhsBatch,
});

/** The dimension numbers with these parts. */
export const dimensionNumbersOf = (lhs: Side, rhs: Side): DotDimensionNumbers => ({
  lhsContracting: lhs.contracting,
  rhsContracting: rhs.contracting,
  lhsBatch: lhs.batch,
  rhsBatch: rhs.batch,
});

/** The axes that are neither summed over nor batches, in order. */
export const freeAxes = (rank: number, { contracting, batch }: Side): number[] =>
  range(rank).filter((axis) => !contracting.includes(axis) && !batch.includes(axis));

/** The lengths of some axes of an array of `shape`. */
export const lengths = (shape: Shape, axes: readonly number[]): number[] =>
  axes.map((axis) => shape[axis] as number);

/** Throws a ShapeError unless the numbers of one side name different axes of its operand, `name`. */
export const checkSide = (name: string, operand: Aval, { contracting, batch }: Side): void => {
  const named = [...contracting, ...batch];
  const rank = operand.shape.length;
  if (new Set(named).size !== named.length || named.some((axis) => !(axis >= 0 && axis < rank))) {
    throw new ShapeError(
      `dotGeneral: ${name}Contracting ${formatShape(contracting)} and ${name}Batch ${formatShape(batch)} must be ` +
        `different axes of ${name}, which is ${describeAval(operand)}.`,
    );
  }
};

/** Throws a ShapeError unless axes that are paired have equal lengths. */
export const checkPairs = (
  what: string,
  lhs: Aval,
  rhs: Aval,
  left: readonly number[],
  right: readonly number[],
): void => {
  const l = lengths(lhs.shape, left);
  const r = lengths(rhs.shape, right);
  if (l.length !== r.length || l.some((n, i) => n !== r[i])) {
    throw new ShapeError(
      `dotGeneral: the ${what} axes ${formatShape(left)} of ${describeAval(lhs)} have lengths ${formatShape(l)}, but ` +
        `those of ${describeAval(rhs)}, ${formatShape(right)}, have ${formatShape(r)}; they must be equal.`,
    );
  }
};
