import { ClosedJaxpr, Equation } from "../../core/index.ts";
import { closedWith, constantsOf } from "./pass.ts";
import { Scopes } from "./scopes.ts";

/** What `transform` makes of the closed jaxprs in a list of parameters, or `params` itself if it changes none. */
const mapCarried = (params: object, transform: (closed: ClosedJaxpr) => ClosedJaxpr): object => {
  let isChanged = false;
  const map = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(map);
    if (!(value instanceof ClosedJaxpr)) return value;
    const result = transform(value);
    isChanged ||= result !== value;
    return result;
  };
  const mapped = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, map(value)]));
  return isChanged ? mapped : params;
};

/** Whether an equation with these parameters carries closed jaxprs, alone or in lists. */
const carriesJaxprs = (params: object): boolean =>
  Object.values(params).some((value: unknown) =>
    Array.isArray(value) ? value.some((item) => item instanceof ClosedJaxpr) : value instanceof ClosedJaxpr,
  );

/** The program with `transform` applied to the jaxprs that its equations carry: the bodies of loops and branches. */
export const inCarried = (
  closed: ClosedJaxpr,
  transform: (inner: ClosedJaxpr) => ClosedJaxpr,
  scopes: Scopes = new Scopes(),
): ClosedJaxpr => {
  const { jaxpr } = closed;
  const equations = jaxpr.equations.map((equation) => {
    const { primitive, inputs, outputs, params, origin } = equation;
    if (!carriesJaxprs(params)) return equation;
    const changed = mapCarried(params, transform);
    if (changed === params) return equation;
    return scopes.put(new Equation(primitive, inputs, outputs, changed, origin), scopes.of(equation));
  });
  const isSame = equations.every((equation, i) => equation === jaxpr.equations[i]);
  return isSame ? closed : closedWith(constantsOf(closed), jaxpr.inputs, equations, jaxpr.outputs);
};
