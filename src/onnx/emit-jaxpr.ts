import { broadcastShapes, computeDType, type DType, isStorage, sizeOf } from "../array/index.ts";
import {
  type Aval,
  aval,
  type ClosedJaxpr,
  CotangentError,
  DTypeError,
  describeAval,
  type Equation,
  Literal,
  type Lowering,
  type Params,
  type Var,
  widenedParams,
} from "../core/index.ts";
import { input } from "../kernel/expr.ts";
import { scalarTypeOf } from "../kernel/scalar-type.ts";
import { requireConcrete } from "./concrete.ts";
import { emitExprs } from "./emit-expr.ts";
import { emitNest } from "./emit-nest.ts";
import { attributesOfParams, FUNCTIONS, type NamedFunction } from "./functions.ts";
import type { GraphBuilder, Value } from "./graph-builder.ts";
import type { RuleContext, Source } from "./rule.ts";
import { branch, scan, whileLoop } from "./rules/control.ts";
import { REFUSED, RULES } from "./rules/index.ts";
import { reduction } from "./rules/reduction.ts";

/** Why an equation cannot be exported, and what to do. */
const refuse = ({ primitive, inputs }: Equation, why: string): never => {
  const operands = inputs.map(({ aval }) => describeAval(aval)).join(", ");
  throw new CotangentError(`toOnnx: "${primitive.name}" of (${operands}) cannot be exported: ${why}`);
};

/** Values of types that are only stored, in the types that they are computed in. */
const widened = (graph: GraphBuilder, values: readonly Value[], avals: readonly Aval[]): readonly Value[] =>
  values.map((value, i) => graph.cast(value, computeDType((avals[i] as Aval).dtype)));

/** Of primitives that only move elements: for many of them there are no kernels for storage types. */
const takesStorageAsItIs = (equation: Equation): boolean => {
  const { name, lowering } = equation.primitive;
  return (
    name === "convertElementType" ||
    name === "bitcastConvertType" ||
    lowering?.kind === "reshape" ||
    lowering?.kind === "identity" ||
    lowering?.kind === "scan" ||
    lowering?.kind === "while" ||
    lowering?.kind === "branch"
  );
};

/** By what the compiler knows of a primitive, where it has no rule of its own. */
const byLowering = (
  lowering: Lowering<Params>,
  inputs: readonly Value[],
  params: Params,
  context: RuleContext,
): Value | readonly Value[] | undefined => {
  const { graph, inAvals, outAvals } = context;
  switch (lowering.kind) {
    case "elementwise": {
      const operands = inAvals.map(({ dtype }, i) => input(i, scalarTypeOf(computeDType(dtype))));
      const exprs = [lowering.expr(operands, params, outAvals, inAvals)].flat();
      return emitExprs(graph, exprs, inputs);
    }
    case "identity":
      return inputs;
    case "reshape":
      return graph.reshape(inputs[0] as Value, (outAvals[0] as Aval).shape);
    case "reduction":
      return reduction(lowering, inputs[0] as Value, params, context);
    case "nest":
      return emitNest(
        graph,
        (nest) => lowering.build(nest, params, inAvals, outAvals),
        inputs,
        inAvals,
        outAvals,
      );
    case "scan":
      return scan(lowering, inputs, params, context);
    case "while":
      return whileLoop(lowering, inputs, params, context);
    case "branch":
      return branch(lowering, inputs, params, context);
    default:
      return undefined;
  }
};

/** A call of a function of the model that bears the primitive's name. What it is made of is left to the runtime. */
const inFunction = (
  named: NamedFunction,
  inputs: readonly Value[],
  given: Params,
  context: RuleContext,
): readonly Value[] => {
  const { primitive } = named;
  const { lowering, name } = primitive;
  const wide = (a: Aval, i: number): Aval => aval(a.shape, (inputs[i] as Value).type as DType, a.weakType);
  const inAvals = context.inAvals.map(wide);
  const isWidened = inAvals.some(({ dtype }, i) => dtype !== context.inAvals[i]?.dtype);
  const params = isWidened ? widenedParams(given) : given;
  const outAvals = primitive.abstractEval(inAvals, params);
  // Nodes that work element by element do so for all shapes, so that one function serves all.
  const isElementwise = lowering?.kind === "elementwise";
  const shape = isElementwise ? broadcastShapes(...inputs.map((x) => x.shape)) : undefined;
  const types = outAvals.map((a) => ({ type: a.dtype, shape: shape ?? a.shape }));
  const overload = inAvals.map((a) => (isElementwise ? a.dtype : describeAval(a))).join(", ");
  const attributes = attributesOfParams(named, params);
  const callee = {
    name,
    overload: [overload, ...Object.entries(attributes).map(String)].join("; "),
    attributes,
  };
  return context.graph.call(callee, inputs, types, (graph, operands) => {
    const inside: RuleContext = { ...context, graph, inAvals, outAvals, source: () => undefined };
    const found =
      RULES.get(name)?.(operands, params, inside) ??
      (lowering && byLowering(lowering, operands, params, inside)) ??
      [];
    const results = "name" in found ? [found] : found;
    return results.map((value, i) => graph.cast(value, (outAvals[i] as Aval).dtype));
  });
};

