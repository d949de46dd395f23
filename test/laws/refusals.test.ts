import { describe, expect, it } from "vitest";
import { CotangentError } from "../../src/core/index.ts";
import { type AnyFunction, argumentsOf, at, everything, places, replaced, spoilt } from "./spoilt-calls.ts";

/*
 * Every function, called with one argument spoilt at a time: it may take it, or refuse it by an error of ours that names the
 * function that was called. What families of functions refuse, and the words for it are in numpy/families.test.ts.
 */

/** What a call with one argument spoilt refuses without naming the function. */
const anonymous = (names: readonly string[], f: AnyFunction, args: readonly unknown[]): string[] =>
  places(args).flatMap((path) =>
    spoilt(at(args, path)).flatMap((other) => {
      try {
        f(...(replaced(args, path, other) as readonly unknown[]));
      } catch (error) {
        const { message } = error as Error;
        const isNamed = names.some((name) => new RegExp(`\\b${name}\\b`).test(message));
        const isOurs =
          error instanceof CotangentError || error instanceof RangeError || error instanceof TypeError;
        return isNamed && isOurs ? [] : [`${path.join(".")} = ${String(other)}: ${String(error)}`];
      }
      return other === "text" ? [`${path.join(".")} = "text" is taken`] : [];
    }),
  );

const shortName = (name: string): string => name.split(".").at(-1) as string;

describe("a spoilt argument is refused in the name of the function that was called", () => {
  for (const [name, f] of everything) {
    const args = argumentsOf(name);
    // Functions of functions: what those refuse is theirs to name.
    if (args === undefined || args.flat().some((value) => typeof value === "function")) continue;
    const names = [...everything].filter(([, g]) => g === f).map(([alias]) => shortName(alias));
    it(name, () => expect(anonymous(names, f, args)).toEqual([]));
  }

  it("is asked of nearly all functions", () => {
    const called = [...everything.keys()].filter((name) => argumentsOf(name) !== undefined);
    expect(called.length).toBeGreaterThan(560);
  });
});
