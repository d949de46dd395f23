import { ConcreteArray, type NDArray } from "../array/index.ts";
import { type Aval, avalOf } from "./aval.ts";
import { currentOrigin, withTrace } from "./bind.ts";
import { customJvpCall, customVjpCall } from "./custom-calls.ts";
import { hasEffects } from "./effects.ts";
import { type Atom, ClosedJaxpr, Equation, Jaxpr, Literal, Var } from "./jaxpr.ts";
import type { Params } from "./params.ts";
import type { PartialEvalContext, Primitive } from "./primitive.ts";
import {
  type CustomJvp,
  type CustomVjp,
  type FlatFunction,
  type Trace,
  Tracer,
  tracerInside,
} from "./tracer.ts";

/** A variable of the jaxpr that is being recorded. */
export class JaxprTracer extends Tracer {
  readonly variable: Var;
  /** Whether an equation or the result reads it. */
  isRead = false;

  constructor(trace: JaxprTrace, variable: Var) {
    super(trace, variable.aval.shape, variable.aval.dtype, variable.aval.weakType);
    this.variable = variable;
  }
}

/**
 * Records primitives as equations. Two kinds share it: staging (`jit`, `makeJaxpr`) records everything that the
 * function does; deferring (linearization) records only what depends on its inputs, and what is known is computed
 * at once by the traces below and enters the jaxpr as a constant.
 */
export class JaxprTrace implements Trace, PartialEvalContext {
  readonly level: number;
  readonly transform: string;
  alive = true;
  readonly #defers: boolean;
  readonly #equations: Equation[] = [];
  /** The tracers of the outputs of each equation. */
  readonly #tracers: (readonly JaxprTracer[])[] = [];
  readonly #consts = new Map<NDArray, Var>();

  constructor(level: number, transform: string, defers: boolean) {
    this.level = level;
    this.transform = transform;
    this.#defers = defers;
  }

  /** A new input of the jaxpr. */
  input(aval: Aval): JaxprTracer {
    return new JaxprTracer(this, new Var(avalOf(aval)));
  }

  isUnknown(x: NDArray): boolean {
    return x instanceof JaxprTracer && x.trace === this;
  }

  processPrimitive(primitive: Primitive, inputs: readonly NDArray[], params: Params): readonly NDArray[] {
    if (this.#defers && primitive.partialEval !== undefined)
      return primitive.partialEval(this, inputs, params);
    return this.record(primitive, inputs, params);
  }

  record<P extends Params>(
    primitive: Primitive<P>,
    inputs: readonly NDArray[],
    params: P,
  ): readonly NDArray[] {
    const tracers = primitive.abstractEval(inputs, params).map((a) => new JaxprTracer(this, new Var(a)));
    this.#equations.push(
      new Equation(
        primitive as Primitive,
        inputs.map((x) => this.#atom(x)),
        tracers.map((x) => x.variable),
        params,
        currentOrigin(),
      ),
    );
    this.#tracers.push(tracers);
    return tracers;
  }

  processCustomJvp(call: CustomJvp, inputs: readonly NDArray[]): readonly NDArray[] {
    const staged = this.#stage(call, inputs);
    if (staged === undefined) return call.fun(...inputs);
    const { closed, hoisted } = staged;
    return this.record(customJvpCall, [...hoisted, ...inputs], {
      call,
      jaxpr: closed,
      hoisted: hoisted.length,
    });
  }

  processCustomVjp(call: CustomVjp, inputs: readonly NDArray[]): readonly NDArray[] {
    const staged = this.#stage(call, inputs);
    if (staged === undefined) return call.fun(...inputs);
    const { closed, hoisted } = staged;
    return this.record(customVjpCall, [...hoisted, ...inputs], {
      call,
      jaxpr: closed,
      hoisted: hoisted.length,
    });
  }

  /** The function of a call as a jaxpr, or nothing if the call is not recorded: its function runs at once instead. */
  #stage(
    call: CustomJvp | CustomVjp,
    inputs: readonly NDArray[],
  ): ReturnType<typeof hoistTracers> | undefined {
    // While deferring, inputs are tangents, and a function of tangents is linear: it is its own derivative.
    if (this.#defers) return undefined;
    const staged = hoistTracers(traceToJaxpr(call.fun, inputs, call.name));
    // The rule says nothing about what the function closes over: a transform inside treats that as usual.
    return tracerInside(this, staged.hoisted) === undefined ? staged : undefined;
  }

  #atom(x: NDArray): Atom {
    if (x instanceof JaxprTracer && x.trace === this) {
      x.isRead = true;
      return x.variable;
    }
    if (x instanceof ConcreteArray && x.shape.length === 0) return new Literal(x);
    const known = this.#consts.get(x);
    if (known !== undefined) return known;
    const variable = new Var(avalOf(x));
    this.#consts.set(x, variable);
    return variable;
  }

