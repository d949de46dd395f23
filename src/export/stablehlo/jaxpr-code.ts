import { ConcreteArray, type NDArray } from "../../array/index.ts";
import {
  type Atom,
  type Aval,
  type CarriedJaxpr,
  ClosedJaxpr,
  CotangentError,
  describeAval,
  type Equation,
  Literal,
  type Var,
} from "../../core/index.ts";
import type { BranchForm, ScanForm, WhileForm } from "../../core/lowering.ts";
import { writeEquation } from "./equation-code.ts";
import { formatDense } from "./literals.ts";
import { binary, compare, dynamicSlice, dynamicUpdateSlice, reshape, whileLoop } from "./ops.ts";
import { planEquations } from "./plan.ts";
import { elementOfDType, scalar, typeOf, type Value } from "./types.ts";
import type { Writer } from "./writer.ts";

/*
 * Whole jaxprs. Calls are written out where they stand; loops and branches become StableHLO's, whose blocks see the
 * values outside.
 */

/** The results of a jaxpr with the values of its inputs. */
export const writeJaxpr = (w: Writer, closed: ClosedJaxpr, inputs: readonly Value[]): Value[] => {
  const { jaxpr, consts } = closed;
  const constants = new Map(jaxpr.constVars.map((v, i) => [v, consts[i] as NDArray]));
  const values = new Map<Var, Value>(jaxpr.inputs.map((v, i) => [v, inputs[i] as Value]));
  const read = (atom: Atom): Value => {
    if (atom instanceof Literal) return writeConstant(w, atom.value);
    const value = values.get(atom);
    if (value !== undefined) return value;
    // Constants are looked up each time, since the block that wrote one may have ended.
    return writeConstant(w, constants.get(atom) as NDArray);
  };
  const plan = planEquations(jaxpr);
  for (const equation of plan.equations) {
    const { primitive, outputs } = equation;
    const fused = plan.fused.get(equation);
    const results =
      fused === undefined
        ? writeAny(w, equation, equation.inputs.map(read))
        : fused.write(w, fused.inputs.map(read));
    if (results.length !== outputs.length)
      throw new CotangentError(`toStableHLO: "${primitive.name}" gave ${results.length} values.`);
    outputs.forEach((v, i) => void values.set(v, results[i] as Value));
  }
  return jaxpr.outputs.map(read);
};

const writeConstant = (w: Writer, x: NDArray): Value => {
  if (x instanceof ConcreteArray) return w.constant(formatDense(x), typeOf(x));
  throw new CotangentError(
    `toStableHLO: the function closes over a traced array of ${describeAval(x)}. Export the outermost function, or pass ` +
      "the array as an argument.",
  );
};

/** One equation, with what it carries. */
const writeAny = (w: Writer, equation: Equation, inputs: readonly Value[]): readonly Value[] => {
  const { primitive, params } = equation;
  if (primitive.effectful) {
    throw new CotangentError(
      `toStableHLO: "${primitive.name}" calls back to JavaScript, which no other engine can. Take the calls of debug out.`,
    );
  }
  const { lowering } = primitive;
  switch (lowering?.kind) {
    case "scan":
      return writeScan(w, lowering.describe(params), inputs);
    case "while":
      return writeWhile(w, lowering.describe(params), inputs);
    case "branch":
      return writeBranch(w, lowering.describe(params), inputs);
    case "call":
      return writeCall(w, equation, inputs);
    default:
      return writeEquation(w, equation, inputs);
  }
};

/** What a call computes, in its place. What a checkpoint computes again must not be merged with the first time. */
const writeCall = (
  w: Writer,
  { primitive, params }: Equation,
  inputs: readonly Value[],
): readonly Value[] => {
  const called = "jaxpr" in params ? params.jaxpr : undefined;
  if (!(called instanceof ClosedJaxpr))
    throw new CotangentError(`toStableHLO: the call "${primitive.name}" carries no jaxpr.`);
  const isBarrier = primitive.name === "checkpoint" && inputs.length > 0;
  const given = isBarrier ? w.op("stablehlo.optimization_barrier", inputs, inputs) : inputs;
  return writeJaxpr(w, called, given);
};

