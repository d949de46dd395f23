import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { ArgumentError } from "../core/index.ts";
import { bytesOfElements, elementsFrom } from "./elements.ts";
import {
  type AttributeValue,
  bytesOf,
  type ElementType,
  elementTypeOf,
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfo,
} from "./model.ts";
import { OnnxError } from "./onnx-error.ts";

/*
 * Files come from anywhere. Whatever is read is checked here: lengths against the bytes there are, numbers of elements
 * against shapes, depths and counts against limits.
 */

/** How deep graphs stand in one another: loops and branches. */
const MAX_DEPTH = 24;
/** How many nodes a model has, those of inner graphs and of functions included. */
export const MAX_NODES = 200_000;
/** The longest an axis may be. */
const MAX_LENGTH = 2 ** 31 - 1;

/** One field of a message: reads its value. */
type Field = (wire: WireType) => void;

class ModelReader {
  readonly #reader: BinaryReader;
  #nodes = 0;

  constructor(bytes: Uint8Array) {
    this.#reader = new BinaryReader(bytes);
  }

  /**
   * Reads fields up to `end`. A field that is not among them is of no weight for results (documentation, metadata, hints of
   * placement and quantization, training) or of a later version, and is passed over, as protobuf asks of its readers. What
   * would change results is among them, and refused where it is not read.
   */
  #message(end: number, fields: { readonly [number: number]: Field }): void {
    const reader = this.#reader;
    while (reader.pos < end) {
      const [number, wire] = reader.tag();
      const field = fields[number];
      if (field === undefined) reader.skip(wire, number);
      else field(wire);
      if (reader.pos > end)
        throw new OnnxError("malformed", "a field is longer than the message that it is in.");
    }
  }

  #end(wire: WireType): number {
    require(wire, WireType.LengthDelimited);
    const length = this.#reader.uint32();
    const end = this.#reader.pos + length;
    if (end > this.#reader.len) throw new OnnxError("malformed", "the file ends in the midst of a message.");
    return end;
  }

  #text(wire: WireType): string {
    require(wire, WireType.LengthDelimited);
    return this.#reader.string();
  }

  /** A whole number that JavaScript holds exactly. */
  #integer(wire: WireType): number {
    require(wire, WireType.Varint);
    const value = Number(this.#reader.int64());
    // The ends of the 64 bits say "to the end" where slices are meant.
    if (Math.abs(value) >= 2 ** 63 - 1024) return Math.sign(value) * Number.MAX_SAFE_INTEGER;
    if (Number.isSafeInteger(value)) return value;
    throw new OnnxError("too-large", `the whole number ${value} is larger than what is read.`);
  }

  /** Repeated numbers, packed or one by one. */
  #repeated<T>(into: T[], single: WireType, read: () => T): Field {
    return (wire) => {
      if (wire === single) {
        into.push(read());
        return;
      }
      const end = this.#end(wire);
      while (this.#reader.pos < end) into.push(read());
    };
  }

  model(): ModelProto {
    const reader = this.#reader;
    const opsets = new Map<string, number>();
    let [irVersion, producerName, producerVersion] = [0, "", ""];
    let graph: GraphProto | undefined;
    const functions: FunctionProto[] = [];
    this.#message(reader.len, {
      1: (wire) => {
        irVersion = this.#integer(wire);
      },
      2: (wire) => {
        producerName = this.#text(wire);
      },
      3: (wire) => {
        producerVersion = this.#text(wire);
      },
      7: (wire) => {
        graph = this.#graph(this.#end(wire), 0);
      },
      8: (wire) => this.#opset(wire, opsets),
      25: (wire) => void functions.push(this.#function(this.#end(wire))),
    });
    if (graph === undefined) throw new OnnxError("malformed", "the file has no graph, so it is no model.");
    return { irVersion, producerName, producerVersion, opsets, graph, functions };
  }

  /** The version of one set of operators. */
  #opset(wire: WireType, opsets: Map<string, number>): void {
    let [domain, version] = ["", 0];
    this.#message(this.#end(wire), {
      1: (w) => {
        domain = this.#text(w);
      },
      2: (w) => {
        version = this.#integer(w);
      },
    });
    opsets.set(standardName(domain), version);
  }

  #function(end: number): FunctionProto {
    const inputs: string[] = [];
    const outputs: string[] = [];
    const attributes: string[] = [];
    const nodes: NodeProto[] = [];
    const opsets = new Map<string, number>();
    let [domain, name, overload] = ["", "", ""];
    this.#message(end, {
      1: (wire) => {
        name = this.#text(wire);
      },
      4: (wire) => void inputs.push(this.#text(wire)),
      5: (wire) => void outputs.push(this.#text(wire)),
      6: (wire) => void attributes.push(this.#text(wire)),
      7: (wire) => void nodes.push(this.#node(this.#end(wire), 0)),
      9: (wire) => this.#opset(wire, opsets),
      10: (wire) => {
        domain = this.#text(wire);
      },
      11: () => {
        throw new OnnxError("unsupported", "functions whose attributes have defaults are not read.");
      },
      13: (wire) => {
        overload = this.#text(wire);
      },
    });
    return { domain: standardName(domain), name, overload, inputs, outputs, attributes, nodes, opsets };
  }

  #graph(end: number, depth: number): GraphProto {
    if (depth > MAX_DEPTH)
      throw new OnnxError("too-large", `graphs stand in one another more than ${MAX_DEPTH} deep.`);
    const nodes: NodeProto[] = [];
    const initializers: TensorProto[] = [];
    const inputs: ValueInfo[] = [];
    const outputs: ValueInfo[] = [];
    let name = "";
    this.#message(end, {
      1: (wire) => void nodes.push(this.#node(this.#end(wire), depth)),
      2: (wire) => {
        name = this.#text(wire);
      },
      5: (wire) => void initializers.push(this.#tensor(this.#end(wire))),
      11: (wire) => void inputs.push(this.#value(this.#end(wire))),
      12: (wire) => void outputs.push(this.#value(this.#end(wire))),
      15: () => {
        throw new OnnxError("unsupported", "sparse initializers are not read; store them as dense ones.");
      },
    });
    return { name, nodes, initializers, inputs, outputs };
  }

  #node(end: number, depth: number): NodeProto {
    if (++this.#nodes > MAX_NODES)
      throw new OnnxError("too-large", `the model has more than ${MAX_NODES} nodes.`);
    const inputs: string[] = [];
    const outputs: string[] = [];
    const attributes: [string, AttributeValue][] = [];
    let [name, opType, domain, overload] = ["", "", "", ""];
    this.#message(end, {
      1: (wire) => void inputs.push(this.#text(wire)),
      2: (wire) => void outputs.push(this.#text(wire)),
      3: (wire) => {
        name = this.#text(wire);
      },
      4: (wire) => {
        opType = this.#text(wire);
      },
      5: (wire) => void attributes.push(this.#attribute(this.#end(wire), depth)),
      7: (wire) => {
        domain = this.#text(wire);
      },
      8: (wire) => {
        overload = this.#text(wire);
      },
    });
    return {
      opType,
      domain: standardName(domain),
      overload,
      name,
      inputs,
      outputs,
      // Without a prototype, so that no name means something already.
      attributes: Object.assign(Object.create(null), Object.fromEntries(attributes)),
    };
  }

  #attribute(end: number, depth: number): [string, AttributeValue] {
    const reader = this.#reader;
    const floats: number[] = [];
    const ints: number[] = [];
    const strings: string[] = [];
    let [name, type] = ["", 0];
    let [f, i, s] = [0, 0, ""];
    let tensor: TensorProto | undefined;
    let graph: GraphProto | undefined;
    this.#message(end, {
      1: (wire) => {
        name = this.#text(wire);
      },
      2: (wire) => {
        require(wire, WireType.Bit32);
        f = reader.float();
      },
      3: (wire) => {
        i = this.#integer(wire);
      },
      4: (wire) => {
        s = this.#text(wire);
      },
      5: (wire) => {
        tensor = this.#tensor(this.#end(wire));
      },
      6: (wire) => {
        graph = this.#graph(this.#end(wire), depth + 1);
      },
      7: this.#repeated(floats, WireType.Bit32, () => reader.float()),
      8: this.#repeated(ints, WireType.Varint, () => this.#integer(WireType.Varint)),
      9: (wire) => void strings.push(this.#text(wire)),
      20: (wire) => {
        type = this.#integer(wire);
      },
      21: () => {
        throw new OnnxError("unsupported", "attributes that refer to those of a function are not read.");
      },
    });
    switch (type) {
      case 1:
        return [name, { kind: "float", value: f }];
      case 2:
        return [name, { kind: "int", value: i }];
      case 3:
        return [name, { kind: "string", value: s }];
      case 4:
        if (tensor !== undefined) return [name, { kind: "tensor", value: tensor }];
        break;
      case 5:
        if (graph !== undefined) return [name, { kind: "graph", value: graph }];
        break;
      case 6:
        return [name, { kind: "floats", value: floats }];
      case 7:
        return [name, { kind: "ints", value: ints }];
      case 8:
        return [name, { kind: "strings", value: strings }];
    }
    throw new OnnxError(
      "bad-attribute",
      `the attribute "${shown(name)}" has a kind, ${type}, that is not read.`,
    );
  }

  #value(end: number): ValueInfo {
    let name = "";
    let type: ElementType | undefined;
    let shape: (number | string | undefined)[] | undefined;
    this.#message(end, {
      1: (wire) => {
        name = this.#text(wire);
      },
      2: (wire) =>
        this.#message(this.#end(wire), {
          1: (tensorWire) =>
            this.#message(this.#end(tensorWire), {
              1: (w) => {
                type = knownType(this.#integer(w), name);
              },
              2: (w) => {
                shape = this.#shape(this.#end(w));
              },
            }),
        }),
    });
    if (type === undefined)
      throw new OnnxError(
        "unknown-type",
        `"${shown(name)}" is no tensor; sequences, maps and optional values are not read.`,
      );
    return { name, type, shape };
  }

  #shape(end: number): (number | string | undefined)[] {
    const dims: (number | string | undefined)[] = [];
    this.#message(end, {
      1: (wire) => {
        let dim: number | string | undefined;
        this.#message(this.#end(wire), {
          1: (w) => {
            dim = checkedLength(this.#integer(w));
          },
          2: (w) => {
            dim = this.#text(w);
          },
        });
        dims.push(dim);
      },
    });
    return dims;
  }

  #tensor(end: number): TensorProto {
    const reader = this.#reader;
    const dims: number[] = [];
    const floats: number[] = [];
    const doubles: number[] = [];
    const int32s: number[] = [];
    const int64s: bigint[] = [];
    const uint64s: bigint[] = [];
    let [name, number] = ["", 0];
    let raw: Uint8Array | undefined;
    const elsewhere = (): never => {
      throw new OnnxError(
        "external-data",
        `the elements of "${shown(name)}" are in another file; save the model with its data inside.`,
      );
    };
    this.#message(end, {
      1: this.#repeated(dims, WireType.Varint, () => checkedLength(this.#integer(WireType.Varint))),
      2: (wire) => {
        number = this.#integer(wire);
      },
      3: () => {
        throw new OnnxError("unsupported", "tensors that are cut into segments are not read.");
      },
      4: this.#repeated(floats, WireType.Bit32, () => reader.float()),
      5: this.#repeated(int32s, WireType.Varint, () => reader.int32()),
      6: () => {
        throw new OnnxError("unknown-type", "tensors of strings are not read.");
      },
      7: this.#repeated(int64s, WireType.Varint, () => BigInt(reader.int64())),
      8: (wire) => {
        name = this.#text(wire);
      },
      9: (wire) => {
        require(wire, WireType.LengthDelimited);
        raw = reader.bytes();
      },
      10: this.#repeated(doubles, WireType.Bit64, () => reader.double()),
      11: this.#repeated(uint64s, WireType.Varint, () => BigInt(reader.uint64())),
      13: elsewhere,
      14: (wire) => {
        if (this.#integer(wire) !== 0) elsewhere();
      },
    });
    const type = knownType(number, name);
    if (type === "string") throw new OnnxError("unknown-type", "tensors of strings are not read.");
    const size = dims.reduce((product, n) => product * n, 1);
    const width = bytesOf(type);
    if (raw === undefined) {
      const lists: { readonly [T in ElementType]?: readonly (number | bigint)[] } = {
        float32: floats,
        float64: doubles,
        int64: int64s,
        uint32: uint64s,
        uint64: uint64s,
      };
      const values = lists[type] ?? int32s;
      checkCount(name, dims, size, values.length);
      // 16-bit floats come as their bits, which is how they are stored.
      raw = bytesOfElements(elementsFrom(type, values));
    } else checkCount(name, dims, size, raw.length / width);
    if (type === "bool" && raw.some((byte) => byte > 1))
      throw new OnnxError(
        "bad-tensor",
        `"${shown(name)}" is of booleans, and has a byte that is neither 0 nor 1.`,
      );
    return { name, type, dims, data: raw };
  }
}

