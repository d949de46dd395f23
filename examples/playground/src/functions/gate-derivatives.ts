/**
 * The local derivatives of the gates of a circuit: of each gate's result by each of its operands, found by running the
 * program gate by gate.
 */
import { core, makeJaxpr, type NDArray, numpy as np, tree, vjp } from "cotangent";

/** Calls that the circuit writes out, too. */
const WRITTEN_OUT: ReadonlySet<string> = new Set(["jit", "checkpoint"]);

const isFloat = (x: NDArray): boolean => x.dtype.startsWith("float") || x.dtype === "bfloat16";

const sameShape = (x: NDArray, y: NDArray): boolean => x.shape.join() === y.shape.join();

/** Where a result depends on its operands element by element, all derivatives come from one pull of ones. */
const derivativesOf: (
  equation: core.Equation,
  inputs: readonly NDArray[],
) => readonly (NDArray | undefined)[] = (equation, inputs) => {
  const none = inputs.map(() => undefined);
  if (equation.outputs.length !== 1 || !inputs.some(isFloat)) return none;
  const [result, pull] = vjp(
    (...xs: readonly NDArray[]) => core.applyEquation(equation, xs)[0] as NDArray,
    [...inputs],
  );
  const isElementwise = equation.primitive.lowering?.kind === "elementwise";
  if (!isFloat(result) || !(isElementwise || result.ndim === 0)) return none;
  const pulled = pull(np.onesLike(result)) as readonly NDArray[];
  return inputs.map((x, i) => (isFloat(x) && sameShape(x, result) ? pulled[i] : undefined));
};

/** For each gate in the order of the program, the derivative by each operand; undefined where it is no such number. */
export const gateDerivatives = (
  f: (...args: readonly unknown[]) => unknown,
  args: readonly unknown[],
): readonly (readonly (NDArray | undefined)[])[] => {
  const found: (readonly (NDArray | undefined)[])[] = [];
  const rule: core.EquationRule<NDArray> = (equation, inputs) => {
    const { primitive, params } = equation;
    const called = WRITTEN_OUT.has(primitive.name) ? Reflect.get(params, "jaxpr") : undefined;
    // A structural look, not a class: the program may have been made by another copy of the library.
    if (called !== undefined) return run(called as ReturnType<typeof program>, inputs);
    found.push(derivativesOf(equation, inputs));
    return core.applyEquation(equation, inputs);
  };
  const run = ({ jaxpr, consts }: ReturnType<typeof program>, inputs: readonly NDArray[]): NDArray[] =>
    core.interpretJaxpr(jaxpr, consts, inputs, rule, ({ value }) => value);
  const program = () => makeJaxpr(f as (...args: unknown[]) => NDArray)(...(args as never[]));
  run(
    program(),
    tree.leaves(args).map((x) => np.array(x as number)),
  );
  return found;
};
