export type { CheckpointPolicy } from "../calls/checkpoint-call.ts";
export { checkpointName } from "../calls/checkpoint-name.ts";
export { type CheckpointOptions, checkpoint, checkpointPolicies } from "./checkpoint.ts";
export { axisIndex, axisSize, pmean, psum } from "./collectives.ts";
export { type CustomJvpFunction, customJvp, type PartialJvp } from "./custom-jvp.ts";
export type { CustomRuleOptions } from "./custom-rule.ts";
export { type CustomVjpFunction, customVjp } from "./custom-vjp.ts";
export { type GradOptions, grad, valueAndGrad } from "./grad.ts";
export { type Hessian, hessian, hvp } from "./hessian.ts";
export { type Jacobian, type JacobianOptions, jacfwd, jacobian, jacrev } from "./jacobian.ts";
export { type JitFunction, type JitOptions, jit } from "./jit.ts";
export { type AuxOptions, jvp } from "./jvp.ts";
export { linearTranspose } from "./linear-transpose.ts";
export { linearize } from "./linearize.ts";
export type { Lowered } from "./lowered.ts";
export { evalShape, makeJaxpr, type ShapeDType } from "./make-jaxpr.ts";
export type { TraceEvent } from "./retrace.ts";
export type {
  Argnums,
  ArraysOf,
  AtArgnums,
  GradInputs,
  InputsOf,
  ScalarFunction,
  ScalarFunctionWithAux,
} from "./types.ts";
export { vjp } from "./vjp.ts";
export { type AxisSpec, type VmapOptions, vmap } from "./vmap.ts";
