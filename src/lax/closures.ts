import type { NDArray } from "../array/index.ts";
import { avalOf, ClosedJaxpr, type hoistTracers, Jaxpr, Var } from "../core/index.ts";

/** A traced function, whose first inputs are the values of enclosing transforms that it closes over. */
export type Staged = ReturnType<typeof hoistTracers>;

/** Make traced functions take all values that any of them closes over in front. */
export const withCommonClosures = (
  staged: readonly Staged[],
): { readonly jaxprs: readonly ClosedJaxpr[]; readonly hoisted: readonly NDArray[] } => {
  const hoisted = [...new Set(staged.flatMap((s) => s.hoisted))];
  return { jaxprs: staged.map((s) => takingAll(s, hoisted)), hoisted };
};

const takingAll = ({ closed, hoisted }: Staged, all: readonly NDArray[]): ClosedJaxpr => {
  if (hoisted.length === all.length && hoisted.every((x, i) => x === all[i])) return closed;
  const { jaxpr, consts } = closed;
  const own = new Map(hoisted.map((x, i) => [x, jaxpr.inputs[i] as Var]));
  const leading = all.map((x) => own.get(x) ?? new Var(avalOf(x)));
  return new ClosedJaxpr(
    new Jaxpr(
      jaxpr.constVars,
      [...leading, ...jaxpr.inputs.slice(hoisted.length)],
      jaxpr.equations,
      jaxpr.outputs,
    ),
    consts,
  );
};
