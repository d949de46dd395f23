import { type ConcreteArray, denseData, type NDArray, sizeOf } from "../../array/index.ts";
import type { ScalarValue } from "../../kernel/expr.ts";
import { bitsOf, type ElementType, elementOfDType, isFloatElement } from "./types.ts";

/*
 * Numbers as MLIR reads them: floats with a point, those that no digits stand for by their bits, and long lists as the
 * bytes that memory would hold.
 */

/** Beyond so many elements a list is written as bytes. */
const MAX_LISTED = 16;

const view = new DataView(new ArrayBuffer(8));

/** The bits of a float, of its own width. */
const bitsOfFloat = (value: number, element: ElementType): string => {
  const bits = bitsOf(element);
  if (bits === 64) {
    view.setFloat64(0, value);
    return `0x${view.getBigUint64(0).toString(16).toUpperCase().padStart(16, "0")}`;
  }
  view.setFloat32(0, value);
  return `0x${view.getUint32(0).toString(16).toUpperCase().padStart(8, "0")}`;
};

const formatFloat = (value: number, element: ElementType): string => {
  if (!Number.isFinite(value)) return bitsOfFloat(value, element);
  const text = Object.is(value, -0) ? "-0" : String(value);
  const [digits, exponent] = text.split("e") as [string, string?];
  return `${digits.includes(".") ? digits : `${digits}.0`}${exponent === undefined ? "" : `e${exponent}`}`;
};

/** One value of the 32 and 64 bit types and of booleans. */
export const formatSplat = (value: ScalarValue, element: ElementType): string => {
  if (element === "i1") return value ? "true" : "false";
  return isFloatElement(element) ? formatFloat(Number(value), element) : String(value);
};

/** The elements of an array row by row, as they lie in memory. */
const rawElements = (x: NDArray) => denseData(x as ConcreteArray);

const hex = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text.toUpperCase();
};

/** One element of `x`, whatever its dtype; 16-bit floats by their bits. */
const formatElement = (value: number, element: ElementType): string =>
  element === "f16" || element === "bf16"
    ? `0x${value.toString(16).toUpperCase().padStart(4, "0")}`
    : formatSplat(value, element);

/** What stands between the brackets of `dense<…>` for a concrete array: one value, a list, or bytes. */
export const formatDense = (x: NDArray): string => {
  const element = elementOfDType(x.dtype);
  const data = rawElements(x);
  if (sizeOf(x.shape) === 0) return "";
  const first = data[0] as number;
  if (data.every((value) => Object.is(value, first) && !Number.isNaN(value)))
    return formatElement(first, element);
  if (data.length > MAX_LISTED && element !== "i1")
    return `"0x${hex(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))}"`;
  let next = 0;
  const nested = (axis: number): string =>
    axis === x.shape.length
      ? formatElement(data[next++] as number, element)
      : `[${Array.from({ length: x.shape[axis] as number }, () => nested(axis + 1)).join(", ")}]`;
  return nested(0);
};
