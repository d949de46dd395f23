import type { Aval, CarriedJaxpr, Params, Primitive } from "../core/index.ts";
import type { GraphBuilder, Value } from "./graph-builder.ts";

/** What a rule sees of an equation besides its operands and parameters. */
export interface RuleContext {
  readonly graph: GraphBuilder;
  readonly inAvals: readonly Aval[];
  readonly outAvals: readonly Aval[];
  /** Writes a program that the equation carries into a graph, and gives its results. */
  run(program: CarriedJaxpr, graph: GraphBuilder, inputs: readonly Value[]): readonly Value[];
}

/** How an equation is written as nodes. Without a kernel for the dtypes at hand it may answer `undefined`. */
export type Rule<P extends Params = Params> = (
  inputs: readonly Value[],
  params: P,
  context: RuleContext,
) => Value | readonly Value[] | undefined;

/** An entry of a table of rules. */
export const ruleFor = <P extends Params>(
  primitive: Primitive<P>,
  rule: Rule<P>,
): readonly [name: string, rule: Rule] => [primitive.name, rule as unknown as Rule];
