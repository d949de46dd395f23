import { type ConcreteArray, dtypeInfo, type NDArray, sizeOf } from "../array/index.ts";
import type { CondParams } from "../calls/cond.ts";
import type { ScanParams } from "../calls/scan.ts";
import { singleEquation } from "../calls/single-equation.ts";
import type { WhileParams } from "../calls/while.ts";
import type { CostAnalysis } from "../compile/analyze-cost.ts";
import { compile, costOf, lowerJaxpr } from "../compile/compile.ts";
import { inlineCalls } from "../compile/passes/inline-calls.ts";
import { firstUncompilable } from "../compile/schedule.ts";
import {
  ArgumentError,
  type Aval,
  avalKey,
  type ClosedJaxpr,
  type Equation,
  formatEquation,
  Literal,
  Origin,
  type SourceLocation,
  type Var,
} from "../core/index.ts";
import { dynamicIndexInDim } from "../lax/index.ts";
import { traceFunction } from "../transforms/make-jaxpr.ts";
import type { InputsOf } from "../transforms/types.ts";
import { callPaths } from "./call-paths.ts";
import { type Observation, observeValues, valueAt } from "./observe.ts";
import { requireConcrete } from "./require-concrete.ts";
import { operationName } from "./symbols.ts";

/** Options of `cost`. */
export interface CostOptions {
  /** How long each equation is measured at most, in milliseconds; 0 measures nothing. Default 5. */
  readonly measureFor?: number;
}

/** What one equation costs by itself, compiled alone. */
export interface EquationCost {
  /** The name of the operation. */
  readonly label: string;
  /** As a jaxpr prints it. */
  readonly equation: string;
  /** The user's calls that led to it, the outermost first; the last is its own line. */
  readonly calls: readonly SourceLocation[];
  readonly flops: number;
  readonly bytesAccessed: number;
  /** Bytes of all values that are alive while it runs, if each is kept until its last use. */
  readonly liveBytes: number;
  /** Of the fastest run, operands copied in and results copied out; NaN if nothing was measured. */
  readonly milliseconds: number;
  /** For a loop or the branch that was taken: the equations inside, all turns together. Their times are shares of its own. */
  readonly inside: readonly EquationCost[];
}

/** What the equations of one line of the user's code cost. */
export interface LineCost {
  readonly file: string;
  readonly line: number;
  readonly functionName: string | undefined;
  readonly equations: number;
  readonly flops: number;
  readonly bytesAccessed: number;
  readonly milliseconds: number;
}

/** Measured time beside what was worked out. */
export interface MeasuredCost extends CostAnalysis {
  readonly milliseconds: number;
}

/** What a function costs at its arguments. */
export interface CostReport {
  readonly equations: readonly EquationCost[];
  /** By user line, those that took longest first (those of most operations, if nothing was measured). */
  readonly lines: readonly LineCost[];
  /** All equations, one after another. */
  readonly equationByEquation: MeasuredCost;
  /** The program as `jit` compiles it: fused, with memory used again. Absent if an equation cannot be compiled. */
  readonly compiled: MeasuredCost | undefined;
}

const bytesOf = ({ shape, dtype }: Aval): number => sizeOf(shape) * dtypeInfo(dtype).bytes;

/** Milliseconds of the fastest run within a time; a run that is too short for the clock is repeated. */
const fastest = (run: () => unknown, within: number): number => {
  if (within <= 0) return Number.NaN;
  run();
  let best = Number.POSITIVE_INFINITY;
  let repeats = 1;
  const end = performance.now() + within;
  do {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) run();
    const took = performance.now() - start;
    best = Math.min(best, took / repeats);
    if (took < 0.1) repeats *= 4;
  } while (performance.now() < end);
  return best;
};

type Runner = Pick<EquationCost, "flops" | "bytesAccessed"> & {
  readonly run: (inputs: readonly ConcreteArray[]) => unknown;
};

/** Compiled once for all equations that are alike. */
class Runners {
  readonly #known = new Map<string, Runner>();

