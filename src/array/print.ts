import { type DType, isFloat, storedScalar, type TypedArray } from "./dtype.ts";
import { formatShape, rowMajorStrides, type Shape, sizeOf } from "./shape.ts";

/** Arrays of more elements than this show only the ends of their axes. */
const THRESHOLD = 1000;
/** How many elements an abbreviated axis shows at each end. */
const EDGE_ITEMS = 3;
/** The column after which a row of elements continues on the next line. */
const LINE_WIDTH = 75;
/** The most digits after the decimal point. */
const PRECISION = 8;

/** From where on arrays of floats are drawn with exponents: NumPy's rule, a power of ten for each digit that is sure. */
const LARGE: { readonly [dtype: string]: number } = {
  bfloat16: 1e6,
  float16: 1e3,
  float32: 1e6,
  float64: 1e8,
};

/** A finite number in base ten: `d₀.d₁d₂… · 10^exponent`, with `digits` holding `d₀d₁d₂…`. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

const parseExponential = (text: string): Decimal => {
  const [mantissa = "0", exponent = "0"] = text.split("e");
  return { digits: mantissa.replace(".", ""), exponent: Number(exponent) };
};

/** `magnitude` rounded to `count` significant digits; a tie goes to the even digit. */
const roundedDecimal = (magnitude: number, count: number): Decimal => {
  // A tie's last digit other than 0 is the 5 after those kept, so 100 digits tell it from a near miss.
  const exact = parseExponential(magnitude.toExponential(100));
  const kept = exact.digits.slice(0, count);
  const rest = exact.digits.slice(count);
  const isTie = rest.startsWith("5") && Number(rest.slice(1)) === 0;
  const isOdd = Number(kept.at(-1)) % 2 === 1;
  const roundUp = isTie ? isOdd : rest >= "5";
  if (!roundUp) return { digits: kept, exponent: exact.exponent };
  const up = (BigInt(kept) + 1n).toString();
  // 9.99 → 10.0: the number gained a digit.
  return up.length > count
    ? { digits: up.slice(0, count), exponent: exact.exponent + 1 }
    : { digits: up, exponent: exact.exponent };
};

/** The fewest digits from which the nearest number of type `dtype` is `magnitude` again. */
const shortestDecimal = (magnitude: number, dtype: DType): Decimal => {
  if (dtype === "float64") return parseExponential(magnitude.toExponential());
  let count = 1;
  while (count < 9 && storedScalar(Number(magnitude.toPrecision(count)), dtype) !== magnitude) count++;
  return roundedDecimal(magnitude, count);
};

const isNegative = (value: number): boolean => value < 0 || Object.is(value, -0);

const signOf = (value: number): string => (isNegative(value) ? "-" : "");

const nonFinite = (value: number): string => (Number.isNaN(value) ? "nan" : `${signOf(value)}inf`);

/** What stands before and after the decimal point, without trailing zeros: `0.25` is `["0", "25"]`. */
const positionalParts = ({ digits, exponent }: Decimal): readonly [string, string] => {
  const whole = exponent < 0 ? "0" : digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = exponent < 0 ? "0".repeat(-exponent - 1) + digits : digits.slice(exponent + 1);
  return [whole, fraction.replace(/0+$/, "")];
};

const exponentText = (exponent: number, width: number): string =>
  `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(width, "0")}`;

/** A single float, with every digit that tells it apart: `0.1`, `3.0`, `1e-05`. */
const formatFloat = (value: number, dtype: DType): string => {
  if (!Number.isFinite(value)) return nonFinite(value);
  const magnitude = Math.abs(value);
  const decimal = shortestDecimal(magnitude, dtype);
  const tooLarge = dtype === "float64" ? 1e16 : (LARGE[dtype] as number);
  if (magnitude === 0 || (magnitude >= 1e-4 && magnitude < tooLarge)) {
    const [whole, fraction] = positionalParts(decimal);
    return `${signOf(value)}${whole}.${fraction === "" ? "0" : fraction}`;
  }
  const fraction = decimal.digits.slice(1);
  const mantissa = fraction === "" ? decimal.digits : `${decimal.digits.slice(0, 1)}.${fraction}`;
  return `${signOf(value)}${mantissa}${exponentText(decimal.exponent, 2)}`;
};

/** Draws one element as wide as all its neighbours. */
type ElementFormat = (value: number) => string;

const widest = (texts: Iterable<string>): number => {
  let width = 0;
  for (const text of texts) width = Math.max(width, text.length);
  return width;
};

/** Whether positions after the point would hide digits or take too much room: NumPy's rule. */
const needsExponent = (magnitudes: readonly number[], dtype: DType): boolean => {
  let largest = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (const magnitude of magnitudes) {
    if (magnitude > largest) largest = magnitude;
    if (magnitude > 0 && magnitude < smallest) smallest = magnitude;
  }
  if (largest === 0) return false;
  const round = (x: number): number => storedScalar(x, dtype);
  return largest >= (LARGE[dtype] as number) || smallest < round(1e-4) || round(largest / smallest) > 1000;
};

