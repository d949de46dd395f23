import { type Either, isLeft, right } from "fp-ts/lib/Either.js";
import { type DType, formatShape, type NDArray } from "../array/index.ts";
import { ArgumentError } from "../core/index.ts";
import { countWithin, readElements, STORED, type StoredType, writeElements } from "./elements.ts";
import { type IoError, type ReadOptions, refuse } from "./io-error.ts";

/*
 * The safetensors format (github.com/huggingface/safetensors, "Format"):
 *
 *     8 bytes     the length n of the header, a little-endian uint64
 *     n bytes     the header, JSON: name → { dtype, shape, data_offsets: [begin, end] }, and "__metadata__"
 *     then        the elements of all tensors, little-endian; offsets count from here, and leave no holes
 */

/** Named arrays and text about them. */
export interface Tensors {
  readonly tensors: ReadonlyMap<string, NDArray>;
  readonly metadata: ReadonlyMap<string, string>;
}

const NAMES: { readonly [name: string]: StoredType } = {
  F16: "float16",
  BF16: "bfloat16",
  F32: "float32",
  F64: "float64",
  I8: "int8",
  I16: "int16",
  I32: "int32",
  I64: "int64",
  U8: "uint8",
  U16: "uint16",
  U32: "uint32",
  U64: "uint64",
  BOOL: "bool",
};

const WRITTEN = Object.fromEntries(Object.entries(NAMES).map(([name, type]) => [type, name] as const)) as {
  readonly [D in DType]: string;
};

/** Which come first in a file: the reference implementation writes tensors in this order, so that each is aligned. */
const RANKS: readonly DType[] = [
  "float64",
  "float32",
  "uint32",
  "int32",
  "bfloat16",
  "float16",
  "uint16",
  "int16",
  "int8",
  "uint8",
  "bool",
];

/** The longest header that is read, as in the reference implementation. */
const MOST_HEADER = 100_000_000;

const WHERE = "parseSafetensors";

