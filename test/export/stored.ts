import { type ConcreteArray, castArray, computeDType, type DType, isFloat } from "../../src/array/index.ts";
import type { Application } from "../../src/testing/application.ts";

/** Storage types by the type that they are computed in. */
const STORED: { readonly [dtype: string]: readonly DType[] } = {
  float32: ["bfloat16", "float16"],
  int32: ["int8", "int16"],
  uint32: ["uint8", "uint16"],
};

/** An application, if there is one, with arrays of storage types in the place of those that its elements are computed in. */
export const stored = (application: Application, which: number): Application | undefined => {
  const narrow = (x: ConcreteArray): ConcreteArray => {
    const dtype = STORED[x.dtype]?.[which];
    return dtype === undefined ? x : castArray(x, dtype);
  };
  const { primitive, params } = application;
  const inputs = application.inputs.map(narrow);
  // Indices and counts have types of their own.
  const same = inputs.every((x, i) => isFloat(x.dtype) || x.dtype === application.inputs[i]?.dtype);
  if (inputs.every((x) => computeDType(x.dtype) === x.dtype)) return undefined;
  if (!same && inputs.some((x) => isFloat(x.dtype))) return undefined;
  try {
    primitive.abstractEval(inputs, params);
  } catch {
    return undefined;
  }
  return application.withInputs(inputs);
};
