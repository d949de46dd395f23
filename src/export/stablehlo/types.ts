import type { DType, Shape } from "../../array/index.ts";
import type { ScalarType } from "../../kernel/expr.ts";

/*
 * Types of MLIR: what the elements of tensors are, and what tensors are.
 */

/** What elements of a tensor are. */
export type ElementType =
  | "i1"
  | "i8"
  | "i16"
  | "i32"
  | "i64"
  | "ui8"
  | "ui16"
  | "ui32"
  | "ui64"
  | "bf16"
  | "f16"
  | "f32"
  | "f64"
  | "complex<f32>"
  | "complex<f64>";

/** The type of a tensor. */
export interface TensorType {
  readonly shape: Shape;
  readonly element: ElementType;
}

/** A value of the program: the name it has in the text, and its type. */
export interface Value extends TensorType {
  readonly name: string;
}

const OF_DTYPE: { readonly [K in DType]: ElementType } = {
  bool: "i1",
  int8: "i8",
  int16: "i16",
  int32: "i32",
  uint8: "ui8",
  uint16: "ui16",
  uint32: "ui32",
  bfloat16: "bf16",
  float16: "f16",
  float32: "f32",
  float64: "f64",
};

const OF_SCALAR: { readonly [K in ScalarType]: ElementType } = {
  bool: "i1",
  i32: "i32",
  u32: "ui32",
  i64: "i64",
  u64: "ui64",
  f32: "f32",
  f64: "f64",
};

/** What elements of `dtype` are called. */
export const elementOfDType = (dtype: DType): ElementType => OF_DTYPE[dtype];

/** What the values of expressions are called. */
export const elementOfScalar = (type: ScalarType): ElementType => OF_SCALAR[type];

/** The type of an array. */
export const typeOf = ({ shape, dtype }: { readonly shape: Shape; readonly dtype: DType }): TensorType => ({
  shape,
  element: OF_DTYPE[dtype],
});

/** The type of a single number. */
export const scalar = (element: ElementType): TensorType => ({ shape: [], element });

/** As MLIR writes it: `tensor<2x3xf32>`. */
export const formatType = ({ shape, element }: TensorType): string =>
  `tensor<${[...shape, element].join("x")}>`;

/** Whether elements are floating-point numbers. */
export const isFloatElement = (element: ElementType): boolean =>
  element.startsWith("f") || element === "bf16";

/** Whether elements are integers with no sign. */
export const isUnsignedElement = (element: ElementType): boolean => element.startsWith("ui");

/** How many bits an element has. */
export const bitsOf = (element: ElementType): number => Number(/\d+$/.exec(element)?.[0]);

/** The unsigned integers of the same width. */
export const unsignedOf = (element: ElementType): ElementType => `ui${bitsOf(element)}` as ElementType;
