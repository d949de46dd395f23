/**
 * Compares a value with what a page says it is.
 *
 * Numbers are compared to the digits that are shown, so that `0.4161` is true of 0.41614684; commas and line breaks don't
 * count, so that `[1, 2]` is true of the array that prints as `[1. 2.]`. All else must be equal.
 */
import { NDArray } from "cotangent";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** A value as pages show it: arrays as they print, trees like JavaScript literals, text with quotes or without. */
export const display = (value: unknown, isInside = false): string => {
  if (typeof value === "string") return isInside ? JSON.stringify(value) : value;
  if (value instanceof NDArray) return String(value);
  if (value instanceof Map) return display(Object.fromEntries(value), true);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return `[${Array.from(value as ArrayLike<unknown>, (item) => display(item, true)).join(", ")}]`;
  }
  if (isRecord(value) && !Object.hasOwn(Object.getPrototypeOf(value) ?? {}, "toString")) {
    const entries = Object.entries(value).map(([key, item]) => `${key}: ${display(item, true)}`);
    return `{ ${entries.join(", ")} }`;
  }
  if (isRecord(value) && Object.getPrototypeOf(value) === Object.prototype) {
    return `{ ${Object.entries(value)
      .map(([key, item]) => `${key}: ${display(item, true)}`)
      .join(", ")} }`;
  }
  return String(value);
};

const TOKEN = /[-]?(?:\d+\.?\d*(?:e[+-]?\d+)?)|[A-Za-z_$][\w$]*|"(?:[^"\\]|\\.)*"|\S/g;
const NUMBER = /^-?\d/;

const tokens = (text: string): readonly string[] =>
  (text.replaceAll("−", "-").match(TOKEN) ?? []).filter((token) => token !== ",");

/** Half a unit of the last digit of a number as it is written. */
const halfUnit = (written: string): number => {
  const [mantissa = "", exponent = "0"] = written.split("e");
  const decimals = mantissa.split(".")[1]?.length ?? 0;
  return 0.5 * 10 ** (Number(exponent) - decimals);
};

const sameToken = (actual: string, shown: string): boolean => {
  if (!NUMBER.test(actual) || !NUMBER.test(shown)) return actual === shown;
  if (Number(actual) === Number(shown)) return true;
  const isRounded = /[.e]/.test(shown) && !shown.endsWith(".");
  return isRounded && Math.abs(Number(actual) - Number(shown)) <= halfUnit(shown) * (1 + 1e-9);
};

/** Whether text means the same value as `shown`. */
export const agrees = (actual: string, shown: string): boolean => {
  const [left, right] = [tokens(actual), tokens(shown)];
  return left.length === right.length && left.every((token, i) => sameToken(token, right[i] as string));
};

const TYPE = /^[a-z]+\d*\[[\d, ]*\]$/;

/** The dtype and shape of an array, as pages write them: `float32[2, 3]`. */
const typeOf = (value: unknown): string =>
  value instanceof NDArray ? `${value.dtype}[${value.shape.join(", ")}]` : typeof value;

const wrong = new Map<string, string[]>();

/** What a page shows that is not so. */
export const wrongIn = (page: string): readonly string[] => wrong.get(page) ?? [];

/** For a page, the function that its module calls with a computation, the value shown, and the line. */
export const shows = (page: string) => {
  const complaints: string[] = [];
  wrong.set(page, complaints);
  return async (compute: () => unknown, shown: string, line: number): Promise<void> => {
    const fail = (actual: string): void => {
      complaints.push(`${page}:${line} shows ${shown}\nand the value is ${actual}`);
    };
    const error = /^throws (\w+)(?:: (.*))?$/s.exec(shown);
    if (error !== null) {
      const thrown = await Promise.resolve()
        .then(compute)
        .then(
          () => undefined,
          (reason: unknown) => reason,
        );
      if (!(thrown instanceof Error)) return fail("no error");
      const actual = `throws ${thrown.name}: ${thrown.message}`;
      const [, name = "", message = ""] = error;
      const flat = (text: string): string => text.replaceAll(/\s+/g, " ");
      if (thrown.name !== name || !flat(thrown.message).includes(flat(message))) fail(actual);
      return;
    }
    let value: unknown;
    try {
      value = await compute();
    } catch (reason) {
      return fail(`none: ${String(reason)}`);
    }
    const actual = TYPE.test(shown) ? typeOf(value) : display(value, shown.startsWith('"'));
    if (!agrees(actual, shown)) fail(actual);
  };
};
