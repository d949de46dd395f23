import { runCompiled } from "../compile/compile.ts";
import type { ClosedJaxpr, ConcreteInputs } from "../core/index.ts";
import { evaluateByReference } from "./closed-call.ts";
import { isWorthCompiling, workOf } from "./work.ts";

/** Run a jaxpr on concrete arrays: compiled where that pays at once, else by reference. */
export const evaluateProgram = (closed: ClosedJaxpr, inputs: ConcreteInputs): ConcreteInputs =>
  (isWorthCompiling(workOf(closed)) ? runCompiled(closed, inputs) : undefined) ??
  evaluateByReference(closed, inputs);
