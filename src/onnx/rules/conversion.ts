import { computeDType, isStorage } from "../../array/index.ts";
import { type Aval, DTypeError, describeAval } from "../../core/index.ts";
import { input } from "../../kernel/expr.ts";
import { convertElement, roundToOdd } from "../../kernel/math/storage.ts";
import { scalarTypeOf } from "../../kernel/scalar-type.ts";
import {
  bitcastConvertTypePrimitive,
  convertElementTypePrimitive,
} from "../../primitives/elementwise/conversion.ts";
import { emitExprs } from "../emit-expr.ts";
import type { Value } from "../graph-builder.ts";
import { type Rule, ruleFor } from "../rule.ts";

/** Changes of type. */
export const CONVERSION: readonly (readonly [string, Rule])[] = [
  ruleFor(convertElementTypePrimitive, ([x], { newDtype }, { graph, inAvals }) => {
    const { dtype } = inAvals[0] as Aval;
    const from = isStorage(dtype) ? computeDType(dtype) : dtype;
    const wide = graph.cast(x as Value, from);
    if (newDtype === "float16") {
      if (from !== "float64") return graph.cast(graph.cast(wide, "float32"), "float16");
      // Rounded to odd, a double may go by way of a float and is still rounded once.
      const odd = emitExprs(graph, [roundToOdd(input(0, "f64"))], [wide])[0] as Value;
      return graph.cast(odd, "float16");
    }
    const expr = convertElement(input(0, scalarTypeOf(from)), from, newDtype);
    return graph.cast(emitExprs(graph, [expr], [wide])[0] as Value, newDtype);
  }),
  ruleFor(bitcastConvertTypePrimitive, ([x], { newDtype }, { graph, inAvals }) => {
    const from = inAvals[0] as Aval;
    const operand = x as Value;
    if (from.dtype === newDtype) return operand;
    if (!isStorage(newDtype)) return graph.bitcast(operand, newDtype);
    if (from.dtype === "float16" || newDtype === "float16") {
      throw new DTypeError(
        `toOnnx: ONNX Runtime cannot read the bits of ${describeAval(from)} as ${newDtype}; it has no such kernel for 16 ` +
          "bits. Convert with astype where numbers are meant.",
      );
    }
    return graph.cast(operand, newDtype);
  }),
];
