import { type ConcreteArray, scalarArray } from "./concrete.ts";
import { DEFAULT_FLOAT } from "./dtype.ts";
import type { ArrayLike } from "./ndarray.ts";
import { isForeignArray, NDArray } from "./ndarray.ts";

/** A JavaScript scalar as a weakly typed array: numbers become float32 where nothing else decides. */
export const arrayFromScalar = (value: number | boolean): ConcreteArray =>
  typeof value === "boolean" ? scalarArray(value ? 1 : 0, "bool") : scalarArray(value, DEFAULT_FLOAT, true);

/** Whether `x` is something that functions of arrays accept. */
export const isArrayLike = (x: unknown): x is ArrayLike =>
  x instanceof NDArray || typeof x === "number" || typeof x === "boolean";

/** What a value is, for messages. */
export const describeValue = (x: unknown): string => {
  if (x === null) return "null";
  if (Array.isArray(x)) return "a JavaScript array";
  if (typeof x === "object") {
    if (isForeignArray(x)) return "an array of another copy of cotangent: the package was loaded twice";
    const name: unknown = Object.getPrototypeOf(x)?.constructor?.name;
    return typeof name === "string" && name !== "Object" ? `a ${name}` : "a plain object";
  }
  if (typeof x === "function") return "a function";
  return `${typeof x} ${JSON.stringify(x)}`;
};

/** `x` as an array; throws a TypeError that names `where` for anything but arrays, numbers and booleans. */
export const asArray = (x: ArrayLike, where: string): NDArray => {
  if (x instanceof NDArray) return x;
  if (typeof x === "number" || typeof x === "boolean") return arrayFromScalar(x);
  const hint = Array.isArray(x) || ArrayBuffer.isView(x) ? " Make an array of it with np.array(…)." : "";
  throw new TypeError(`${where}: expected an array, a number or a boolean; got ${describeValue(x)}.${hint}`);
};
