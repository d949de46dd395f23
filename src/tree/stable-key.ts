const identities = new WeakMap<object, number>();
let known = 0;

const identityOf = (value: object): number => {
  const old = identities.get(value);
  if (old !== undefined) return old;
  identities.set(value, known);
  return known++;
};

const objectKey = (value: object, ancestors: readonly object[]): string => {
  const prototype: unknown = Object.getPrototypeOf(value);
  const plain = prototype === Object.prototype || prototype === null || prototype === Array.prototype;
  // Whatever is not plain data, and data that refers to itself, is told apart by identity.
  if (!plain || ancestors.includes(value) || ancestors.length > 100) return `#${identityOf(value)}`;
  const within = [...ancestors, value];
  if (Array.isArray(value)) return `[${value.map((item: unknown) => keyOf(item, within)).join()}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `${prototype === null ? "~" : ""}{${entries
    .map(([key, item]: [string, unknown]) => `${JSON.stringify(key)}:${keyOf(item, within)}`)
    .join()}}`;
};

/** Symbols equal themselves only. A program has few of them, so remembering them all is harmless. */
const symbols = new Map<symbol, number>();

const symbolKey = (value: symbol): string => {
  const id = symbols.get(value) ?? symbols.size;
  symbols.set(value, id);
  return `@${id}`;
};

const keyOf = (value: unknown, ancestors: readonly object[]): string => {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "symbol":
      return symbolKey(value);
    case "function":
      return `#${identityOf(value)}`;
    case "object":
      return value === null ? "null" : objectKey(value, ancestors);
    default:
      return String(value);
  }
};

/**
 * A string that is the same for the same data and different for different data: primitives, plain objects (in any
 * order of their keys) and arrays by content; functions and instances of classes by identity.
 */
export const stableKey = (value: unknown): string => keyOf(value, []);
