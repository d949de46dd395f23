import type { DType } from "../array/index.ts";
import type { ScalarType } from "./expr.ts";

const SCALAR_TYPES: { readonly [K in DType]: ScalarType } = {
  float32: "f32",
  float64: "f64",
  int32: "i32",
  uint32: "u32",
  bool: "bool",
  int8: "i32",
  uint8: "u32",
  int16: "i32",
  uint16: "u32",
  float16: "u32",
  bfloat16: "u32",
};

/** The type that expressions give to elements of `dtype`; those of 16-bit floats are their bits. */
export const scalarTypeOf = (dtype: DType): ScalarType => SCALAR_TYPES[dtype];
