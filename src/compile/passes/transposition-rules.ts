import { type Atom, Literal } from "../../core/index.ts";
import { broadcastInDimPrimitive } from "../../primitives/broadcast.ts";
import { iotaPrimitive } from "../../primitives/iota.ts";
import { transposePrimitive } from "../../primitives/shape.ts";
import { isElementwise } from "./atoms.ts";
import { inverse, isCounting, isIncreasing } from "./axes.ts";
import { broadcast, transpose } from "./emit.ts";
import { on, type Rewriter, type RuleEntry } from "./rewrite.ts";

/** How many values are looked at to find out whether a transpose can be done without. */
const MOST_LOOKS = 40;

/** How a value is made with its axes in another order, without transposing anything. */
interface Node {
  /** What it is made of that is made in another order too. */
  readonly operands: readonly Atom[];
  /** Whether it takes an equation. */
  readonly isNew: boolean;
  make(reordered: ReadonlyMap<Atom, Atom>): Atom;
}

/** The values that can be had in another order of axes, down to those that have any; each behind what it is made of. */
type Region = Map<Atom, Node>;

/** A value that is transposed, repeated or counted: it costs the same in any order. */
const cheap = (program: Rewriter, atom: Atom, permutation: readonly number[]): Node | undefined => {
  const places = inverse(permutation);
  const shape = permutation.map((axis) => atom.aval.shape[axis] as number);
  const before = program.madeBy(atom, transposePrimitive);
  if (before !== undefined) {
    const [source] = before.inputs as readonly [Atom];
    const order = permutation.map((axis) => before.params.permutation[axis] as number);
    return { operands: [], isNew: !isCounting(order), make: () => transpose(program, source, order) };
  }
  const repeated = program.madeBy(atom, broadcastInDimPrimitive);
  if (repeated !== undefined) {
    const [source] = repeated.inputs as readonly [Atom];
    const broadcastDimensions = repeated.params.broadcastDimensions.map((axis) => places[axis] as number);
    if (!isIncreasing(broadcastDimensions)) return undefined;
    return {
      operands: [],
      isNew: true,
      make: () => broadcast(program, source, { shape, broadcastDimensions }),
    };
  }
  const count = program.madeBy(atom, iotaPrimitive)?.params;
  if (count === undefined) return undefined;
  const params = { shape, dtype: count.dtype, dimension: places[count.dimension] as number };
  return { operands: [], isNew: true, make: () => program.emit(iotaPrimitive, [], params) };
};

/** Enter `atom` and all that it is made of into `region`; whether that was possible, with so many looks. */
const explore = (
  program: Rewriter,
  atom: Atom,
  permutation: readonly number[],
  region: Region,
  looks: { left: number },
): boolean => {
  if (atom.aval.shape.length === 0 || region.has(atom)) return true;
  const maker = program.maker(atom);
  if (maker === undefined || looks.left-- <= 0) return false;
  const leaf = cheap(program, atom, permutation);
  if (leaf !== undefined) {
    region.set(atom, leaf);
    return true;
  }
  const { primitive, inputs, params, outputs } = maker;
  if (outputs.length !== 1 || !isElementwise(primitive)) return false;
  if (!inputs.every((operand) => explore(program, operand, permutation, region, looks))) return false;
  region.set(atom, {
    operands: inputs,
    isNew: true,
    make: (reordered) =>
      program.emit(
        primitive,
        inputs.map((operand) => reordered.get(operand) ?? operand),
        params,
      ),
  });
  return true;
};

/** How many equations of a region nobody else needs, if `root` is needed no more. */
const sparedEquations = (program: Rewriter, root: Atom, region: Region): number => {
  const usesInside = new Map<Atom, number>([[root, 1]]);
  let spared = 0;
  for (const [atom, { operands }] of [...region].reverse()) {
    if (program.usesOf(atom) > (usesInside.get(atom) ?? 0)) continue;
    spared++;
    for (const operand of operands) usesInside.set(operand, (usesInside.get(operand) ?? 0) + 1);
  }
  return spared;
};

/**
 * A transposed result of elementwise operations is computed in its order of axes from the start, if all that goes into
 * it is repeated, counted or transposed itself, so that it can be had in any order. Keeps every bit.
 */
export const transpositionRules: readonly RuleEntry[] = [
  on(transposePrimitive, ({ program, params: { permutation } }, x) => {
    const maker = program.maker(x);
    if (x instanceof Literal || maker === undefined || !isElementwise(maker.primitive)) return undefined;
    const region: Region = new Map();
    if (program.usesOf(x) > 1 || !explore(program, x, permutation, region, { left: MOST_LOOKS }))
      return undefined;
    const added = [...region.values()].filter(({ isNew }) => isNew).length;
    if (added > sparedEquations(program, x, region) + 1) return undefined;
    const reordered = new Map<Atom, Atom>();
    for (const [atom, node] of region) reordered.set(atom, node.make(reordered));
    return reordered.get(x);
  }),
];
