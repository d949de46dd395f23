import { powPrimitive } from "../../primitives/elementwise/power.ts";
import type { ElementType } from "../model.ts";
import { type Rule, ruleFor } from "../rule.ts";

/** The operator for an elementary function, for types that it has kernels for; elsewhere it is written out. */
const operator =
  (opType: string, types: readonly ElementType[] = ["float32", "float64"]): Rule =>
  ([x], _params, { graph }) =>
    x !== undefined && types.includes(x.type) ? graph.elementwise(opType, [x]) : undefined;

const SINGLE: readonly ElementType[] = ["float32"];

/** Elementary functions that ONNX has operators for. What is an expression of a few operations is left to that. */
export const ELEMENTARY: readonly (readonly [string, Rule])[] = [
  ["exp", operator("Exp")],
  ["log", operator("Log")],
  ["sin", operator("Sin")],
  ["cos", operator("Cos")],
  ["tanh", operator("Tanh")],
  ["logistic", operator("Sigmoid")],
  ["sign", operator("Sign", ["float32", "float64", "int32", "uint32"])],
  [
    "round",
    ([x], params, { graph }) =>
      "roundingMethod" in params && params.roundingMethod === "TO_NEAREST_EVEN" && x !== undefined
        ? graph.elementwise("Round", [x])
        : undefined,
  ],
  ["tan", operator("Tan", SINGLE)],
  ["asin", operator("Asin", SINGLE)],
  ["acos", operator("Acos", SINGLE)],
  ["atan", operator("Atan", SINGLE)],
  ["sinh", operator("Sinh", SINGLE)],
  ["cosh", operator("Cosh", SINGLE)],
  ["asinh", operator("Asinh", SINGLE)],
  ["acosh", operator("Acosh", SINGLE)],
  ["atanh", operator("Atanh", SINGLE)],
  ["erf", operator("Erf", SINGLE)],
  ruleFor(powPrimitive, (inputs, _params, { graph }) =>
    inputs.every(({ type }) => type === "float32" || type === "float64")
      ? graph.elementwise("Pow", inputs)
      : undefined,
  ),
];
