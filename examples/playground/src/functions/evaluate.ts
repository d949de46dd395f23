/**
 * Runs a program and finds out all that the page shows of it. This happens in a worker.
 */
import { grad, jacrev, jit, makeJaxpr, NDArray, numpy as np, tree } from "cotangent";
import { circuit, drawGraph, type ProgramGraph } from "cotangent/inspect";
import { clipped, showAny, showArray, showType } from "../common/show.ts";
import { circuitSteps, edgeEnds } from "./circuit-steps.ts";
import type { Evaluation, InputRow, Outcome, Section, SteppedCircuit } from "./evaluation.ts";
import { gateDerivatives } from "./gate-derivatives.ts";
import { type Listener, listenToConsole } from "./listen-to-console.ts";
import { type LoadedProgram, loadProgram } from "./load-program.ts";
import { ProgramError } from "./program-error.ts";
import { type Loose, type Program, readProgram, resultOf } from "./read-program.ts";

/** A circuit of more gates is drawn folded, and one of more than the second is not stepped through. */
const FOLDED_ABOVE = 40;
const MOST_STEPPED = 120;
/** Of a function with more results than this, the Jacobian is not shown. */
const MOST_RESULTS = 32;
/** Longer values are cut. */
const LONGEST_VALUE = 4000;
const ALL = Number.POSITIVE_INFINITY;

const messageOf = (error: unknown): string => {
  if (error instanceof ProgramError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : `Thrown: ${showAny(error)}`;
};

const leafText = (x: unknown): string => clipped(showArray(np.array(x as number)), LONGEST_VALUE);
const leafType = (x: unknown): string =>
  x instanceof NDArray ? showType(x) : typeof x === "boolean" ? "boolean" : "number";

const treeText = (value: unknown): string => {
  const [leaves] = tree.flattenWithPath(value);
  return leaves
    .map(([path, leaf]) =>
      path.length === 0 ? leafText(leaf) : `${tree.formatPath(path)} = ${leafText(leaf)}`,
    )
    .join("\n");
};

const treeType = (value: unknown): string => {
  const leaves = tree.leaves(value);
  return leaves.length === 1 ? leafType(leaves[0]) : `${leaves.length} arrays`;
};

/** The gradient of a scalar, the Jacobian of a few numbers. */
const derivativeOf = ({ f, argnums }: Program, value: unknown): Loose => {
  const isFew = value instanceof NDArray && value.ndim > 0 && value.size <= MOST_RESULTS;
  const transform = (isFew ? jacrev : grad) as Loose;
  return transform(f, { argnums: [...argnums] }) as Loose;
};

/** Each leaf of the arguments with its derivative, if it has one. */
const rowsOf = (
  { given, argnums }: Program,
  derivatives: readonly unknown[],
  names: readonly string[],
): InputRow[] => {
  let next = 0;
  const rows = given.flatMap((arg, i): InputRow[] => {
    const [leaves] = tree.flattenWithPath(arg);
    return leaves.map(([path, leaf]): InputRow => {
      const by = argnums.includes(i) ? derivatives[next++] : undefined;
      return {
        name: `args${tree.formatPath([i, ...path])}`,
        type: leafType(leaf),
        value: leafText(leaf),
        gradient: by === undefined ? undefined : leafText(by),
      };
    });
  });
  return rows.map((row, i) => ({ ...row, name: names[i] ?? row.name }));
};

const isInput = ({ kind }: ProgramGraph["nodes"][number]): boolean => kind === "parameter" || kind === "data";

const look = (loaded: LoadedProgram, printed: Listener): Evaluation => {
  const start = performance.now();
  const program = readProgram(loaded);
  const { f, args, argnums } = program;
  /** What can be had, or why it can't. */
  const attempt = <T>(make: () => T): { readonly is: T } | { readonly error: string } => {
    try {
      return { is: make() };
    } catch (error) {
      return { error: loaded.named(messageOf(error)) };
    }
  };
  const section = (make: () => string, most?: number): Section => {
    const text = attempt(make);
    return "error" in text ? text : { text: clipped(loaded.named(text.is), most) };
  };
  const jaxprOf = (g: Loose): string => String(makeJaxpr(g as never)(...(args as never[])));

  const value = resultOf(program);
  // To derive and to draw it, f is traced again, which would print again.
  printed.mute();
  const isScalar = value instanceof NDArray && value.ndim === 0;
  const derivative = attempt(() =>
    argnums.length === 0 ? [] : tree.leaves(derivativeOf(program, value)(...args)),
  );
  const derivatives = "error" in derivative ? [] : derivative.is;

  const gradients = isScalar && derivatives.length > 0;
  const options = { argnums: gradients ? [...argnums] : [], gradients };
  const graphOf = (maxGates: number): ProgramGraph =>
    circuit(f as never, { ...options, maxGates })(...(args as never[]));
  const drawn = (maxGates: number): Section =>
    section(() => drawGraph(graphOf(maxGates), { theme: "light" }), ALL);

  const whole = attempt(() => graphOf(ALL));
  const [shown, fewest] = [drawn(FOLDED_ABOVE), drawn(1)];
  const stepped = attempt((): SteppedCircuit => {
    if ("error" in whole) throw new ProgramError(whole.error);
    const gates = whole.is.nodes.filter(({ kind }) => kind === "gate").length;
    if (gates > MOST_STEPPED) {
      throw new ProgramError(`The circuit has ${gates} gates, too many to step through.`);
    }
    return {
      svg: loaded.named(drawGraph(whole.is, { theme: "light", ids: true })),
      steps: circuitSteps(whole.is, gateDerivatives(f, args)),
      ...edgeEnds(whole.is),
    };
  });
  const names = "error" in whole ? [] : whole.is.nodes.filter(isInput).map(({ label }) => label);

  return {
    value: clipped(treeText(value), LONGEST_VALUE),
    valueType: treeType(value),
    inputs: rowsOf(program, derivatives, names),
    isJacobian: !isScalar && derivatives.length > 0,
    gradientError: "error" in derivative ? derivative.error : undefined,
    jaxpr: section(() => jaxprOf(f)),
    derivative: section(() => jaxprOf(derivativeOf(program, value))),
    kernels: section(() =>
      jit(f as never)
        .lower(...(args as never[]))
        .text(),
    ),
    circuit: shown,
    folded: "text" in shown && "text" in fewest && shown.text !== fewest.text ? fewest.text : undefined,
    steps: "error" in stepped ? stepped : stepped.is,
    console: printed.lines,
    milliseconds: performance.now() - start,
  };
};

/** @param source the text of the program. */
export const evaluate = async (source: unknown): Promise<Outcome> => {
  const printed = listenToConsole();
  let loaded: LoadedProgram | undefined;
  try {
    loaded = await loadProgram(String(source));
    return { evaluation: look(loaded, printed) };
  } catch (error) {
    const message = messageOf(error);
    const line = loaded?.lineOf(error) ?? (error instanceof ProgramError ? error.line : undefined);
    const named = loaded === undefined ? message : loaded.named(message);
    return { refusal: { message: clipped(named, LONGEST_VALUE), line, console: printed.lines } };
  } finally {
    printed.stop();
  }
};
