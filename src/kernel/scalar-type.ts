import type { DType } from "../array/index.ts";
import type { ScalarType } from "./expr.ts";

const SCALAR_TYPES: { readonly [K in DType]: ScalarType } = {
  float32: "f32",
  float64: "f64",
  int32: "i32",
  uint32: "u32",
  bool: "bool",
};

/** The type that expressions give to elements of `dtype`. */
export const scalarTypeOf = (dtype: DType): ScalarType => SCALAR_TYPES[dtype];
