/**
 * The local derivatives of the gates of a circuit: of each gate's result by each of its operands, found by running the
 * program gate by gate.
 */
import { ClosedJaxpr, core, makeJaxpr, type NDArray, numpy as np, tree, vjp } from "cotangent";
import type { Loose } from "./read-program.ts";

/** Calls that the circuit writes out, too. */
const WRITTEN_OUT: ReadonlySet<string> = new Set(["jit", "checkpoint"]);

const isFloat = ({ dtype }: core.Aval): boolean => dtype.startsWith("float") || dtype === "bfloat16";

const sameShape = (x: core.Aval, y: core.Aval): boolean => x.shape.join() === y.shape.join();

/** For each operand of a gate; undefined where its derivative is no number, or not one for each element. */
type Derivatives = readonly (NDArray | undefined)[];

/** Where a result depends on its operands element by element, all derivatives come from one pull of ones. */
const derivativesOf = (equation: core.Equation, inputs: readonly NDArray[]): Derivatives => {
  const none = inputs.map(() => undefined);
  const [output, ...others] = equation.outputs.map(({ aval }) => aval);
  const isElementwise = equation.primitive.lowering?.kind === "elementwise" || output?.shape.length === 0;
  if (output === undefined || others.length > 0 || !isElementwise || !isFloat(output)) return none;
  try {
    const gate = (...xs: readonly NDArray[]): NDArray => core.applyEquation(equation, xs)[0] as NDArray;
    const [result, pull] = vjp(gate, [...inputs]);
    const pulled = pull(np.onesLike(result)) as readonly NDArray[];
    return inputs.map((x, i) => (isFloat(x) && sameShape(x, output) ? pulled[i] : undefined));
  } catch {
    // A loop whose number of turns is not known has none.
    return none;
  }
};

/** The derivatives of each gate, in the order of the program. */
export const gateDerivatives = (f: Loose, args: readonly unknown[]): readonly Derivatives[] => {
  const found: Derivatives[] = [];
  const rule: core.EquationRule<NDArray> = (equation, inputs) => {
    const { primitive, params } = equation;
    if (WRITTEN_OUT.has(primitive.name) && "jaxpr" in params && params.jaxpr instanceof ClosedJaxpr) {
      return run(params.jaxpr, inputs);
    }
    found.push(derivativesOf(equation, inputs));
    return core.applyEquation(equation, inputs);
  };
  const run = ({ jaxpr, consts }: ClosedJaxpr, inputs: readonly NDArray[]): NDArray[] =>
    core.interpretJaxpr(jaxpr, consts, inputs, rule, ({ value }) => value);
  run(
    makeJaxpr(f as never)(...(args as never[])),
    tree.leaves(args).map((x) => np.array(x as number)),
  );
  return found;
};
