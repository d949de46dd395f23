import type { ConcreteArray, NDArray } from "../array/index.ts";
import { type Aval, describeAval } from "./aval.ts";
import { LeakedTracerError } from "./errors.ts";
import type { Params } from "./params.ts";
import type { Primitive } from "./primitive.ts";
import { Origin } from "./source.ts";
import { type CustomJvp, type CustomVjp, type Trace, Tracer } from "./tracer.ts";

/** Evaluates a primitive some quicker way than the reference, or declines by returning `undefined`. */
export type Accelerator = (
  primitive: Primitive,
  inputs: readonly NDArray[],
  params: Params,
  outputs: readonly Aval[],
) => readonly ConcreteArray[] | undefined;

let accelerated: Accelerator | undefined;

/** Set what evaluates primitives in place of the reference where it can; `undefined` goes back to the reference. */
export const setAccelerator = (accelerator: Accelerator | undefined): void => {
  accelerated = accelerator;
};

/** The bottom of the stack: primitives of concrete arrays are evaluated. */
class EvalTrace implements Trace {
  readonly level = 0;
  readonly transform = "evaluation";
  readonly alive = true;

  processPrimitive(primitive: Primitive, inputs: readonly NDArray[], params: Params): readonly NDArray[] {
    const outputs = primitive.abstractEval(inputs, params);
    // Every input is concrete here: a tracer would have sent the primitive to its own trace.
    return (
      accelerated?.(primitive, inputs, params, outputs) ??
      primitive.evaluate(inputs as readonly ConcreteArray[], params, outputs)
    );
  }

  processCustomJvp(call: CustomJvp, inputs: readonly NDArray[]): readonly NDArray[] {
    return call.fun(...inputs);
  }

  processCustomVjp(call: CustomVjp, inputs: readonly NDArray[]): readonly NDArray[] {
    return call.fun(...inputs);
  }
}

/** The traces in progress, outermost first; a trace's level is its place here. */
const stack: Trace[] = [new EvalTrace()];

/** The trace that receives primitives without tracers among their inputs: evaluation, or the innermost `jit`. */
let ambient: Trace = stack[0] as Trace;

/** The origin of the equation that is being applied again, if one is. */
let origin: Origin | undefined;

/** Run `body`, which applies an equation again; what it records comes from where the equation does. */
export const withOrigin = <R>(of: Origin | undefined, body: () => R): R => {
  if (of === origin) return body();
  const outer = origin;
  origin = of;
  try {
    return body();
  } finally {
    origin = outer;
  }
};

/** Where an equation that is recorded now comes from. Outside `jit` and `makeJaxpr` nobody will ask. */
export const currentOrigin = (): Origin | undefined =>
  origin ?? (ambient.level > 0 ? Origin.here() : undefined);

/**
 * Run `body` with a trace on top of the stack. `makeTrace` gets its level. The trace is dead afterwards, so that
 * tracers which leak are noticed.
 *
 * @param isAmbient whether the trace also records primitives that have no tracers among their inputs.
 */
export const withTrace = <T extends Trace, R>(
  makeTrace: (level: number) => T,
  body: (trace: T) => R,
  isAmbient = false,
): R => {
  const trace = makeTrace(stack.length);
  const outerAmbient = ambient;
  const outerOrigin = origin;
  origin = undefined;
  stack.push(trace);
  if (isAmbient) ambient = trace;
  try {
    return body(trace);
  } finally {
    ambient = outerAmbient;
    origin = outerOrigin;
    stack.pop();
    trace.alive = false;
  }
};

/** The traces in progress, outermost first. */
export const activeTraces = (): readonly Trace[] => stack;

/** Whether any transform is in progress. */
export const isTracing = (): boolean => stack.length > 1;

/** The deepest trace among the inputs, or the ambient one. */
export const findTopTrace = (inputs: readonly NDArray[]): Trace => {
  let top = ambient;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i];
    if (input instanceof Tracer) {
      if (!input.trace.alive) throw leakedTracerError(input);
      if (input.trace.level > top.level) top = input.trace;
    }
  }
  return top;
};

const leakedTracerError = (tracer: Tracer): LeakedTracerError =>
  new LeakedTracerError(
    `An array of ${describeAval(tracer)} was made while ${tracer.trace.transform} traced a function, and used after ` +
      "that was done. Traced functions must be pure: return what you want to keep (hasAux: true carries extra results " +
      "out of grad) instead of storing it in a variable outside the function.",
  );

/**
 * Apply `primitive` to `inputs` under whatever transforms are in progress.
 *
 * @example
 * core.bind(core.registeredPrimitives().find(({ name }) => name === "sin")!, [np.array(1)], core.NO_PARAMS);
 * // [0.841471]
 */
export const bind = <P extends Params>(
  primitive: Primitive<P>,
  inputs: readonly NDArray[],
  params: P,
): readonly NDArray[] => findTopTrace(inputs).processPrimitive(primitive as Primitive, inputs, params);

/**
 * `bind` for a primitive with one output.
 *
 * @example
 * core.bind1(core.registeredPrimitives().find(({ name }) => name === "sin")!, [np.array(1)], core.NO_PARAMS);
 * // 0.841471
 */
export const bind1 = <P extends Params>(
  primitive: Primitive<P>,
  inputs: readonly NDArray[],
  params: P,
): NDArray => bind(primitive, inputs, params)[0] as NDArray;

/** Call a function that has its own JVP rule. */
export const bindCustomJvp = (call: CustomJvp, inputs: readonly NDArray[]): readonly NDArray[] =>
  findTopTrace(inputs).processCustomJvp(call, inputs);

/** Call a function that has its own VJP rule. */
export const bindCustomVjp = (call: CustomVjp, inputs: readonly NDArray[]): readonly NDArray[] =>
  findTopTrace(inputs).processCustomVjp(call, inputs);
