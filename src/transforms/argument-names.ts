const NAME = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** The list of parameters of a function's text, or `undefined` if it is not a plain one. */
const parameterList = (text: string): readonly string[] | undefined => {
  const single = /^(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*=>/u.exec(text);
  if (single !== null) return [single[1] as string];
  const list = /^[^(]*\(([^()]*)\)/.exec(text);
  return list?.[1]?.split(",").map((part) => part.trim());
};

/**
 * What a function calls its arguments, read from its text; `args[i]` for those that it takes apart or does not name.
 *
 * @example
 * argumentNames((w, { x, y }) => w, 2); // ["w", "args[1]"]
 */
export const argumentNames = (f: (...args: never[]) => unknown, count: number): readonly string[] => {
  const names = parameterList(Function.prototype.toString.call(f)) ?? [];
  const plain = names.findIndex((part) => !NAME.test(part));
  // Behind a parameter that is no plain name, a comma may be anything.
  const known = plain < 0 ? names : names.slice(0, plain);
  return Array.from({ length: count }, (_, i) => known[i] ?? (count === 1 ? "x" : `args[${i}]`));
};
