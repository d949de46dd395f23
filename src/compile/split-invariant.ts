import {
  type Atom,
  ClosedJaxpr,
  type Equation,
  hasEffects,
  Jaxpr,
  Literal,
  type Var,
} from "../core/index.ts";

/** A turn of a loop in two parts. */
export interface SplitTurn {
  /** From the inputs that no turn changes to what `rest` needs of what is computed of them alone. */
  readonly invariant: ClosedJaxpr;
  /** From what `invariant` gives, then all inputs, to the outputs. */
  readonly rest: ClosedJaxpr;
}

/**
 * Take out of the body of a loop what every turn would compute anew: equations of inputs that stay as they are. What has
 * effects stays where it is. `undefined` if there is nothing to take out.
 *
 * @example
 * // b a | c ↦ d = exp b; e = mul c d; (e)   →   b ↦ d = exp b; (d)   and   d b c ↦ e = mul c d; (e)
 */
export const splitInvariant = (
  { jaxpr, consts }: ClosedJaxpr,
  stays: (input: number) => boolean,
): SplitTurn | undefined => {
  const { constVars, inputs, outputs } = jaxpr;
  const given = inputs.filter((_, i) => stays(i));
  const fixed = new Set<Var>([...constVars, ...given]);
  const made = new Set<Var>();
  const first: Equation[] = [];
  const rest: Equation[] = [];
  for (const equation of jaxpr.equations) {
    const isFixed = (atom: Atom): boolean => atom instanceof Literal || fixed.has(atom);
    if (hasEffects(equation) || !equation.inputs.every(isFixed)) {
      rest.push(equation);
      continue;
    }
    first.push(equation);
    for (const v of equation.outputs) {
      fixed.add(v);
      made.add(v);
    }
  }
  if (first.length === 0) return undefined;
  const usedBy = (equations: readonly Equation[], results: readonly Atom[]): Set<Atom> =>
    new Set([...equations.flatMap((equation) => equation.inputs), ...results]);
  const usedLater = usedBy(rest, outputs);
  const needed = [...made].filter((v) => usedLater.has(v));
  const closedOf = (
    ins: readonly Var[],
    equations: readonly Equation[],
    outs: readonly Atom[],
  ): ClosedJaxpr => {
    const used = usedBy(equations, outs);
    return new ClosedJaxpr(
      new Jaxpr(
        constVars.filter((v) => used.has(v)),
        ins,
        equations,
        outs,
      ),
      consts.filter((_, i) => used.has(constVars[i] as Var)),
    );
  };
  return {
    invariant: closedOf(given, first, needed),
    rest: closedOf([...needed, ...inputs], rest, outputs),
  };
};
