import { isFloat, type NDArray, scalarArray } from "../array/index.ts";
import { ArgumentError, type ClosedJaxpr, DifferentiationError, describeAval } from "../core/index.ts";
import { resolveArgnums } from "../transforms/argnums.ts";
import { argumentNames } from "../transforms/argument-names.ts";
import { flattenArrays, requireSameStructure } from "../transforms/flatten-function.ts";
import { traceFunction } from "../transforms/make-jaxpr.ts";
import type { Argnums, InputsOf } from "../transforms/types.ts";
import { flattenWithPath, formatPath, type TreeDef, unflatten } from "../tree/index.ts";
import { buildGraph, type EndPoint, plainEnds, writtenOut } from "./build-graph.ts";
import { foldGraph } from "./fold-graph.ts";
import { observeGradients, observeValues } from "./observe.ts";
import type { ProgramGraph } from "./program-graph.ts";
import { requireConcrete } from "./require-concrete.ts";

/** Options of `graph`. */
export interface GraphOptions {
  /**
   * A graph of more gates than this is folded, by repetition and by function, until it has no more or nothing is left to
   * fold. Default 40; `Infinity` never folds.
   */
  readonly maxGates?: number;
}

/** Options of `circuit`. */
export interface CircuitOptions extends GraphOptions {
  /** The arguments that are parameters: gradients are taken by them. Default: all. */
  readonly argnums?: Argnums;
  /** Whether gradients are worked out; default true. Without them the function may return anything. */
  readonly gradients?: boolean;
  /** The gradient that arrives at the result, a tree like it; needed unless the result is one scalar, where it is 1. */
  readonly cotangent?: unknown;
}

const MAX_GATES = 40;

const checkMaxGates = (where: string, maxGates: number): void => {
  if (maxGates >= 1) return;
  throw new ArgumentError(`${where}: maxGates must be a number of at least 1; got ${maxGates}.`);
};

/** Names of arguments as the function itself calls them, and the place of each leaf in its argument. */
const inputEnds = (
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  parameters: ReadonlySet<number>,
): readonly EndPoint[] => {
  const names = argumentNames(f, args.length);
  return args.flatMap((arg, i): EndPoint[] => {
    const [leaves] = flattenWithPath(arg);
    return leaves.map(([path]) => {
      // A single object of parameters is known by what is in it.
      const label = formatPath(path, args.length === 1 && path.length > 0 ? "" : names[i]);
      return { label, kind: parameters.has(i) ? "parameter" : "data" };
    });
  });
};

const outputEnds = (outTree: TreeDef): readonly EndPoint[] => {
  const [leaves] = flattenWithPath(unflatten(outTree, new Array(outTree.numLeaves).fill(0)));
  return leaves.map(([path]) => ({
    label: leaves.length === 1 && path.length === 0 ? "output" : formatPath(path),
    kind: "output",
  }));
};

/** The gradients that arrive at the results. */
const seedsOf = (closed: ClosedJaxpr, outTree: TreeDef, cotangent: unknown): readonly (NDArray | null)[] => {
  const outputs = closed.outAvals;
  if (cotangent === undefined) {
    const [only] = outputs;
    if (outputs.length === 1 && only?.shape.length === 0 && isFloat(only.dtype))
      return [scalarArray(1, only.dtype)];
    throw new DifferentiationError(
      `circuit: gradients are those of one scalar float; the function returns ${outputs.map(describeAval).join(", ") || "nothing"}. ` +
        "Pass the gradient that arrives at the result as the option cotangent, or { gradients: false }.",
    );
  }
  const [leaves, tree] = flattenArrays(cotangent, "circuit, cotangent");
  requireSameStructure(outTree, tree, { where: "circuit", names: ["output", "cotangent"] });
  return outputs.map((expected, i) => {
    const leaf = leaves[i] as NDArray;
    if (!isFloat(expected.dtype)) return null;
    if (leaf.shape.join() !== expected.shape.join()) {
      throw new ArgumentError(
        `circuit: the cotangent of an output of ${describeAval(expected)} is ${describeAval(leaf)}; their shapes must be equal.`,
      );
    }
    return leaf.astype(expected.dtype);
  });
};

/**
 * The computational graph of `f` at the arguments: gates as nodes; on each edge the value that went forward along it, and
 * the gradient that comes back. A value that is used twice gets two gradients, one an edge, whose sum is its own. Calls of
 * compiled functions are written out; a function with a rule of its own is one gate; loops and branches are boxes.
 *
 * @param options `argnums`: which arguments are parameters; `cotangent` for a function whose result is no scalar.
 * @returns a function of the arguments that returns the graph as plain data, for `drawGraph` and `graphToDot`.
 * @throws DifferentiationError unless the result is one scalar float or `cotangent` says what arrives at it.
 * @example
 * const { nodes, edges } = circuit((w: NDArray, x: NDArray) => nn.sigmoid(w.mul(x)))(2, -1);
 * nodes.map(({ label }) => label); // ["w", "x", "×", "σ", "output"]
 * Number(edges[0]?.wires[0]?.gradient).toFixed(4); // "-0.1050"
 */
export const circuit =
  <A extends readonly unknown[], R>(
    f: (...args: A) => R,
    { argnums, gradients = true, cotangent, maxGates = MAX_GATES }: CircuitOptions = {},
  ) =>
  (...args: InputsOf<A>): ProgramGraph => {
    checkMaxGates("circuit", maxGates);
    const untyped = f as (...args: never[]) => unknown;
    const { closed: traced, inputs, outTree } = traceFunction(untyped, args, "circuit");
    const closed = writtenOut(traced);
    requireConcrete("circuit", [...inputs, ...closed.consts]);
    const all = args.map((_, i) => i);
    const chosen = new Set(argnums === undefined ? all : resolveArgnums(argnums, args.length, "circuit"));
    const ends = { inputs: inputEnds(untyped, args, chosen), outputs: outputEnds(outTree) };
    const isSeed = ends.inputs.map(({ kind }) => kind === "parameter");
    const observation = gradients
      ? observeGradients(closed, inputs, isSeed, seedsOf(closed, outTree, cotangent))
      : observeValues(closed, inputs);
    return foldGraph(buildGraph(closed, ends, observation), maxGates);
  };

/**
 * The graph of a program without values: `graph(makeJaxpr(f)(...args))`. Edges carry shapes and dtypes.
 *
 * @example
 * graph(makeJaxpr((x: NDArray) => np.sin(x).mul(2))(1)).nodes.map(({ label }) => label); // ["2", "in", "sin", "×", "out"]
 */
export const graph = (program: ClosedJaxpr, { maxGates = MAX_GATES }: GraphOptions = {}): ProgramGraph => {
  checkMaxGates("graph", maxGates);
  const closed = writtenOut(program);
  return foldGraph(buildGraph(closed, plainEnds(closed.jaxpr)), maxGates);
};
