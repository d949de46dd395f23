import type { NDArray } from "../../src/array/index.ts";
import { ConcreteArray } from "../../src/array/index.ts";
import { bytesOfElements, tensorOf } from "../../src/onnx/elements.ts";
import { encodeModel } from "../../src/onnx/encode-model.ts";
import type {
  Attributes,
  AttributeValue,
  ElementType,
  FunctionProto,
  GraphProto,
  NodeProto,
  TensorProto,
} from "../../src/onnx/model.ts";

/*
 * Models written by hand, as other tools make them.
 */

type Plain = { readonly [name: string]: number | string | readonly number[] | AttributeValue };

/** Attributes: whole numbers are ints, other numbers floats. */
const attributesOf = (plain: Plain): Attributes =>
  Object.fromEntries(
    Object.entries(plain).map(([name, value]): [string, AttributeValue] => {
      if (typeof value === "number")
        return [name, Number.isInteger(value) ? { kind: "int", value } : { kind: "float", value }];
      if (typeof value === "string") return [name, { kind: "string", value }];
      return [name, "kind" in value ? value : { kind: "ints", value }];
    }),
  );

export const node = (
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Plain = {},
): NodeProto => ({
  opType,
  domain: "",
  overload: "",
  name: "",
  inputs,
  outputs,
  attributes: attributesOf(attributes),
});

/** A list of 64-bit integers. */
export const ints = (name: string, values: readonly number[], dims = [values.length]): TensorProto => ({
  name,
  type: "int64",
  dims,
  data: bytesOfElements(BigInt64Array.from(values, BigInt)),
});

export const tensor = (name: string, x: NDArray): TensorProto => {
  if (x instanceof ConcreteArray) return tensorOf(name, x);
  throw new TypeError("a tensor needs numbers");
};

/** A function of the domain "test". */
export const functionOf = (
  name: string,
  inputs: readonly string[],
  outputs: readonly string[],
  nodes: readonly NodeProto[],
  version = 21,
): FunctionProto => ({
  domain: "test",
  name,
  overload: "",
  inputs,
  outputs,
  attributes: [],
  nodes,
  opsets: new Map([["", version]]),
});

/** A call of a function of the domain "test". */
export const call = (name: string, inputs: readonly string[], outputs: readonly string[]): NodeProto => ({
  ...node(name, inputs, outputs),
  domain: "test",
});

export interface Described {
  readonly nodes: readonly NodeProto[];
  readonly constants?: readonly TensorProto[];
  readonly inputs: {
    readonly [name: string]: readonly [ElementType, readonly (number | string | undefined)[] | undefined];
  };
  readonly outputs: { readonly [name: string]: ElementType };
  readonly opset?: number;
  readonly functions?: readonly FunctionProto[];
}

export const graphOf = ({ nodes, constants = [], inputs, outputs }: Described): GraphProto => ({
  name: "g",
  nodes,
  initializers: constants,
  inputs: Object.entries(inputs).map(([name, [type, shape]]) => ({ name, type, shape })),
  outputs: Object.entries(outputs).map(([name, type]) => ({ name, type, shape: undefined })),
});

export const modelOf = (described: Described): Uint8Array =>
  encodeModel({
    irVersion: 10,
    producerName: "test",
    producerVersion: "",
    opsets: new Map([["", described.opset ?? 21]]),
    graph: graphOf(described),
    functions: described.functions ?? [],
  });
