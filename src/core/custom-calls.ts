import type { ConcreteArray, NDArray } from "../array/index.ts";
import { type Aval, describeAval, sameAval } from "./aval.ts";
import { bindCustomJvp, bindCustomVjp } from "./bind.ts";
import { DifferentiationError } from "./errors.ts";
import { evalJaxpr } from "./interpret.ts";
import type { ClosedJaxpr } from "./jaxpr.ts";
import { definePrimitive } from "./primitive.ts";
import type { CustomJvp, CustomVjp } from "./tracer.ts";

/*
 * A function with its own derivative inside a jaxpr. Transforms never see these primitives: an equation of theirs is
 * applied again as the call that it was (`rebind`), and each trace treats the call by its own `processCustom…`.
 */

/** A recorded call: `jaxpr` is the function, whose first `hoisted` inputs are tracers that it closed over. */
export interface CustomCallParams<C> {
  readonly call: C;
  readonly jaxpr: ClosedJaxpr;
  readonly hoisted: number;
}

const NEVER = "a recorded call is applied again as a call, and the trace in progress treats it";
const ITS_FUNCTION =
  "its legal arguments are those of the function that it carries; tested in test/transforms";

const sharedRules = {
  abstractEval: (_: unknown, { jaxpr }: { readonly jaxpr: ClosedJaxpr }) => jaxpr.outAvals,
  evaluate: (inputs: readonly ConcreteArray[], { jaxpr }: { readonly jaxpr: ClosedJaxpr }) =>
    evalJaxpr(jaxpr.jaxpr, jaxpr.consts, inputs) as unknown as readonly ConcreteArray[],
  jvp: { missing: NEVER },
  transpose: { missing: NEVER },
  batch: { missing: NEVER },
  lowering: { kind: "call" as const },
  args: { missing: ITS_FUNCTION },
};

/** A rule's outputs, refused unless they are like those of the function that was recorded. */
const checkOutputs = <R extends { readonly outputs: readonly NDArray[] }>(
  kind: string,
  name: string,
  { outAvals }: ClosedJaxpr,
  result: R,
): R => {
  const { outputs } = result;
  if (outputs.length === outAvals.length && outputs.every((x, i) => sameAval(x, outAvals[i] as Aval)))
    return result;
  const list = (xs: readonly Aval[]): string => `(${xs.map(describeAval).join(", ")})`;
  throw new DifferentiationError(
    `${kind} "${name}": the output that its rule returned must be like the function's, ${list(outAvals)}; ` +
      `it is ${list(outputs)}.`,
  );
};

/** A recorded call of a function with its own JVP. */
export const customJvpCall = definePrimitive<CustomCallParams<CustomJvp>>({
  name: "customJvpCall",
  ...sharedRules,
  rebind: (inputs, { call, jaxpr, hoisted }) => {
    const closedOver = inputs.slice(0, hoisted);
    const fun: CustomJvp["fun"] = (...args) => evalJaxpr(jaxpr.jaxpr, jaxpr.consts, [...closedOver, ...args]);
    const jvp: CustomJvp["jvp"] = (...args) => checkOutputs("customJvp", call.name, jaxpr, call.jvp(...args));
    return bindCustomJvp({ ...call, fun, jvp }, inputs.slice(hoisted));
  },
});

/** A recorded call of a function with its own VJP. */
export const customVjpCall = definePrimitive<CustomCallParams<CustomVjp>>({
  name: "customVjpCall",
  ...sharedRules,
  rebind: (inputs, { call, jaxpr, hoisted }) => {
    const closedOver = inputs.slice(0, hoisted);
    const fun: CustomVjp["fun"] = (...args) => evalJaxpr(jaxpr.jaxpr, jaxpr.consts, [...closedOver, ...args]);
    const fwd: CustomVjp["fwd"] = (...args) => checkOutputs("customVjp", call.name, jaxpr, call.fwd(...args));
    return bindCustomVjp({ ...call, fun, fwd }, inputs.slice(hoisted));
  },
});
