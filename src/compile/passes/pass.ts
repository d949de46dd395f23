import type { NDArray } from "../../array/index.ts";
import { type Atom, ClosedJaxpr, Equation, Jaxpr, Literal, type Var } from "../../core/index.ts";
import type { Scopes } from "./scopes.ts";

/**
 * A pass: from a program to one with the same inputs and outputs that does less. It leaves its argument as it is, and
 * returns it if there is nothing to do. Weak types are of no meaning here and may change.
 */
export type Pass = (closed: ClosedJaxpr, scopes?: Scopes) => ClosedJaxpr;

/** The values of the constant variables of a program. */
export const constantsOf = ({ jaxpr, consts }: ClosedJaxpr): Map<Var, NDArray> =>
  new Map(jaxpr.constVars.map((v, i) => [v, consts[i] as NDArray]));

/** A program with these constants, and inputs as before. */
export const closedWith = (
  consts: ReadonlyMap<Var, NDArray>,
  inputs: readonly Var[],
  equations: readonly Equation[],
  outputs: readonly Atom[],
): ClosedJaxpr =>
  new ClosedJaxpr(new Jaxpr([...consts.keys()], inputs, equations, outputs), [...consts.values()]);

/** What stands for a variable since something else has taken its place. */
export const resolve = (substitution: ReadonlyMap<Var, Atom>, atom: Atom): Atom =>
  atom instanceof Literal ? atom : (substitution.get(atom) ?? atom);

/** The same application with other inputs, at the same place of the user's code. */
export const withInputs = (equation: Equation, inputs: readonly Atom[]): Equation =>
  new Equation(equation.primitive, inputs, equation.outputs, equation.params, equation.origin);

/** `equation` with its inputs replaced; itself if none of them is. */
export const substituted = (equation: Equation, substitution: ReadonlyMap<Var, Atom>): Equation => {
  if (substitution.size === 0) return equation;
  const inputs = equation.inputs.map((atom) => resolve(substitution, atom));
  return inputs.some((atom, i) => atom !== equation.inputs[i]) ? withInputs(equation, inputs) : equation;
};
