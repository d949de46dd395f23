import { type Expr, isSigned, type Procedure, type ScalarType, type ScalarValue, toScalar } from "./expr.ts";
import type { Sequence, Step } from "./step.ts";

const bits = new DataView(new ArrayBuffer(8));

function bitcast(from: ScalarType, to: ScalarType, value: ScalarValue): ScalarValue {
  if (from === "f32") bits.setFloat32(0, Number(value));
  else if (from === "f64") bits.setFloat64(0, Number(value));
  else if (typeof value === "bigint") bits.setBigInt64(0, value);
  else bits.setInt32(0, Number(value));
  if (to === "f32") return bits.getFloat32(0);
  if (to === "f64") return bits.getFloat64(0);
  if (typeof value === "bigint" || from === "f64") return toScalar(to, bits.getBigInt64(0));
  return toScalar(to, bits.getInt32(0));
}

/** Saturates a float to an integer type, NaN to 0. */
function saturate(type: ScalarType, value: number): ScalarValue {
  if (Number.isNaN(value)) return toScalar(type, 0);
  const width = type === "i64" || type === "u64" ? 64 : 32;
  const low = isSigned(type) ? -(2n ** BigInt(width - 1)) : 0n;
  const high = 2n ** BigInt(isSigned(type) ? width - 1 : width) - 1n;
  if (value >= Number(high)) return toScalar(type, high);
  if (value <= Number(low)) return toScalar(type, low);
  return toScalar(type, BigInt(Math.trunc(value)));
}

function convert(from: ScalarType, to: ScalarType, value: ScalarValue): ScalarValue {
  if (to === "bool") return Boolean(value);
  if (to === "f32" && typeof value === "bigint") return bigToFloat32(value);
  if ((from === "f32" || from === "f64") && to !== "f32" && to !== "f64") return saturate(to, Number(value));
  if (to === "i32" || to === "u32") return toScalar(to, Number(BigInt.asIntN(32, BigInt(value))));
  return toScalar(to, value);
}

/** One rounding, where going by way of a double would round twice. */
function bigToFloat32(value: bigint): number {
  const sign = value < 0n ? -1 : 1;
  const size = value < 0n ? -value : value;
  const drop = BigInt(Math.max(0, size.toString(2).length - 40));
  const sticky = size & ((1n << drop) - 1n) ? 1n : 0n;
  return sign * Math.fround(Number((size >> drop) | sticky) * 2 ** Number(drop));
}

function nearest(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  const result = rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  return Number.isFinite(x) ? (result === 0 ? 0 * Math.sign(x) : result) : x;
}

function unaryNumber(op: string, x: number): number {
  switch (op) {
    case "neg":
      return -x;
    case "abs":
      return Math.abs(x);
    case "sqrt":
      return Math.sqrt(x);
    case "floor":
      return Math.floor(x);
    case "ceil":
      return Math.ceil(x);
    case "trunc":
      return Math.trunc(x);
    case "nearest":
      return x === 0 ? x : nearest(x);
    default:
      return ~x;
  }
}

function binaryNumber(op: string, x: number, y: number, signed: boolean, integer: boolean): number {
  switch (op) {
    case "add":
      return x + y;
    case "sub":
      return x - y;
    case "mul":
      return integer ? Math.imul(x, y) : x * y;
    case "div":
      return integer ? Math.trunc(x / y) : x / y;
    case "rem":
      return x % y;
    case "min":
      return Math.min(x, y);
    case "max":
      return Math.max(x, y);
    case "pmin":
      return y < x ? y : x;
    case "pmax":
      return x < y ? y : x;
    case "copysign":
      return y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x);
    case "and":
      return x & y;
    case "or":
      return x | y;
    case "xor":
      return x ^ y;
    case "shl":
      return x << y;
    default:
      return signed ? x >> y : x >>> y;
  }
}

function binaryBig(op: string, x: bigint, y: bigint): bigint {
  switch (op) {
    case "add":
      return x + y;
    case "sub":
      return x - y;
    case "mul":
      return x * y;
    case "div":
      return x / y;
    case "rem":
      return x % y;
    case "min":
    case "pmin":
      return y < x ? y : x;
    case "max":
    case "pmax":
      return x < y ? y : x;
    case "and":
      return x & y;
    case "or":
      return x | y;
    case "xor":
      return x ^ y;
    case "shl":
      return x << (y & 63n);
    default:
      return x >> (y & 63n);
  }
}

function compare(op: string, x: ScalarValue, y: ScalarValue): boolean {
  switch (op) {
    case "eq":
      return x === y;
    case "ne":
      return x !== y;
    case "lt":
      return x < y;
    case "le":
      return x <= y;
    case "gt":
      return x > y;
    default:
      return x >= y;
  }
}

/** The value of one step, given the values and the types of its operands. */
export function evaluateStep(
  step: Omit<Step, "args">,
  args: readonly ScalarValue[],
  types: readonly ScalarType[],
  inputs: readonly ScalarValue[] = [],
): ScalarValue {
  const { op, type } = step;
  const [x = 0, y = 0, z = 0] = args;
  switch (op) {
    case "constant":
      return step.value ?? 0;
    case "input":
      return toScalar(type, inputs[step.index ?? 0] ?? 0);
    case "select":
    case "rare":
      return x ? y : z;
    case "convert":
      return convert(types[0] ?? type, type, x);
    case "bitcast":
      return bitcast(types[0] ?? type, type, x);
    case "lookup": {
      const values = step.table?.values ?? [];
      return toScalar(type, values[Number(x) & (values.length - 1)] ?? 0);
    }
    case "call":
      return evaluateExpr((step.procedure as Procedure).body, args);
    case "eq":
    case "ne":
    case "lt":
    case "le":
    case "gt":
    case "ge":
      return compare(op, x, y);
  }
  if (typeof x === "bigint") {
    if (args.length === 2) return toScalar(type, binaryBig(op, x, BigInt(y)));
    return toScalar(type, op === "not" ? ~x : op === "neg" || x < 0n ? -x : x);
  }
  if (typeof x === "boolean") {
    return op === "not" ? !x : op === "and" ? x && Boolean(y) : op === "or" ? x || Boolean(y) : x !== y;
  }
  if (args.length === 1) return toScalar(type, unaryNumber(op, x));
  const integer = type !== "f32" && type !== "f64";
  return toScalar(type, binaryNumber(op, x, Number(y), isSigned(type), integer));
}

/** The value of an expression, given those of its inputs. */
function evaluateExpr(root: Expr, inputs: readonly ScalarValue[]): ScalarValue {
  const known = new Map<Expr, ScalarValue>();
  const compute = (expr: Expr): ScalarValue => {
    const found = known.get(expr);
    if (found !== undefined) return found;
    const types = expr.args.map((arg) => arg.type);
    const value = evaluateStep(expr, expr.args.map(compute), types, inputs);
    known.set(expr, value);
    return value;
  };
  return compute(root);
}

/**
 * Runs a sequence on the values of its inputs: the meaning that generated code is held to.
 *
 *     const f = sequence([add(input(0, "f32"), 1)]);
 *     evaluate(f, [2]); // [3]
 */
export function evaluate(program: Sequence, inputs: readonly ScalarValue[]): ScalarValue[] {
  const values: ScalarValue[] = [];
  for (const step of program.steps) {
    const args = step.args.map((i) => values[i] ?? 0);
    const types = step.args.map((i) => program.steps[i]?.type ?? "f32");
    values.push(evaluateStep(step, args, types, inputs));
  }
  return program.results.map((i) => values[i] ?? 0);
}
