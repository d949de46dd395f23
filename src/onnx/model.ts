import type { DType } from "../array/index.ts";

/*
 * The messages of an ONNX file, as far as programs on dense tensors need them: a model has a graph, a graph has nodes.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */

/** The number of an element type in a file. */
export const ELEMENT = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;

/** An element type by name: ours, and those that ONNX has besides. */
export type ElementType = keyof typeof ELEMENT;

const NAMES: ReadonlyMap<number, ElementType> = new Map(
  Object.entries(ELEMENT).map(([name, number]) => [number, name as ElementType]),
);

/** The element type of a number, if it is one that we know. */
export const elementTypeOf = (number: number): ElementType | undefined => NAMES.get(number);

const BYTES: { readonly [T in ElementType]: number } = {
  float32: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  string: 0,
  bool: 1,
  float16: 2,
  float64: 8,
  uint32: 4,
  uint64: 8,
  bfloat16: 2,
};

/** How many bytes an element takes; 0 for strings, which have no fixed length. */
export const bytesOf = (type: ElementType): number => BYTES[type];

/** Whether arrays of ours can have these elements. */
export const isDType = (type: ElementType): type is DType =>
  type !== "int64" && type !== "uint64" && type !== "string";

/** A constant array. */
export interface TensorProto {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** The elements, row by row, least byte first. */
  readonly data: Uint8Array;
}

/** What an attribute of a node holds. */
export type AttributeValue =
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "tensor"; readonly value: TensorProto }
  | { readonly kind: "graph"; readonly value: GraphProto }
  | { readonly kind: "floats"; readonly value: readonly number[] }
  | { readonly kind: "ints"; readonly value: readonly number[] }
  | { readonly kind: "strings"; readonly value: readonly string[] };

/** Attributes by name. */
export type Attributes = { readonly [name: string]: AttributeValue };

/** One operation: names of values in, names of values out; an empty name is one that is not given or not wanted. */
export interface NodeProto {
  readonly opType: string;
  readonly domain: string;
  /** Which of several functions of one name is called; empty for operators. */
  readonly overload: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /** Said of a node that was read, never by a file: its indices are these, moved to where they lie between 0 and `last`. */
  readonly clamped?: { readonly name: string; readonly last: number };
}

/** The name, element type and shape of a value; a dimension that is not known is `undefined`, or has a name. */
export interface ValueInfo {
  readonly name: string;
  readonly type: ElementType;
  /** `undefined` if the file does not say. */
  readonly shape: readonly (number | string | undefined)[] | undefined;
}

/** Nodes in an order in which each comes behind those that it needs. */
export interface GraphProto {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/** The domain of the functions that the export writes. */
export const FUNCTION_DOMAIN = "cotangent";

/** An operator that a file defines itself, by nodes. */
export interface FunctionProto {
  readonly domain: string;
  readonly name: string;
  /** Tells functions of one name apart, as those of other types. */
  readonly overload: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Names of the attributes that it takes. */
  readonly attributes: readonly string[];
  readonly nodes: readonly NodeProto[];
  /** Versions of sets of operators, by domain. */
  readonly opsets: ReadonlyMap<string, number>;
}

/** A whole file. */
export interface ModelProto {
  readonly irVersion: number;
  readonly producerName: string;
  readonly producerVersion: string;
  /** Versions of sets of operators, by domain; the standard one has the empty name. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: GraphProto;
  readonly functions: readonly FunctionProto[];
}
