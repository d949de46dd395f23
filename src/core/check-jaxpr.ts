import { type Aval, describeAval, sameAval } from "./aval.ts";
import { JaxprTypeError } from "./errors.ts";
import { type Atom, ClosedJaxpr, type Equation, Jaxpr, Literal, type Var } from "./jaxpr.ts";
import { formatEquation, formatJaxpr } from "./print-jaxpr.ts";

/**
 * Check a jaxpr against the rules of the language: every variable is assigned once and before it is read, every
 * equation's outputs have the shapes and dtypes that its primitive gives for its inputs, and so in the jaxprs that
 * equations carry.
 *
 * @throws JaxprTypeError that shows the equation.
 * @example
 * core.checkJaxpr(makeJaxpr(np.sin)(1).jaxpr); // undefined
 */
export const checkJaxpr = (jaxpr: Jaxpr | ClosedJaxpr): void => {
  if (jaxpr instanceof ClosedJaxpr) {
    checkConsts(jaxpr);
    checkJaxpr(jaxpr.jaxpr);
    return;
  }
  const known = new Set<Var>();
  const define = (v: Var, where: () => string): void => {
    if (known.has(v))
      throw new JaxprTypeError(`checkJaxpr: a variable is assigned twice, the second time by ${where()}.`);
    known.add(v);
  };
  const read = (atom: Atom, where: () => string): void => {
    if (atom instanceof Literal) {
      if (atom.aval.shape.length > 0)
        throw new JaxprTypeError(`checkJaxpr: a literal is not a scalar in ${where()}.`);
    } else if (!known.has(atom)) {
      throw new JaxprTypeError(`checkJaxpr: a variable is read before it is assigned in ${where()}.`);
    }
  };
  for (const v of jaxpr.constVars) define(v, () => "the constants");
  for (const v of jaxpr.inputs) define(v, () => "the inputs");
  for (const equation of jaxpr.equations) {
    const where = (): string => `"${formatEquation(equation)}"`;
    for (const input of equation.inputs) read(input, where);
    checkEquation(equation, where);
    for (const output of equation.outputs) define(output, where);
  }
  for (const output of jaxpr.outputs) read(output, () => `the outputs of\n${formatJaxpr(jaxpr)}`);
};

const checkConsts = ({ jaxpr, consts }: ClosedJaxpr): void => {
  if (consts.length !== jaxpr.constVars.length) {
    throw new JaxprTypeError(
      `checkJaxpr: ${jaxpr.constVars.length} constant variables, but ${consts.length} constants are given.`,
    );
  }
  consts.forEach((value, i) => {
    const expected = (jaxpr.constVars[i] as Var).aval;
    if (!sameAval(value, expected)) {
      throw new JaxprTypeError(
        `checkJaxpr: constant ${i} is ${describeAval(value)}, its variable says ${describeAval(expected)}.`,
      );
    }
  });
};

const checkEquation = (equation: Equation, where: () => string): void => {
  for (const value of Object.values(equation.params)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item instanceof ClosedJaxpr || item instanceof Jaxpr) checkJaxpr(item);
    }
  }
  let expected: readonly Aval[];
  try {
    expected = equation.primitive.abstractEval(
      equation.inputs.map((a) => a.aval),
      equation.params,
    );
  } catch (error) {
    throw new JaxprTypeError(`checkJaxpr: ${where()} is refused by its primitive: ${String(error)}`, {
      cause: error,
    });
  }
  if (expected.length !== equation.outputs.length) {
    throw new JaxprTypeError(
      `checkJaxpr: ${where()} has ${equation.outputs.length} outputs; its primitive gives ${expected.length}.`,
    );
  }
  expected.forEach((a, i) => {
    const got = (equation.outputs[i] as Var).aval;
    if (!sameAval(a, got)) {
      throw new JaxprTypeError(
        `checkJaxpr: output ${i} of ${where()} is ${describeAval(got)}; its primitive gives ${describeAval(a)}.`,
      );
    }
  });
};
