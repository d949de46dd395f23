// Scalar expressions: what a lowering says about one element. An expression is an immutable directed acyclic graph of
// typed operations; every operation is total and has one meaning, rounded once, whoever runs it (the interpreter of
// evaluate.ts, scalar WebAssembly, vector WebAssembly).

/** The type of one element. Integers wrap; `bool` is a truth value, not a number. */
export type ScalarType = "f32" | "f64" | "i32" | "u32" | "i64" | "u64" | "bool";

export type UnaryOp = "neg" | "abs" | "sqrt" | "floor" | "ceil" | "trunc" | "nearest" | "not";

/**
 * `min`/`max` return NaN if either operand is and order -0 below 0; `pmin(a, b)` is `b < a ? b : a` and
 * `pmax(a, b)` is `a < b ? b : a`, which is one machine instruction. `rem` of floats is C's `fmod`. `shl`/`shr`
 * take the amount modulo the width; `shr` keeps the sign of a signed type. `div`/`rem` of integers are as the
 * processor's: the builders below guard the operands that would trap.
 */
export type BinaryOp =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "rem"
  | "min"
  | "max"
  | "pmin"
  | "pmax"
  | "copysign"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shr";

export type CompareOp = "eq" | "ne" | "lt" | "le" | "gt" | "ge";

/** `rare` means what `select` means, and promises that the condition is seldom true, so that code may branch. */
export type Op =
  | UnaryOp
  | BinaryOp
  | CompareOp
  | "select"
  | "rare"
  | "convert"
  | "bitcast"
  | "lookup"
  | "call"
  | "constant"
  | "input";

/** The value of a constant: a bigint for i64 and u64, a boolean for bool, else a number. */
export type ScalarValue = number | bigint | boolean;

/** Values that `lookup` picks from; their number is a power of two. */
export interface Table {
  readonly type: "f32" | "f64" | "i32";
  readonly values: readonly number[];
}

/** A function of scalars with code of its own, for what is too long to be written out wherever it is used. */
export interface Procedure {
  readonly name: string;
  /** Its inputs are the parameters. */
  readonly body: Expr;
}

export interface Expr {
  readonly op: Op;
  readonly type: ScalarType;
  readonly args: readonly Expr[];
  /** Of a constant. */
  readonly value?: ScalarValue;
  /** Which input. */
  readonly index?: number;
  /** Of a lookup. */
  readonly table?: Table;
  /** What a call calls. */
  readonly procedure?: Procedure;
}

/** An expression, or a number that takes the type of the other operand. */
export type Operand = Expr | number;

/** Rounds or wraps a number to a value of the type. */
export function toScalar(type: ScalarType, value: number | bigint | boolean): ScalarValue {
  switch (type) {
    case "f32":
      return Math.fround(Number(value));
    case "f64":
      return Number(value);
    case "i32":
      return Number(value) | 0;
    case "u32":
      return Number(value) >>> 0;
    case "i64":
      return BigInt.asIntN(64, BigInt(value));
    case "u64":
      return BigInt.asUintN(64, BigInt(value));
    case "bool":
      return Boolean(value);
  }
}

/** A constant of a type, brought into its range. */
export const constant = (type: ScalarType, value: ScalarValue): Expr => ({
  op: "constant",
  type,
  args: [],
  value: toScalar(type, value),
});

/** The k-th value that the expression is a function of. */
export const input = (index: number, type: ScalarType): Expr => ({ op: "input", type, args: [], index });

/** Whether a type is of floats. */
export const isFloat = (type: ScalarType): type is "f32" | "f64" => type === "f32" || type === "f64";

/** Whether a type is of integers with a sign. */
export const isSigned = (type: ScalarType): boolean => type === "i32" || type === "i64";

/** How many bits a value has; a bool has none of its own. */
export function bitWidth(type: ScalarType): 32 | 64 | undefined {
  return type === "bool" ? undefined : type === "f64" || type === "i64" || type === "u64" ? 64 : 32;
}

function wrap(type: ScalarType, operand: Operand): Expr {
  return typeof operand === "number" ? constant(type, operand) : operand;
}

function pair(name: string, a: Operand, b: Operand): readonly [Expr, Expr] {
  const typed = typeof a === "number" ? b : a;
  if (typeof typed === "number")
    throw new TypeError(`${name}: both operands are plain numbers, so no type is known`);
  const [x, y] = [wrap(typed.type, a), wrap(typed.type, b)];
  if (x.type !== y.type) throw new TypeError(`${name}: operands have types ${x.type} and ${y.type}`);
  return [x, y];
}

const unary =
  (op: UnaryOp) =>
  (x: Expr): Expr => ({ op, type: x.type, args: [x] });

const binary =
  (op: BinaryOp) =>
  (a: Operand, b: Operand): Expr => {
    const args = pair(op, a, b);
    return { op, type: args[0].type, args };
  };

const compare =
  (op: CompareOp) =>
  (a: Operand, b: Operand): Expr => ({ op, type: "bool", args: pair(op, a, b) });

const shift =
  (op: "shl" | "shr") =>
  (x: Expr, amount: Operand): Expr => ({ op, type: x.type, args: [x, wrap(x.type, amount)] });

