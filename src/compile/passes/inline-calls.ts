import type { NDArray } from "../../array/index.ts";
import { type Atom, type ClosedJaxpr, Equation, type Jaxpr, Var } from "../../core/index.ts";
import { closedWith, constantsOf, type Pass, resolve, substituted } from "./pass.ts";
import { OUTSIDE, Scopes } from "./scopes.ts";

/** The primitives that do nothing but call the jaxpr in their parameters, hoisted values leading its inputs. */
const CALLS: ReadonlySet<string> = new Set([
  "jit",
  "customJvpCall",
  "customVjpCall",
  "checkpoint",
  "customLinearSolve",
]);

/** The jaxpr that an equation calls, or `undefined` if it is no call of one of the primitives named. */
const calledBy = ({ primitive, params }: Equation, names: ReadonlySet<string>): ClosedJaxpr | undefined =>
  names.has(primitive.name) ? (params as { readonly jaxpr: ClosedJaxpr }).jaxpr : undefined;

/** A jaxpr on the way of being written out. */
interface Frame {
  readonly jaxpr: Jaxpr;
  /** The next equation. */
  at: number;
  /** What its variables are called in the program that is written. */
  readonly names: Map<Var, Atom>;
  readonly scope: number;
  /** The call, and the frame that it stands in; `undefined` for the program itself. */
  readonly caller: { readonly frame: Frame; readonly equation: Equation } | undefined;
}

/**
 * Write out the calls of `jit`, `checkpoint` and functions with custom derivatives, and the calls inside them. Constants
 * of called jaxprs become constants of the program. Each `checkpoint` becomes a scope of its own.
 *
 * @example
 * // b = jit[jaxpr={ lambda ; x. let y = sin x in (y,) }] a  →  b = sin a
 */
export const inlineCalls: Pass = (closed, scopes = new Scopes()) => writeOut(closed, CALLS, scopes);

/** Write out the calls of the primitives named, and those of them inside, and leave other calls as they are. */
export const inlineCallsOf = (closed: ClosedJaxpr, names: ReadonlySet<string>): ClosedJaxpr =>
  writeOut(closed, names, new Scopes());

const writeOut = (closed: ClosedJaxpr, calls: ReadonlySet<string>, scopes: Scopes): ClosedJaxpr => {
  if (!closed.jaxpr.equations.some((equation) => calledBy(equation, calls) !== undefined)) return closed;
  const consts = constantsOf(closed);
  const variables = new Map<NDArray, Var>([...consts].map(([v, value]) => [value, v]));
  const constant = (value: NDArray, v: Var): Var => {
    const known = variables.get(value);
    if (known !== undefined) return known;
    const variable = new Var(v.aval);
    variables.set(value, variable);
    consts.set(variable, value);
    return variable;
  };

  const equations: Equation[] = [];
  const program: Frame = { jaxpr: closed.jaxpr, at: 0, names: new Map(), scope: OUTSIDE, caller: undefined };
  let frame = program;
  for (;;) {
    const equation = frame.jaxpr.equations[frame.at++];
    if (equation === undefined) {
      const { caller, jaxpr, names } = frame;
      if (caller === undefined) break;
      jaxpr.outputs.forEach((atom, i) => {
        caller.frame.names.set(caller.equation.outputs[i] as Var, resolve(names, atom));
      });
      frame = caller.frame;
      continue;
    }
    const { names, scope } = frame;
    const inputs = equation.inputs.map((atom) => resolve(names, atom));
    const called = calledBy(equation, calls);
    if (called !== undefined) {
      const inner = new Map<Var, Atom>();
      called.jaxpr.constVars.forEach((v, i) => {
        inner.set(v, constant(called.consts[i] as NDArray, v));
      });
      called.jaxpr.inputs.forEach((v, i) => {
        inner.set(v, inputs[i] as Atom);
      });
      frame = {
        jaxpr: called.jaxpr,
        at: 0,
        names: inner,
        scope: equation.primitive.name === "checkpoint" ? scopes.fresh() : scope,
        caller: { frame, equation },
      };
      continue;
    }
    if (frame === program) {
      equations.push(scopes.put(substituted(equation, names), scopes.of(equation)));
      continue;
    }
    // A jaxpr may be called twice, so that its variables are made anew each time.
    const outputs = equation.outputs.map((v) => {
      const made = new Var(v.aval);
      names.set(v, made);
      return made;
    });
    const written = new Equation(equation.primitive, inputs, outputs, equation.params, equation.origin);
    equations.push(scopes.put(written, scope));
  }
  const outputs = closed.jaxpr.outputs.map((atom) => resolve(program.names, atom));
  return closedWith(consts, closed.jaxpr.inputs, equations, outputs);
};
