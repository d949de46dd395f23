import type { NDArray } from "../array/index.ts";
import { bind, withOrigin } from "./bind.ts";
import { CotangentError } from "./errors.ts";
import { type Atom, type ClosedJaxpr, type Equation, type Jaxpr, Literal, type Var } from "./jaxpr.ts";

/** How an interpreter applies one equation to the values of its inputs. */
export type EquationRule<T> = (equation: Equation, inputs: readonly T[]) => readonly T[];

/** A place in the program past which a variable is not needed any more: equation index to the variables that die. */
const lastUses = (jaxpr: Jaxpr): Map<Var, number> => {
  const last = new Map<Var, number>();
  jaxpr.equations.forEach((equation, i) => {
    for (const input of equation.inputs) if (!(input instanceof Literal)) last.set(input, i);
  });
  for (const output of jaxpr.outputs) if (!(output instanceof Literal)) last.delete(output);
  return last;
};

const lastUsesCache = new WeakMap<Jaxpr, Map<Var, number>>();

/**
 * Run a jaxpr with values and rules of one's own: the way to write a transform. `literal` lifts the constants that
 * stand in equations; `rule` says what an equation does. Values are dropped after their last use.
 *
 * @example
 * const negated = interpretJaxpr(jaxpr.jaxpr, jaxpr.consts, args, (eqn, xs) => applyEquation(eqn, xs).map(np.negative));
 */
export const interpretJaxpr = <T>(
  jaxpr: Jaxpr,
  consts: readonly T[],
  args: readonly T[],
  rule: EquationRule<T>,
  literal: (value: Literal) => T,
): T[] => {
  if (args.length !== jaxpr.inputs.length || consts.length !== jaxpr.constVars.length) {
    throw new CotangentError(
      `interpretJaxpr: the jaxpr takes ${jaxpr.constVars.length} constants and ${jaxpr.inputs.length} arguments; ` +
        `got ${consts.length} and ${args.length}.`,
    );
  }
  let last = lastUsesCache.get(jaxpr);
  if (last === undefined) {
    last = lastUses(jaxpr);
    lastUsesCache.set(jaxpr, last);
  }
  const env = new Map<Var, T>();
  const read = (atom: Atom): T => (atom instanceof Literal ? literal(atom) : (env.get(atom) as T));
  for (let i = 0; i < consts.length; i++) env.set(jaxpr.constVars[i] as Var, consts[i] as T);
  for (let i = 0; i < args.length; i++) env.set(jaxpr.inputs[i] as Var, args[i] as T);
  for (let i = 0; i < jaxpr.equations.length; i++) {
    const equation = jaxpr.equations[i] as Equation;
    const outputs = rule(equation, equation.inputs.map(read));
    for (const input of equation.inputs) {
      if (!(input instanceof Literal) && last.get(input) === i) env.delete(input);
    }
    for (let k = 0; k < outputs.length; k++) env.set(equation.outputs[k] as Var, outputs[k] as T);
  }
  return jaxpr.outputs.map(read);
};

/**
 * Apply an equation to arrays under whatever transforms are in progress.
 *
 * @example
 * core.applyEquation(makeJaxpr((x: NDArray) => np.sin(x))(1).jaxpr.equations[0]!, [np.array(1)]); // [0.841471]
 */
export const applyEquation: EquationRule<NDArray> = (equation, inputs) => {
  const { origin } = equation;
  return origin === undefined ? apply(equation, inputs) : withOrigin(origin, () => apply(equation, inputs));
};

const apply: EquationRule<NDArray> = ({ primitive, params }, inputs) =>
  primitive.rebind !== undefined ? primitive.rebind(inputs, params) : bind(primitive, inputs, params);

const literalValue = (literal: Literal): NDArray => literal.value;

/**
 * Run a jaxpr on arrays under whatever transforms are in progress.
 *
 * @example
 * const { jaxpr, consts } = makeJaxpr((x: NDArray) => np.sin(x).mul(2))(1);
 * core.evalJaxpr(jaxpr, consts, [np.array(1)]); // [1.68294]
 */
export const evalJaxpr = (jaxpr: Jaxpr, consts: readonly NDArray[], args: readonly NDArray[]): NDArray[] =>
  interpretJaxpr(jaxpr, consts, args, applyEquation, literalValue);

/** A closed jaxpr as a function of flat lists of arrays. */
export const jaxprAsFunction =
  (closed: ClosedJaxpr) =>
  (...args: readonly NDArray[]): readonly NDArray[] =>
    evalJaxpr(closed.jaxpr, closed.consts, args);
