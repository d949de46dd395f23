import { runCompiled } from "../compile/compile.ts";
import { definePrimitive, type Primitive } from "../core/index.ts";
import {
  type ClosedCallParams,
  callAbstractEval,
  callBatch,
  callJvp,
  callPartialEval,
  callTranspose,
  evaluateByReference,
} from "./closed-call.ts";

/** Parameters of `jit`. */
export interface JitParams extends ClosedCallParams {
  /** The name of the function, for printing. */
  readonly name: string;
}

/** The call of a compiled function. */
export const jitCall: Primitive<JitParams> = definePrimitive<JitParams>({
  name: "jit",
  abstractEval: (inputs, params) => callAbstractEval("jit", inputs, params),
  evaluate: (inputs, { jaxpr }) => runCompiled(jaxpr, inputs) ?? evaluateByReference(jaxpr, inputs),
  jvp: (primals, tangents, params) => callJvp(jitCall, primals, tangents, params),
  transpose: (cotangents, inputs, params) => callTranspose(jitCall, cotangents, inputs, params),
  batch: (inputs, axes, size, params, axisName) => callBatch(jitCall, inputs, axes, size, params, axisName),
  partialEval: (context, inputs, params) => callPartialEval(jitCall, context, inputs, params),
  lowering: { kind: "call" },
  args: { missing: "its legal arguments are those of the jaxpr that it carries; tested with whole programs" },
});
