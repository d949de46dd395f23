import { expect, test } from "vitest";
import type { ConcreteArray, NDArray } from "../../src/array/index.ts";
import { runCompiled } from "../../src/compile/compile.ts";
import { numpy as np } from "../../src/index.ts";
import { traced } from "./support.ts";

test("a program is compiled at its first run alone", () => {
  const x = np.array([1, 2, 3]) as ConcreteArray;
  const closed = traced((a) => [np.exp(np.negative(a as NDArray))], [x]);
  expect(runCompiled(closed, [x])).toHaveLength(1);
  const { Module } = WebAssembly;
  let count = 0;
  WebAssembly.Module = new Proxy(Module, {
    construct: (target, args) => {
      count++;
      return Reflect.construct(target, args) as object;
    },
  });
  try {
    for (let k = 0; k < 3; k++) expect(runCompiled(closed, [x])).toHaveLength(1);
  } finally {
    WebAssembly.Module = Module;
  }
  expect(count).toBe(0);
});
