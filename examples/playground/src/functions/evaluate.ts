/**
 * Runs a program and finds out all that the page shows of it. This happens in a worker.
 *
 * A program exports `f` (or a default), a function of arrays, and `args`, its arguments; `argnums` may say which of them
 * are parameters.
 */
import { grad, jacrev, jit, makeJaxpr, NDArray, numpy as np, tree } from "cotangent";
import { circuit, drawGraph } from "cotangent/inspect";
import { clipped, showAny, showArray, showType } from "../common/show.ts";
import { circuitSteps, edgeEnds } from "./circuit-steps.ts";
import type { Evaluation, InputRow, Outcome, Section, SteppedCircuit } from "./evaluation.ts";
import { gateDerivatives } from "./gate-derivatives.ts";
import { type LoadedProgram, loadProgram } from "./load-program.ts";
import { ProgramError } from "./program-error.ts";

type Loose = (...args: readonly unknown[]) => unknown;

/** A circuit of more gates is not stepped through. */
const MOST_GATES = 120;
/** Of a function with more results than this, the Jacobian is not shown. */
const MOST_RESULTS = 32;
const MOST_LINES = 200;

interface Program {
  readonly f: Loose;
  readonly args: readonly unknown[];
  readonly argnums: readonly number[];
}

const isNumeric = (x: unknown): boolean =>
  typeof x === "number" || typeof x === "boolean" || x instanceof NDArray;

const isFloatLeaf = (x: unknown): boolean =>
  typeof x === "number" || (x instanceof NDArray && (x.dtype.startsWith("float") || x.dtype === "bfloat16"));

const programOf = ({ exports }: LoadedProgram): Program => {
  const { f = exports["default"], args = [], argnums } = exports;
  if (typeof f !== "function") {
    throw new ProgramError('Export the function to look at as "f": export const f = (x) => …');
  }
  if (!Array.isArray(args)) {
    throw new ProgramError(
      "Export the arguments of f as an array: export const args = [2, np.array([1, 2])]",
    );
  }
  if (f.length > args.length) {
    throw new ProgramError(
      `f takes ${f.length} arguments, but args has ${args.length}: export const args = […]`,
    );
  }
  const strange = tree.leaves(args).find((leaf) => !isNumeric(leaf));
  if (strange !== undefined) {
    throw new ProgramError(
      `args must hold numbers and arrays, alone or in objects and lists; there is ${showAny(strange)}.`,
    );
  }
  const all = args.flatMap((arg: unknown, i) => {
    const leaves = tree.leaves(arg);
    return leaves.length > 0 && leaves.every(isFloatLeaf) ? [i] : [];
  });
  const chosen = argnums === undefined ? all : Array.isArray(argnums) ? argnums : [argnums];
  if (!chosen.every((i) => Number.isInteger(i) && i >= 0 && i < args.length)) {
    throw new ProgramError(
      `argnums must be places in args, from 0 to ${args.length - 1}; got ${showAny(argnums)}.`,
    );
  }
  return { f: f as Loose, args, argnums: chosen };
};

const messageOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : `Thrown: ${showAny(error)}`;

const leafText = (x: unknown): string => showArray(np.array(x as number));
const leafType = (x: unknown): string =>
  x instanceof NDArray ? showType(x) : typeof x === "boolean" ? "bool[]" : "number";

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

/** Gradients by each leaf of the parameters, or the Jacobian by it if the result is a few numbers. */
const gradientLeaves = ({ f, args, argnums }: Program, value: unknown): readonly unknown[] => {
  const isScalar = value instanceof NDArray && value.ndim === 0;
  if (!isScalar && value instanceof NDArray && value.size <= MOST_RESULTS) {
    return tree.leaves(jacrev(f as never, { argnums: [...argnums] } as never)(...(args as never[])));
  }
  return tree.leaves(grad(f as never, { argnums: [...argnums] } as never)(...(args as never[])));
};

/** What a program prints. */
interface Console {
  readonly lines: readonly string[];
  /** Hear nothing more. */
  readonly mute: () => void;
  /** Give the worker its own console back. */
  readonly stop: () => void;
}

const listenToConsole = (): Console => {
  const lines: string[] = [];
  let isMuted = false;
  const kept = {
    log: console.log,
    info: console.info,
    warn: console.warn,
    error: console.error,
    debug: console.debug,
  };
  const hear = (...parts: readonly unknown[]): void => {
    if (isMuted) return;
    if (lines.length < MOST_LINES) lines.push(clipped(parts.map(showAny).join(" "), 2000));
    else if (lines.length === MOST_LINES) lines.push("… and more");
  };
  Object.assign(console, { log: hear, info: hear, warn: hear, error: hear, debug: hear });
  return {
    lines,
    mute: () => {
      isMuted = true;
    },
    stop: () => {
      Object.assign(console, kept);
    },
  };
};

