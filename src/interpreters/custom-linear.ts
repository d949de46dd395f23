import { type ConcreteArray, denseData, filledArray } from "../array/index.ts";
import {
  type Aval,
  aval,
  bind,
  type CustomVjp,
  DifferentiationError,
  definePrimitive,
  isLinearInput,
  type Primitive,
  withOrigin,
} from "../core/index.ts";
import { batchedAtFront, zerosLike } from "../primitives/broadcast.ts";
import { callBatchedBackward } from "./batch-trace.ts";

/** Parameters of `customLinear`. */
export interface CustomLinearParams {
  readonly call: CustomVjp;
  readonly numResiduals: number;
  /** Which arguments of the call are floating-point, and so have a tangent here. */
  readonly differentiable: readonly boolean[];
  /** The outputs of the call. */
  readonly outputs: readonly Aval[];
}

const forwardError = (name: string): DifferentiationError =>
  new DifferentiationError(
    `customVjp: "${name}" has a rule for reverse mode only, so jvp, jacfwd and linearize cannot push tangents through ` +
      "it. Use grad, vjp or jacrev, or define the function with customJvp, which serves both modes.",
  );

const zeros = ({ outputs }: CustomLinearParams): readonly ConcreteArray[] =>
  outputs.map((a) => filledArray(a.shape, 0, a.dtype));

/**
 * The derivative of a function with its own VJP: a linear function of the tangents that can only be transposed, or
 * applied to zeros. Inputs are the residuals, then one tangent for each differentiable argument.
 */
export const customLinear: Primitive<CustomLinearParams> = definePrimitive<CustomLinearParams>({
  name: "customLinear",
  abstractEval: (_inputs, { outputs }) => outputs.map((a) => aval(a.shape, a.dtype)),
  evaluate: (inputs, params) => {
    const isZero = (x: ConcreteArray): boolean => denseData(x).every((v) => v === 0);
    if (inputs.slice(params.numResiduals).every(isZero)) return zeros(params);
    throw forwardError(params.call.name);
  },
  jvp: (_primals, _tangents, { call }) => {
    throw forwardError(call.name);
  },
  transpose: (cotangents, inputs, { call, numResiduals, differentiable, outputs }) => {
    const residuals = inputs.slice(0, numResiduals).map((x) => {
      if (isLinearInput(x)) throw forwardError(call.name);
      return x;
    });
    const cts = outputs.map((a, i) => cotangents[i] ?? zerosLike(a));
    // What the user's rule records has its own lines as origin.
    const all = withOrigin(undefined, () => call.bwd(residuals, cts));
    const kept = all.filter((_, i) => differentiable[i]);
    return [
      ...residuals.map(() => null),
      ...inputs.slice(numResiduals).map((x, i) => (isLinearInput(x) ? (kept[i] ?? null) : null)),
    ];
  },
  batch: (inputs, axes, size, params, axisName) => {
    const { call, outputs } = params;
    const spec = { size, axisName };
    const batched: CustomLinearParams = {
      ...params,
      call: { ...call, bwd: (residuals, cts) => callBatchedBackward(call.bwd, residuals, cts, spec) },
      outputs: outputs.map((a) => aval([size, ...a.shape], a.dtype)),
    };
    const front = inputs.map((x, i) => batchedAtFront(x, axes[i] ?? null, size));
    return { outputs: bind(customLinear, front, batched), axes: outputs.map(() => 0) };
  },
  args: { missing: "it carries a user's function; tested in test/transforms/custom-vjp.test.ts" },
});
