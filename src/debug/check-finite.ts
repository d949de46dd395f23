import { ConcreteArray, denseData, isFloat, type NDArray } from "../array/index.ts";
import { loopScan } from "../calls/evaluate-scan.ts";
import {
  ArgumentError,
  type ClosedJaxpr,
  type ConcreteInputs,
  CotangentError,
  describeAval,
  type Equation,
  formatEquation,
  formatLocation,
  interpretJaxpr,
  Tracer,
  traceToJaxpr,
} from "../core/index.ts";
import { flattenArrays, flattenFunction, functionName } from "../transforms/flatten-function.ts";
import type { InputsOf } from "../transforms/types.ts";
import { type Arrays, formatPath, leafPaths, unflatten } from "../tree/index.ts";
import { innerPrograms } from "./inner-programs.ts";

/** A number that is none came up; the message says where. */
export class NonFiniteError extends CotangentError {
  override readonly name: string = "NonFiniteError";
}

/** Options of `checkNans` and `checkInfs`. */
export interface FiniteCheckOptions {
  /**
   * Whether values that do not reach the result are looked at, too, such as those that a `where` does not choose; each call
   * is evaluated step by step then, which is slow. Default false.
   */
  readonly everywhere?: boolean;
}

/** What is looked for. */
interface Fault {
  readonly name: string;
  readonly where: string;
  readonly isFault: (x: number) => boolean;
}

const hasFault = (x: NDArray, { isFault }: Fault): boolean =>
  x instanceof ConcreteArray && isFloat(x.dtype) && denseData(x).some(isFault);

/** The indices of the first fault, and an array in short. */
const describeArray = (x: ConcreteArray, fault: Fault): string => {
  const text = String(x).replace(/\s+/g, " ");
  const short = text.length > 120 ? `${text.slice(0, 117)}…` : text;
  const { length } = isFloat(x.dtype) ? denseData(x).filter(fault.isFault) : [];
  return `${describeAval(x)} = ${short}${length > 0 ? ` (${length} of ${x.size} are ${fault.name})` : ""}`;
};

const errorAt = (
  equation: Equation,
  inputs: ConcreteInputs,
  outputs: ConcreteInputs,
  trail: readonly string[],
  fault: Fault,
): NonFiniteError => {
  const { source } = equation;
  const lines = [
    `${fault.where}: ${equation.primitive.name} gave ${fault.name}` +
      `${source === undefined ? "" : ` at ${formatLocation(source)}${source.functionName ? ` (${source.functionName})` : ""}`}` +
      `${trail.length === 0 ? "" : `, inside ${trail.join(", inside ")}`}:`,
    `  ${formatEquation(equation)}`,
    ...inputs.map((x, i) => `  input ${i}: ${describeArray(x, fault)}`),
    ...outputs.map((x, i) => `  output ${i}: ${describeArray(x, fault)}`),
  ];
  return new NonFiniteError(lines.join("\n"));
};

/** Evaluate step by step, and throw where the first fault comes up that was not in the inputs of its step. */
const search = (
  { jaxpr, consts }: ClosedJaxpr,
  args: ConcreteInputs,
  trail: readonly string[],
  fault: Fault,
): ConcreteInputs =>
  interpretJaxpr<ConcreteArray>(
    jaxpr,
    consts as ConcreteInputs,
    args,
    (equation, inputs) => {
      const { primitive, params, outputs } = equation;
      const avals = outputs.map((v) => v.aval);
      const inner = innerPrograms(equation);
      const run = (closed: ClosedJaxpr, label: string): ((xs: ConcreteInputs) => ConcreteInputs) => {
        return (xs) => search(closed, xs, [label, ...trail], fault);
      };
      if (inner?.kind === "call") return run(inner.jaxpr, inner.name)(inputs);
      if (inner?.kind === "scan") {
        let turn = 0;
        return loopScan(inputs, inner.loop, avals, (xs) =>
          run(inner.loop.jaxpr, `turn ${turn++} of a scan`)(xs),
        );
      }
      if (inner?.kind === "while") return inner.evaluate(inputs, run);
      if (inner?.kind === "branch") return inner.evaluate(inputs, run);
      const results = primitive.evaluate(inputs, params, avals);
      if (results.some((x) => hasFault(x, fault)) && !inputs.some((x) => hasFault(x, fault))) {
        throw errorAt(equation, inputs, results, trail, fault);
      }
      return results;
    },
    (literal) => literal.value,
  );

const checked =
  (fault: Fault) =>
  <A extends readonly unknown[], R>(
    f: (...args: A) => R,
    { everywhere = false }: FiniteCheckOptions = {},
  ): ((...args: InputsOf<A>) => Arrays<R>) =>
  (...args) => {
    const { where, name } = fault;
    const [inputs, inTree] = flattenArrays(args as readonly unknown[], `${where}, arguments`);
    if (inputs.some((x) => x instanceof Tracer)) {
      throw new ArgumentError(
        `${where}: it looks at numbers, which there are none of inside a transform. Put it outside: ${where}(jit(f)), ` +
          `${where}(grad(f)).`,
      );
    }
    const flat = flattenFunction(f as unknown as (...xs: never[]) => unknown, inTree, where);
    const results = flat.fun(...inputs);
    const outTree = flat.outTree();
    const output = results.findIndex((x) => hasFault(x, fault));
    if (everywhere || output >= 0) {
      const argument = inputs.findIndex((x) => hasFault(x, fault));
      if (argument >= 0) {
        throw new NonFiniteError(
          `${where}: argument ${formatPath(leafPaths(inTree)[argument] ?? [])} of "${functionName(f)}" is ${name} already: ` +
            `${describeArray(inputs[argument] as ConcreteArray, fault)}`,
        );
      }
      search(traceToJaxpr(flat.fun, inputs, where), inputs as unknown as ConcreteInputs, [], fault);
    }
    if (output >= 0) {
      const path = formatPath(leafPaths(outTree)[output] ?? []);
      throw new NonFiniteError(
        `${where}: the result ${path === "" ? "" : `${path} `}of "${functionName(f)}" has ${name}, which does not come up ` +
          "when it is evaluated step by step: it comes from a constant that the function closes over, or from the order in " +
          "which the compiled function computes.",
      );
    }
    return unflatten(outTree, results) as Arrays<R>;
  };

/**
 * `f`, which throws where its result has a NaN: the error names the equation that made the first one, its inputs, and the
 * user's line. `f` may be jitted, or a gradient: it runs as usual, and is evaluated once more, step by step and into loops
 * and calls, if there is a NaN.
 *
 * @throws NonFiniteError that says where; ArgumentError inside a transform.
 * @example
 * const step = debug.checkNans(jit(grad(loss)));
 * step(params); // NonFiniteError: debug.checkNans: log gave NaN at /home/me/loss.ts:12:20 (loss): …
 * @see https://docs.jax.dev/en/latest/debugging/flags.html
 */
export const checkNans: ReturnType<typeof checked> = checked({
  name: "NaN",
  where: "debug.checkNans",
  isFault: Number.isNaN,
});

/**
 * `f`, which throws where its result is infinite, as `checkNans` does for NaN.
 *
 * @example
 * debug.checkInfs(jit(loss))(params);
 */
export const checkInfs: ReturnType<typeof checked> = checked({
  name: "infinite",
  where: "debug.checkInfs",
  isFault: (x) => x === Infinity || x === -Infinity,
});
