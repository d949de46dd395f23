import { arrayFrom, type NDArray } from "../../src/array/index.ts";

/** Arrays as golden files write them: nested lists of float64, or `{ int }` and `{ bool }`; records of them stay records. */
export type Written = number | readonly Written[] | { readonly [name: string]: Written };

type Nested = number | Nested[];

/** The tree of arrays that was written. */
export const decode = (written: Written): unknown => {
  if (typeof written !== "object" || Array.isArray(written)) return arrayFrom(written as Nested, "float64");
  if ("int" in written) return arrayFrom(written["int"] as Nested, "int32");
  if ("bool" in written) return arrayFrom(written["bool"] as Nested, "bool");
  return Object.fromEntries(Object.entries(written).map(([name, value]) => [name, decode(value)]));
};

/** One array that was written. */
export const decodeArray = (written: Written): NDArray => decode(written) as NDArray;