  of({ primitive, params, inputs, outputs }: Equation, text: string): Runner {
    const avals = inputs.map(({ aval }) => aval);
    const key = `${text} ${avals.map(avalKey).join()}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const results = outputs.map(({ aval }) => aval);
    const program = singleEquation(primitive, avals, params, results);
    const byReference = (args: readonly ConcreteArray[]): unknown =>
      primitive.evaluate(args, params, results);
    const runner: Runner =
      firstUncompilable(program) === undefined
        ? { ...costOf(lowerJaxpr(program)), run: compile(program) ?? byReference }
        : {
            flops: 0,
            bytesAccessed: [...avals, ...results].reduce((n, x) => n + bytesOf(x), 0),
            run: byReference,
          };
    this.#known.set(key, runner);
    return runner;
  }
}

/** The program that runs inside of an equation, its arguments in the first turn, and how many turns are known of. */
interface Inner {
  readonly program: ClosedJaxpr;
  readonly args: readonly NDArray[];
  readonly turns: number;
}

const innerOf = ({ primitive, params }: Equation, inputs: readonly NDArray[]): Inner | undefined => {
  switch (primitive.lowering?.kind) {
    case "scan": {
      const { jaxpr, length, reverse, numConsts, numCarry } = params as ScanParams;
      const first = reverse ? length - 1 : 0;
      if (length === 0) return undefined;
      const args = inputs.map((x, i) =>
        i < numConsts + numCarry ? x : dynamicIndexInDim(x, first, 0, false),
      );
      return { program: jaxpr, args, turns: length };
    }
    case "while": {
      const { bodyJaxpr, condNconsts } = params as WhileParams;
      return { program: bodyJaxpr, args: inputs.slice(condNconsts), turns: 1 };
    }
    case "branch": {
      const { branches } = params as CondParams;
      const chosen = Math.min(Math.max(Number(inputs[0]), 0), branches.length - 1);
      return { program: branches[chosen] as ClosedJaxpr, args: inputs.slice(1), turns: 1 };
    }
    default:
      return undefined;
  }
};

/** Bytes alive during each equation: arguments and constants up to their last use, results of the program to the end. */
const liveBytes = ({ jaxpr }: ClosedJaxpr): readonly number[] => {
  const last = new Map<Var, number>();
  jaxpr.equations.forEach(({ inputs, outputs }, i) => {
    for (const v of outputs) last.set(v, i);
    for (const atom of inputs) if (!(atom instanceof Literal)) last.set(atom, i);
  });
  for (const atom of jaxpr.outputs) if (!(atom instanceof Literal)) last.set(atom, jaxpr.equations.length);
  const ending = jaxpr.equations.map((): Var[] => []);
  for (const [v, i] of last) ending[i]?.push(v);
  let alive = [...jaxpr.constVars, ...jaxpr.inputs]
    .filter((v) => last.has(v))
    .reduce((sum, v) => sum + bytesOf(v.aval), 0);
  return jaxpr.equations.map(({ outputs }, i) => {
    alive += outputs.reduce((sum, v) => sum + bytesOf(v.aval), 0);
    const now = alive;
    alive -= (ending[i] ?? []).reduce((sum, v) => sum + bytesOf(v.aval), 0);
    return now;
  });
};

const sumOf = (
  costs: readonly EquationCost[],
  quantity: "flops" | "bytesAccessed" | "milliseconds",
): number => costs.reduce((sum, each) => sum + each[quantity], 0);

/** All turns of a loop: `turns` times the work, and a time that adds up to that of the loop. */
const scaled = (
  costs: readonly EquationCost[],
  turns: number,
  milliseconds: number,
): readonly EquationCost[] => {
  const share = milliseconds / (sumOf(costs, "milliseconds") || 1);
  const scale = (each: EquationCost): EquationCost => ({
    ...each,
    flops: turns * each.flops,
    bytesAccessed: turns * each.bytesAccessed,
    milliseconds: share * each.milliseconds,
    inside: each.inside.map(scale),
  });
  return costs.map(scale);
};

/** How a program is measured. */
interface Measurement {
  readonly runners: Runners;
  readonly measureFor: number;
  /** The calls around the function. */
  readonly outside: readonly SourceLocation[];
}

const equationCosts = (
  closed: ClosedJaxpr,
  observed: Observation,
  measurement: Measurement,
): readonly EquationCost[] => {
  const { runners, measureFor, outside } = measurement;
  const live = liveBytes(closed);
  const calls = callPaths(closed.jaxpr.equations, outside);
  return closed.jaxpr.equations.map((equation, i): EquationCost => {
    const inputs: readonly NDArray[] = equation.inputs.map((atom) => valueAt(observed, atom) as NDArray);
    requireConcrete("cost", inputs);
    const text = formatEquation(equation);
    const { flops, bytesAccessed, run } = runners.of(equation, text);
    const milliseconds = fastest(() => run(inputs), measureFor);
    const inner = innerOf(equation, inputs);
    const inside = inner === undefined ? [] : innerCosts(inner, measurement);
    return {
      label: operationName(equation),
      equation: text,
      calls: calls[i] ?? [],
      flops,
      bytesAccessed,
      liveBytes: live[i] as number,
      milliseconds,
      inside: scaled(inside, inner?.turns ?? 1, milliseconds),
    };
  });
};

const innerCosts = ({ program, args }: Inner, measurement: Measurement): readonly EquationCost[] => {
  const closed = inlineCalls(program);
  return equationCosts(closed, observeValues(closed, args), measurement);
};

/** The equations that do the work: instead of a loop, those inside. */
const leaves = (costs: readonly EquationCost[]): readonly EquationCost[] =>
  costs.flatMap((each) => (each.inside.length === 0 ? [each] : leaves(each.inside)));

const lineCosts = (costs: readonly EquationCost[], isMeasured: boolean): readonly LineCost[] => {
  const lines = new Map<string, LineCost>();
  for (const { calls, flops, bytesAccessed, milliseconds } of leaves(costs)) {
    const at = calls.at(-1);
    if (at === undefined) continue;
    const key = `${at.file}:${at.line}`;
    const known = lines.get(key);
    lines.set(key, {
      file: at.file,
      line: at.line,
      functionName: at.functionName,
      equations: (known?.equations ?? 0) + 1,
      flops: (known?.flops ?? 0) + flops,
      bytesAccessed: (known?.bytesAccessed ?? 0) + bytesAccessed,
      milliseconds: (known?.milliseconds ?? 0) + milliseconds,
    });
  }
  const quantity = isMeasured ? "milliseconds" : "flops";
  return [...lines.values()].sort((a, b) => b[quantity] - a[quantity]);
};

/**
 * What `f` costs at the arguments: arithmetic operations, bytes moved, memory and measured time, by equation and by the
 * user's line, and of the whole compiled program. Equations are compiled and measured one by one, so that they add up to
 * more than the program that `jit` makes of them: it fuses.
 *
 * @returns a function of the arguments that returns the costs as plain data, for `drawCost`.
 * @throws ArgumentError inside another transform, where arrays have no numbers.
 * @example
 * const { equations } = cost((a: NDArray, b: NDArray) => np.matmul(a, b))(np.ones([2, 3]), np.ones([3, 4]));
 * equations.map(({ label, flops }) => [label, flops]); // [["dotGeneral", 48]]
 */
export const cost =
  <A extends readonly unknown[], R>(f: (...args: A) => R, { measureFor = 5 }: CostOptions = {}) =>
  (...args: InputsOf<A>): CostReport => {
    if (!(measureFor >= 0))
      throw new ArgumentError(
        `cost: measureFor must be a number of milliseconds, 0 or more; got ${measureFor}.`,
      );
    const traced = traceFunction(f as (...args: never[]) => unknown, args, "cost");
    const closed = inlineCalls(traced.closed);
    const { inputs } = traced;
    requireConcrete("cost", inputs);
    requireConcrete("cost", closed.consts);
    const measurement = { runners: new Runners(), measureFor, outside: Origin.here().stack };
    const equations = equationCosts(closed, observeValues(closed, inputs), measurement);
    const compiled = (): MeasuredCost | undefined => {
      if (firstUncompilable(closed) !== undefined) return undefined;
      const run = compile(closed);
      const milliseconds = run === undefined ? Number.NaN : fastest(() => run(inputs), 4 * measureFor);
      return { ...costOf(lowerJaxpr(closed)), milliseconds };
    };
    return {
      equations,
      lines: lineCosts(equations, measureFor > 0),
      equationByEquation: {
        flops: sumOf(equations, "flops"),
        bytesAccessed: sumOf(equations, "bytesAccessed"),
        milliseconds: sumOf(equations, "milliseconds"),
        peakBytes: Math.max(0, ...equations.map((each) => each.liveBytes)),
      },
      compiled: compiled(),
    };
  };
