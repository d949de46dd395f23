import { type ConcreteArray, withWeakType } from "../array/index.ts";
import { type Aval, type ClosedJaxpr, CotangentError, hasEffects } from "../core/index.ts";
import { analyzeCost, type CostAnalysis } from "./analyze-cost.ts";
import { canCompile, type Executable, instantiate } from "./executable.ts";
import { type MemoryPlan, planMemory } from "./memory-plan.ts";
import { optimize } from "./passes/optimize.ts";
import { formatProgram } from "./print-program.ts";
import type { Program } from "./program.ts";
import { firstUncompilable, schedule } from "./schedule.ts";
import { compileAroundEffects } from "./split-effects.ts";

/** A jaxpr on its way to being a compiled function: what each stage made of it. */
export interface LoweredJaxpr {
  /** After all passes. */
  readonly jaxpr: ClosedJaxpr;
  readonly program: Program;
  readonly plan: MemoryPlan;
}

/** Optimize, schedule and lay out a jaxpr. Throws a CotangentError that names an equation that has no lowering. */
export const lowerJaxpr = (closed: ClosedJaxpr): LoweredJaxpr => {
  const jaxpr = optimize(closed).closed;
  const blocker = firstUncompilable(jaxpr);
  if (blocker !== undefined && hasEffects(blocker)) {
    throw new CotangentError(
      `jit: "${blocker.primitive.name}" calls back to JavaScript, so the program is compiled in stretches around it, and ` +
        "there is no single module to show. Take the calls of debug out to see it.",
    );
  }
  if (blocker !== undefined) {
    throw new CotangentError(
      `jit: "${blocker.primitive.name}" cannot be compiled, so the program is evaluated by reference.`,
    );
  }
  const program = scheduleLike(closed, jaxpr);
  return { jaxpr, program, plan: planMemory(program) };
};

/** Schedule an optimized jaxpr; its results are weakly typed where those of the original are. */
const scheduleLike = (original: ClosedJaxpr, optimized: ClosedJaxpr): Program => {
  const program = schedule(optimized);
  const { outAvals } = original;
  return { ...program, outputs: program.outputs.map(({ from }, i) => ({ aval: outAvals[i] as Aval, from })) };
};

/** The kernels and buffers of a lowered jaxpr, as text. */
export const formatLowered = ({ program, plan }: LoweredJaxpr): string => formatProgram(program, plan);

/** What a lowered jaxpr costs. */
export const costOf = ({ program, plan }: LoweredJaxpr): CostAnalysis => analyzeCost(program, plan);

/** Compile a jaxpr whose constants are concrete; `undefined` where this engine or one of its equations does not allow it. */
export const compile = (closed: ClosedJaxpr): Executable | undefined => {
  if (!canCompile()) return undefined;
  const jaxpr = optimize(closed).closed;
  const blocker = firstUncompilable(jaxpr);
  if (blocker === undefined) return instantiate(scheduleLike(closed, jaxpr));
  const run = hasEffects(blocker) ? compileAroundEffects(jaxpr) : undefined;
  const { outAvals } = closed;
  return run && ((inputs) => run(inputs).map((x, i) => withWeakType(x, (outAvals[i] as Aval).weakType)));
};

const executables = new WeakMap<ClosedJaxpr, Executable | null>();

/** What runs a jaxpr, made when it is first asked for; `null` if it cannot be compiled. */
const executableOf = (closed: ClosedJaxpr): Executable | null => {
  let executable = executables.get(closed);
  if (executable === undefined) {
    executable = compile(closed) ?? null;
    executables.set(closed, executable);
  }
  return executable;
};

/** Compile a jaxpr that will be run, and that was lowered already. */
export const compileAhead = (closed: ClosedJaxpr, { program, plan }: LoweredJaxpr): void => {
  if (executables.has(closed)) return;
  executables.set(closed, canCompile() ? instantiate(program, plan) : null);
};

/** Run a jaxpr compiled; it is compiled at its first run. `undefined` if it cannot be. */
export const runCompiled = (
  closed: ClosedJaxpr,
  inputs: readonly ConcreteArray[],
): readonly ConcreteArray[] | undefined => executableOf(closed)?.(inputs);
