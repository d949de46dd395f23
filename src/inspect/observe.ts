import { isFloat, type NDArray } from "../array/index.ts";
import {
  type Atom,
  applyEquation,
  type ClosedJaxpr,
  type Equation,
  interpretJaxpr,
  Literal,
  type Tangent,
  type Var,
} from "../core/index.ts";
import { zerosLike } from "../primitives/broadcast.ts";
import { add } from "../primitives/elementwise/add.ts";
import { vjpFlat } from "../transforms/vjp.ts";

/** What was seen of a program while it ran. */
export interface Observation {
  /** The value of every variable. */
  readonly values: ReadonlyMap<Var, NDArray>;
  /** For each equation, the gradient by each of its operands: by this use alone, where a value has several. */
  readonly gradients: ReadonlyMap<Equation, readonly Tangent[]>;
  /** The same for the results of the program. */
  readonly outputGradients: readonly Tangent[];
}

/** The variables that depend on some input that gradients are taken by. */
const dependent = (closed: ClosedJaxpr, isSeed: readonly boolean[]): ReadonlySet<Atom> => {
  const live = new Set<Atom>(closed.jaxpr.inputs.filter((v, i) => isSeed[i] && isFloat(v.aval.dtype)));
  for (const { inputs, outputs } of closed.jaxpr.equations) {
    if (!inputs.some((atom) => live.has(atom))) continue;
    for (const output of outputs) if (isFloat(output.aval.dtype)) live.add(output);
  }
  return live;
};

const literalValue = (literal: Literal): NDArray => literal.value;

/** Run a program on concrete arrays and keep every value. */
export const observeValues = (closed: ClosedJaxpr, args: readonly NDArray[]): Observation => {
  const values = new Map<Var, NDArray>();
  const { jaxpr, consts } = closed;
  jaxpr.constVars.forEach((v, i) => {
    values.set(v, consts[i] as NDArray);
  });
  jaxpr.inputs.forEach((v, i) => {
    values.set(v, args[i] as NDArray);
  });
  const rule = (equation: Equation, inputs: readonly NDArray[]): readonly NDArray[] => {
    const outputs = applyEquation(equation, inputs);
    equation.outputs.forEach((v, i) => {
      values.set(v, outputs[i] as NDArray);
    });
    return outputs;
  };
  interpretJaxpr(jaxpr, consts, args, rule, literalValue);
  return { values, gradients: new Map(), outputGradients: jaxpr.outputs.map(() => null) };
};

/**
 * Run a program on concrete arrays, keep every value, and get the gradient by every use of a value. To each operand that
 * depends on the arguments in question zeros are added, and the gradient by these zeros is that of the use.
 */
export const observeGradients = (
  closed: ClosedJaxpr,
  args: readonly NDArray[],
  isSeed: readonly boolean[],
  cotangents: readonly Tangent[],
): Observation => {
  const { jaxpr, consts } = closed;
  const live = dependent(closed, isSeed);
  const uses = [...jaxpr.equations.flatMap(({ inputs }) => inputs), ...jaxpr.outputs].filter((atom) =>
    live.has(atom),
  );
  const variables = jaxpr.equations.flatMap(({ outputs }) => outputs);

  const run = (...probes: readonly NDArray[]): readonly NDArray[] => {
    let next = 0;
    const probed = (atom: Atom, x: NDArray): NDArray =>
      live.has(atom) ? add(x, probes[next++] as NDArray) : x;
    const seen: NDArray[] = [];
    const rule = (equation: Equation, inputs: readonly NDArray[]): readonly NDArray[] => {
      const results = applyEquation(
        equation,
        inputs.map((x, i) => probed(equation.inputs[i] as Atom, x)),
      );
      seen.push(...results);
      return results;
    };
    const results = interpretJaxpr(jaxpr, consts, args, rule, literalValue);
    return [...results.map((x, i) => probed(jaxpr.outputs[i] as Atom, x)), ...seen];
  };
  const { outputs, pullback } = vjpFlat(
    run,
    uses.map(({ aval }) => zerosLike(aval)),
    "circuit",
  );
  const pulled = pullback([...cotangents, ...variables.map(() => null)]);

  const values = new Map<Var, NDArray>();
  jaxpr.constVars.forEach((v, i) => {
    values.set(v, consts[i] as NDArray);
  });
  jaxpr.inputs.forEach((v, i) => {
    values.set(v, args[i] as NDArray);
  });
  variables.forEach((v, i) => {
    values.set(v, outputs[jaxpr.outputs.length + i] as NDArray);
  });
  let next = 0;
  const gradientOf = (atom: Atom): Tangent => {
    if (!live.has(atom)) return null;
    return pulled[next++] ?? zerosLike(atom.aval);
  };
  const gradients = new Map(
    jaxpr.equations.map((equation) => [equation, equation.inputs.map(gradientOf)] as const),
  );
  return { values, gradients, outputGradients: jaxpr.outputs.map(gradientOf) };
};

/** The value of an operand. */
export const valueAt = ({ values }: Observation, atom: Atom): NDArray | undefined =>
  atom instanceof Literal ? atom.value : values.get(atom);
