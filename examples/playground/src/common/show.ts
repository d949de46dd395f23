import { NDArray } from "cotangent";

/** A text that is not longer than people want to read. */
export const clipped = (text: string, most = 20_000): string =>
  text.length <= most ? text : `${text.slice(0, most)}\n… (${text.length - most} more characters)`;

/** An array as it prints; a number with few digits. */
export const showArray = (x: NDArray): string => {
  if (x.ndim > 0) return x.size === 0 ? `[] (no elements)` : String(x);
  const value = x.item();
  return typeof value === "number" ? showNumber(value) : String(value);
};

export const showNumber = (x: number, digits = 6): string => {
  if (Number.isNaN(x)) return "NaN";
  if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
  const size = Math.abs(x);
  const text =
    size !== 0 && (size < 1e-4 || size >= 1e7)
      ? size.toExponential(3).replace(/\.?0+e/, "e")
      : String(Number(size.toPrecision(digits)));
  return x < 0 || Object.is(x, -0) ? `−${text}` : text;
};

export const showType = (x: NDArray): string => `${x.dtype}[${x.shape.join(", ")}]`;

/** Anything that a program printed. */
export const showAny = (x: unknown): string => {
  if (typeof x === "string") return x;
  if (x instanceof NDArray || x instanceof Error || typeof x === "function") return String(x);
  if (typeof x === "object" && x !== null) {
    const print: unknown = Reflect.get(x, "toString");
    if (print !== Object.prototype.toString && !Array.isArray(x)) return String(x);
    try {
      return JSON.stringify(x, (_, value: unknown) =>
        value instanceof NDArray ? value.toArray() : typeof value === "bigint" ? `${value}n` : value,
      );
    } catch {
      return String(x);
    }
  }
  return String(x);
};
