import {
  type Aval,
  avalOf,
  ClosedJaxpr,
  Equation,
  Jaxpr,
  type Params,
  type Primitive,
  Var,
} from "../core/index.ts";

/** The program that applies one primitive. */
export const singleEquation = (
  primitive: Primitive,
  inputs: readonly Aval[],
  params: Params,
  outputs: readonly Aval[],
): ClosedJaxpr => {
  const inVars = inputs.map((x) => new Var(avalOf(x)));
  const outVars = outputs.map((x) => new Var(avalOf(x)));
  return new ClosedJaxpr(new Jaxpr([], inVars, [new Equation(primitive, inVars, outVars, params)], outVars));
};
