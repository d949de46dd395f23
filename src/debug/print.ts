import type { ConcreteArray, NDArray } from "../array/index.ts";
import { debugCallback } from "../calls/debug-callback.ts";
import { ArgumentError, bind } from "../core/index.ts";
import { flattenArrays, functionName } from "../transforms/flatten-function.ts";
import type { ArraysOf } from "../transforms/types.ts";
import { unflatten } from "../tree/index.ts";
import { write } from "./write.ts";

/**
 * Call `f` with the values of `args`, trees of arrays, whenever the program comes by here: under `jit` at each run, under
 * `vmap` once for each example, under `grad` in the forward pass, in loops at each turn, in the order in which it is
 * written. It has no result and changes nothing that is computed. A compiled program is compiled in stretches around it.
 *
 * A branch that each example of a batch decides for itself runs both ways and calls both ways. What depends on a tangent
 * is not called for in reverse mode.
 *
 * @throws TreeError for a leaf that is no array.
 * @example
 * const norms: number[] = [];
 * debug.callback((g) => norms.push(g.item()), np.linalg.norm(gradient));
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.debug.callback.html
 */
export const callback = <A extends readonly unknown[]>(
  f: (...args: ArraysOf<A>) => void,
  ...args: A
): void => {
  const [arrays, tree] = flattenArrays(args, "debug.callback, args");
  const call = (...values: readonly ConcreteArray[]): void => {
    f(...(unflatten(tree, values) as unknown as ArraysOf<A>));
  };
  emit(call, functionName(f), arrays);
};

const emit = (
  call: (...values: readonly ConcreteArray[]) => void,
  name: string,
  arrays: readonly NDArray[],
): void => {
  bind(debugCallback, arrays, { callback: call, name, batches: [] });
};

/** `{}`, `{0}`, `{name}`, and doubled braces. */
const FIELD = /\{\{|\}\}|\{(\w*)\}/g;

const format = (text: string, values: readonly unknown[]): string => {
  let next = 0;
  return text.replace(FIELD, (field, name: string | undefined) => {
    if (name === undefined) return field[0] as string;
    return describe(lookUp(name === "" ? String(next++) : name, values));
  });
};

const lookUp = (name: string, values: readonly unknown[]): unknown => {
  if (/^\d+$/.test(name)) return values[Number(name)];
  return (values.at(-1) as Readonly<Record<string, unknown>>)[name];
};

/** Arrays as they print, trees as JavaScript writes them. */
const describe = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(describe).join(", ")}]`;
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return String(value);
  }
  return `{ ${Object.entries(value)
    .map(([key, x]) => `${key}: ${describe(x)}`)
    .join(", ")} }`;
};

/** Throws unless every field of a format has its value. */
const checkFormat = (text: string, values: readonly unknown[]): void => {
  let next = 0;
  for (const [, name] of text.matchAll(FIELD)) {
    if (name === undefined) continue;
    const key = name === "" ? String(next++) : name;
    const last = values.at(-1);
    const isKnown = /^\d+$/.test(key)
      ? Number(key) < values.length
      : typeof last === "object" && last !== null && key in last;
    if (!isKnown) {
      throw new ArgumentError(
        `debug.print: the format ${JSON.stringify(text)} asks for {${name}}, but there are ${values.length} values. Give ` +
          'one for each {}, or names in a record: debug.print("x = {x}", { x }). Braces are written {{ and }}.',
      );
    }
  }
};

/**
 * Print values whenever the program comes by here, as `callback` says. The format has `{}` for one value after another,
 * `{0}` for one by its place, and `{name}` for an entry of a record that comes last; or write it as a tagged template.
 * Values are arrays or trees of them.
 *
 * @throws ArgumentError for a field without a value.
 * @example
 * debug.print("loss {} at {x}", loss, { x });
 * debug.print`loss ${loss} at ${x}`;
 * @see https://docs.jax.dev/en/latest/_autosummary/jax.debug.print.html
 */
export const print = (text: string | TemplateStringsArray, ...values: readonly unknown[]): void => {
  const [arrays, tree] = flattenArrays(values, "debug.print, values");
  if (typeof text === "string") checkFormat(text, values);
  const line = (args: readonly unknown[]): string =>
    typeof text === "string"
      ? format(text, args)
      : text.reduce((sum, part, i) => `${sum}${describe(args[i - 1])}${part}`);
  emit(
    (...leaves) => {
      write(line(unflatten(tree, leaves) as readonly unknown[]));
    },
    "print",
    arrays,
  );
};