  /** The jaxpr from `inputs` to `outputs`, without equations that no output needs. */
  finish(inputs: readonly JaxprTracer[], outputs: readonly NDArray[]): ClosedJaxpr {
    const outputAtoms = outputs.map((x) => this.#atom(x));
    const inputVars = inputs.map((x) => x.variable);
    // Most programs need all they do, which is quicker to see than what a program needs.
    const isAllNeeded = this.#tracers.every((tracers) => tracers.some(isRead));
    // A tracer that somebody keeps must not keep all others.
    this.#tracers.length = 0;
    if (isAllNeeded) {
      const constVars = [...this.#consts.values()];
      const jaxpr = new Jaxpr(constVars, inputVars, this.#equations, outputAtoms);
      return new ClosedJaxpr(jaxpr, [...this.#consts.keys()]);
    }
    const needed = new Set<Atom>(outputAtoms);
    const equations = neededEquations(this.#equations, needed);
    const consts = [...this.#consts].filter(([, variable]) => needed.has(variable));
    const constVars = consts.map(([, variable]) => variable);
    return new ClosedJaxpr(
      new Jaxpr(constVars, inputVars, equations, outputAtoms),
      consts.map(([value]) => value),
    );
  }
}

const isRead = (x: JaxprTracer): boolean => x.isRead;

/**
 * The equations that `needed` depends on, and those with effects, in order. All variables that they read are added to
 * `needed`.
 */
export const neededEquations = (equations: readonly Equation[], needed: Set<Atom>): Equation[] => {
  const kept: Equation[] = [];
  for (let i = equations.length - 1; i >= 0; i--) {
    const equation = equations[i] as Equation;
    if (!hasEffects(equation) && !equation.outputs.some((v) => needed.has(v))) continue;
    for (const input of equation.inputs) if (input instanceof Var) needed.add(input);
    kept.push(equation);
  }
  return kept.reverse();
};

/** Trace a function of flat lists of arrays at the given abstract inputs. */
export const traceToJaxpr = (fun: FlatFunction, inputs: readonly Aval[], transform: string): ClosedJaxpr =>
  withTrace(
    (level) => new JaxprTrace(level, transform, false),
    (trace) => {
      const tracers = inputs.map((a) => trace.input(a));
      return trace.finish(tracers, fun(...tracers));
    },
    true,
  );

/**
 * Make constants that are tracers into leading inputs, so that a call of the jaxpr is traced through by the
 * transforms that they belong to. Constants that are concrete arrays stay.
 */
export const hoistTracers = (
  closed: ClosedJaxpr,
): { readonly closed: ClosedJaxpr; readonly hoisted: readonly NDArray[] } => {
  if (!closed.consts.some((c) => c instanceof Tracer)) return { closed, hoisted: [] };
  const { jaxpr, consts } = closed;
  const isTracer = consts.map((c) => c instanceof Tracer);
  return {
    closed: new ClosedJaxpr(
      new Jaxpr(
        jaxpr.constVars.filter((_, i) => !isTracer[i]),
        [...jaxpr.constVars.filter((_, i) => isTracer[i]), ...jaxpr.inputs],
        jaxpr.equations,
        jaxpr.outputs,
      ),
      consts.filter((_, i) => !isTracer[i]),
    ),
    hoisted: consts.filter((_, i) => isTracer[i]),
  };
};
