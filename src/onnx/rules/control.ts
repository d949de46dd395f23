import type { Aval, CarriedJaxpr, ClosedJaxpr, Lowering, Params } from "../../core/index.ts";
import { convertElementTypePrimitive } from "../../primitives/elementwise/conversion.ts";
import { elementsOf } from "../elements.ts";
import type { GraphBuilder, Value } from "../graph-builder.ts";
import type { RuleContext } from "../rule.ts";

/** A loop with a known number of turns, as a Scan: what does not change is read from the graph around its body. */
export const scan = (
  lowering: Lowering<Params> & { readonly kind: "scan" },
  inputs: readonly Value[],
  params: Params,
  { graph, run, outAvals }: RuleContext,
): readonly Value[] => {
  const { body, length, reverse, numConsts, numCarry } = lowering.describe(params);
  const consts = inputs.slice(0, numConsts);
  const carry = inputs.slice(numConsts, numConsts + numCarry);
  const arrays = inputs.slice(numConsts + numCarry);
  if (length === 0)
    return carry.concat(outAvals.slice(numCarry).map((a) => graph.constant(a.dtype, [], a.shape)));
  // A Scan knows how often it turns by its arrays.
  const scanned = arrays.length === 0 ? [graph.count(length)] : arrays;
  const inner = graph.inner("body", (turn) => {
    const state = carry.map((value) => turn.input(value));
    const slices = scanned.map(({ type, shape }) => turn.input({ type, shape: shape.slice(1) }));
    return run(body, turn, [...consts, ...state, ...(arrays.length === 0 ? [] : slices)]);
  });
  const stacked = outAvals.length - numCarry;
  const direction = Number(reverse);
  return graph.nodes("Scan", [...carry, ...scanned], outAvals.map(typeOf), {
    body: inner,
    num_scan_inputs: scanned.length,
    ...(reverse && {
      scan_input_directions: scanned.map(() => direction),
      ...(stacked > 0 && { scan_output_directions: new Array<number>(stacked).fill(direction) }),
    }),
  });
};

/** A loop that goes on while a condition holds, which is worked out before the first turn and after each. */
export const whileLoop = (
  lowering: Lowering<Params> & { readonly kind: "while" },
  inputs: readonly Value[],
  params: Params,
  { graph, run, outAvals }: RuleContext,
): readonly Value[] => {
  const { cond, body, condConsts, bodyConsts } = lowering.describe(params);
  const ofCondition = inputs.slice(0, condConsts);
  const ofBody = inputs.slice(condConsts, condConsts + bodyConsts);
  const carry = inputs.slice(condConsts + bodyConsts);
  const holds = (where: GraphBuilder, values: readonly Value[]): Value =>
    run(cond, where, [...ofCondition, ...values])[0] as Value;
  // A condition that is carried, as loops that were read have it, is true in each turn and false at the end.
  const { jaxpr } = cond as ClosedJaxpr;
  const carried = carry.map((_, i) => jaxpr.inputs[condConsts + i] === jaxpr.outputs[0]);
  const others = <T>(values: readonly T[]): T[] => values.filter((_, i) => !carried[i]);
  const withCondition = (values: readonly Value[], condition: Value): Value[] => {
    const rest = values.values();
    return carried.map((is) => (is ? condition : (rest.next().value as Value)));
  };
  const inner = graph.inner("body", (turn) => {
    turn.input({ type: "int64", shape: [] });
    turn.input({ type: "bool", shape: [] });
    const state = others(carry).map((value) => turn.input(value));
    const next = run(body, turn, [...ofBody, ...withCondition(state, turn.scalar("bool", true))]);
    return [holds(turn, next), ...others(next)];
  });
  const results = graph.nodes(
    "Loop",
    [undefined, holds(graph, carry), ...others(carry)],
    others(outAvals).map(typeOf),
    { body: inner },
  );
  return withCondition(results, graph.scalar("bool", false));
};

type Write = (graph: GraphBuilder) => readonly Value[];

/** One of several programs, as branches inside branches: the number of the branch is compared with one after another. */
export const branch = (
  lowering: Lowering<Params> & { readonly kind: "branch" },
  [index, ...operands]: readonly Value[],
  params: Params,
  { graph, run, outAvals, source }: RuleContext,
): readonly Value[] => {
  const { branches } = lowering.describe(params);
  const either = (where: GraphBuilder, isThis: Value, yes: Write, no: Write): readonly Value[] =>
    where.nodes("If", [isThis], outAvals.map(typeOf), {
      then_branch: where.inner("then", yes),
      else_branch: where.inner("else", no),
    });
  const write =
    (program: CarriedJaxpr): Write =>
    (where) =>
      run(program, where, operands);
  const from = (where: GraphBuilder, first: number): readonly Value[] => {
    const program = branches[first] as CarriedJaxpr;
    if (first === branches.length - 1 || outAvals.length === 0) return write(program)(where);
    const isThis = where.elementwise("LessOrEqual", [index as Value, where.scalar("int32", first)], "bool");
    return either(where, isThis, write(program), (inner) => from(inner, first + 1));
  };
  const chosen = graph.constantBehind(index as Value);
  if (chosen !== undefined) {
    const number = elementsOf("int32", 1, chosen.data)[0] as number;
    const last = branches.length - 1;
    return write(branches[Math.min(Math.max(number, 0), last)] as CarriedJaxpr)(graph);
  }
  // The number of one of two branches is, as a rule, a truth value.
  const made = source(0);
  const truth = made?.primitive === convertElementTypePrimitive ? made.inputs[0] : undefined;
  if (truth?.type === "bool" && branches.length === 2 && outAvals.length > 0) {
    const [no, yes] = branches as readonly [CarriedJaxpr, CarriedJaxpr];
    return either(graph, truth, write(yes), write(no));
  }
  return from(graph, 0);
};

const typeOf = ({ dtype, shape }: Aval): { type: Aval["dtype"]; shape: Aval["shape"] } => ({
  type: dtype,
  shape,
});
