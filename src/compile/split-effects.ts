import { type ConcreteArray, withWeakType } from "../array/index.ts";
import {
  type Atom,
  ClosedJaxpr,
  type ConcreteInputs,
  type Equation,
  hasEffects,
  Jaxpr,
  Literal,
  Var,
} from "../core/index.ts";
import { type Executable, instantiate } from "./executable.ts";
import { firstUncompilable, schedule } from "./schedule.ts";

/*
 * A compiled module cannot call back. A program with effects is compiled in stretches around the equations that have them,
 * which are evaluated as they are, loops turn by turn; all in the order in which it is written.
 */

/** Reads and writes variables. */
type Step = (values: Map<Var, ConcreteArray>) => void;

const canBeCompiled = (equation: Equation): boolean => {
  const alone = new Jaxpr([], [], [equation], []);
  return firstUncompilable(new ClosedJaxpr(alone)) === undefined;
};

const valueAt = (atom: Atom, values: ReadonlyMap<Var, ConcreteArray>): ConcreteArray =>
  atom instanceof Literal ? atom.value : (values.get(atom) as ConcreteArray);

const evaluated =
  ({ primitive, inputs, outputs, params }: Equation): Step =>
  (values) => {
    const results = primitive.evaluate(
      inputs.map((atom) => valueAt(atom, values)),
      params,
      outputs.map((v) => v.aval),
    );
    outputs.forEach((v, i) => {
      values.set(v, results[i] as ConcreteArray);
    });
  };

/** Equations without effects as one compiled program; `later` is what is read behind them. */
const compiled = (
  equations: readonly Equation[],
  later: ReadonlySet<Atom>,
  consts: ReadonlyMap<Var, ConcreteArray>,
): Step => {
  const made = new Set(equations.flatMap(({ outputs }) => outputs));
  const read = new Set(
    equations.flatMap(({ inputs }) =>
      inputs.filter((atom): atom is Var => atom instanceof Var && !made.has(atom)),
    ),
  );
  const constVars = [...read].filter((v) => consts.has(v));
  const inputs = [...read].filter((v) => !consts.has(v));
  const outputs = [...made].filter((v) => later.has(v));
  const jaxpr = new Jaxpr(constVars, inputs, equations, outputs);
  const run = instantiate(
    schedule(
      new ClosedJaxpr(
        jaxpr,
        constVars.map((v) => consts.get(v) as ConcreteArray),
      ),
    ),
  );
  return (values) => {
    const results = run(inputs.map((v) => values.get(v) as ConcreteArray));
    outputs.forEach((v, i) => {
      values.set(v, results[i] as ConcreteArray);
    });
  };
};

/**
 * Compile an optimized program with effects in stretches; `undefined` if there is nothing to compile, or something that
 * cannot be compiled for another reason.
 */
export const compileAroundEffects = ({ jaxpr, consts }: ClosedJaxpr): Executable | undefined => {
  const isCompiled = jaxpr.equations.map(canBeCompiled);
  if (!isCompiled.includes(true)) return undefined;
  if (jaxpr.equations.some((equation, i) => !isCompiled[i] && !hasEffects(equation))) return undefined;
  const constants = new Map(
    jaxpr.constVars.map((v, i) => [v, (consts as ConcreteInputs)[i] as ConcreteArray]),
  );

  const steps: Step[] = [];
  const later = new Set<Atom>(jaxpr.outputs);
  let stretch: Equation[] = [];
  const finish = (): void => {
    if (stretch.length === 0) return;
    steps.push(compiled(stretch.reverse(), new Set(later), constants));
    for (const { inputs } of stretch) for (const atom of inputs) later.add(atom);
    stretch = [];
  };
  // From the last to the first, so that what is read later is known.
  for (let i = jaxpr.equations.length - 1; i >= 0; i--) {
    const equation = jaxpr.equations[i] as Equation;
    if (isCompiled[i]) {
      stretch.push(equation);
      continue;
    }
    finish();
    steps.push(evaluated(equation));
    for (const atom of equation.inputs) later.add(atom);
  }
  finish();
  steps.reverse();

  return (inputs) => {
    const values = new Map(constants);
    jaxpr.inputs.forEach((v, i) => {
      values.set(v, inputs[i] as ConcreteArray);
    });
    for (const step of steps) step(values);
    return jaxpr.outputs.map((atom) => withWeakType(valueAt(atom, values), atom.aval.weakType));
  };
};
