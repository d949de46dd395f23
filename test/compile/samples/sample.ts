import type { ConcreteArray, DType, NDArray } from "../../../src/array/index.ts";
import { type ClosedJaxpr, type FlatFunction, traceToJaxpr } from "../../../src/core/index.ts";
import { drawArray, drawDirection } from "../../../src/testing/elements.ts";
import { fixedSource } from "../../../src/testing/fixed-source.ts";
import { vjpFlat } from "../../../src/transforms/vjp.ts";

/** A function of arrays and arguments for it. */
export interface Sample {
  readonly name: string;
  readonly fun: FlatFunction;
  readonly inputs: readonly ConcreteArray[];
}

/** Samples take four arrays at most. */
type Operands = readonly [NDArray, NDArray, NDArray, NDArray];

const DTYPES: Readonly<Record<string, DType>> = {
  f32: "float32",
  f64: "float64",
  i32: "int32",
  u32: "uint32",
  bool: "bool",
  f16: "float16",
  bf16: "bfloat16",
  i8: "int8",
};

/** An array that is the same each time; `f32[3,4]` says it all. */
const array = (text: string): ConcreteArray => {
  const [, short = "", lengths = ""] = /^(\w+)\[(.*)\]$/.exec(text) ?? [];
  const shape = lengths === "" ? [] : lengths.split(",").map(Number);
  return drawArray(fixedSource(text.length + 31 * shape.length), { shape, dtype: DTYPES[short] as DType });
};

/** A function, and an array of each of these types. */
export const sample = (
  name: string,
  types: string,
  fun: (...xs: Operands) => readonly NDArray[],
): Sample => ({
  name,
  fun: (...xs) => fun(...(xs as unknown as Operands)),
  inputs: types.split(" ").map(array),
});

/** The sample, and its pullback in a direction. */
export const withPullback = (made: Sample): readonly Sample[] => [
  made,
  {
    ...made,
    name: `${made.name}-pullback`,
    fun: (...xs) => {
      const { outputs, pullback } = vjpFlat(made.fun, xs);
      return pullback(outputs.map((y) => drawDirection(fixedSource(7), y))).filter((ct) => ct !== null);
    },
  },
];

/** A sample as `jit` traces it. */
export const programOf = ({ fun, inputs }: Sample): ClosedJaxpr => traceToJaxpr(fun, inputs, "jit");
