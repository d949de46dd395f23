import { readFileSync } from "node:fs";
import * as cotangent from "cotangent";
import * as io from "cotangent/io";
import * as optim from "cotangent/optim";
import * as testing from "cotangent/testing";
import * as train from "cotangent/train";
import { describe, expect, it } from "vitest";

type Names = Readonly<Record<string, unknown>>;

const namespaces: Names = { ...cotangent, np: cotangent.numpy };
const functions: Names = { ...cotangent, ...io, ...optim, ...testing, ...train };

const array: object = cotangent.numpy.zeros([]);

/** Methods of what calls return in the tables: places of arrays, layers, functions with rules, compiled functions. */
const otherMethods = ["get", "set", "add", "init", "apply", "defjvp", "defvjp", "lower", "text"];

/** The code in the last column of the tables that have a column of cotangent. */
const codeOfTables = (page: string): readonly string[] => {
  let isOurs = false;
  return page.split("\n").flatMap((line) => {
    if (!line.startsWith("|")) {
      isOurs = false;
      return [];
    }
    const last = line.split("|").at(-2)?.trim() ?? "";
    if (last === "cotangent") isOurs = true;
    return isOurs ? [...last.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "") : [];
  });
};

const exists = (names: unknown, path: readonly string[]): boolean => {
  const [first, ...rest] = path;
  if (first === undefined) return true;
  return (
    typeof names === "object" && names !== null && first in names && exists((names as Names)[first], rest)
  );
};

const unknownNames = (code: string): readonly string[] => {
  const paths = [...code.matchAll(/\b(np|lax|nn|random|data|tree)((?:\.\w+)+)/g)].map(([path]) => path);
  const calls = [...code.matchAll(/(?<![.\w])([a-z]\w+)\(/g)].map(([, name]) => name as string);
  const methods = [...code.matchAll(/(?:[)\]]|\b[a-z])\.(\w+)(?=\()/g)].map(([, name]) => name as string);
  return [
    ...paths.filter((path) => !exists(namespaces, path.split("."))),
    ...calls.filter((name) => !(name in functions)),
    ...methods.filter((name) => !(name in array) && !otherMethods.includes(name)),
  ];
};

describe("names in the tables of docs/coming-from.md", () => {
  const code = codeOfTables(readFileSync("docs/coming-from.md", "utf8"));

  it("are many", () => {
    expect(code.length).toBeGreaterThan(100);
  });

  it("exist", () => {
    expect(code.flatMap(unknownNames)).toEqual([]);
  });

  it("would be noticed if they didn't", () => {
    expect(unknownNames("np.nothing(x)")).toEqual(["np.nothing"]);
    expect(unknownNames("gradient(f)(x)")).toEqual(["gradient"]);
    expect(unknownNames("x.plus(y)")).toEqual(["plus"]);
    expect(unknownNames("nn.losses.nothing(x).mean()")).toEqual(["nn.losses.nothing"]);
    expect(unknownNames("grad(f)(x.mul(2)).sum()")).toEqual([]);
  });
});
