import { asArray, formatShape, isFloat, type NDArray, sameShape } from "../array/index.ts";
import {
  ArgumentError,
  type Aval,
  aval,
  DTypeError,
  describeAval,
  ShapeError,
  traceToJaxpr,
} from "../core/index.ts";
import { decodeModel, shown } from "./decode-model.ts";
import { arrayOfTensor } from "./elements.ts";
import { withoutIdioms } from "./import/idioms.ts";
import { Library } from "./import/library.ts";
import { runGraph, Scope } from "./import/run-graph.ts";
import { arrayOf, checkSize, dtypeFor, type ImportedValue, valueOfTensor } from "./import/value.ts";
import { type GraphProto, isDType, type TensorProto, type ValueInfo } from "./model.ts";
import { OnnxError } from "./onnx-error.ts";

/** An input or output of a model that was read. */
export interface ModelValue {
  readonly name: string;
  /** Lengths; a name or `null` for those that the model leaves open. */
  readonly shape: readonly (number | string | null)[] | null;
  /** What it is as an array: int32 for 64-bit integers. */
  readonly dtype: NDArray["dtype"];
}

/** Arrays by name. */
export type ModelParams = { readonly [name: string]: NDArray };

/** A model as a function. */
export interface OnnxModel {
  /** The constants of floats that have axes: what can be trained. Scalars and integers are part of the function. */
  readonly params: ModelParams;
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelValue[];
  /** The outputs, in the order of `outputs`. It can be traced, so `grad`, `vmap` and `jit` apply. */
  apply(params: ModelParams, ...inputs: readonly (NDArray | number | boolean)[]): NDArray[];
}

const isParameter = (tensor: TensorProto): boolean =>
  isDType(tensor.type) && isFloat(tensor.type) && tensor.dims.length > 0;

const parameterOf = (tensor: TensorProto): readonly (readonly [string, NDArray])[] =>
  isParameter(tensor) && isDType(tensor.type)
    ? [[tensor.name, arrayOfTensor({ ...tensor, type: tensor.type })]]
    : [];

const described = ({ name, type, shape }: ValueInfo): ModelValue => ({
  name,
  shape: shape === undefined ? null : shape.map((dim) => dim ?? null),
  dtype: dtypeFor(type, name),
});

/** Throws unless an argument has the dtype of an input, and its lengths; those with one name must be one. */
const checkInput = (x: NDArray, { name, shape, dtype }: ModelValue, named: Map<string, number>): void => {
  const got = describeAval(x);
  if (x.dtype !== dtype)
    throw new DTypeError(
      `fromOnnx: the input "${shown(name)}" is ${dtype}; got ${got}. Convert with astype.`,
    );
  if (shape === null) return;
  const fits =
    x.ndim === shape.length &&
    shape.every((dim, axis) => {
      const length = x.shape[axis] as number;
      if (typeof dim !== "string") return dim === null || dim === length;
      const known = named.get(dim) ?? length;
      named.set(dim, known);
      return known === length;
    });
  if (!fits) {
    const expected = `[${shape.map((dim) => dim ?? "?").join(", ")}]`;
    throw new ShapeError(`fromOnnx: the input "${shown(name)}" has shape ${expected}; got ${got}.`);
  }
};

class ImportedModel {
  readonly params: ModelParams;
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelValue[];
  readonly #graph: GraphProto;
  readonly #constants: readonly TensorProto[];
  readonly #library: Library;
  /** Shapes of arguments at which the graph has been traced without being refused. */
  readonly #checked = new Set<string>();

  constructor(graph: GraphProto, library: Library) {
    for (const { dims } of graph.initializers) checkSize(dims);
    this.params = Object.fromEntries(graph.initializers.flatMap(parameterOf));
    const given = new Set<string>();
    for (const { name } of graph.initializers) {
      if (given.has(name))
        throw new OnnxError("bad-graph", `the initializer "${shown(name)}" is given twice.`);
      given.add(name);
    }
    // Inputs that have a value are constants with an old name.
    const inputs = graph.inputs.filter(({ name }) => !given.has(name));
    this.#constants = graph.initializers.filter((tensor) => !isParameter(tensor));
    this.#library = library;
    this.inputs = inputs.map(described);
    this.outputs = graph.outputs.map(described);
    library.check({ ...graph, inputs });
    this.#graph = { ...withoutIdioms({ ...graph, inputs }), initializers: [] };
    const avals = this.inputs.map(
      ({ shape, dtype }) => shape?.every((dim) => typeof dim === "number") && aval(shape as number[], dtype),
    );
    // A model that leaves lengths open is traced when these are known.
    if (avals.every((a) => typeof a === "object")) this.#check(Object.values(this.params), avals as Aval[]);
  }

