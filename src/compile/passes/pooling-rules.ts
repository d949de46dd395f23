import { type Shape, sameShape } from "../../array/index.ts";
import { type Atom, NO_PARAMS } from "../../core/index.ts";
import { type AxesParams, reduceSumPrimitive } from "../../primitives/broadcast.ts";
import { selectNPrimitive } from "../../primitives/elementwise/select.ts";
import { areApart } from "../../primitives/overlap-add-nest.ts";
import { range } from "../../primitives/rules.ts";
import { type OverlapAddParams, overlapAddPrimitive, windowsPrimitive } from "../../primitives/windows.ts";
import { on, type RuleEntry, type Site } from "./rewrite.ts";

/*
 * What follows the gradient of a pooling, done while its windows are at hand instead of in loops over the array that
 * they are put together to. The rules keep every bit, but for the order of the terms of a sum.
 */

/** Windows that share nothing, put together. */
const putTogether = (
  { program, inputs }: Site,
  atom: Atom,
): { readonly windows: Atom; readonly params: OverlapAddParams } | undefined => {
  const made = program.madeBy(atom, overlapAddPrimitive);
  if (made === undefined || !program.isUsedHereOnly(atom, inputs)) return undefined;
  const [windows] = made.inputs as readonly [Atom];
  return areApart(made.params, windows.aval.shape) ? { windows, params: made.params } : undefined;
};

/** Some of the elements kept, and 0 for the others: the same of the windows, since there is 0 between them too. */
const selected = (site: Site, which: Atom, ...cases: Atom[]): Atom | undefined => {
  const { program, output } = site;
  if (cases.length !== 2 || !sameShape(which.aval.shape, output.shape)) return undefined;
  const kept = cases.findIndex((x) => program.numberOf(x) === undefined);
  if (kept < 0 || !Object.is(program.numberOf(cases[1 - kept] as Atom), 0)) return undefined;
  const together = putTogether(site, cases[kept] as Atom);
  if (together === undefined) return undefined;
  const { windows, params } = together;
  const { shape } = windows.aval;
  const windowShape: Shape = shape.slice(shape.length - params.shape.length);
  const { strides, dilation } = params;
  const where = program.emit(windowsPrimitive, [which], { windowShape, strides, dilation });
  const zero = program.literal(0, output.dtype);
  const part = program.emit(
    selectNPrimitive,
    [where, ...(kept === 0 ? [windows, zero] : [zero, windows])],
    NO_PARAMS,
  );
  return program.emit(overlapAddPrimitive, [part], params);
};

/** The sum over all places is the sum over all windows. */
const summed = ({ program, params }: Site<AxesParams>, x: Atom): Atom | undefined => {
  const made = program.madeBy(x, overlapAddPrimitive);
  if (made === undefined) return undefined;
  const [windows] = made.inputs as readonly [Atom];
  if (!areApart(made.params, windows.aval.shape)) return undefined;
  const rank = x.aval.shape.length;
  const k = made.params.shape.length;
  if (range(k).some((i) => !params.axes.includes(rank - 1 - i))) return undefined;
  return program.emit(reduceSumPrimitive, [windows], {
    axes: [...params.axes, ...range(k).map((i) => rank + i)],
  });
};

/** The rules of what follows the gradients of poolings. */
export const poolingRules: readonly RuleEntry[] = [
  on(selectNPrimitive, selected),
  on(reduceSumPrimitive, summed),
];
