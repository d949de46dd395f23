import { type Atom, ClosedJaxpr, Jaxpr, neededEquations } from "../../core/index.ts";
import type { Pass } from "./pass.ts";

/**
 * Drop equations whose results nobody uses and that have no effect, and constants that nobody reads. Inputs stay, used
 * or not.
 *
 * @example
 * // { lambda ; a. let b = sin a; c = cos a in (b,) }  →  { lambda ; a. let b = sin a in (b,) }
 */
export const eliminateDeadCode: Pass = (closed) => {
  const { jaxpr, consts } = closed;
  const read = new Set<Atom>(jaxpr.outputs);
  const equations = neededEquations(jaxpr.equations, read);
  const isRead = jaxpr.constVars.map((v) => read.has(v));
  if (equations.length === jaxpr.equations.length && isRead.every(Boolean)) return closed;
  return new ClosedJaxpr(
    new Jaxpr(
      jaxpr.constVars.filter((_, i) => isRead[i]),
      jaxpr.inputs,
      equations,
      jaxpr.outputs,
    ),
    consts.filter((_, i) => isRead[i]),
  );
};
