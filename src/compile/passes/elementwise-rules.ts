import { type Shape, sameShape } from "../../array/index.ts";
import type { Atom } from "../../core/index.ts";
import { broadcastInDimPrimitive } from "../../primitives/broadcast.ts";
import { reshapePrimitive, transposePrimitive } from "../../primitives/shape.ts";
import { isElementwise } from "./atoms.ts";
import { retargeted } from "./axes.ts";
import { onAny, type Rewriter, type Rule, type RuleEntry } from "./rewrite.ts";

/*
 * What elementwise operations have in common: scalars serve as they are, and rearrangements are put off until after the
 * operation, so that they meet and cancel, and nothing is computed more often than necessary. All rules keep every bit.
 */

/** An operand that is a scalar throughout is replaced by the scalar, as long as another one has the shape. */
const useScalars: Rule = ({ primitive, inputs, params, output, program }) => {
  if (output.shape.length === 0 || inputs.length < 2 || !isElementwise(primitive)) return undefined;
  const scalars = inputs.map((atom) => (atom.aval.shape.length === 0 ? undefined : program.scalarOf(atom)));
  const hasShape = inputs.some((atom, i) => atom.aval.shape.length > 0 && scalars[i] === undefined);
  if (!hasShape || scalars.every((scalar) => scalar === undefined)) return undefined;
  return program.emitAll(
    primitive,
    inputs.map((atom, i) => scalars[i] ?? atom),
    params,
  );
};

/** An operand as it was before it was rearranged. */
interface Source {
  readonly make: () => Atom;
  /** Whether `make` adds an equation. */
  readonly isNew: boolean;
  /** Whether it may well be computed together with the operation. */
  readonly isFused: boolean;
}

/** A rearrangement of all operands that may be done to the result instead. */
interface Movement {
  readonly sources: readonly (Source | undefined)[];
  after(result: Atom): Atom;
}

const existing = (program: Rewriter, atom: Atom): Source => {
  const maker = program.maker(atom);
  return { make: () => atom, isNew: false, isFused: maker !== undefined && isElementwise(maker.primitive) };
};

/** Operands that are repeated in the same way: what is done before is done less often. */
const repetition = (program: Rewriter, first: Atom, operands: readonly Atom[]): Movement | undefined => {
  const made = program.madeBy(first, broadcastInDimPrimitive);
  if (made === undefined) return undefined;
  const { shape, broadcastDimensions } = made.params;
  const from = made.inputs[0]?.aval.shape as Shape;
  return {
    sources: operands.map((atom) => {
      const other = program.madeBy(atom, broadcastInDimPrimitive);
      const source = other?.inputs[0];
      const isSame =
        source !== undefined &&
        sameShape(source.aval.shape, from) &&
        sameShape(other?.params.broadcastDimensions ?? [], broadcastDimensions);
      return isSame ? { ...existing(program, source), isFused: true } : undefined;
    }),
    after: (result) => program.emit(broadcastInDimPrimitive, [result], { shape, broadcastDimensions }),
  };
};

/** Operands whose axes were put in the same order. */
const reordering = (program: Rewriter, first: Atom, operands: readonly Atom[]): Movement | undefined => {
  const params = program.madeBy(first, transposePrimitive)?.params;
  if (params === undefined) return undefined;
  return {
    sources: operands.map((atom) => {
      const other = program.madeBy(atom, transposePrimitive);
      const isSame = other !== undefined && sameShape(other.params.permutation, params.permutation);
      return isSame ? existing(program, other.inputs[0] as Atom) : undefined;
    }),
    after: (result) => program.emit(transposePrimitive, [result], params),
  };
};

/** Operands that had one other shape; a repeated one may be repeated to that shape instead. */
const reshaping = (program: Rewriter, first: Atom, operands: readonly Atom[]): Movement | undefined => {
  const made = program.madeBy(first, reshapePrimitive);
  if (made === undefined) return undefined;
  const from = (made.inputs[0] as Atom).aval.shape;
  return {
    sources: operands.map((atom): Source | undefined => {
      const source = program.madeBy(atom, reshapePrimitive)?.inputs[0];
      if (source !== undefined)
        return sameShape(source.aval.shape, from) ? existing(program, source) : undefined;
      const repeated = program.madeBy(atom, broadcastInDimPrimitive);
      if (repeated === undefined) return undefined;
      const broadcastDimensions = retargeted(repeated.params, from);
      if (broadcastDimensions === undefined) return undefined;
      const params = { shape: from, broadcastDimensions };
      return {
        make: () => program.emit(broadcastInDimPrimitive, repeated.inputs, params),
        isNew: true,
        isFused: false,
      };
    }),
    after: (result) => program.emit(reshapePrimitive, [result], made.params),
  };
};

/**
 * An operation on operands that are all rearranged in one way is done before the rearrangement. Only if some operand is
 * not needed rearranged any more for each equation that comes new; and unless less is computed then, only if the operation
 * joins one that makes an operand: a rearranged input costs nothing to read, a rearranged result is stored first.
 */
const moveAfter: Rule = ({ primitive, inputs, params, outputs, output, program }) => {
  if (output.shape.length === 0 || !isElementwise(primitive)) return undefined;
  const operands = inputs.filter((atom) => atom.aval.shape.length > 0);
  for (const find of [repetition, reordering, reshaping]) {
    const movement = operands
      .map((atom) => find(program, atom, operands))
      .find((found) => found?.sources.every((source) => source !== undefined));
    if (movement === undefined) continue;
    const sources = movement.sources as readonly Source[];
    const spared = new Set(operands.filter((atom) => program.isUsedHereOnly(atom, inputs))).size;
    const added = outputs.length + sources.filter(({ isNew }) => isNew).length;
    if (spared < added || !sources.some(({ isFused }) => isFused)) continue;
    let next = 0;
    const moved = inputs.map((atom) =>
      atom.aval.shape.length > 0 ? (sources[next++] as Source).make() : atom,
    );
    return program.emitAll(primitive, moved, params).map((result) => movement.after(result));
  }
  return undefined;
};

/** The rules of all elementwise operations. */
export const elementwiseRules: readonly RuleEntry[] = [onAny(useScalars), onAny(moveAfter)];
