import type { Atom, Primitive } from "../../core/index.ts";
import type { AxesParams } from "../../primitives/broadcast.ts";
import { reshapePrimitive, transposePrimitive } from "../../primitives/shape.ts";
import { argsort, axisGroups, isCounting } from "./axes.ts";
import { reshape, transpose } from "./emit.ts";
import type { Pass } from "./pass.ts";
import { REDUCTIONS } from "./reduction-rules.ts";
import { on, type RuleEntry, Rules, rewriteWith, type Site } from "./rewrite.ts";

/** A reduction of a reduction of the same kind is one over the axes of both. */
const ofReduced =
  (primitive: Primitive<AxesParams>) =>
  ({ program, inputs, params }: Site<AxesParams>, x: Atom): Atom | undefined => {
    const inner = program.madeBy(x, primitive);
    if (inner === undefined || !program.isUsedHereOnly(x, inputs)) return undefined;
    const [source] = inner.inputs as readonly [Atom];
    const kept = source.aval.shape.flatMap((_, axis) => (inner.params.axes.includes(axis) ? [] : [axis]));
    const axes = [...inner.params.axes, ...params.axes.map((axis) => kept[axis] as number)].sort(
      (a, b) => a - b,
    );
    return program.emit(primitive, [source], { axes });
  };

/** A reduction of a transposed array reduces the axes where they were; the others are transposed afterwards. */
const ofTransposed =
  (primitive: Primitive<AxesParams>) =>
  ({ program, inputs, params }: Site<AxesParams>, x: Atom): Atom | undefined => {
    const inner = program.madeBy(x, transposePrimitive);
    if (inner === undefined) return undefined;
    const { permutation } = inner.params;
    const kept = permutation.filter((_, axis) => !params.axes.includes(axis));
    const order = argsort(argsort(kept));
    if (!isCounting(order) && !program.isUsedHereOnly(x, inputs)) return undefined;
    const axes = params.axes.map((axis) => permutation[axis] as number).sort((a, b) => a - b);
    const reduced = program.emit(primitive, inner.inputs, { axes });
    return transpose(program, reduced, order);
  };

/** A reduction of a reshaped array whose axes were reduced or kept as a whole reduces the axes that there were. */
const ofReshaped =
  (primitive: Primitive<AxesParams>) =>
  ({ program, inputs, params, output }: Site<AxesParams>, x: Atom): Atom | undefined => {
    const source = program.madeBy(x, reshapePrimitive)?.inputs[0];
    const groups = source && axisGroups(source.aval.shape, x.aval.shape);
    if (groups === undefined || !program.isUsedHereOnly(x, inputs)) return undefined;
    const axes: number[] = [];
    for (const { from, to } of groups) {
      const reduced = to.filter((axis) => params.axes.includes(axis)).length;
      if (reduced === to.length) axes.push(...from);
      else if (reduced > 0) return undefined;
    }
    return reshape(program, program.emit(primitive, [source as Atom], { axes }), output.shape);
  };

/** The rules of `canonicalizeReductions`. */
export const canonicalReductionRules: readonly RuleEntry[] = REDUCTIONS.flatMap((primitive) => [
  on(primitive, ofReduced(primitive)),
  on(primitive, ofTransposed(primitive)),
  on(primitive, ofReshaped(primitive)),
]);

/**
 * Bring reductions into one form: one reduction in place of several in a row, and of arrays as they are computed instead
 * of their transposes and reshapes. Sums are rounded once where they were rounded several times; extremes and logic keep
 * every bit.
 *
 * @example
 * // b = reduceSum[axes=(1,)] a; c = reduceSum[axes=(0,)] b  →  c = reduceSum[axes=(0, 1)] a
 */
export const canonicalizeReductions: Pass = rewriteWith(new Rules(canonicalReductionRules));
