import { add, and, bitcast, constant, type Expr, lt, mul, not, or, select, shl, shr, sub } from "../expr.ts";

/*
 * Operations on the bits of 32-bit integers that are not instructions of their own everywhere.
 */

/** How many bits are set: counted in pairs, fours and bytes side by side, and the bytes added by a product. */
export function populationCount(x: Expr): Expr {
  const word = bitcast(x, "u32");
  const pairs = sub(word, and(shr(word, 1), 0x55555555));
  const fours = add(and(pairs, 0x33333333), and(shr(pairs, 2), 0x33333333));
  const bytes = and(add(fours, shr(fours, 4)), 0x0f0f0f0f);
  return bitcast(shr(mul(bytes, 0x01010101), 24), x.type);
}

/** How many zeros stand above the highest bit that is set: those left when all bits below it are set too. */
export function leadingZeros(x: Expr): Expr {
  const filled = [1, 2, 4, 8, 16].reduce(
    (word, distance) => or(word, shr(word, distance)),
    bitcast(x, "u32"),
  );
  return bitcast(populationCount(not(filled)), x.type);
}

/** Whether an amount to shift by is one of 0 to 31. */
const inRange = (amount: Expr): Expr => lt(bitcast(amount, "u32"), 32);

/** Bits moved up; by less than 0 or more than 31, all of them out. */
export function shiftLeft(x: Expr, amount: Expr): Expr {
  return select(inRange(amount), shl(x, amount), 0);
}

/** Bits moved down and zeros in; by less than 0 or more than 31, all of them out. */
export function shiftRightLogical(x: Expr, amount: Expr): Expr {
  const shifted = shr(bitcast(x, "u32"), bitcast(amount, "u32"));
  return select(inRange(amount), bitcast(shifted, x.type), 0);
}

/** Bits moved down and copies of the highest in; by less than 0 or more than 31, nothing but those. */
export function shiftRightArithmetic(x: Expr, amount: Expr): Expr {
  const distance = select(inRange(amount), bitcast(amount, "i32"), constant("i32", 31));
  return bitcast(shr(bitcast(x, "i32"), distance), x.type);
}

/** Bits moved up, those that leave coming in again below; the distance is from 1 to 31. */
export function rotateLeft(x: Expr, distance: number): Expr {
  const word = bitcast(x, "u32");
  return bitcast(or(shl(word, distance), shr(word, 32 - distance)), x.type);
}
