import {
  abs,
  add,
  and,
  bitcast,
  constant,
  copysign,
  type Expr,
  eq,
  ge,
  gt,
  lt,
  select,
  shr,
  sub,
  xor,
} from "../expr.ts";
import { bitConstant, formatOf } from "./format.ts";

/*
 * Functions that look at how floats are stored: the numbers of one sign are ordered as their bits are.
 */

/** The number next to `x` in the direction of `y`; `y` itself if they are equal, as in C. */
export function nextAfter(x: Expr, y: Expr): Expr {
  const { type, mantissa, tiny } = formatOf("nextAfter", x);
  const word = bitcast(x, type === "f32" ? "i32" : "i64");
  const inwards = xor(gt(y, x), gt(x, 0));
  const moved = bitcast(select(inwards, sub(word, 1), add(word, 1)), type);
  const least = copysign(constant(type, tiny * 2 ** -mantissa), y);
  const next = select(eq(x, y), y, select(eq(x, 0), least, moved));
  const sum = add(x, y);
  return select(and(eq(x, x), eq(y, y)), next, sum);
}

/**
 * `x` as a format with fewer bits would hold it: rounded to the nearest, ties to even; what is too large becomes
 * infinite, what is too small for a normal number becomes zero.
 */
export function reducePrecision(x: Expr, exponentBits: number, mantissaBits: number): Expr {
  const format = formatOf("reducePrecision", x);
  const { type, bits, bias } = format;
  const dropped = format.mantissa - mantissaBits;
  let reduced = x;
  if (dropped > 0) {
    const word = bitcast(x, bits);
    const unit = 1n << BigInt(dropped);
    // Half a unit less one, and one more if the unit's bit is set: a tie goes to the even neighbour.
    const carry = add(and(shr(word, dropped), 1), bitConstant(format, unit / 2n - 1n));
    const rounded = and(add(word, carry), bitConstant(format, -unit));
    reduced = select(lt(abs(x), Infinity), bitcast(rounded, type), x);
  }
  const limit = 2 ** (exponentBits - 1) - 1;
  if (limit >= bias) return reduced;
  const size = abs(reduced);
  const infinite = copysign(constant(type, Infinity), x);
  const zero = copysign(constant(type, 0), x);
  return select(ge(size, 2 ** (limit + 1)), infinite, select(lt(size, 2 ** (1 - limit)), zero, reduced));
}
