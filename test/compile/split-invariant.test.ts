import { type NDArray, numpy as np } from "cotangent";
import { expect, test } from "vitest";
import { lowerJaxpr } from "../../src/compile/compile.ts";
import type { Kernel } from "../../src/compile/program.ts";
import { splitInvariant } from "../../src/compile/split-invariant.ts";
import { type ClosedJaxpr, checkJaxpr } from "../../src/core/index.ts";
import { scan, whileLoop } from "./loop-primitives.ts";
import { evaluate, filled, traced } from "./support.ts";

const [a, b] = [filled([3], "float64", (i) => i + 1), filled([3], "float64", (i) => 2 - i)] as const;
const names = ({ jaxpr }: ClosedJaxpr): string[] => jaxpr.equations.map((e) => e.primitive.name);

test("what depends on fixed inputs, constants and literals is taken out; the rest gets it as inputs", () => {
  const constant = filled([3], "float64", (i) => i / 2);
  const closed = traced(
    (x, y) => {
      const fixed = np.exp(np.multiply(x as NDArray, constant));
      return [np.add(fixed, np.sin(y as NDArray)), np.sum(fixed), y as NDArray];
    },
    [a, b],
  );
  const split = splitInvariant(closed, (i) => i === 0);
  if (split === undefined) throw new Error("nothing was taken out");
  const { invariant, rest } = split;
  checkJaxpr(invariant);
  checkJaxpr(rest);
  expect(names(invariant)).toEqual(["mul", "exp", "reduceSum"]);
  expect(names(rest)).toEqual(["sin", "add"]);
  expect(invariant.consts.map((value) => value === constant)).toEqual([true]);
  expect(rest.consts.length).toBe(0);
  const made = evaluate(invariant, [a]);
  expect(evaluate(rest, [...made, a, b]).map(String)).toEqual(evaluate(closed, [a, b]).map(String));
});

test("there is nothing to take out where everything changes", () => {
  const closed = traced((x, y) => [np.add(x as NDArray, y as NDArray)], [a, b]);
  expect(splitInvariant(closed, (i) => i === 0)).toBeUndefined();
});

const kinds = (kernels: readonly Kernel[]): unknown[] =>
  kernels.map((kernel) => {
    if (kernel.kind === "scan") return ["scan", ...kinds(kernel.body)];
    return kernel.kind === "while" ? ["while", ...kinds(kernel.body)] : kernel.kind;
  });

test("a loop does it once, in front of the turns, also with what its carry never changes", () => {
  const w = filled([3, 3], "float64", (i) => i / 9);
  const products = traced(
    (m, x) =>
      scan(
        ([k], [c, same]) => [
          np.add(np.matmul(np.matmul(k as NDArray, k as NDArray), c as NDArray), np.cumsum(same as NDArray)),
          same as NDArray,
        ],
        [m as NDArray],
        [x, x] as NDArray[],
        [],
        4,
      ),
    [w, a],
  );
  expect(kinds(lowerJaxpr(products).program.kernels).at(-1)).toEqual(["scan", "dot", "loop"]);
  const until = traced(
    (m, x) =>
      whileLoop(
        ([k], [c]) => np.less(np.sum(c as NDArray), np.sum(np.matmul(k as NDArray, k as NDArray))),
        ([k], [c]) => [np.add(c as NDArray, np.sum(np.matmul(k as NDArray, k as NDArray)))],
        [m as NDArray],
        [x as NDArray],
      ),
    [w, a],
  );
  expect(kinds(lowerJaxpr(until).program.kernels).at(-1)).toEqual(["while", "loop"]);
});
