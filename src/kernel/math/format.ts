import { constant, type Expr } from "../expr.ts";

/** What the functions need to know about a binary floating-point format. */
export interface Format {
  readonly type: "f32" | "f64";
  /** The unsigned integers of the same width. */
  readonly bits: "u32" | "u64";
  /** Bits of the significand without the leading one. */
  readonly mantissa: 23 | 52;
  readonly bias: 127 | 1023;
  /** 1.5 * 2^mantissa: adding it rounds to a whole number, which then stands in the low bits. */
  readonly magic: number;
  /** The least normal number. */
  readonly tiny: number;
  readonly epsilon: number;
}

const single: Format = {
  type: "f32",
  bits: "u32",
  mantissa: 23,
  bias: 127,
  magic: 1.5 * 2 ** 23,
  tiny: 2 ** -126,
  epsilon: 2 ** -23,
};

const double: Format = {
  type: "f64",
  bits: "u64",
  mantissa: 52,
  bias: 1023,
  magic: 1.5 * 2 ** 52,
  tiny: 2 ** -1022,
  epsilon: 2 ** -52,
};

/** The format of an expression; refuses what is not a float. */
export function formatOf(name: string, x: Expr): Format {
  if (x.type === "f32") return single;
  if (x.type === "f64") return double;
  throw new TypeError(`${name}: takes f32 or f64, not ${x.type}`);
}

/** A constant of the format's integers. */
export const bitConstant = ({ bits }: Format, value: bigint): Expr => constant(bits, value);
