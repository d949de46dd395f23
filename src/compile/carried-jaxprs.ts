import { type CarriedJaxpr, ClosedJaxpr, CotangentError, type Equation } from "../core/index.ts";

/** The jaxpr that an equation carries. */
export const carried = (closed: CarriedJaxpr): ClosedJaxpr => {
  if (closed instanceof ClosedJaxpr) return closed;
  throw new CotangentError("A lowering describes a loop or a branch by ClosedJaxprs; it got something else.");
};

/** The jaxprs that run when an equation runs, if it is a loop or a branch. */
export const carriedJaxprs = (equation: Equation): readonly ClosedJaxpr[] => {
  const { lowering } = equation.primitive;
  switch (lowering?.kind) {
    case "scan":
      return [carried(lowering.describe(equation.params).body)];
    case "while": {
      const { cond, body } = lowering.describe(equation.params);
      return [carried(cond), carried(body)];
    }
    case "branch":
      return lowering.describe(equation.params).branches.map(carried);
    default:
      return [];
  }
};
