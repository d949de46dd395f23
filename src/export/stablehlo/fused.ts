import type { Atom, Equation, Primitive } from "../../core/index.ts";
import type { Value } from "./types.ts";
import type { Writer } from "./writer.ts";

/** What is written in the place of an equation and of some of those that compute its operands. */
export interface Fused {
  readonly inputs: readonly Atom[];
  readonly write: (w: Writer, inputs: readonly Value[]) => readonly Value[];
}

/** Which equation computes each variable. */
export type Producers = ReadonlyMap<Atom, Equation>;

/** The equation of a primitive that computes `atom`, if that is one. */
export const madeBy = <P extends object>(
  atom: Atom | undefined,
  primitive: Primitive<P>,
  producers: Producers,
): { readonly equation: Equation; readonly params: P } | undefined => {
  const equation = atom && producers.get(atom);
  if (equation === undefined || equation.primitive !== (primitive as unknown as Primitive)) return undefined;
  return { equation, params: equation.params as P };
};
