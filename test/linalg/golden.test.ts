import { readFileSync } from "node:fs";
import { grad, jit, type NDArray, nn, numpy as np, random } from "cotangent";
import { describe, expect, test } from "vitest";
import { isComplex } from "../../src/array/complex.ts";
import { decode } from "../numpy/golden.ts";
import { expectClose } from "./support.ts";

/*
 * Results of JAX itself (see test/golden/linalg.py). Elements are compared with the greatest of an array, as errors of
 * factorizations are.
 */

type Case = readonly [name: string, args: readonly unknown[], result: unknown, gradient: unknown];
type Call = (...args: readonly unknown[]) => unknown;

const { cases } = JSON.parse(readFileSync(new URL("../golden/linalg.json", import.meta.url), "utf8")) as {
  readonly cases: readonly Case[];
};

const numpy = np as unknown as { readonly [name: string]: Call };
const linalg = np.linalg as unknown as { readonly [name: string]: Call };

const callOf = (name: string): Call => {
  const [room, member = ""] = name.split(".") as [string, string?];
  if (room === "linalg") return linalg[member] as Call;
  if (room === "random") {
    return (seed, n, shape, options) =>
      random.orthogonal(random.key(seed as number), n as number, shape as number[], options as object);
  }
  if (room === "initializers") {
    const make = nn.initializers[member as "orthogonal"];
    return (seed, shape, options) =>
      make(2, options as object)(random.key(seed as number), shape as number[]);
  }
  return numpy[room] as Call;
};

const arraysOf = (x: unknown): readonly NDArray[] => {
  if (isComplex(x)) return [x.real, x.imag];
  return Array.isArray(x) ? (x as NDArray[]) : [x as NDArray];
};

const expectedOf = (x: unknown): readonly NDArray[] =>
  typeof x === "object" && x !== null && "many" in x
    ? (x.many as readonly unknown[]).map((y) => decode(y) as NDArray)
    : [decode(x) as NDArray];

/** Condition numbers and powers of inverses lose digits. */
const FACTOR = 20_000;

const compare = (actual: unknown, expected: unknown): void => {
  const [got, wanted] = [arraysOf(actual), expectedOf(expected)];
  expect(got).toHaveLength(wanted.length);
  wanted.forEach((y, i) => {
    const x = got[i] as NDArray;
    if (y.dtype.startsWith("float")) expectClose(x, y, FACTOR);
    else expect([x.dtype, x.toArray()]).toEqual([y.dtype, y.toArray()]);
  });
};

const squares = (results: readonly NDArray[]): NDArray =>
  results
    .filter((y) => y.dtype.startsWith("float"))
    .map((y) => np.sum(y.mul(y)))
    .reduce((a, b) => a.add(b));

describe("results of JAX", () => {
  for (const name of new Set(cases.map(([n]) => n))) {
    test(name, () => {
      for (const [, encoded, result, gradient] of cases.filter(([n]) => n === name)) {
        const f = callOf(name);
        const args = encoded.map(decode);
        try {
          compare(f(...args), result);
          if (gradient === null) continue;
          const total = (x: NDArray): NDArray => squares(arraysOf(f(x, ...args.slice(1))));
          compare(grad(total)(args[0] as NDArray), gradient);
        } catch (error) {
          (error as Error).message =
            `${name}(${JSON.stringify(encoded).slice(0, 300)}): ${(error as Error).message}`;
          throw error;
        }
      }
    });
  }

  test("compiled gradients are the same", () => {
    for (const name of ["linalg.det", "linalg.solve", "linalg.pinv", "linalg.qr"]) {
      const [, encoded, , gradient] = cases.find(
        ([n, args, , g]) => n === name && g !== null && (args[0] as [string, number[]])[1].length === 3,
      ) as Case;
      const args = encoded.map(decode);
      const total = (x: NDArray): NDArray => squares(arraysOf(callOf(name)(x, ...args.slice(1))));
      compare(jit(grad(total))(args[0] as NDArray), gradient);
    }
  });
});