const look = (loaded: LoadedProgram, printed: Console): Evaluation => {
  const start = performance.now();
  const program = programOf(loaded);
  const { f, args, argnums } = program;
  const section = (make: () => string, most?: number): Section => {
    try {
      return { text: clipped(loaded.named(make()), most) };
    } catch (error) {
      return { error: loaded.named(messageOf(error)) };
    }
  };

  const returned = f(...args.map((x) => tree.map((leaf: unknown) => np.array(leaf as number), x as never)));
  const value = tree.map((leaf: unknown) => {
    if (!isNumeric(leaf))
      throw new ProgramError(`f must return numbers and arrays; it returns ${showAny(leaf)}.`);
    return np.array(leaf as number);
  }, returned as never) as unknown;
  const results = tree.leaves(value);
  // To derive and to draw it, f is traced again, which would print again.
  printed.mute();
  if (results.length === 0) throw new ProgramError("f returns nothing: does it end with return?");
  const isScalar = value instanceof NDArray && value.ndim === 0;

  let gradients: readonly unknown[] = [];
  let gradientError: string | undefined;
  try {
    if (argnums.length > 0) gradients = gradientLeaves(program, value);
  } catch (error) {
    gradientError = loaded.named(messageOf(error));
  }

  const withGradients = isScalar && gradientError === undefined && argnums.length > 0;
  const options = { argnums: withGradients ? [...argnums] : [], gradients: withGradients };
  const graphOf = (maxGates: number) => circuit(f as never, { ...options, maxGates })(...(args as never[]));

  const svg = section(() => drawGraph(graphOf(40), { theme: "light" }), Number.POSITIVE_INFINITY);
  const fewest = section(() => drawGraph(graphOf(1), { theme: "light" }), Number.POSITIVE_INFINITY);
  let steps: SteppedCircuit | { readonly error: string };
  let names: readonly string[] = [];
  try {
    const whole = graphOf(Number.POSITIVE_INFINITY);
    names = whole.nodes
      .filter(({ kind }) => kind === "parameter" || kind === "data")
      .map(({ label }) => label);
    const gates = whole.nodes.filter(({ kind }) => kind === "gate").length;
    if (gates > MOST_GATES)
      throw new ProgramError(`The circuit has ${gates} gates, too many to step through.`);
    steps = {
      svg: loaded.named(drawGraph(whole, { theme: "light", ids: true })),
      steps: circuitSteps(whole, gateDerivatives(f, args)),
      ...edgeEnds(whole),
    };
  } catch (error) {
    steps = { error: error instanceof ProgramError ? error.message : loaded.named(messageOf(error)) };
  }

  let next = 0;
  const inputs = args.flatMap((arg, i): InputRow[] => {
    const [leaves] = tree.flattenWithPath(arg);
    return leaves.map(([path, leaf]): InputRow => {
      const by = argnums.includes(i) && gradientError === undefined ? gradients[next++] : undefined;
      return {
        name: `args${tree.formatPath([i, ...path])}`,
        type: leafType(leaf),
        value: clipped(leafText(leaf), 2000),
        gradient: by === undefined ? undefined : clipped(leafText(by), 2000),
      };
    });
  });

  const derivative = (): Loose => (grad as Loose)(f, { argnums: [...argnums] }) as Loose;
  return {
    value: clipped(treeText(value), 4000),
    valueType: treeType(value),
    inputs: inputs.map((row, i) => ({ ...row, name: names[i] ?? row.name })),
    isJacobian: !isScalar && gradients.length > 0,
    gradientError,
    jaxpr: section(() => String(makeJaxpr(f as never)(...(args as never[])))),
    derivative: section(() => String(makeJaxpr(derivative() as never)(...(args as never[])))),
    kernels: section(() =>
      jit(f as never)
        .lower(...(args as never[]))
        .text(),
    ),
    circuit: svg,
    folded: "text" in svg && "text" in fewest && svg.text !== fewest.text ? fewest.text : undefined,
    steps,
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
    const message = error instanceof ProgramError ? error.message : messageOf(error);
    const line = loaded?.lineOf(error) ?? (error instanceof ProgramError ? error.line : undefined);
    return {
      refusal: { message: clipped(loaded?.named(message) ?? message, 4000), line, console: printed.lines },
    };
  } finally {
    printed.stop();
  }
};
