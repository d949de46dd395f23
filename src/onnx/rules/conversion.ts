import { computeDType, isStorage } from "../../array/index.ts";
import type { Aval } from "../../core/index.ts";
import { and, input } from "../../kernel/expr.ts";
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
    // There is no kernel that reads 16 bits as another type: those of a half are made of the bits of a float, and back.
    if (from.dtype === "float16") {
      const half = convertElement(input(0, "f32"), "float32", "float16");
      const bits = emitExprs(
        graph,
        [convertElement(half, "uint16", newDtype)],
        [graph.cast(operand, "float32")],
      );
      return graph.cast(bits[0] as Value, newDtype);
    }
    if (newDtype === "float16") {
      const half = and(input(0, "u32"), 0xffff);
      const float = convertElement(half, "float16", "float32");
      return graph.cast(emitExprs(graph, [float], [graph.cast(operand, "uint32")])[0] as Value, "float16");
    }
    return graph.cast(operand, newDtype);
  }),
];
