/**
 * What is needed to write a transform or a primitive of one's own: jaxprs, their interpreter, the registry of primitives,
 * and the language of lowerings.
 */
export { ConcreteArray } from "../array/index.ts";
export * as kernel from "../kernel/public.ts";
export type { ArgumentSpec, ArgumentsDescription, Chooser, ElementRange, ExampleSpec } from "./arguments.ts";
export { type Aval, describeAval, formatAval } from "./aval.ts";
export { bind, bind1 } from "./bind.ts";
export { checkJaxpr } from "./check-jaxpr.ts";
export { applyEquation, type EquationRule, evalJaxpr, interpretJaxpr } from "./interpret.ts";
export { type Atom, ClosedJaxpr, Equation, Jaxpr, Literal, Var } from "./jaxpr.ts";
export type { Lowering } from "./lowering.ts";
export { NO_PARAMS, type Params } from "./params.ts";
export {
  type BatchAxis,
  type BatchResult,
  definePrimitive,
  isLinearInput,
  type JvpResult,
  type Missing,
  type Primitive,
  type PrimitiveDefinition,
  registeredPrimitives,
  type Tangent,
  type TransposeInput,
  UndefinedPrimal,
} from "./primitive.ts";
export { type FormatOptions, formatEquation, formatJaxpr } from "./print-jaxpr.ts";
export { formatLocation, type SourceLocation } from "./source.ts";
export { Tracer } from "./tracer.ts";
