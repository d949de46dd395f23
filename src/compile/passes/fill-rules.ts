import { sizeOf } from "../../array/index.ts";
import { type Atom, aval, hasEffects, Literal } from "../../core/index.ts";
import { broadcastInDimPrimitive } from "../../primitives/broadcast.ts";
import { concatenatePrimitive } from "../../primitives/concatenate.ts";
import { dynamicSlicePrimitive } from "../../primitives/indexing/dynamic-slice.ts";
import { iotaPrimitive } from "../../primitives/iota.ts";
import { padPrimitive, slicePrimitive } from "../../primitives/padding.ts";
import { reduceMaxPrimitive, reduceMinPrimitive } from "../../primitives/reduction/extrema.ts";
import { reduceAndPrimitive, reduceOrPrimitive } from "../../primitives/reduction/logical.ts";
import { reshapePrimitive, revPrimitive, transposePrimitive } from "../../primitives/shape.ts";
import { windowsPrimitive } from "../../primitives/windows.ts";
import { isElementwise, isSameAtom } from "./atoms.ts";
import { on, onAny, type Rule, type RuleEntry, type Site } from "./rewrite.ts";

/*
 * Arrays that are one scalar throughout stay what they are, `broadcastInDim` of the scalar, as long as they can. Every
 * rule here keeps all bits.
 */

/** An array without elements is any array without elements. */
const empty: Rule = ({ primitive, params, outputs, output, inputs, program }) => {
  if (outputs.length !== 1 || sizeOf(output.shape) > 0 || hasEffects({ primitive, params })) return undefined;
  const [operand] = inputs;
  const isFill = primitive.name === broadcastInDimPrimitive.name && operand instanceof Literal;
  return isFill ? undefined : [program.full(program.literal(0, output.dtype), output.shape)];
};

/** The result of an elementwise operation on literals. */
const ofLiterals = ({ primitive, params, output }: Site, scalars: readonly Atom[]): Atom | undefined => {
  const values = scalars.flatMap((atom) => (atom instanceof Literal ? [atom.value] : []));
  if (values.length < scalars.length) return undefined;
  const [value] = primitive.evaluate(values, params, [aval([], output.dtype, output.weakType)]);
  return value && new Literal(value);
};

/**
 * An elementwise operation on arrays that are scalars throughout is done on the scalars. Where they are not known, only
 * if an array is not needed otherwise, so that there is not one more.
 */
const ofFills: Rule = (site) => {
  const { primitive, inputs, params, outputs, output, program } = site;
  if (outputs.length !== 1 || output.shape.length === 0 || !isElementwise(primitive)) return undefined;
  const scalars: Atom[] = [];
  for (const atom of inputs) {
    const scalar = program.scalarOf(atom);
    if (scalar === undefined) return undefined;
    scalars.push(scalar);
  }
  const isSpared = inputs.some(
    (atom) => atom.aval.shape.length > 0 && program.maker(atom) && program.isUsedHereOnly(atom, inputs),
  );
  const result =
    ofLiterals(site, scalars) ?? (isSpared ? program.emit(primitive, scalars, params) : undefined);
  return result && [program.full(result, output.shape)];
};

/** Rearranged, an array that is a scalar throughout is the same in another shape. */
const rearranged: Rule = ({ inputs, output, program }) => {
  const scalar = program.scalarOf(inputs[0] as Atom);
  return scalar === undefined ? undefined : [program.full(scalar, output.shape)];
};

/** The most or least of equal elements. */
const extreme: Rule = (site) =>
  sizeOf((site.inputs[0] as Atom).aval.shape) === 0 ? undefined : rearranged(site);

const REARRANGEMENTS: readonly { readonly name: string }[] = [
  reshapePrimitive,
  transposePrimitive,
  revPrimitive,
  slicePrimitive,
  windowsPrimitive,
  dynamicSlicePrimitive,
];

const EXTREMES = [reduceMaxPrimitive, reduceMinPrimitive, reduceAndPrimitive, reduceOrPrimitive];

/** The rules for arrays that are a scalar throughout. */
export const fillRules: readonly RuleEntry[] = [
  onAny(empty),
  ...REARRANGEMENTS.map(({ name }) => ({ name, rule: rearranged })),
  ...EXTREMES.map(({ name }) => ({ name, rule: extreme })),
  {
    name: broadcastInDimPrimitive.name,
    rule: (site) => (site.inputs[0]?.aval.shape.length === 0 ? undefined : rearranged(site)),
  },
  on(concatenatePrimitive, ({ output, program }, ...operands) => {
    const scalars = operands.map((atom) => program.scalarOf(atom));
    const [first] = scalars;
    if (first === undefined || scalars.some((scalar) => scalar === undefined || !isSameAtom(scalar, first)))
      return undefined;
    return program.full(first, output.shape);
  }),
  on(padPrimitive, ({ output, program }, x, value) => {
    const scalar = program.scalarOf(x);
    return scalar !== undefined && isSameAtom(scalar, value) ? program.full(value, output.shape) : undefined;
  }),
  // Counting to one.
  on(iotaPrimitive, ({ params: { shape, dimension }, output, program }) =>
    shape[dimension] === 1 ? program.full(program.literal(0, output.dtype), shape) : undefined,
  ),
  onAny(ofFills),
];
