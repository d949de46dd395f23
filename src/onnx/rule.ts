import type { Aval, CarriedJaxpr, Params, Primitive } from "../core/index.ts";
import type { GraphBuilder, Value } from "./graph-builder.ts";

/** The equation that an operand comes from, of the same program. */
export interface Source {
  readonly primitive: Primitive;
  readonly params: Params;
  readonly inputs: readonly Value[];
  /** Where its own operand `i` comes from. */
  source(i: number): Source | undefined;
}

/** The parameters of an equation, if it is of that primitive. */
export const paramsOf = <P extends Params>(source: Source, primitive: Primitive<P>): P | undefined =>
  source.primitive.name === primitive.name ? (source.params as P) : undefined;

/** What a rule sees of an equation besides its operands and parameters. */
export interface RuleContext {
  readonly graph: GraphBuilder;
  readonly inAvals: readonly Aval[];
  readonly outAvals: readonly Aval[];
  /** Where operand `i` comes from, if it is no input, constant or number. */
  source(i: number): Source | undefined;
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