/** −x; integers wrap. */
export const neg = unary("neg");
/** Of an unsigned integer, itself. */
export const abs = (x: Expr): Expr =>
  x.type === "u32" || x.type === "u64" ? x : { op: "abs", type: x.type, args: [x] };
/** The square root of a float, rounded correctly. */
export const sqrt = unary("sqrt");
/** The greatest whole number that is not greater. */
export const floor = unary("floor");
/** The least whole number that is not less. */
export const ceil = unary("ceil");
/** The whole part. */
export const trunc = unary("trunc");
/** Rounds to the nearest whole number, ties to the even one. */
export const nearest = unary("nearest");
/** Every bit turned; of a bool, its negation. */
export const not = unary("not");

/** x + y; integers wrap. */
export const add = binary("add");
/** x − y; integers wrap. */
export const sub = binary("sub");
/** x · y; integers wrap. */
export const mul = binary("mul");
/** The lesser operand; NaN if one is NaN. */
export const min = binary("min");
/** The greater operand; NaN if one is NaN. */
export const max = binary("max");
/** The second operand if it is less than the first, else the first. */
export const pmin = binary("pmin");
/** The second operand if it is greater than the first, else the first. */
export const pmax = binary("pmax");
/** The magnitude of the first float with the sign of the second. */
export const copysign = binary("copysign");
/** Bit by bit; of bools, whether both hold. */
export const and = binary("and");
/** Bit by bit; of bools, whether one holds. */
export const or = binary("or");
/** Bit by bit; of bools, whether just one holds. */
export const xor = binary("xor");
/** Bits moved to the left, zeros coming in. */
export const shl = shift("shl");
/** Bits moved to the right; copies of the sign come in where there is one, else zeros. */
export const shr = shift("shr");

/** Whether x = y. */
export const eq = compare("eq");
/** Whether x ≠ y; true if one is NaN. */
export const ne = compare("ne");
/** Whether x < y. */
export const lt = compare("lt");
/** Whether x ≤ y. */
export const le = compare("le");
/** Whether x > y. */
export const gt = compare("gt");
/** Whether x ≥ y. */
export const ge = compare("ge");

/** The divisor with what would trap taken out, and whether anything was. */
function guarded(x: Expr, y: Expr): readonly [Expr, Expr, Expr] {
  const zero = eq(y, 0);
  const minusOne = isSigned(x.type) ? eq(y, -1) : constant("bool", false);
  return [select(or(zero, minusOne), 1, y), zero, minusOne];
}

/** Of integers: towards zero, `x / 0` has every bit set, and the least number divided by -1 is itself. */
export function div(a: Operand, b: Operand): Expr {
  const [x, y] = pair("div", a, b);
  if (isFloat(x.type)) return { op: "div", type: x.type, args: [x, y] };
  const [divisor, zero, minusOne] = guarded(x, y);
  const quotient: Expr = { op: "div", type: x.type, args: [x, divisor] };
  return select(zero, -1, select(minusOne, neg(x), quotient));
}

/** With the sign of the dividend, as C's `%` and `fmod`; of integers, `x % 0` is `x`. */
export function rem(a: Operand, b: Operand): Expr {
  const [x, y] = pair("rem", a, b);
  if (isFloat(x.type)) return { op: "rem", type: x.type, args: [x, y] };
  const [divisor, zero] = guarded(x, y);
  return select(zero, x, { op: "rem", type: x.type, args: [x, divisor] });
}

const choose =
  (op: "select" | "rare") =>
  (condition: Expr, whenTrue: Operand, whenFalse: Operand): Expr => {
    const [x, y] = pair(op, whenTrue, whenFalse);
    return { op, type: x.type, args: [condition, x, y] };
  };

/** The second operand where the condition holds, else the third. */
export const select = choose("select");
/** `select` whose condition is seldom true: the second operand may be left uncomputed. */
export const rare = choose("rare");

/**
 * The same number in another type. Float to integer: towards zero, saturating, NaN to 0. Integer to integer: wrapping.
 * To float: rounded to nearest, ties to even. From bool: 0 or 1. To bool: whether it is not 0.
 */
export function convert(x: Expr, type: ScalarType): Expr {
  if (x.type === type) return x;
  if (type === "bool") return ne(x, 0);
  return { op: "convert", type, args: [x] };
}

/** The same bits in another type of the same width. */
export function bitcast(x: Expr, type: ScalarType): Expr {
  if (x.type === type) return x;
  if (bitWidth(x.type) !== bitWidth(type) || type === "bool") {
    throw new TypeError(`bitcast: ${x.type} and ${type} differ in width`);
  }
  return { op: "bitcast", type, args: [x] };
}

/** The value of a table at an i32 index, which is taken modulo the table's length. */
export function lookup(table: Table, index: Expr): Expr {
  const n = table.values.length;
  if (n === 0 || (n & (n - 1)) !== 0)
    throw new RangeError(`lookup: a table has a power of two of values, not ${n}`);
  if (index.type !== "i32") throw new TypeError(`lookup: the index is i32, not ${index.type}`);
  return { op: "lookup", type: table.type, args: [index], table };
}

/**
 * The value of a procedure. Vectors can't call: it stands in the seldom computed operand of `rare`, where code is run
 * for one lane at a time.
 */
export const call = (procedure: Procedure, ...args: readonly Expr[]): Expr => ({
  op: "call",
  type: procedure.body.type,
  args,
  procedure,
});
