import {
  broadcastShapes,
  ConcreteArray,
  type DType,
  NDArray,
  type Shape,
  sameShape,
  sizeOf,
} from "../../array/index.ts";
import { shown } from "../decode-model.ts";
import { arrayOfTensor, integersOf } from "../elements.ts";
import { isDType, type TensorProto } from "../model.ts";
import { OnnxError } from "../onnx-error.ts";

/*
 * Models compute with shapes and axes as 64-bit integers. What is known of these when a model is traced is worked out
 * at once, on plain numbers; the rest is arrays of ours, with int32 in the place of int64.
 */

/** Whole numbers or truth values that are known while tracing. */
export class Known {
  readonly type: "int64" | "bool";
  readonly shape: Shape;
  readonly values: readonly number[];

  constructor(type: "int64" | "bool", shape: Shape, values: readonly number[]) {
    this.type = type;
    this.shape = shape;
    this.values = values;
  }
}

/** What stands for a value of a model. */
export type ImportedValue = NDArray | Known;

/** The longest list that is worked out on plain numbers: such lists are made while a model is read, and all are kept. */
export const MAX_KNOWN = 1024;

/** The largest array that a model may ask for, in elements. */
export const MAX_ELEMENTS = 2 ** 28;

/** Refuses shapes of more elements than are allowed. */
export const checkSize = (shape: Shape): Shape => {
  const size = sizeOf(shape);
  if (size <= MAX_ELEMENTS && shape.length <= 64) return shape;
  throw new OnnxError(
    "too-large",
    `the model asks for an array of shape [${shape.slice(0, 12).join(", ")}]; at most ${MAX_ELEMENTS} elements are made.`,
  );
};

const isInt32 = (n: number): boolean => n === (n | 0);

/** An array, of int32 if it was known whole numbers. */
export const arrayOf = (value: ImportedValue): NDArray => {
  if (value instanceof NDArray) return value;
  const { type, shape, values } = value;
  if (type === "bool") return new ConcreteArray(Uint8Array.from(values), shape, "bool");
  const wide = values.find((n) => !isInt32(n));
  if (wide !== undefined) {
    throw new OnnxError(
      "unsupported",
      `the 64-bit integer ${wide} is computed with; arrays hold 64-bit integers as int32, which it does not fit.`,
    );
  }
  return new ConcreteArray(Int32Array.from(values), shape, "int32");
};

/** The numbers of a value that is known while tracing, if it is. */
export const knownNumbers = (value: ImportedValue): readonly number[] | undefined => {
  if (value instanceof Known) return value.values;
  if (!(value instanceof ConcreteArray) || value.size > MAX_KNOWN) return undefined;
  return Array.from(value.toTypedArray(), Number);
};

/** The value of a constant. */
export const valueOfTensor = (tensor: TensorProto): ImportedValue => {
  const { type, dims, name } = tensor;
  if (type === "int64" || type === "uint64") {
    const values = Array.from(integersOf(tensor), (n) => {
      const value = Number(type === "uint64" ? BigInt.asUintN(64, n) : n);
      // The ends of the 64 bits say "to the end" where slices are meant.
      return Math.abs(value) >= 2 ** 63 - 1024 ? Math.sign(value) * Number.MAX_SAFE_INTEGER : value;
    });
    if (values.length <= MAX_KNOWN) return new Known("int64", dims, values);
    return arrayOf(new Known("int64", dims, values));
  }
  if (isDType(type)) return arrayOfTensor({ ...tensor, type });
  throw new OnnxError("unknown-type", `"${shown(name)}" has elements of type ${type}, which are not read.`);
};

/** Known values put together place by place, if all are known exactly, and few enough; they broadcast. */
export const combineKnown = (
  values: readonly ImportedValue[],
  type: Known["type"],
  f: (...numbers: number[]) => number,
): Known | undefined => {
  if (!values.every((value): value is Known => value instanceof Known)) return undefined;
  // 64-bit integers that are no doubles were rounded.
  if (!values.every((value) => value.values.every(Number.isSafeInteger))) return undefined;
  const shape = broadcastShapes(...values.map((value) => value.shape));
  if (shape === undefined || sizeOf(shape) > MAX_KNOWN) return undefined;
  const spread = values.map((value) => broadcastKnown(value, shape).values);
  const out = Array.from({ length: sizeOf(shape) }, (_, i) => f(...spread.map((list) => list[i] as number)));
  return out.every(Number.isSafeInteger) ? new Known(type, shape, out) : undefined;
};

/** A known value repeated to a shape that it broadcasts to. */
export const broadcastKnown = (known: Known, target: Shape): Known => {
  const { type, shape, values } = known;
  if (sameShape(shape, target)) return known;
  const offset = target.length - shape.length;
  const strides: number[] = [];
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = shape[axis] === 1 ? 0 : step;
    step *= shape[axis] as number;
  }
  const out = Array.from({ length: sizeOf(target) }, (_, flat) => {
    let [rest, at] = [flat, 0];
    for (let axis = target.length - 1; axis >= 0; axis--) {
      const n = target[axis] as number;
      if (axis >= offset) at += (rest % n) * (strides[axis - offset] as number);
      rest = Math.floor(rest / n);
    }
    return values[at] as number;
  });
  return new Known(type, target, out);
};

/** The dtype that stands for an element type, of the value of that name if it has one. */
export const dtypeFor = (type: TensorProto["type"], name?: string): DType => {
  if (type === "int64") return "int32";
  if (isDType(type)) return type;
  const what = name === undefined ? "" : `"${shown(name)}": `;
  throw new OnnxError(
    "unsupported",
    `${what}there are no arrays of ${type}; int64 and smaller types are read.`,
  );
};