const carried = (closed: CarriedJaxpr): ClosedJaxpr => {
  if (closed instanceof ClosedJaxpr) return closed;
  throw new CotangentError("toStableHLO: a lowering describes a loop or a branch by ClosedJaxprs.");
};

const zero = (w: Writer): Value => w.splat(0, scalar("i32"));
const one = (w: Writer): Value => w.splat(1, scalar("i32"));

/** Where row `i` of an array of rows starts. */
const startOf = (w: Writer, i: Value, rank: number): Value[] => [
  i,
  ...Array.from({ length: rank - 1 }, () => zero(w)),
];

const rowOf = (w: Writer, x: Value, i: Value): Value => {
  const shape = x.shape.slice(1);
  return reshape(w, dynamicSlice(w, x, startOf(w, i, x.shape.length), [1, ...shape]), shape);
};

const withRow = (w: Writer, x: Value, row: Value, i: Value): Value =>
  dynamicUpdateSlice(w, x, reshape(w, row, [1, ...row.shape]), startOf(w, i, x.shape.length));

const writeScan = (
  w: Writer,
  { body, length, reverse, numConsts, numCarry }: ScanForm,
  inputs: readonly Value[],
): readonly Value[] => {
  const closed = carried(body);
  const consts = inputs.slice(0, numConsts);
  const first = inputs.slice(numConsts, numConsts + numCarry);
  const arrays = inputs.slice(numConsts + numCarry);
  const stacked = closed.outAvals.slice(numCarry).map(({ shape, dtype }) => {
    const type = { shape: [length, ...shape], element: elementOfDType(dtype) };
    return type.shape.includes(0) ? w.constant("", type) : zeros(w, type);
  });
  if (length === 0) return [...first, ...stacked];
  const end = w.splat(length, scalar("i32"));
  const [, ...results] = whileLoop(
    w,
    [zero(w), ...first, ...stacked],
    ([i]) => compare(w, "lt", i as Value, end),
    ([i, ...state]) => {
      const turn = i as Value;
      const at = reverse ? binary(w, "stablehlo.subtract", w.splat(length - 1, scalar("i32")), turn) : turn;
      const slices = arrays.map((x) => rowOf(w, x, at));
      const outputs = writeJaxpr(w, closed, [...consts, ...state.slice(0, numCarry), ...slices]);
      const rows = outputs.slice(numCarry).map((row, k) => withRow(w, state[numCarry + k] as Value, row, at));
      return [binary(w, "stablehlo.add", turn, one(w)), ...outputs.slice(0, numCarry), ...rows];
    },
  );
  return results;
};

/** Zeros of any type, 16-bit floats and narrow integers included. */
const zeros = (
  w: Writer,
  type: { readonly shape: readonly number[]; readonly element: Value["element"] },
): Value => w.constant(type.element === "i1" ? "false" : /f/.test(type.element) ? "0.0" : "0", type);

const writeWhile = (
  w: Writer,
  { cond, body, condConsts, bodyConsts }: WhileForm,
  inputs: readonly Value[],
): readonly Value[] => {
  const forCond = inputs.slice(0, condConsts);
  const forBody = inputs.slice(condConsts, condConsts + bodyConsts);
  return whileLoop(
    w,
    inputs.slice(condConsts + bodyConsts),
    (state) => writeJaxpr(w, carried(cond), [...forCond, ...state])[0] as Value,
    (state) => writeJaxpr(w, carried(body), [...forBody, ...state]),
  );
};

const writeBranch = (w: Writer, { branches }: BranchForm, inputs: readonly Value[]): readonly Value[] => {
  const [index, ...operands] = inputs as readonly [Value, ...Value[]];
  const programs = branches.map(carried);
  const avals = (programs[0] as ClosedJaxpr).outAvals;
  // XLA takes the last branch for every index out of range.
  const last = w.splat(programs.length - 1, index);
  const bounded = binary(w, "stablehlo.minimum", binary(w, "stablehlo.maximum", index, zero(w)), last);
  return w.op(
    "stablehlo.case",
    [bounded],
    avals.map((a: Aval) => typeOf(a)),
    "",
    programs.map((program) => () => w.return(writeJaxpr(w, program, operands))),
  );
};
