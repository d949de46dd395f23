import { type Either, isLeft, right } from "fp-ts/lib/Either.js";
import { type DType, formatShape, type NDArray } from "../array/index.ts";
import * as np from "../numpy/index.ts";
import { countWithin, readElements, STORED, type StoredType, writeElements } from "./elements.ts";
import { type IoError, type ReadOptions, refuse } from "./io-error.ts";

/*
 * NumPy's .npy format (numpy.lib.format): "\x93NUMPY", the version, the length of the header, and the header, a Python
 * dictionary with `descr` (the element type), `fortran_order` and `shape`; then the elements.
 */

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

const WHERE = "parseNpy";

const TYPES: { readonly [code: string]: StoredType } = {
  f2: "float16",
  f4: "float32",
  f8: "float64",
  i1: "int8",
  i2: "int16",
  i4: "int32",
  i8: "int64",
  u1: "uint8",
  u2: "uint16",
  u4: "uint32",
  u8: "uint64",
  b1: "bool",
  V2: "bfloat16",
};

/**
 * What is written for each dtype. NumPy has no bfloat16: its extension package ml_dtypes writes it as two bytes
 * without a meaning, and so it is written and read here.
 */
const WRITTEN: { readonly [D in DType]: string } = {
  bfloat16: "<V2",
  float16: "<f2",
  float32: "<f4",
  float64: "<f8",
  int8: "|i1",
  int16: "<i2",
  int32: "<i4",
  uint8: "|u1",
  uint16: "<u2",
  uint32: "<u4",
  bool: "|b1",
};

/** What the header says. */
interface Header {
  readonly descr: string;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
}

/** The three entries, in any order, and nothing else: the only dictionaries that NumPy writes for plain arrays. */
const ENTRY =
  /\s*(?:'(descr)'\s*:\s*'([^']*)'|'(fortran_order)'\s*:\s*(True|False)|'(shape)'\s*:\s*\(((?:\s*\d{1,16}\s*,)*\s*(?:\d{1,16}\s*)?)\))\s*(,|(?=\}))/y;

const parseHeader = (text: string): Header | undefined => {
  const open = /^\s*\{/.exec(text);
  if (open === null) return undefined;
  const found = new Map<string, string>();
  ENTRY.lastIndex = open[0].length;
  let end = ENTRY.lastIndex;
  for (let entry = ENTRY.exec(text); entry !== null; entry = ENTRY.exec(text)) {
    const name = (entry[1] ?? entry[3] ?? entry[5]) as string;
    if (found.has(name)) return undefined;
    found.set(name, (entry[2] ?? entry[4] ?? entry[6]) as string);
    end = ENTRY.lastIndex;
  }
  const [descr, order, shape] = [found.get("descr"), found.get("fortran_order"), found.get("shape")];
  if (
    !/^\s*\}\s*$/.test(text.slice(end)) ||
    descr === undefined ||
    order === undefined ||
    shape === undefined
  ) {
    return undefined;
  }
  // A tuple of one has a comma behind it: (3,), and (3) is a number.
  if (/\d/.test(shape) && !shape.includes(",")) return undefined;
  const lengths = shape
    .split(",")
    .map((n) => n.trim())
    .filter((n) => n !== "");
  return { descr, isFortran: order === "True", shape: lengths.map(Number) };
};

/**
 * Reads an array from the bytes of a .npy file of format 1, 2 or 3, trusting nothing. 64-bit integers are read as 32-bit
 * ones if all of them fit; two bytes without a meaning are bfloat16; objects, text and records are refused.
 *
 * @returns the array, or why the bytes were refused; it never throws on a Uint8Array.
 * @example
 * const read = io.parseNpy(io.formatNpy(np.array([1, 2])));
 * isRight(read) && read.right; // [1, 2]
 */
export const parseNpy = (bytes: Uint8Array, options: ReadOptions = {}): Either<IoError, NDArray> => {
  if (bytes.length < 10)
    return refuse(WHERE, "truncated", `a file has at least 10 bytes, but there are ${bytes.length}.`);
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) {
    return refuse(WHERE, "bad-magic", 'a .npy file begins with "\\x93NUMPY", but these bytes do not.');
  }
  const version = bytes[6] as number;
  if (version < 1 || version > 3)
    return refuse(WHERE, "bad-version", `format ${version} is unknown; known are 1, 2 and 3.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) return refuse(WHERE, "truncated", "the length of the header is cut off.");
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const first = start + length;
  if (first > bytes.length) {
    return refuse(
      WHERE,
      "truncated",
      `the header has ${length} bytes, but only ${bytes.length - start} are there.`,
    );
  }
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(bytes.subarray(start, first));
  const header = parseHeader(text);
  if (header === undefined) {
    return refuse(
      WHERE,
      "bad-header",
      `the header is not that of a plain array: ${JSON.stringify(text.slice(0, 200))}.`,
    );
  }
  const type = /^[<>|=]/.test(header.descr) ? TYPES[header.descr.slice(1)] : undefined;
  if (type === undefined) {
    return refuse(
      WHERE,
      "unknown-dtype",
      `the element type is ${JSON.stringify(header.descr)}; only numbers and booleans are read.`,
    );
  }
  const available = bytes.length - first;
  const { shape, isFortran } = header;
  const count = countWithin(shape, available);
  if (count === undefined || count * STORED[type].bytes !== available) {
    return refuse(
      WHERE,
      "wrong-length",
      `${type}${formatShape(shape)} does not fill the ${available} bytes behind the header.`,
    );
  }
  const stored = isFortran ? [...shape].reverse() : shape;
  const array = readElements(WHERE, type, stored, bytes.subarray(first), header.descr[0] !== ">", options);
  return isLeft(array) || !isFortran ? array : right(np.transpose(array.right));
};

/**
 * The bytes of a .npy file of format 1 with this array.
 *
 * @example
 * io.formatNpy(np.array([1, 2])).length; // 136
 */
export const formatNpy = (x: NDArray): Uint8Array => {
  const shape = x.ndim === 1 ? `(${x.shape[0]},)` : `(${x.shape.join(", ")})`;
  const text = `{'descr': '${WRITTEN[x.dtype]}', 'fortran_order': False, 'shape': ${shape}, }`;
  // Elements begin at a multiple of 64, and the header ends with a newline.
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11, " ")}\n`;
  const elements = writeElements(x);
  const out = new Uint8Array(10 + header.length + elements.length);
  out.set([...MAGIC, 1, 0, header.length & 255, header.length >> 8]);
  out.set(new TextEncoder().encode(header), 10);
  out.set(elements, 10 + header.length);
  return out;
};
