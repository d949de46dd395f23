import { isFloat } from "../../array/index.ts";
import type { Aval, Equation } from "../../core/index.ts";
import * as prim from "../../primitives/index.ts";
import { COMBINE, neutral } from "./combine.ts";
import { type Fused, madeBy, type Producers } from "./fused.ts";
import { array, combining } from "./ops.ts";
import { scalar, typeOf, type Value } from "./types.ts";

/** Windows of which each is put together to one element, as poolings are. */
export const reducedWindows = (equation: Equation, producers: Producers): Fused | undefined => {
  const { lowering } = equation.primitive;
  if (lowering?.kind !== "reduction") return undefined;
  const made = madeBy(equation.inputs[0], prim.windowsPrimitive, producers);
  if (made === undefined) return undefined;
  const { windowShape, strides, dilation } = made.params;
  const [x] = made.equation.inputs;
  const rank = x?.aval.shape.length ?? 0;
  const axes = lowering.axes(equation.params);
  const isWhole = axes.length === windowShape.length && axes.every((axis) => axis >= rank);
  if (x === undefined || !isWhole || axes.length === 0) return undefined;
  const output = equation.outputs[0]?.aval as Aval;
  // Sums of 16-bit floats are added up in a wider type, which a reduction of windows doesn't have.
  const isPlain = ["float32", "float64", "int32", "uint32", "bool"].includes(output.dtype);
  if (!isPlain || (isFloat(output.dtype) && x.aval.dtype !== output.dtype) || output.shape.includes(0))
    return undefined;
  const around = (list: readonly number[]): number[] => [
    ...new Array<number>(rank - list.length).fill(1),
    ...list,
  ];
  return {
    inputs: [x],
    write: (w, [operand]) => {
      const value = operand as Value;
      const start = w.splat(neutral(lowering.combine, output), scalar(value.element));
      return [
        w.op1(
          "stablehlo.reduce_window",
          [value, start],
          typeOf(output),
          `window_dimensions = ${array(around(windowShape))}, window_strides = ${array(around(strides))}, ` +
            `base_dilations = ${array(around(strides.map(() => 1)))}, window_dilations = ${array(around(dilation))}, ` +
            `padding = dense<0> : tensor<${rank}x2xi64>`,
          [combining(w, COMBINE[lowering.combine], value.element)],
        ),
      ];
    },
  };
};
