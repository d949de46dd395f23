import type { Atom } from "../../core/index.ts";
import { type DotGeneralParams, dotGeneralPrimitive } from "../../primitives/dot.ts";
import {
  dimensionNumbersOf,
  freeAxes,
  lhsSide,
  rhsSide,
  type Side,
} from "../../primitives/dot-dimensions.ts";
import { range } from "../../primitives/rules.ts";
import { reshapePrimitive, transposePrimitive } from "../../primitives/shape.ts";
import { isCounting, isIncreasing, pairAxes } from "./axes.ts";
import { reshape } from "./emit.ts";
import { on, type RuleEntry, type Site } from "./rewrite.ts";

/*
 * Products of transposed arrays, and transposed products. A product reads its operands in any order of axes, so that
 * transposing first is work for nothing. All rules keep every bit, as far as the order of summation does.
 */

/** An operand before it was transposed, if the product's free axes stay in order. */
const untransposed = (
  { program }: Site<DotGeneralParams>,
  x: Atom,
  side: Side,
): { readonly x: Atom; readonly side: Side } | undefined => {
  const made = program.madeBy(x, transposePrimitive);
  if (made === undefined) return undefined;
  const { permutation } = made.params;
  const before = (axes: readonly number[]): number[] => axes.map((axis) => permutation[axis] as number);
  if (!isIncreasing(before(freeAxes(x.aval.shape.length, side)))) return undefined;
  return {
    x: made.inputs[0] as Atom,
    side: { contracting: before(side.contracting), batch: before(side.batch) },
  };
};

/** An operand before it got free axes of length 1. */
const unexpanded = (
  { program, inputs }: Site<DotGeneralParams>,
  x: Atom,
  side: Side,
): { readonly x: Atom; readonly side: Side } | undefined => {
  const source = program.madeBy(x, reshapePrimitive)?.inputs[0];
  const pairs = source && pairAxes(x.aval.shape, source.aval.shape);
  if (source === undefined || pairs === undefined || !program.isUsedHereOnly(x, inputs)) return undefined;
  const before = (axes: readonly number[]): number[] => axes.map((axis) => pairs[axis] as number);
  const [contracting, batch] = [before(side.contracting), before(side.batch)];
  return [...contracting, ...batch].every((axis) => axis >= 0)
    ? { x: source, side: { contracting, batch } }
    : undefined;
};

const simplerOperands = (site: Site<DotGeneralParams>, x: Atom, y: Atom): Atom | undefined => {
  const { program, params, output } = site;
  const [left, right] = [lhsSide(params.dimensionNumbers), rhsSide(params.dimensionNumbers)];
  for (const simpler of [untransposed, unexpanded]) {
    const [lhs, rhs] = [simpler(site, x, left), simpler(site, y, right)];
    if (lhs === undefined && rhs === undefined) continue;
    const product = program.emit(dotGeneralPrimitive, [lhs?.x ?? x, rhs?.x ?? y], {
      ...params,
      dimensionNumbers: dimensionNumbersOf(lhs?.side ?? left, rhs?.side ?? right),
    });
    return reshape(program, product, output.shape);
  }
  return undefined;
};

/** Products whose axes are only moved as a whole: batch axes among themselves, the free axes of one operand past the other's. */
const transposedProduct = (
  program: Site["program"],
  product: Atom,
  permutation: readonly number[],
): Atom | undefined => {
  const made = program.madeBy(product, dotGeneralPrimitive);
  if (made === undefined) return undefined;
  const [x, y] = made.inputs as readonly [Atom, Atom];
  const [left, right] = [lhsSide(made.params.dimensionNumbers), rhsSide(made.params.dimensionNumbers)];
  const batches = left.batch.length;
  const rows = freeAxes(x.aval.shape.length, left).length;
  const order = permutation.slice(0, batches);
  const reordered = ({ contracting, batch }: Side): Side => ({
    contracting,
    batch: order.map((i) => batch[i] as number),
  });
  const emit = (lhs: Atom, rhs: Atom, l: Side, r: Side): Atom =>
    program.emit(dotGeneralPrimitive, [lhs, rhs], {
      ...made.params,
      dimensionNumbers: dimensionNumbersOf(reordered(l), reordered(r)),
    });
  const free = permutation.slice(batches).map((axis) => axis - batches);
  if (isCounting(free)) return emit(x, y, left, right);
  const swapped = [...range(free.length - rows).map((i) => i + rows), ...range(rows)];
  return free.every((axis, i) => axis === swapped[i]) ? emit(y, x, right, left) : undefined;
};

/** The rules of `dotGeneral`. */
export const dotRules: readonly RuleEntry[] = [
  on(dotGeneralPrimitive, simplerOperands),
  on(transposePrimitive, ({ program, inputs, params }, x) =>
    program.isUsedHereOnly(x, inputs) ? transposedProduct(program, x, params.permutation) : undefined,
  ),
];
