import { type DType, dtypeInfo, isFloat, NDArray } from "../../src/array/index.ts";
import { CotangentError } from "../../src/core/index.ts";
import { numpy as np } from "../../src/index.ts";

/*
 * Calls and results in few words: shapes and dtypes in place of arrays.
 */

const isPlain = (x: unknown): x is { readonly [key: string]: unknown } =>
  typeof x === "object" && x !== null && Object.getPrototypeOf(x) === Object.prototype;

/** A value as it would be written, arrays as `f32[2, 3]`. */
export const describeValue = (x: unknown): string => {
  if (x instanceof NDArray) return `${dtypeInfo(x.dtype).short}[${x.shape.join(", ")}]`;
  if (typeof x === "function") return "f";
  if (Array.isArray(x)) return `[${x.map(describeValue).join(", ")}]`;
  if (isPlain(x)) {
    const fields = Object.entries(x).map(([key, value]) => `${key}: ${describeValue(value)}`);
    return `{ ${fields.join(", ")} }`;
  }
  return typeof x === "string" ? JSON.stringify(x) : String(x);
};

/** `(f32[2, 3], 1) → f32[2]`. */
export const describeCall = (args: readonly unknown[], result: unknown): string =>
  `(${args.map(describeValue).join(", ")}) → ${describeValue(result)}`;

/** `x` with its arrays of floats converted. */
const converted = (x: unknown, dtype: DType): unknown => {
  if (x instanceof NDArray) return isFloat(x.dtype) ? np.astype(x, dtype) : x;
  if (Array.isArray(x)) return x.map((item) => converted(item, dtype));
  if (!isPlain(x)) return x;
  return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, converted(value, dtype)]));
};

const arraysOf = (x: unknown): NDArray[] => {
  if (x instanceof NDArray) return [x];
  if (Array.isArray(x)) return x.flatMap(arraysOf);
  return isPlain(x) ? Object.values(x).flatMap(arraysOf) : [];
};

const DTYPES: readonly DType[] = [
  "float64",
  "float32",
  "float16",
  "bfloat16",
  "int32",
  "uint32",
  "int8",
  "bool",
];

/** Whether an error says that arguments are not taken: ours, and JavaScript's own for numbers out of range and wrong types. */
export const isRefusal = (error: unknown): error is Error =>
  error instanceof CotangentError || error instanceof RangeError || error instanceof TypeError;

/** What comes out for arrays of one dtype: the dtypes of the results, `refused`, or nothing to say. */
const outcome = (
  f: (...args: readonly unknown[]) => unknown,
  args: readonly unknown[],
  dtype: DType,
): string => {
  try {
    const results = arraysOf(f(...(converted(args, dtype) as readonly unknown[])));
    const shorts = [...new Set(results.map((y) => (y.dtype === dtype ? "itself" : y.dtype)))];
    return shorts.join(", ");
  } catch (error) {
    if (isRefusal(error)) return "refused";
    throw error;
  }
};

/** Which dtypes of its float operands become which; empty if it takes none. */
export const describeDTypes = (
  f: (...args: readonly unknown[]) => unknown,
  args: readonly unknown[],
): string => {
  if (!arraysOf(args).some((x) => isFloat(x.dtype))) return "";
  const groups = new Map<string, DType[]>();
  for (const dtype of DTYPES) {
    const result = outcome(f, args, dtype);
    groups.set(result, [...(groups.get(result) ?? []), dtype]);
  }
  return [...groups].map(([result, dtypes]) => `${dtypes.join(" ")} → ${result}`).join("; ");
};
