import { roundToEven } from "./round.ts";

/** How a binary floating-point format divides its bits, the sign aside. */
export interface FloatFormat {
  readonly exponentBits: number;
  readonly mantissaBits: number;
}

/** The formats of the floating-point dtypes. */
export const FLOAT_FORMAT: { readonly float32: FloatFormat; readonly float64: FloatFormat } = {
  float32: { exponentBits: 8, mantissaBits: 23 },
  float64: { exponentBits: 11, mantissaBits: 52 },
};

/** The greatest exponent of a format; the least one of normal numbers is 1 minus it. */
const bias = ({ exponentBits }: FloatFormat): number => 2 ** (exponentBits - 1) - 1;

/** The exponent of a positive finite number: the whole `e` with 2^e <= x < 2^(e+1). */
const exponentOf = (x: number): number => {
  const e = Math.floor(Math.log2(x));
  // The logarithm is rounded, so it may have crossed a power of two.
  if (2 ** e > x) return e - 1;
  return 2 ** (e + 1) <= x ? e + 1 : e;
};

/** The number of `format` next to `x` in the direction of `y`; `y` itself if they are equal, as in C. */
export const nextAfter = (x: number, y: number, format: FloatFormat): number => {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (x === y) return y;
  const { mantissaBits } = format;
  const least = 1 - bias(format);
  if (x === 0) return Math.sign(y) * 2 ** (least - mantissaBits);
  const magnitude = Math.abs(x);
  if (magnitude === Number.POSITIVE_INFINITY)
    return Math.sign(x) * (2 - 2 ** -mantissaBits) * 2 ** bias(format);
  const exponent = Math.max(exponentOf(magnitude), least);
  const spacing = 2 ** (exponent - mantissaBits);
  if (y > x === x > 0) return Math.sign(x) * (magnitude + spacing);
  // Below a power of two the numbers stand twice as dense.
  const isPower = magnitude === 2 ** exponent && exponent > least;
  return Math.sign(x) * (magnitude - (isPower ? spacing / 2 : spacing));
};

/**
 * `x`, a number of format `from`, as a format with `to`'s bits would hold it, as XLA's reduce-precision has it:
 * rounded to the nearest, ties to even; what is too large becomes infinite, what is too small for a normal number
 * becomes zero.
 */
export const reduceToFormat = (x: number, from: FloatFormat, to: FloatFormat): number => {
  if (x === 0 || !Number.isFinite(x)) return x;
  let reduced = x;
  if (to.mantissaBits < from.mantissaBits) {
    const exponent = Math.max(exponentOf(Math.abs(x)), 1 - bias(from));
    const spacing = 2 ** (exponent - to.mantissaBits);
    const scaled = x / spacing;
    // With no bits of mantissa, the even one of two neighbours is that with an even exponent as it is stored.
    const isOddTie = to.mantissaBits === 0 && Math.abs(scaled) === 1.5 && (exponent + bias(from)) % 2 === 0;
    reduced = (isOddTie ? Math.sign(x) : roundToEven(scaled)) * spacing;
  }
  if (to.exponentBits < from.exponentBits) {
    const magnitude = Math.abs(reduced);
    if (magnitude >= 2 ** (bias(to) + 1)) return Math.sign(x) * Number.POSITIVE_INFINITY;
    if (magnitude < 2 ** (1 - bias(to))) return Math.sign(x) * 0;
  }
  return reduced;
};
