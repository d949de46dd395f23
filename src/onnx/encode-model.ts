import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  type AttributeValue,
  ELEMENT,
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
  type ValueInfo,
} from "./model.ts";

const text = (writer: BinaryWriter, field: number, value: string): void => {
  if (value !== "") writer.tag(field, WireType.LengthDelimited).string(value);
};

const integer = (writer: BinaryWriter, field: number, value: number): void => {
  writer.tag(field, WireType.Varint).int64(value);
};

const integers = (writer: BinaryWriter, field: number, values: readonly number[]): void => {
  if (values.length === 0) return;
  writer.tag(field, WireType.LengthDelimited).fork();
  for (const value of values) writer.int64(value);
  writer.join();
};

const nested = (writer: BinaryWriter, field: number, write: () => void): void => {
  writer.tag(field, WireType.LengthDelimited).fork();
  write();
  writer.join();
};

const writeTensor = (writer: BinaryWriter, { name, type, dims, data }: TensorProto): void => {
  integers(writer, 1, dims);
  integer(writer, 2, ELEMENT[type]);
  text(writer, 8, name);
  writer.tag(9, WireType.LengthDelimited).bytes(data);
};

/** The number by which an attribute says what it holds. */
const ATTRIBUTE_TYPE: { readonly [K in AttributeValue["kind"]]: number } = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
};

const writeAttribute = (writer: BinaryWriter, name: string, attribute: AttributeValue): void => {
  text(writer, 1, name);
  switch (attribute.kind) {
    case "float":
      writer.tag(2, WireType.Bit32).float(attribute.value);
      break;
    case "int":
      integer(writer, 3, attribute.value);
      break;
    case "string":
      writer.tag(4, WireType.LengthDelimited).string(attribute.value);
      break;
    case "tensor":
      nested(writer, 5, () => writeTensor(writer, attribute.value));
      break;
    case "graph":
      nested(writer, 6, () => writeGraph(writer, attribute.value));
      break;
    case "floats":
      nested(writer, 7, () => {
        for (const value of attribute.value) writer.float(value);
      });
      break;
    case "ints":
      integers(writer, 8, attribute.value);
      break;
    case "strings":
      for (const value of attribute.value) writer.tag(9, WireType.LengthDelimited).string(value);
      break;
  }
  integer(writer, 20, ATTRIBUTE_TYPE[attribute.kind]);
};

const writeNode = (writer: BinaryWriter, node: NodeProto): void => {
  // An empty name stands for a value that is left out, so it is written.
  for (const name of node.inputs) writer.tag(1, WireType.LengthDelimited).string(name);
  for (const name of node.outputs) writer.tag(2, WireType.LengthDelimited).string(name);
  text(writer, 3, node.name);
  text(writer, 4, node.opType);
  for (const [name, attribute] of Object.entries(node.attributes))
    nested(writer, 5, () => writeAttribute(writer, name, attribute));
  text(writer, 7, node.domain);
  text(writer, 8, node.overload);
};

const writeValue = (writer: BinaryWriter, { name, type, shape }: ValueInfo): void => {
  text(writer, 1, name);
  nested(writer, 2, () =>
    nested(writer, 1, () => {
      integer(writer, 1, ELEMENT[type]);
      if (shape === undefined) return;
      nested(writer, 2, () => {
        for (const dim of shape) {
          nested(writer, 1, () => {
            if (typeof dim === "number") integer(writer, 1, dim);
            else if (dim !== undefined) text(writer, 2, dim);
          });
        }
      });
    }),
  );
};

const writeGraph = (writer: BinaryWriter, graph: GraphProto): void => {
  for (const node of graph.nodes) nested(writer, 1, () => writeNode(writer, node));
  text(writer, 2, graph.name);
  for (const tensor of graph.initializers) nested(writer, 5, () => writeTensor(writer, tensor));
  for (const value of graph.inputs) nested(writer, 11, () => writeValue(writer, value));
  for (const value of graph.outputs) nested(writer, 12, () => writeValue(writer, value));
};

const writeOpsets = (writer: BinaryWriter, field: number, opsets: ReadonlyMap<string, number>): void => {
  for (const [domain, version] of opsets) {
    nested(writer, field, () => {
      text(writer, 1, domain);
      integer(writer, 2, version);
    });
  }
};

const writeFunction = (writer: BinaryWriter, f: FunctionProto): void => {
  text(writer, 1, f.name);
  for (const name of f.inputs) text(writer, 4, name);
  for (const name of f.outputs) text(writer, 5, name);
  for (const name of f.attributes) text(writer, 6, name);
  for (const node of f.nodes) nested(writer, 7, () => writeNode(writer, node));
  writeOpsets(writer, 9, f.opsets);
  text(writer, 10, f.domain);
  text(writer, 13, f.overload);
};

/** The bytes of a model. */
export const encodeModel = (model: ModelProto): Uint8Array => {
  const writer = new BinaryWriter();
  integer(writer, 1, model.irVersion);
  text(writer, 2, model.producerName);
  text(writer, 3, model.producerVersion);
  nested(writer, 7, () => writeGraph(writer, model.graph));
  writeOpsets(writer, 8, model.opsets);
  for (const f of model.functions) nested(writer, 25, () => writeFunction(writer, f));
  return writer.finish();
};
