import { type Shape, sizeOf } from "../../array/index.ts";
import { type Atom, NO_PARAMS, type Primitive } from "../../core/index.ts";
import { type AxesParams, broadcastInDimPrimitive, reduceSumPrimitive } from "../../primitives/broadcast.ts";
import { mulPrimitive, negPrimitive } from "../../primitives/elementwise/arithmetic.ts";
import {
  argmaxPrimitive,
  argminPrimitive,
  cumlogsumexpPrimitive,
  cummaxPrimitive,
  cumminPrimitive,
  cumprodPrimitive,
  cumsumPrimitive,
  reduceAndPrimitive,
  reduceMaxPrimitive,
  reduceMinPrimitive,
  reduceOrPrimitive,
  reduceProdPrimitive,
  reduceXorPrimitive,
} from "../../primitives/reduction/index.ts";
import { isIncreasing } from "./axes.ts";
import { broadcast, reshape } from "./emit.ts";
import { on, type RuleEntry, type Site } from "./rewrite.ts";

/*
 * Reductions of little, and of repeated elements. The rules keep every bit of a float, but for these: the sign of a zero
 * may differ, since a sum begins with 0; and the sum of n equal elements becomes a product with n, correctly rounded.
 */

/** Every reduction over some axes. */
export const REDUCTIONS: readonly Primitive<AxesParams>[] = [
  reduceSumPrimitive,
  reduceMaxPrimitive,
  reduceMinPrimitive,
  reduceProdPrimitive,
  reduceAndPrimitive,
  reduceOrPrimitive,
  reduceXorPrimitive,
];

/** Those for which an element counts once, however often it comes. */
const IDEMPOTENT = [reduceMaxPrimitive, reduceMinPrimitive, reduceAndPrimitive, reduceOrPrimitive];

/** A reduction of single elements. */
const ofSingles = ({ program, params, output }: Site<AxesParams>, x: Atom): Atom | undefined => {
  if (params.axes.some((axis) => x.aval.shape[axis] !== 1)) return undefined;
  return reshape(program, x, output.shape);
};

/** What is left of `axes` when some are gone. */
const without = (axes: readonly number[], gone: ReadonlySet<number>): number[] =>
  axes.filter((axis) => !gone.has(axis));

/**
 * A reduction of a broadcast: only the axes of the operand are reduced, the other elements are counted, and the result
 * is repeated along axes that are kept. Unless the broadcast is needed otherwise, that is no more equations.
 */
const ofRepeated =
  (primitive: Primitive<AxesParams>, isIdempotent: boolean) =>
  (site: Site<AxesParams>, x: Atom): Atom | undefined => {
    const { program, inputs, params, output } = site;
    const repeated = program.madeBy(x, broadcastInDimPrimitive);
    if (repeated === undefined || sizeOf(x.aval.shape) === 0) return undefined;
    const [operand] = repeated.inputs as readonly [Atom];
    const { shape, broadcastDimensions } = repeated.params;
    const reduced = new Set(params.axes);
    // Axes of the operand that disappear; those of length 1 hold one element, however often it is repeated.
    const gone = new Set(broadcastDimensions.flatMap((axis, i) => (reduced.has(axis) ? [i] : [])));
    const own = [...gone].reduce((product, i) => product * (operand.aval.shape[i] as number), 1);
    const all = params.axes.reduce((product, axis) => product * (shape[axis] as number), 1);
    const count = all / own;
    const kept = without(
      broadcastDimensions.map((_, i) => i),
      gone,
    );
    const places = without(
      shape.map((_, axis) => axis),
      reduced,
    );
    const dimensions = kept.map((i) => places.indexOf(broadcastDimensions[i] as number));
    const left: Shape = kept.map((i) => operand.aval.shape[i] as number);
    const isScaled = count !== 1 && !isIdempotent;
    const isRepeated = sizeOf(left) !== sizeOf(output.shape) || left.length !== output.shape.length;
    const added = (gone.size > 0 ? 1 : 0) + (isScaled ? 1 : 0) + (isRepeated ? 1 : 0);
    if (added > (program.isUsedHereOnly(x, inputs) ? 2 : 1) || !isIncreasing(dimensions)) return undefined;
    // A reduction over no axes is its operand.
    const part = program.emit(primitive, [operand], { axes: [...gone] });
    const scaled = isScaled
      ? program.emit(mulPrimitive, [part, program.literal(count, output.dtype)], NO_PARAMS)
      : part;
    return broadcast(program, scaled, { shape: output.shape, broadcastDimensions: dimensions });
  };

const named = (
  primitives: readonly Primitive<AxesParams>[],
  rule: (site: Site<AxesParams>, x: Atom) => Atom | undefined,
) => primitives.map((primitive): RuleEntry => on(primitive, rule));

/** The rules of reductions and cumulative operations. */
export const reductionRules: readonly RuleEntry[] = [
  ...named(REDUCTIONS, ofSingles),
  ...IDEMPOTENT.map((primitive) => on(primitive, ofRepeated(primitive, true))),
  on(reduceSumPrimitive, ofRepeated(reduceSumPrimitive, false)),
  on(reduceSumPrimitive, ({ program, inputs, params }, x) => {
    const inner = program.madeBy(x, negPrimitive)?.inputs[0];
    if (inner === undefined || !program.isUsedHereOnly(x, inputs)) return undefined;
    return program.emit(negPrimitive, [program.emit(reduceSumPrimitive, [inner], params)], NO_PARAMS);
  }),
  ...[argmaxPrimitive, argminPrimitive].map((primitive) =>
    on(primitive, ({ program, params, output }, x) =>
      x.aval.shape[params.axis] === 1
        ? program.full(program.literal(0, output.dtype), output.shape)
        : undefined,
    ),
  ),
  ...[cumsumPrimitive, cumprodPrimitive, cummaxPrimitive, cumminPrimitive, cumlogsumexpPrimitive].map(
    (primitive) => on(primitive, ({ params }, x) => (x.aval.shape[params.axis] === 1 ? x : undefined)),
  ),
];
