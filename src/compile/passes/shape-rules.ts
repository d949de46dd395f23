import { sameShape, sizeOf } from "../../array/index.ts";
import type { Atom } from "../../core/index.ts";
import { broadcastInDimPrimitive } from "../../primitives/broadcast.ts";
import { reshapePrimitive, revPrimitive, transposePrimitive } from "../../primitives/shape.ts";
import { argsort, inverse, isCounting, isIncreasing, pairAxes, retargeted } from "./axes.ts";
import { broadcast, reshape, transpose } from "./emit.ts";
import { on, type RuleEntry } from "./rewrite.ts";

/*
 * Rearrangements of rearrangements. What only adds, drops or moves axes of length 1 is a `reshape`; a scalar is repeated
 * by `broadcastInDim` alone. All rules keep every bit.
 */

/** The rules of `broadcastInDim`, `reshape`, `transpose` and `rev`. */
export const shapeRules: readonly RuleEntry[] = [
  on(broadcastInDimPrimitive, ({ program, params }, x) => {
    const { shape, broadcastDimensions } = params;
    if (sameShape(x.aval.shape, shape)) return x;
    if (x.aval.shape.length > 0 && sizeOf(x.aval.shape) === sizeOf(shape)) return reshape(program, x, shape);
    const inner = program.madeBy(x, broadcastInDimPrimitive);
    if (inner !== undefined) {
      const composed = inner.params.broadcastDimensions.map((axis) => broadcastDimensions[axis] as number);
      return broadcast(program, inner.inputs[0] as Atom, { shape, broadcastDimensions: composed });
    }
    const source = program.madeBy(x, reshapePrimitive)?.inputs[0];
    const pairs = source && pairAxes(source.aval.shape, x.aval.shape);
    if (source === undefined || !pairs?.every((axis) => axis >= 0)) return undefined;
    const dimensions = pairs.map((axis) => broadcastDimensions[axis] as number);
    return broadcast(program, source, { shape, broadcastDimensions: dimensions });
  }),
  on(reshapePrimitive, ({ program, params: { shape } }, x) => {
    if (sameShape(x.aval.shape, shape)) return x;
    if (x.aval.shape.length === 0) return program.full(x, shape);
    const inner = program.madeBy(x, reshapePrimitive)?.inputs[0];
    if (inner !== undefined) return reshape(program, inner, shape);
    const repeated = program.madeBy(x, broadcastInDimPrimitive);
    const dimensions = repeated && retargeted(repeated.params, shape);
    return repeated && dimensions
      ? broadcast(program, repeated.inputs[0] as Atom, { shape, broadcastDimensions: dimensions })
      : undefined;
  }),
  on(transposePrimitive, ({ program, inputs, output, params: { permutation } }, x) => {
    const from = x.aval.shape;
    if (isCounting(permutation)) return x;
    if (isIncreasing(permutation.filter((axis) => from[axis] !== 1)))
      return reshape(program, x, output.shape);
    const inner = program.madeBy(x, transposePrimitive);
    if (inner !== undefined) {
      const composed = permutation.map((axis) => inner.params.permutation[axis] as number);
      return transpose(program, inner.inputs[0] as Atom, composed);
    }
    const places = inverse(permutation);
    const repeated = program.madeBy(x, broadcastInDimPrimitive);
    if (repeated !== undefined) {
      // Transpose what is repeated, if at all, instead of the repetition.
      const [operand] = repeated.inputs as readonly [Atom];
      const dimensions = repeated.params.broadcastDimensions.map((axis) => places[axis] as number);
      if (!isIncreasing(dimensions) && !program.isUsedHereOnly(x, inputs)) return undefined;
      const order = argsort(dimensions);
      return broadcast(program, transpose(program, operand, order), {
        shape: output.shape,
        broadcastDimensions: order.map((i) => dimensions[i] as number),
      });
    }
    const source = program.madeBy(x, reshapePrimitive)?.inputs[0];
    const pairs = source && pairAxes(source.aval.shape, from);
    if (source === undefined || pairs === undefined) return undefined;
    const order = argsort(pairs.map((axis) => (axis < 0 ? -1 : (places[axis] as number))));
    if (!isCounting(order) && !program.isUsedHereOnly(x, inputs)) return undefined;
    return reshape(program, transpose(program, source, order), output.shape);
  }),
  on(revPrimitive, ({ program, params }, x) => {
    const inner = program.madeBy(x, revPrimitive);
    const undone = new Set(inner?.params.dimensions);
    const dimensions = params.dimensions.filter((axis) => !undone.delete(axis) && x.aval.shape[axis] !== 1);
    const all = [...dimensions, ...undone].sort((a, b) => a - b);
    const source = inner === undefined ? x : (inner.inputs[0] as Atom);
    if (all.length === 0) return source;
    if (inner === undefined && all.length === params.dimensions.length) return undefined;
    return program.emit(revPrimitive, [source], { dimensions: all });
  }),
];
