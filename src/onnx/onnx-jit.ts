import {
  ConcreteArray,
  type DType,
  denseData,
  sizeOf,
  type TypedArray,
  withWeakType,
} from "../array/index.ts";
import { type Aval, CotangentError, DTypeError, describeAval, ShapeError, sameAval } from "../core/index.ts";
import { flattenArrays, requireSameStructure } from "../transforms/flatten-function.ts";
import type { InputsOf } from "../transforms/types.ts";
import { type Arrays, unflatten } from "../tree/index.ts";
import { requireConcreteArgument } from "./concrete.ts";
import {
  loadRuntime,
  type OnnxRuntime,
  type OnnxSession,
  type OnnxTensor,
  type RuntimeName,
} from "./runtime.ts";
import { exportFunction, type ToOnnxOptions } from "./to-onnx.ts";

/** Options of `onnxJit`. */
export interface OnnxJitOptions extends ToOnnxOptions {
  /**
   * What runs the model: the name of a package, or a module that is loaded already, as bundlers want it. Default:
   * "onnxruntime-node".
   */
  readonly runtime?: RuntimeName | OnnxRuntime;
  /** Threads for one operation; default: what the runtime takes, as many as there are cores. */
  readonly intraOpNumThreads?: number;
  /**
   * Further options of the session, by the runtime's own names. Only errors are logged unless `logSeverityLevel` says
   * otherwise: of loops and branches the runtime says much that is of no use.
   */
  readonly session?: { readonly [name: string]: unknown };
}

/** A function that ONNX Runtime runs. */
export interface OnnxFunction<A extends readonly unknown[], R> {
  (...args: InputsOf<A>): Promise<Arrays<R>>;
  /** The model, as `toOnnx` gives it. */
  readonly bytes: Uint8Array;
  /** Gives the memory of the session back; the function is of no use then. */
  release(): Promise<void>;
}

/** The level at which the runtime logs errors and no warnings. */
const LOG_ERRORS = 3;

const TENSOR_TYPES: { readonly [D in DType]: string } = {
  float32: "float32",
  float64: "float64",
  int32: "int32",
  uint32: "uint32",
  bool: "bool",
  int8: "int8",
  uint8: "uint8",
  int16: "int16",
  uint16: "uint16",
  float16: "float16",
  bfloat16: "bfloat16",
};

/** A tensor of the runtime; it reads the array's elements where they are. */
export const tensorFor = ({ Tensor }: OnnxRuntime, x: ConcreteArray): OnnxTensor => {
  const Made = Tensor as new (type: string, data: TypedArray, dims: readonly number[]) => OnnxTensor;
  return new Made(TENSOR_TYPES[x.dtype], denseData(x), x.shape);
};

/** The array that a tensor of the runtime holds. */
export const arrayFor = (tensor: OnnxTensor | undefined, a: Aval, name: string): ConcreteArray => {
  const { data } = tensor ?? {};
  if (!ArrayBuffer.isView(data) || data instanceof DataView)
    throw new CotangentError(`onnxJit: the runtime gave no elements for the output "${name}".`);
  // 16-bit floats come as such, or as their bits.
  const elements =
    a.dtype === "float16"
      ? new Uint16Array(data.buffer, data.byteOffset, sizeOf(a.shape))
      : (data as TypedArray);
  return withWeakType(new ConcreteArray(elements, a.shape, a.dtype), a.weakType);
};

/**
 * `f`, run by ONNX Runtime at the shapes and dtypes of the example arguments: an asynchronous function with the same tree
 * in and out. It is traced once; arguments of other shapes or dtypes are refused.
 *
 * @throws CotangentError if the runtime's package is missing, or as `toOnnx` does. The function's promise is rejected with
 * a TreeError, ShapeError or DTypeError for arguments unlike the example.
 * @example
 * const square = await onnx.onnxJit((x: NDArray) => x.mul(x))(np.zeros([2]));
 * await square(np.array([2, 3])); // [4, 9]
 * await square.release();
 */
export const onnxJit =
  <A extends readonly unknown[], R>(f: (...args: A) => R, options: OnnxJitOptions = {}) =>
  async (...exampleArgs: InputsOf<A>): Promise<OnnxFunction<A, R>> => {
    const { runtime: chosen = "onnxruntime-node", intraOpNumThreads, session: others } = options;
    const plain = f as (...args: never[]) => unknown;
    const { bytes, inputs, outputs, traced } = exportFunction(plain, exampleArgs, options, "onnxJit");
    const runtime = typeof chosen === "string" ? await loadRuntime(chosen, "onnxJit") : chosen;
    const session = (await runtime.InferenceSession.create(bytes, {
      logSeverityLevel: LOG_ERRORS,
      ...(intraOpNumThreads !== undefined && { intraOpNumThreads }),
      ...others,
    })) as OnnxSession;
    const { inTree, outTree, closed } = traced;

    const call = async (...args: readonly unknown[]): Promise<unknown> => {
      const [arrays, treedef] = flattenArrays(args, "onnxJit, arguments");
      requireSameStructure(treedef, inTree, { where: "onnxJit", names: ["the arguments", "the example"] });
      const feeds: Record<string, OnnxTensor> = {};
      arrays.forEach((x, i) => {
        const { name } = inputs[i] as { readonly name: string };
        const expected = closed.inAvals[i] as Aval;
        requireLike(name, x, expected);
        feeds[name] = tensorFor(runtime, requireConcreteArgument(x, name));
      });
      const results = await session.run(feeds);
      return unflatten(
        outTree,
        outputs.map(({ name }, i) => arrayFor(results[name], closed.outAvals[i] as Aval, name)),
      );
    };
    const release = (): Promise<void> => session.release();
    return Object.assign(call, { bytes, release }) as unknown as OnnxFunction<A, R>;
  };

const requireLike = (name: string, x: Aval, expected: Aval): void => {
  if (sameAval(x, expected)) return;
  const message =
    `onnxJit: the argument "${name}" is ${describeAval(x)}, but the example was ${describeAval(expected)}. A model has ` +
    "fixed shapes and dtypes: convert the argument, or export for these too.";
  throw x.dtype === expected.dtype ? new ShapeError(message) : new DTypeError(message);
};