  apply(params: ModelParams, ...given: readonly (NDArray | number | boolean)[]): NDArray[] {
    if (given.length !== this.inputs.length) {
      const names = this.inputs.map(({ name }) => shown(name)).join(", ");
      throw new ArgumentError(
        `fromOnnx: the model takes ${this.inputs.length} inputs (${names}); got ${given.length}.`,
      );
    }
    const named = new Map<string, number>();
    const inputs = given.map((x, i) => {
      const array = asArray(x, "fromOnnx");
      checkInput(array, this.inputs[i] as ModelValue, named);
      return array;
    });
    const arrays = this.#paramsOf(params);
    this.#check(arrays, inputs);
    return this.#run(arrays, inputs, false);
  }

  /** The arrays of parameters, in our order. */
  #paramsOf(params: ModelParams): NDArray[] {
    const expected = Object.entries(this.params);
    const extra = Object.keys(params).find((name) => !Object.hasOwn(this.params, name));
    if (extra !== undefined)
      throw new ArgumentError(`fromOnnx: the model has no parameter "${shown(extra)}".`);
    return expected.map(([name, original]) => {
      const given = params[name];
      if (given === undefined)
        throw new ArgumentError(`fromOnnx: the parameter "${shown(name)}" is missing.`);
      const x = asArray(given, "fromOnnx");
      if (x.dtype === original.dtype && sameShape(x.shape, original.shape)) return x;
      throw new ShapeError(
        `fromOnnx: the parameter "${shown(name)}" is ${original.dtype}${formatShape(original.shape)}; got ${describeAval(x)}.`,
      );
    });
  }

  /** Traces the graph, which makes no arrays: what it cannot do, and asks too much for, is refused before it runs. */
  #check(params: readonly Aval[], inputs: readonly Aval[]): void {
    const key = inputs.map(({ shape }) => shape.join(",")).join(";");
    if (this.#checked.has(key)) return;
    const all = [...params, ...inputs].map(({ shape, dtype }) => aval(shape, dtype));
    traceToJaxpr(
      (...arrays) => this.#run(arrays.slice(0, params.length), arrays.slice(params.length), true),
      all,
      "fromOnnx",
    );
    this.#checked.add(key);
  }

  #run(params: readonly NDArray[], inputs: readonly NDArray[], isCheck: boolean): NDArray[] {
    const scope = new Scope();
    Object.keys(this.params).forEach((name, i) => void scope.set(name, params[i] as NDArray));
    for (const tensor of this.#constants) scope.set(tensor.name, valueOfTensor(tensor));
    const meaning = { library: this.#library, version: this.#library.version, isCheck };
    const outputs = runGraph(this.#graph, inputs as readonly ImportedValue[], meaning, scope);
    return outputs.map((value, i) => {
      const x = arrayOf(value);
      const { dtype, name } = this.outputs[i] as ModelValue;
      if (x.dtype !== dtype)
        throw new OnnxError(
          "bad-graph",
          `the output "${shown(name)}" is said to be ${dtype}, but is ${x.dtype}.`,
        );
      return x;
    });
  }
}

/**
 * An ONNX model as a differentiable function: `apply(params, ...inputs)` gives its outputs, and `params` are its weights, to
 * be trained further. 64-bit integers are int32 arrays; what the model does with shapes is worked out while tracing. Files
 * may come from anywhere: what is malformed, or asks for more than 2^28 elements at once, is refused.
 *
 * @throws OnnxError, whose `reason` says what kind of mistake it is, for bytes that are no model, unknown operators,
 * external data and the like.
 * @example
 * const bytes = onnx.toOnnx((x: NDArray) => x.mul(np.array([2, 3])))(np.zeros([2]));
 * const { params, apply } = onnx.fromOnnx(bytes);
 * apply(params, np.array([10, 10])); // [[20, 30]]
 * grad((p: typeof params) => np.sum(apply(p, np.array([10, 10]))[0]!))(params); // { c0: [10, 10] }
 */
export const fromOnnx = (bytes: Uint8Array): OnnxModel => {
  const file = decodeModel(bytes);
  const model = new ImportedModel(file.graph, new Library(file));
  return {
    params: model.params,
    inputs: model.inputs,
    outputs: model.outputs,
    apply: (params, ...inputs) => model.apply(params, ...inputs),
  };
};