/** The standard operators have an empty domain, or one that is a name for it. */
const standardName = (domain: string): string => (domain === "ai.onnx" ? "" : domain);

const require = (wire: WireType, expected: WireType): void => {
  if (wire !== expected)
    throw new OnnxError("malformed", `a field has wire type ${wire}, where ${expected} belongs.`);
};

/** A name as messages show it. */
export const shown = (name: string): string => (name.length > 80 ? `${name.slice(0, 77)}…` : name);

const knownType = (number: number, name: string): ElementType => {
  const type = elementTypeOf(number);
  if (type !== undefined) return type;
  throw new OnnxError(
    "unknown-type",
    `"${shown(name)}" has elements of type ${number}; complex numbers, 8-bit floats and narrower types are not read.`,
  );
};

const checkedLength = (n: number): number => {
  if (n >= 0 && n <= MAX_LENGTH) return n;
  throw new OnnxError("bad-tensor", `an axis cannot have length ${n}.`);
};

const checkCount = (name: string, dims: readonly number[], size: number, count: number): void => {
  if (size === count && dims.length <= 64) return;
  throw new OnnxError(
    "bad-tensor",
    `"${shown(name)}" has ${count} elements; its shape [${dims.slice(0, 12).join(", ")}] has ${size}.`,
  );
};

/**
 * The model that bytes stand for.
 *
 * @throws OnnxError if they stand for none.
 */
export const decodeModel = (bytes: Uint8Array): ModelProto => {
  const kind = Object.prototype.toString.call(bytes).slice("[object ".length, -1);
  if (kind !== "Uint8Array") {
    throw new ArgumentError(
      `fromOnnx: the file must be given as a Uint8Array; got ${kind}. Of an ArrayBuffer, give new Uint8Array(buffer).`,
    );
  }
  try {
    return new ModelReader(bytes).model();
  } catch (error) {
    if (error instanceof OnnxError) throw error;
    const what = error instanceof Error ? error.message : String(error);
    throw new OnnxError("malformed", `the bytes are no ONNX model: ${what}.`, { cause: error });
  }
};
