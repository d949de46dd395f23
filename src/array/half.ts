/*
 * 16-bit floats as bits: float16 is IEEE 754's binary16, bfloat16 the upper half of a float32. Both are rounded once,
 * to nearest, ties to even, from whatever double is given.
 */

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/**
 * The bits of a float32 next to `value`, odd if it is not `value` itself. Rounding that to fewer bits gives what
 * rounding `value` gives: the last bit keeps apart what is a tie and what is not. (S. Boldo and G. Melquiond, When
 * double rounding is odd, 2004.)
 */
const roundedToOdd = (value: number): number => {
  float[0] = value;
  const bits = word[0] as number;
  const error = value - (float[0] as number);
  // Without an error there is nothing to do, nor for infinities and NaN, whose error is NaN.
  if (bits % 2 === 1 || !(error > 0 || error < 0)) return bits;
  return error > 0 === value > 0 ? bits + 1 : bits - 1;
};

const ofBits = (bits: number): number => {
  word[0] = bits;
  return float[0] as number;
};

/** The bits of the bfloat16 nearest to `value`. */
export const bfloat16Bits = (value: number): number => {
  const bits = roundedToOdd(value);
  // The sum carries into the exponent, and at last into infinity, as it should.
  return Number.isNaN(value) ? 0x7fc0 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
};

/** The number that a bfloat16 of these bits is. */
export const ofBfloat16Bits = (bits: number): number => ofBits(bits << 16);

/** The bits of the float16 nearest to `value`. */
export const float16Bits = (value: number): number => {
  const bits = roundedToOdd(value);
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fffffff;
  if (size > 0x7f800000) return 0x7e00;
  if (size >= 0x47800000) return sign | 0x7c00;
  // Below 2⁻¹⁴ numbers are 2⁻²⁴ apart, as are the float32 from 0.5 on.
  if (size < 0x38800000) {
    float[0] = ofBits(size) + 0.5;
    return sign | ((word[0] as number) - 0x3f000000);
  }
  return sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13);
};

/** The number that a float16 of these bits is. */
export const ofFloat16Bits = (bits: number): number => {
  const size = (bits & 0x7fff) << 13;
  // An exponent of 0 is that of subnormal numbers in float32 too, so one product serves all but infinity and NaN.
  const value = size < 0xf800000 ? ofBits(size) * 2 ** 112 : ofBits(size | 0x7f800000);
  return bits >= 0x8000 ? -value : value;
};
