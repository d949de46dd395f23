import { type DType, dtypeInfo, isHalf, isInteger } from "../../array/index.ts";
import {
  abs,
  add,
  and,
  bitcast,
  constant,
  convert,
  copysign,
  type Expr,
  eq,
  ge,
  gt,
  isFloat,
  lt,
  max,
  min,
  mul,
  or,
  pmax,
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

/** A float32 rounded to the nearest 16-bit float, ties to even. */
function roundToHalf(x: Expr, dtype: "float16" | "bfloat16"): Expr {
  const bits = bitcast(x, "u32");
  if (dtype === "bfloat16") {
    const rounded = and(add(bits, add(and(shr(bits, 16), 1), 0x7fff)), 0xffff0000);
    return select(eq(x, x), bitcast(rounded, "f32"), Number.NaN);
  }
  // Added to 1.5 · 2^(e + 13), a number of exponent e loses all bits but eleven; below 2⁻¹⁴ they are those from 2⁻²⁴ on.
  const power = bitcast(and(bits, 0x7f800000), "f32");
  const magnet = mul(pmin(pmax(power, 2 ** -14), 2 ** 16), 1.5 * 2 ** 13);
  const rounded = sub(add(x, magnet), magnet);
  // What is 2¹⁶ or more overflows; a zero keeps its sign.
  return copysign(mul(mul(rounded, 2 ** 112), 2 ** -112), x);
}

/** A float32 or float64 as the bits of a 16-bit float. */
function encode(x: Expr, dtype: "float16" | "bfloat16"): Expr {
  const number = roundToHalf(x.type === "f64" ? roundToOdd(x) : x, dtype);
  const bits = bitcast(number, "u32");
  let made = shr(bits, 16);
  if (dtype === "float16") {
    // Scaled like this, exponents are those of float16, 2¹⁶ standing for infinity.
    const size = shr(bitcast(mul(pmin(abs(number), 2 ** 16), 2 ** -112), "u32"), 13);
    made = select(eq(number, number), or(size, and(made, 0x8000)), 0x7e00);
  }
  packed.set(made, number);
  return made;
}

/** The float32 that the bits of a 16-bit float stand for. */
function decode(bits: Expr, dtype: "float16" | "bfloat16"): Expr {
  const known = packed.get(bits);
  if (known !== undefined) return known;
  if (dtype === "bfloat16") return bitcast(shl(bits, 16), "f32");
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
