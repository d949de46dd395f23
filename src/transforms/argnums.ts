import { ArgumentError } from "../core/index.ts";
import type { Argnums } from "./types.ts";

/** The positions that `argnums` names, counted from the front; an ArgumentError if there are no such arguments. */
export const resolveArgnums = (argnums: Argnums, count: number, where: string): number[] => {
  const list = typeof argnums === "number" ? [argnums] : argnums;
  const resolved = list.map((n) => {
    if (!Number.isInteger(n) || n < -count || n >= count) {
      throw new ArgumentError(
        `${where}: argnums names argument ${n}, but the function was called with ${count}.`,
      );
    }
    return n < 0 ? n + count : n;
  });
  if (resolved.some((n, i) => resolved.indexOf(n) < i)) {
    throw new ArgumentError(`${where}: argnums [${list.join(", ")}] names an argument twice.`);
  }
  return resolved;
};

/** `f` as a function of the arguments at `positions` alone, the others fixed to those of `args`. */
export const fixOtherArguments =
  (f: (...args: never[]) => unknown, args: readonly unknown[], positions: readonly number[]) =>
  (...chosen: readonly unknown[]): unknown => {
    const all = [...args];
    positions.forEach((position, i) => {
      all[position] = chosen[i];
    });
    return f(...(all as never[]));
  };
