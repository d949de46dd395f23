import {
  bitcast,
  constant,
  convert,
  type Expr,
  eq,
  isFloat,
  ne,
  not,
  or,
  select,
  shr,
  xor,
} from "../kernel/expr.ts";

/** What zeros of unequal sign are to each other. */
export type Zeros = "equal" | "apart";

/**
 * An unsigned integer that is in the order of the elements: false before true, NaN after all other floats and equal to
 * itself. The bits of floats are in order but for negative ones, which have to be turned round.
 */
export const orderKey = (x: Expr, zeros: Zeros): Expr => {
  if (x.type === "bool" || x.type === "u32") return convert(x, "u32");
  if (!isFloat(x.type)) return xor(bitcast(x, "u32"), 2 ** 31);
  const isDouble = x.type === "f64";
  const [signed, unsigned] = isDouble ? (["i64", "u64"] as const) : (["i32", "u32"] as const);
  const width = isDouble ? 64 : 32;
  const signBit = constant(unsigned, 1n << BigInt(width - 1));
  const value = zeros === "equal" ? select(eq(x, 0), 0, x) : x;
  const bits = bitcast(value, signed);
  // All ones for negative numbers: every bit is turned round, else the sign alone.
  const turned = or(bitcast(shr(bits, width - 1), unsigned), signBit);
  return select(ne(x, x), not(constant(unsigned, 0)), xor(bitcast(bits, unsigned), turned));
};