/** `1.5e+03`, with as many digits for every element as the longest of them needs. */
const scientificFormat = (finite: readonly number[], dtype: DType): ElementFormat => {
  let fraction = 0;
  let exponentWidth = 2;
  for (const value of finite) {
    const magnitude = Math.abs(value);
    const shortest = shortestDecimal(magnitude, dtype);
    const { digits, exponent } =
      shortest.digits.length > PRECISION + 1 ? roundedDecimal(magnitude, PRECISION + 1) : shortest;
    fraction = Math.max(fraction, digits.replace(/0+$/, "").length - 1);
    exponentWidth = Math.max(exponentWidth, String(Math.abs(exponent)).length);
  }
  return (value) => {
    const { digits, exponent } = roundedDecimal(Math.abs(value), fraction + 1);
    return `${signOf(value)}${digits[0]}.${digits.slice(1)}${exponentText(exponent, exponentWidth)}`;
  };
};

/** `1.25`, with the points of a column above each other. */
const positionalFormat = (finite: readonly number[], dtype: DType): ElementFormat => {
  const parts = (value: number): readonly [string, string] => {
    const magnitude = Math.abs(value);
    const shortest = shortestDecimal(magnitude, dtype);
    const count = shortest.exponent + 1 + PRECISION;
    const [whole, fraction] = positionalParts(
      shortest.digits.length > count ? roundedDecimal(magnitude, count) : shortest,
    );
    return [signOf(value) + whole, fraction];
  };
  const fractionWidth = widest(finite.map((value) => parts(value)[1]));
  return (value) => {
    const [whole, fraction] = parts(value);
    return `${whole}.${fraction.padEnd(fractionWidth)}`;
  };
};

const floatFormat = (values: readonly number[], dtype: DType): ElementFormat => {
  const finite = values.filter(Number.isFinite);
  const format = needsExponent(finite.map(Math.abs), dtype)
    ? scientificFormat(finite, dtype)
    : positionalFormat(finite, dtype);
  return (value) => (Number.isFinite(value) ? format(value) : nonFinite(value));
};

const elementFormat = (values: readonly number[], dtype: DType): ElementFormat => {
  if (dtype === "bool") return (value) => (value !== 0 ? "true" : "false");
  return isFloat(dtype) ? floatFormat(values, dtype) : String;
};

/** The positions along an axis that are shown; `undefined` stands for those left out. */
const shownPositions = (length: number, abbreviate: boolean): readonly (number | undefined)[] => {
  if (!abbreviate || length <= 2 * EDGE_ITEMS) return Array.from({ length }, (_, i) => i);
  const ends = Array.from({ length: EDGE_ITEMS }, (_, i) => i);
  return [...ends, undefined, ...ends.map((i) => length - EDGE_ITEMS + i)];
};

/** The words of a row, on as many lines as they need; `indent` starts all but the first. */
const wrapWords = (words: readonly string[], indent: string, width: number): string => {
  const lines: string[] = [];
  let line = indent;
  for (const word of words) {
    if (line.length > indent.length && line.length + word.length > width) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  lines.push(line.slice(0, -1));
  return lines.join("\n").slice(indent.length);
};

/**
 * A drawing of an array for people, as NumPy's `str` gives it: at most 8 digits after the point and no more than
 * the elements need, columns aligned, scientific notation where the elements differ by more than a factor of 1000
 * or are very large or small, an empty line between matrices, and only the ends of each axis when there are more
 * than 1000 elements. Only the elements shown are looked at.
 *
 *     formatArray(new Float32Array([1, 2.5, -3]), [3], "float32"); // "[ 1.   2.5 -3. ]"
 *
 * @param data the elements, row by row
 */
export const formatArray = (data: TypedArray, shape: Shape, dtype: DType): string => {
  const rank = shape.length;
  if (rank === 0) {
    const value = data[0] as number;
    return isFloat(dtype) ? formatFloat(value, dtype) : elementFormat([], dtype)(value);
  }
  const size = sizeOf(shape);
  if (size === 0) return rank === 1 ? "[]" : `[] (shape ${formatShape(shape)})`;

  const strides = rowMajorStrides(shape);
  const shown = shape.map((length) => shownPositions(length, size > THRESHOLD));

  const values: number[] = [];
  const collect = (axis: number, offset: number): void => {
    if (axis === rank) {
      values.push(data[offset] as number);
      return;
    }
    for (const i of shown[axis] ?? []) {
      if (i !== undefined) collect(axis + 1, offset + i * (strides[axis] as number));
    }
  };
  collect(0, 0);

  const format = elementFormat(values, dtype);
  const texts = values.map(format);
  const width = widest(texts);
  let next = 0;
  const draw = (axis: number): string => {
    const indent = " ".repeat(axis + 1);
    const parts = (shown[axis] ?? []).map((i) => {
      if (i === undefined) return "...";
      return axis === rank - 1 ? (texts[next++] as string).padStart(width) : draw(axis + 1);
    });
    const inside =
      axis === rank - 1
        ? wrapWords(parts, indent, LINE_WIDTH - axis - 1)
        : parts.join("\n".repeat(rank - 1 - axis) + indent);
    return `[${inside}]`;
  };
  return draw(0);
};