const emitEquation = (
  graph: GraphBuilder,
  equation: Equation,
  values: readonly Value[],
  source: (i: number) => Source | undefined,
): readonly Value[] => {
  const { primitive, params } = equation;
  const inAvals = equation.inputs.map(({ aval }) => aval);
  const outAvals = equation.outputs.map(({ aval }) => aval);
  const why = REFUSED[primitive.name];
  if (why !== undefined) return refuse(equation, why);
  if (outAvals.length > 0 && outAvals.every(({ shape }) => sizeOf(shape) === 0))
    return outAvals.map(({ dtype, shape }) => graph.constant(dtype, [], shape));
  const isWidened =
    [...inAvals, ...outAvals].some(({ dtype }) => isStorage(dtype)) && !takesStorageAsItIs(equation);
  const inputs = isWidened ? widened(graph, values, inAvals) : values;
  const context: RuleContext = {
    graph,
    inAvals,
    outAvals,
    source: isWidened ? () => undefined : source,
    run: (program, where, operands) => emitJaxpr(where, program as ClosedJaxpr, operands),
  };
  const { lowering } = primitive;
  const named = FUNCTIONS.get(primitive.name);
  const isFunction = named?.isFunction?.(inAvals, params);
  const found =
    (isFunction ? undefined : RULES.get(primitive.name)?.(inputs, params, context)) ??
    (named && isFunction !== false ? inFunction(named, inputs, params, context) : undefined) ??
    (lowering && byLowering(lowering, inputs, params, context)) ??
    refuse(
      equation,
      "it has no lowering. Evaluate it outside of the exported function, and pass the result as an argument.",
    );
  const results = "name" in found ? [found] : found;
  return results.map((value, i) => {
    const { dtype, shape } = outAvals[i] as Aval;
    return graph.expand(graph.cast(value, dtype), shape);
  });
};

/** Writes the equations of a program into a graph, and gives the values of its results. */
export const emitJaxpr = (
  graph: GraphBuilder,
  closed: ClosedJaxpr,
  inputs: readonly Value[],
): readonly Value[] => {
  const { jaxpr, consts } = closed;
  const values = new Map<Var, Value>();
  jaxpr.constVars.forEach((v, i) => void values.set(v, graph.array(requireConcrete(consts[i]))));
  jaxpr.inputs.forEach((v, i) => void values.set(v, inputs[i] as Value));
  const read = (atom: Var | Literal): Value => {
    requireType(atom.aval);
    return atom instanceof Literal ? graph.array(atom.value) : (values.get(atom) as Value);
  };
  const makers = new Map<Var, Equation>();
  const sourceOf =
    (equation: Equation) =>
    (i: number): Source | undefined => {
      const atom = equation.inputs[i];
      const maker = atom === undefined || atom instanceof Literal ? undefined : makers.get(atom);
      if (maker === undefined) return undefined;
      const { primitive, params, inputs: operands } = maker;
      return { primitive, params, inputs: operands.map(read), source: sourceOf(maker) };
    };
  for (const equation of jaxpr.equations) {
    for (const { aval } of equation.outputs) requireType(aval);
    const results = emitEquation(graph, equation, equation.inputs.map(read), sourceOf(equation));
    equation.outputs.forEach((v, i) => void values.set(v, results[i] as Value));
    for (const v of equation.outputs) makers.set(v, equation);
  }
  return jaxpr.outputs.map(read);
};

/** Refuses the one type that ONNX Runtime has no kernels for at all. */
export const requireType = (a: Aval): void => {
  if (a.dtype !== "bfloat16") return;
  throw new DTypeError(
    `toOnnx: ONNX Runtime has no bfloat16 kernels on CPUs; got ${describeAval(a)}. Convert to float32 (astype).`,
  );
};
