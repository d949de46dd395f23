import { type Either, left, right } from "fp-ts/lib/Either.js";
import { arrayFrom, type DType, type NDArray } from "../array/index.ts";

/** A table of numbers read from CSV text. */
export interface CsvTable {
  /** The names of the columns, or `undefined` if the text has none. */
  readonly header: readonly string[] | undefined;
  /** [rows, columns] */
  readonly values: NDArray;
}

/** Why text was refused, and where. */
export interface CsvError {
  readonly reason: "unclosed-quote" | "stray-quote" | "ragged-row" | "not-a-number";
  /** The line, from 1, where the row begins. */
  readonly line: number;
  readonly message: string;
}

/** Options of `parseCsv`. */
export interface CsvOptions {
  /** What stands between fields, one character; default ",". */
  readonly delimiter?: string;
  /** Whether the first row names the columns; default: it does if any field of it is no number. */
  readonly header?: boolean;
  /** Default float64. */
  readonly dtype?: DType;
  /** What an empty field means; default: it is refused. */
  readonly missing?: number;
}

interface Row {
  readonly line: number;
  readonly fields: readonly string[];
}

const refuse = (reason: CsvError["reason"], line: number, message: string): Either<CsvError, never> =>
  left({ reason, line, message: `parseCsv: line ${line}: ${message}` });

/** The rows of the text as RFC 4180 describes them; empty lines are left out. */
const rowsOf = (text: string, delimiter: string): Either<CsvError, readonly Row[]> => {
  const rows: Row[] = [];
  let fields: string[] = [];
  let [line, first] = [1, 1];
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  const endRow = (): void => {
    if (fields.length > 1 || (fields[0] ?? "") !== "") rows.push({ line: first, fields });
    fields = [];
  };
  while (at < text.length) {
    let field = "";
    if (text[at] === '"') {
      const begun = line;
      at++;
      for (;;) {
        const end = text.indexOf('"', at);
        if (end < 0) return refuse("unclosed-quote", begun, "a quoted field has no closing quote.");
        const part = text.slice(at, end);
        line += part.split("\n").length - 1;
        field += part;
        at = end + 1;
        if (text[at] !== '"') break;
        field += '"';
        at++;
      }
    } else {
      const start = at;
      while (at < text.length && text[at] !== delimiter && text[at] !== "\n" && text[at] !== "\r") {
        if (text[at] === '"')
          return refuse("stray-quote", line, "a quote stands inside a field that is not quoted.");
        at++;
      }
      field = text.slice(start, at);
    }
    fields.push(field);
    const next = text[at];
    if (next === delimiter) {
      at++;
      if (at === text.length) fields.push("");
      continue;
    }
    if (next !== undefined && next !== "\n" && next !== "\r")
      return refuse("stray-quote", line, "text follows the closing quote of a field.");
    if (next === "\r" && text[at + 1] === "\n") at++;
    at++;
    endRow();
    if (next !== undefined) line++;
    first = line;
  }
  endRow();
  return right(rows);
};

const isNumber = (field: string): boolean => field.trim() !== "" && Number.isFinite(Number(field));

const SPECIAL: { readonly [text: string]: number } = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

/** The number that a field says, or `undefined`. */
const numberOf = (field: string, missing: number | undefined): number | undefined => {
  const text = field.trim();
  if (text === "") return missing;
  const special = SPECIAL[text.toLowerCase()];
  if (special !== undefined) return special;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
};

/**
 * Reads a table of numbers from CSV text (RFC 4180): quoted fields, either line ending, a header if there is one.
 * "nan", "inf" and "-inf" are numbers too.
 *
 * @returns the table, or which line was refused and why; it never throws on text.
 * @example
 * const table = parseCsv("height,weight\n1.8,70\n"); // header ["height", "weight"], values float64[1, 2]
 */
export const parseCsv = (
  text: string,
  { delimiter = ",", header, dtype = "float64", missing }: CsvOptions = {},
): Either<CsvError, CsvTable> => {
  const parsed = rowsOf(text, delimiter);
  if (parsed._tag === "Left") return parsed;
  const rows = parsed.right;
  const [first] = rows;
  if (first === undefined)
    return right({ header: undefined, values: arrayFrom(new Float64Array(0), dtype).reshape(0, 0) });
  const width = first.fields.length;
  const isNamed =
    header ?? !first.fields.every((field) => isNumber(field) || numberOf(field, missing) !== undefined);
  const body = isNamed ? rows.slice(1) : rows;
  const values = new Float64Array(body.length * width);
  for (const [i, { line, fields }] of body.entries()) {
    if (fields.length !== width) {
      return refuse("ragged-row", line, `it has ${fields.length} fields, but the first row has ${width}.`);
    }
    for (const [j, field] of fields.entries()) {
      const value = numberOf(field, missing);
      if (value === undefined) {
        return refuse("not-a-number", line, `field ${j + 1} is ${JSON.stringify(field)}, not a number.`);
      }
      values[i * width + j] = value;
    }
  }
  return right({
    header: isNamed ? first.fields : undefined,
    values: arrayFrom(values, dtype).reshape(body.length, width),
  });
};
