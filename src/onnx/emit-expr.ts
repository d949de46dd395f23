import { type Expr, isFloat, isSigned, type Procedure, type ScalarType } from "../kernel/expr.ts";
import { programOf, type Sequence, type Step, sequence } from "../kernel/sequence.ts";
import type { GraphBuilder, Value } from "./graph-builder.ts";

/** Element types of ONNX as scalar expressions have them. */
export type NumberType = "float32" | "float64" | "int32" | "uint32" | "int64" | "uint64" | "bool";

const TYPES: { readonly [S in ScalarType]: NumberType } = {
  f32: "float32",
  f64: "float64",
  i32: "int32",
  u32: "uint32",
  i64: "int64",
  u64: "uint64",
  bool: "bool",
};

/** The element type of values of a scalar type. */
export const elementTypeOfScalar = (type: ScalarType): NumberType => TYPES[type];

/** The unsigned integers as wide as a type, of which alone bits are shifted. */
const unsigned = (type: ScalarType): NumberType =>
  type === "f64" || type === "i64" || type === "u64" ? "uint64" : "uint32";

const NODES: { readonly [op: string]: string } = {
  neg: "Neg",
  abs: "Abs",
  sqrt: "Sqrt",
  floor: "Floor",
  ceil: "Ceil",
  nearest: "Round",
  add: "Add",
  sub: "Sub",
  mul: "Mul",
  div: "Div",
  min: "Min",
  max: "Max",
};

const COMPARISONS: { readonly [op: string]: string } = {
  eq: "Equal",
  lt: "Less",
  le: "LessOrEqual",
  gt: "Greater",
  ge: "GreaterOrEqual",
};

const LOGIC: { readonly [op: string]: string } = { and: "And", or: "Or", xor: "Xor", not: "Not" };

/** Where the integers of a type begin and end; the end is not one of them. */
const RANGES: { readonly [S in "i32" | "u32" | "i64" | "u64"]: readonly [bigint, bigint] } = {
  i32: [-(2n ** 31n), 2n ** 31n],
  u32: [0n, 2n ** 32n],
  i64: [-(2n ** 63n), 2n ** 63n],
  u64: [0n, 2n ** 64n],
};

/** Writes scalar expressions as elementwise nodes: every operation keeps the meaning that src/kernel gives it. */
class ExprEmitter {
  readonly #graph: GraphBuilder;

  constructor(graph: GraphBuilder) {
    this.#graph = graph;
  }

  sequence({ steps, results }: Sequence, inputs: readonly Value[]): readonly Value[] {
    const values: Value[] = [];
    for (const step of steps) {
      const args = step.args.map((i) => values[i] as Value);
      const types = step.args.map((i) => (steps[i] as Step).type);
      values.push(this.#step(step, args, types, inputs));
    }
    return results.map((i) => values[i] as Value);
  }

  #step(step: Step, args: readonly Value[], types: readonly ScalarType[], inputs: readonly Value[]): Value {
    const graph = this.#graph;
    const { op, type } = step;
    const to = TYPES[type];
    const [x, y, z] = args as readonly [Value, Value, Value];
    const from = types[0] ?? type;
    switch (op) {
      case "constant":
        return graph.scalar(to, step.value ?? 0);
      case "input":
        return inputs[step.index ?? 0] as Value;
      case "select":
      case "rare":
        return graph.where(x, y, z);
      case "pmin":
        return graph.where(graph.elementwise("Less", [y, x], "bool"), y, x);
      case "pmax":
        return graph.where(graph.elementwise("Less", [x, y], "bool"), y, x);
      case "convert":
        return this.#convert(x, from, type);
      case "bitcast":
        return graph.bitcast(x, to);
      case "lookup": {
        const { type: kind, values } = step.table as NonNullable<Step["table"]>;
        const table = graph.constant(TYPES[kind], values, [values.length]);
        const place = graph.elementwise("BitwiseAnd", [x, graph.scalar("int32", values.length - 1)]);
        return graph.gather(table, place, 0);
      }
      case "call":
        return this.sequence(programOf(step.procedure as Procedure), args)[0] as Value;
      case "ne":
        if (isFloat(from) && x.name === y.name) return graph.elementwise("IsNaN", [x], "bool");
        return graph.elementwise("Not", [graph.elementwise("Equal", [x, y], "bool")]);
      case "trunc": {
        const isNegative = graph.elementwise("Less", [x, graph.scalar(to, 0)], "bool");
        return graph.where(isNegative, graph.elementwise("Ceil", [x]), graph.elementwise("Floor", [x]));
      }
      case "copysign":
        return this.#copysign(x, y, type);
      case "rem":
        return graph.elementwise("Mod", args, to, { fmod: 1 });
      case "shl":
      case "shr":
        return this.#shift(op, x, y, type);
    }
    if (op in COMPARISONS) return graph.elementwise(COMPARISONS[op] as string, args, "bool");
    if (op in LOGIC) {
      const name = LOGIC[op] as string;
      return graph.elementwise(type === "bool" ? name : `Bitwise${name}`, args);
    }
    if (op === "neg" && !isFloat(type) && !isSigned(type))
      return graph.elementwise("Sub", [graph.scalar(to, 0), x]);
    return graph.elementwise(NODES[op] as string, args);
  }

