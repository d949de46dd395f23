import { type DType, dtypeInfo, isHalf, isInteger } from "../../array/index.ts";
import {
  abs,
  add,
  and,
  bitcast,
  constant,
  convert,
  type Expr,
  eq,
  ge,
  gt,
  isFloat,
  lt,
  max,
  min,
  mul,
  type Op,
  or,
  pmin,
  select,
  shl,
  shr,
  sub,
} from "../expr.ts";
import { scalarTypeOf } from "../scalar-type.ts";

/*
 * Conversions from and to types that are kept in less than 32 bits. Expressions have 16-bit floats as their bits.
 */

/** A 32-bit number wrapped into the bits of a narrower integer type; others as they are. */
export function wrapInto(x: Expr, dtype: DType): Expr {
  const { bytes, kind, max: greatest } = dtypeInfo(dtype);
  if (bytes === 4 || !isInteger(dtype)) return x;
  if (kind === "uint") return and(x, greatest);
  const unused = 32 - 8 * bytes;
  return shr(shl(x, unused), unused);
}

/** A float64 as the float32 next to it that is odd unless it is the number itself, so that rounding it again is safe. */
export function roundToOdd(x: Expr): Expr {
  const nearest = convert(x, "f32");
  const bits = bitcast(nearest, "i32");
  const error = sub(x, convert(nearest, "f64"));
  const outwards = or(and(gt(error, 0), gt(x, 0)), and(lt(error, 0), lt(x, 0)));
  const inwards = or(and(lt(error, 0), gt(x, 0)), and(gt(error, 0), lt(x, 0)));
  // Of an even number that is not exact, one of its odd neighbours.
  const step = sub(convert(outwards, "i32"), convert(inwards, "i32"));
  return bitcast(add(bits, select(lt(shl(bits, 31), 0), 0, step)), "f32");
}

/** The numbers that bits of 16-bit floats were made of: who reads them at once needs no bits. */
const packed = new WeakMap<Expr, Expr>();

const words = new Int32Array(1);
const floats = new Float32Array(words.buffer);

/** The bits of a float32. */
const bitsOf = (value: number): number => {
  floats[0] = value;
  return words[0] as number;
};

const INFINITE = bitsOf(Number.POSITIVE_INFINITY);

/** Operations whose NaN is one of their operands', or the processor's own. */
const ARITHMETIC: ReadonlySet<Op> = new Set([
  "add",
  "sub",
  "mul",
  "div",
  "sqrt",
  "neg",
  "abs",
  "pmin",
  "pmax",
]);

const fewBits = new WeakMap<Expr, boolean>();

/**
 * Whether a NaN here has no bits among its lower 16, so that rounding it like a number leaves it NaN: those of 16-bit floats,
 * and of what is computed with them, have none.
 */
function hasFewBits(x: Expr): boolean {
  const known = fewBits.get(x);
  if (known !== undefined) return known;
  const answer = x.op === "constant" || (ARITHMETIC.has(x.op) && x.args.every(hasFewBits));
  fewBits.set(x, answer);
  return answer;
}

/** A float32 rounded to the nearest 16-bit float, ties to even. */
function roundToHalf(x: Expr, dtype: "float16" | "bfloat16"): Expr {
  // Integer operations take a cycle each, and those of floats four: in a chain of steps all wait for one another.
  const bits = bitcast(x, "i32");
  if (dtype === "bfloat16") {
    const rounded = and(add(bits, add(and(shr(bits, 16), 1), 0x7fff)), -0x10000);
    return hasFewBits(x)
      ? bitcast(rounded, "f32")
      : select(eq(x, x), bitcast(rounded, "f32"), constant("f32", Number.NaN));
  }
  // Added to 1.5 · 2^(e + 13), a number of exponent e loses all bits but eleven; below 2⁻¹⁴ they are those from 2⁻²⁴ on.
  const exponent = max(min(and(bits, INFINITE), bitsOf(2 ** 16)), bitsOf(2 ** -14));
  const magnet = bitcast(add(exponent, bitsOf(1.5 * 2 ** 13) - bitsOf(1)), "f32");
  const size = and(bitcast(sub(add(x, magnet), magnet), "i32"), 0x7fffffff);
  // From 65520 on numbers overflow, a zero keeps its sign, and NaN is greater than infinity.
  const given = and(bits, 0x7fffffff);
  const overflow = and(shr(sub(constant("i32", bitsOf(65520) - 1), given), 31), INFINITE);
  return bitcast(or(max(size, overflow), and(bits, -0x80000000)), "f32");
}

/** A float32 or float64 as the bits of a 16-bit float. */
function encode(x: Expr, dtype: "float16" | "bfloat16"): Expr {
  const number = roundToHalf(x.type === "f64" ? roundToOdd(x) : x, dtype);
  const bits = bitcast(number, "u32");
  fewBits.set(number, true);
  let made = select(eq(number, number), shr(bits, 16), 0x7fc0);
  if (dtype === "float16") {
    // Scaled like this, exponents are those of float16, 2¹⁶ standing for infinity.
    const size = shr(bitcast(mul(pmin(abs(number), 2 ** 16), 2 ** -112), "u32"), 13);
    made = select(eq(number, number), or(size, and(shr(bits, 16), 0x8000)), 0x7e00);
  }
  packed.set(made, number);
  return made;
}

/** The float32 that the bits of a 16-bit float stand for. */
function decode(bits: Expr, dtype: "float16" | "bfloat16"): Expr {
  const known = packed.get(bits);
  if (known !== undefined) return known;
  if (dtype === "bfloat16") {
    const number = bitcast(shl(bits, 16), "f32");
    fewBits.set(number, true);
    return number;
  }
  const size = shl(and(bits, 0x7fff), 13);
  // An exponent of 0 is that of subnormal numbers in float32 too, so one product serves all but infinity and NaN.
  const finite = bitcast(mul(bitcast(size, "f32"), 2 ** 112), "u32");
  const all = select(ge(size, 0xf800000), or(size, 0x7f800000), finite);
  return bitcast(or(all, shl(and(bits, 0x8000), 16)), "f32");
}

/** An element of `from` as one of `to`: floats become integers by truncation, saturating, and integers wrap. */
export function convertElement(x: Expr, from: DType, to: DType): Expr {
  const number = isHalf(from) ? decode(x, from) : x;
  if (isHalf(to)) {
    const isWide = number.type === "i32" || number.type === "u32";
    // A float32 does not hold all integers.
    return encode(
      isWide ? convert(number, "f64") : isFloat(number.type) ? number : convert(number, "f32"),
      to,
    );
  }
  const type = scalarTypeOf(to);
  if (!isInteger(to)) return convert(number, type);
  if (!isFloat(number.type)) return wrapInto(convert(number, type), to);
  const whole = convert(number, type);
  const { bytes, min: least, max: greatest } = dtypeInfo(to);
  return bytes === 4 ? whole : max(min(whole, greatest), least);
}

/** The bits of an element of one type as one of another type of the same width. */
export const reinterpretElement = (x: Expr, to: DType): Expr => {
  const bits = bitcast(x, scalarTypeOf(to));
  // Bits of a 16-bit integer may have been extended by its sign.
  return isHalf(to) ? and(bits, constant(bits.type, 0xffff)) : wrapInto(bits, to);
};
