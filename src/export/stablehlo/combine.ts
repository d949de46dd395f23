import type { Aval, Combine } from "../../core/index.ts";
import { GREATEST, LEAST } from "../../primitives/reduction/extrema.ts";

/** The operation that puts two elements together. */
export const COMBINE: { readonly [K in Combine]: string } = {
  add: "stablehlo.add",
  mul: "stablehlo.multiply",
  min: "stablehlo.minimum",
  max: "stablehlo.maximum",
  and: "stablehlo.and",
  or: "stablehlo.or",
  xor: "stablehlo.xor",
};

/** What a reduction of nothing is. */
export const neutral = (combine: Combine, { dtype }: Aval): number | boolean => {
  switch (combine) {
    case "add":
    case "or":
    case "xor":
      return 0;
    case "mul":
      return 1;
    case "max":
      return LEAST[dtype];
    case "min":
      return GREATEST[dtype];
    case "and":
      return dtype === "bool" ? true : dtype === "uint32" ? 0xffffffff : -1;
  }
};