/** One tensor as the header describes it. */
interface Entry {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

const isRecord = (x: unknown): x is Record<string, unknown> =>
  typeof x === "object" && x !== null && !Array.isArray(x);

const readEntry = (name: string, value: unknown, available: number): Either<IoError, Entry> => {
  const at = JSON.stringify(name);
  if (!isRecord(value)) return refuse(WHERE, "bad-header", `the entry of ${at} is no object.`);
  const { dtype, shape, data_offsets: offsets } = value;
  const type = typeof dtype === "string" && Object.hasOwn(NAMES, dtype) ? NAMES[dtype] : undefined;
  if (type === undefined) {
    return refuse(
      WHERE,
      "unknown-dtype",
      `${at} has dtype ${JSON.stringify(dtype)}; known are ${Object.keys(NAMES).join(", ")}.`,
    );
  }
  const count = Array.isArray(shape) ? countWithin(shape as number[], available) : undefined;
  if (count === undefined) {
    return refuse(
      WHERE,
      "bad-shape",
      `${at} has shape ${JSON.stringify(shape)}, which ${available} bytes cannot hold.`,
    );
  }
  const [begin, end, ...more] = Array.isArray(offsets) ? (offsets as unknown[]) : [];
  const isRange =
    Number.isSafeInteger(begin) && Number.isSafeInteger(end) && more.length === 0 && Number(begin) >= 0;
  if (!isRange || Number(begin) > Number(end) || Number(end) > available) {
    return refuse(
      WHERE,
      "bad-header",
      `${at} has data_offsets ${JSON.stringify(offsets)}; they must be [begin, end] within the ${available} bytes of data.`,
    );
  }
  if (Number(end) - Number(begin) !== count * STORED[type].bytes) {
    return refuse(
      WHERE,
      "wrong-length",
      `${at}, ${type}${formatShape(shape as number[])}, needs ${count * STORED[type].bytes} bytes, but its offsets span ` +
        `${Number(end) - Number(begin)}.`,
    );
  }
  return right({ name, type, shape: shape as number[], begin: Number(begin), end: Number(end) });
};

/** The header as text, its JSON, and where the data begin. */
const readHeader = (bytes: Uint8Array): Either<IoError, readonly [Record<string, unknown>, number]> => {
  if (bytes.length < 8)
    return refuse(WHERE, "truncated", `a file has at least 8 bytes, but there are ${bytes.length}.`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MOST_HEADER)) {
    return refuse(
      WHERE,
      "too-large",
      `a header of ${length} bytes is claimed; at most ${MOST_HEADER} are read.`,
    );
  }
  const start = 8 + Number(length);
  if (start > bytes.length) {
    return refuse(
      WHERE,
      "truncated",
      `the header has ${length} bytes, but only ${bytes.length - 8} follow its length.`,
    );
  }
  if (bytes[8] !== 0x7b) return refuse(WHERE, "bad-header", "the header does not begin with {.");
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, start));
    const header: unknown = JSON.parse(text);
    if (isRecord(header)) return right([header, start]);
  } catch (error) {
    return refuse(
      WHERE,
      "bad-header",
      `the header is no JSON: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
  return refuse(WHERE, "bad-header", "the header is no object.");
};

/**
 * Reads named arrays from the bytes of a safetensors file, trusting nothing: lengths, names, shapes and offsets are
 * checked, and the data must be covered without holes or overlaps. 64-bit integers are read as 32-bit ones, or refused.
 *
 * @returns the arrays, or why the bytes were refused; it never throws on a Uint8Array.
 * @example
 * const file = io.parseSafetensors(await readFile("model.safetensors"));
 * if (isRight(file)) file.right.tensors.get("dense.kernel");
 */
export const parseSafetensors = (bytes: Uint8Array, options: ReadOptions = {}): Either<IoError, Tensors> => {
  const header = readHeader(bytes);
  if (isLeft(header)) return header;
  const [record, start] = header.right;
  const available = bytes.length - start;
  const metadata = new Map<string, string>();
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(record)) {
    if (name === "__metadata__") {
      if (!isRecord(value) || !Object.values(value).every((text) => typeof text === "string")) {
        return refuse(WHERE, "bad-header", "__metadata__ must be an object of text.");
      }
      for (const [key, text] of Object.entries(value)) metadata.set(key, text as string);
      continue;
    }
    const entry = readEntry(name, value, available);
    if (isLeft(entry)) return entry;
    entries.push(entry.right);
  }
  let at = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) {
      const what =
        begin < at ? "overlaps the tensor before it" : `leaves a hole of ${begin - at} bytes before it`;
      return refuse(WHERE, "overlap", `${JSON.stringify(name)} ${what}.`);
    }
    at = end;
  }
  if (at !== available) {
    return refuse(
      WHERE,
      "wrong-length",
      `the tensors end at byte ${at} of the data, but there are ${available}.`,
    );
  }
  const tensors = new Map<string, NDArray>();
  for (const { name, type, shape, begin, end } of entries) {
    const where = `${WHERE}, ${JSON.stringify(name)}`;
    const array = readElements(where, type, shape, bytes.subarray(start + begin, start + end), true, options);
    if (isLeft(array)) return array;
    tensors.set(name, array.right);
  }
  return right({ tensors, metadata });
};

/** Options of `formatSafetensors`. */
export interface SafetensorsOptions {
  /** Text that is stored beside the tensors. */
  readonly metadata?: { readonly [key: string]: string };
}

/**
 * The bytes of a safetensors file with these arrays, wider elements first, so that each is aligned.
 *
 * @throws ArgumentError for the name "__metadata__".
 * @example
 * await writeFile("model.safetensors", io.formatSafetensors(new Map([["kernel", params.kernel]])));
 */
export const formatSafetensors = (
  tensors: ReadonlyMap<string, NDArray> | { readonly [name: string]: NDArray },
  { metadata }: SafetensorsOptions = {},
): Uint8Array => {
  const named = tensors instanceof Map ? [...tensors] : Object.entries(tensors);
  const rank = (x: NDArray): number => RANKS.indexOf(x.dtype);
  const sorted = (named as [string, NDArray][]).sort(
    ([a, x], [b, y]) => rank(x) - rank(y) || (a < b ? -1 : a > b ? 1 : 0),
  );
  const chunks: Uint8Array[] = [];
  let at = 0;
  const header: [string, unknown][] = metadata === undefined ? [] : [["__metadata__", metadata]];
  for (const [name, x] of sorted) {
    if (name === "__metadata__") {
      throw new ArgumentError(
        'formatSafetensors: "__metadata__" is the name of the metadata; give the array another.',
      );
    }
    const chunk = writeElements(x);
    header.push([name, { dtype: WRITTEN[x.dtype], shape: x.shape, data_offsets: [at, at + chunk.length] }]);
    chunks.push(chunk);
    at += chunk.length;
  }
  // Written entry by entry: as properties of one object, names that are numbers would change places.
  const json = `{${header.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join(",")}}`;
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.length / 8) * 8;
  const out = new Uint8Array(8 + length + at);
  new DataView(out.buffer).setBigUint64(0, BigInt(length), true);
  out.fill(0x20, 8, 8 + length);
  out.set(text, 8);
  let place = 8 + length;
  for (const chunk of chunks) {
    out.set(chunk, place);
    place += chunk.length;
  }
  return out;
};
