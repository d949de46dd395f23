import { type Atom, type Equation, hasEffects, Literal, type Var } from "../../core/index.ts";
import { paramsKey, scalarKey } from "./params-key.ts";
import { closedWith, constantsOf, type Pass, resolve, substituted } from "./pass.ts";
import { sameConstants } from "./same-constants.ts";
import { Scopes } from "./scopes.ts";

/** Primitives whose two operands may be exchanged without changing a bit of the result. */
const COMMUTATIVE: ReadonlySet<string> = new Set([
  "add",
  "mul",
  "max",
  "min",
  "and",
  "or",
  "xor",
  "eq",
  "ne",
]);

/**
 * Compute once what is computed several times: equations of the same primitive and parameters with the same inputs.
 * Literals and small constants are the same if their dtypes and bits are. Equations with effects are left alone, and equations of different
 * checkpoints are not merged (`Scopes`).
 *
 * @example
 * // b = sin a; c = sin a; d = mul b c  →  b = sin a; d = mul b b
 */
export const eliminateCommonSubexpressions: Pass = (closed, scopes = new Scopes()) => {
  const { jaxpr } = closed;
  const same = sameConstants(closed);
  const substitution = new Map<Var, Atom>(same);
  const seen = new Map<string, Equation>();
  const numbers = new Map<Var, number>();
  const equations: Equation[] = [];

  const atomKey = (atom: Atom): string => {
    if (atom instanceof Literal) return scalarKey(atom.value);
    let number = numbers.get(atom);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(atom, number);
    }
    return String(number);
  };
  const keyOf = (equation: Equation): string => {
    const { primitive, params, inputs } = equation;
    const atoms = inputs.map(atomKey);
    if (COMMUTATIVE.has(primitive.name)) atoms.sort();
    return `${scopes.of(equation)} ${primitive.name} ${paramsKey(params)} ${atoms.join()}`;
  };

  for (const original of jaxpr.equations) {
    const replaced = substituted(original, substitution);
    const equation = replaced === original ? original : scopes.put(replaced, scopes.of(original));
    if (!hasEffects(equation)) {
      const key = keyOf(equation);
      const first = seen.get(key);
      if (first !== undefined) {
        equation.outputs.forEach((v, i) => {
          substitution.set(v, first.outputs[i] as Var);
        });
        continue;
      }
      seen.set(key, equation);
    }
    equations.push(equation);
  }
  if (substitution.size === 0) return closed;
  const outputs = jaxpr.outputs.map((atom) => resolve(substitution, atom));
  const constants = constantsOf(closed);
  for (const v of same.keys()) constants.delete(v);
  return closedWith(constants, jaxpr.inputs, equations, outputs);
};