  /** The magnitude of `x` with the sign of `y`. */
  #copysign(x: Value, y: Value, type: ScalarType): Value {
    const graph = this.#graph;
    const word = unsigned(type);
    const sign = word === "uint64" ? 2n ** 63n : 2n ** 31n;
    const bits = (value: Value, mask: bigint): Value =>
      graph.elementwise("BitwiseAnd", [graph.bitcast(value, word), graph.scalar(word, mask)]);
    const joined = graph.elementwise("BitwiseOr", [bits(x, sign - 1n), bits(y, sign)]);
    return graph.bitcast(joined, TYPES[type]);
  }

  /**
   * There are kernels that shift unsigned integers alone, zeros coming in. A negative number is turned before and after,
   * so that its copies of the sign are zeros.
   */
  #shift(op: "shl" | "shr", x: Value, amount: Value, type: ScalarType): Value {
    const graph = this.#graph;
    const word = unsigned(type);
    const width = word === "uint64" ? 64 : 32;
    const by = graph.elementwise("BitwiseAnd", [graph.bitcast(amount, word), graph.scalar(word, width - 1)]);
    const direction = op === "shl" ? "LEFT" : "RIGHT";
    const shifted = (bits: Value): Value => graph.elementwise("BitShift", [bits, by], word, { direction });
    const bits = graph.bitcast(x, word);
    if (op === "shl" || !isSigned(type)) return graph.bitcast(shifted(bits), TYPES[type]);
    const isNegative = graph.elementwise("Less", [x, graph.scalar(TYPES[type], 0)], "bool");
    const signed = width === 64 ? "int64" : "int32";
    const ones = graph.where(isNegative, graph.scalar(signed, -1), graph.scalar(signed, 0));
    const mask = graph.bitcast(ones, word);
    const turned = shifted(graph.elementwise("BitwiseXor", [bits, mask]));
    return graph.bitcast(graph.elementwise("BitwiseXor", [turned, mask]), TYPES[type]);
  }

  /** Floats become integers towards zero, saturating, NaN to 0; a cast alone says nothing of those out of range. */
  #convert(x: Value, from: ScalarType, type: ScalarType): Value {
    const graph = this.#graph;
    const to = TYPES[type];
    if (!isFloat(from) || isFloat(type) || type === "bool") return graph.cast(x, to);
    const [least, end] = RANGES[type];
    const [low, high] = [least, end].map((bound) => graph.scalar(TYPES[from], Number(bound))) as [
      Value,
      Value,
    ];
    const isLow = graph.elementwise("Less", [x, low], "bool");
    const isHigh = graph.elementwise("GreaterOrEqual", [x, high], "bool");
    const isNumber = graph.elementwise("Equal", [x, x], "bool");
    const isInside = graph.elementwise("And", [
      isNumber,
      graph.elementwise("Not", [graph.elementwise("Or", [isLow, isHigh])]),
    ]);
    const inside = graph.cast(graph.where(isInside, x, graph.scalar(TYPES[from], 0)), to);
    return graph.where(
      isHigh,
      graph.scalar(to, end - 1n),
      graph.where(isLow, graph.scalar(to, least), inside),
    );
  }
}

/** The values of expressions, element by element; `inputs` are what they are functions of, rank 0 or alike in shape. */
export const emitExprs = (
  graph: GraphBuilder,
  exprs: readonly Expr[],
  inputs: readonly Value[],
): readonly Value[] => new ExprEmitter(graph).sequence(sequence(exprs), inputs);
