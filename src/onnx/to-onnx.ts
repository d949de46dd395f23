import type { DType, Shape } from "../array/index.ts";
import { optimize } from "../compile/passes/optimize.ts";
import type { Aval } from "../core/index.ts";
import { argumentNames } from "../transforms/argument-names.ts";
import { type TracedFunction, traceFunction } from "../transforms/make-jaxpr.ts";
import type { InputsOf } from "../transforms/types.ts";
import { formatPath, leafPaths } from "../tree/index.ts";
import { emitJaxpr, requireType } from "./emit-jaxpr.ts";
import { encodeModel } from "./encode-model.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { FUNCTION_DOMAIN } from "./model.ts";

/** Versions of the format: the newest that onnxruntime 1.30 reads. */
const IR_VERSION = 13;
const OPSET = 26;

/** Options of `toOnnx`. */
export interface ToOnnxOptions {
  /** What the graph is called; default: the function's name. */
  readonly name?: string;
}

/** An input or output of a model. */
export interface OnnxValue {
  /** Where it stands in the arguments or in the result: `params.layers[0].w`, `out.loss`. */
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A function as a file, and what its inputs and outputs are called. */
export interface ExportedFunction {
  readonly bytes: Uint8Array;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly traced: TracedFunction;
}

/** Names that differ: where two would be alike, the later ones are numbered. */
const distinct = (names: readonly string[], taken: Set<string>): string[] =>
  names.map((name) => {
    let chosen = name;
    for (let n = 2; taken.has(chosen); n++) chosen = `${name}_${n}`;
    taken.add(chosen);
    return chosen;
  });

const described = (names: readonly string[], avals: readonly Aval[]): OnnxValue[] =>
  avals.map(({ shape, dtype }, i) => ({ name: names[i] as string, shape, dtype }));

/** `f` at the shapes and dtypes of `args`, as a file. */
export const exportFunction = (
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  { name = f.name === "" ? "f" : f.name }: ToOnnxOptions,
  where: string,
): ExportedFunction => {
  const traced = traceFunction(f, args, where);
  const { closed, inTree, outTree } = traced;
  const roots = argumentNames(f, args.length);
  const inputPaths = leafPaths(inTree).map(([root, ...path]) => formatPath(path, roots[root as number]));
  const taken = new Set<string>();
  const inputNames = distinct(inputPaths, taken);
  const outputNames = distinct(
    leafPaths(outTree).map((path) => formatPath(path, "out")),
    taken,
  );

  const graph = new GraphBuilder();
  graph.reserve([...inputNames, ...outputNames]);
  closed.inAvals.forEach(requireType);
  const inputs = closed.inAvals.map(({ dtype, shape }, i) =>
    graph.input({ type: dtype, shape }, inputNames[i]),
  );
  const outputs = emitJaxpr(graph, optimize(closed).closed, inputs);
  const file = graph.finish(name, outputs, outputNames);
  const standard = new Map([["", OPSET]]);
  const functions = graph.functionsOf(file).map((f) => ({ ...f, opsets: standard }));
  const bytes = encodeModel({
    irVersion: IR_VERSION,
    producerName: "cotangent",
    producerVersion: "",
    opsets: functions.length === 0 ? standard : new Map([...standard, [FUNCTION_DOMAIN, 1]]),
    graph: file,
    functions,
  });
  return {
    bytes,
    inputs: described(inputNames, closed.inAvals),
    outputs: described(outputNames, closed.outAvals),
    traced,
  };
};

/**
 * `f` at the shapes and dtypes of the arguments, as an ONNX file (opset 26): what `f` does to traced arguments, gradients,
 * optimizer steps, loops and branches included. Inputs and outputs are called by where they stand, `params.w`, `out.loss`;
 * arrays that `f` closes over are in the file. What ONNX Runtime computes on CPUs is what a file may ask for: types that
 * it has no kernels for are rewritten exactly where that can be done, and refused elsewhere.
 *
 * @throws CotangentError that names the primitive and its operands if something cannot be exported; DTypeError for bfloat16.
 * @example
 * const bytes = onnx.toOnnx((x: NDArray) => np.sin(x))(np.zeros([3]));
 * bytes.length; // 73
 */
export const toOnnx =
  <A extends readonly unknown[]>(f: (...args: A) => unknown, options: ToOnnxOptions = {}) =>
  (...args: InputsOf<A>): Uint8Array =>
    exportFunction(f as (...args: never[]) => unknown, args, options, "toOnnx").bytes;
