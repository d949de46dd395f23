import { lax, type NDArray, numpy as np } from "cotangent";
import { afterEach, describe, expect, test } from "vitest";
import { evaluateCompiled } from "../../src/calls/index.ts";
import { setAccelerator } from "../../src/core/index.ts";
import { filled, requireNear } from "./support.ts";

afterEach(() => setAccelerator(evaluateCompiled));

const wave = (...shape: number[]): NDArray => filled(shape, "float32", (i) => Math.sin(1 + 7 * i));

/** The primitives that ran compiled while `f` did, whose result is that of the reference. */
const compiledIn = (f: () => NDArray): readonly string[] => {
  const names: string[] = [];
  setAccelerator((primitive, inputs, params, outputs) => {
    const results = evaluateCompiled(primitive, inputs, params, outputs);
    if (results !== undefined) names.push(primitive.name);
    return results;
  });
  const result = f();
  setAccelerator(undefined);
  requireNear([result], [f()], { ulps: 16, ofLargest: 1e-5 });
  return names;
};

describe("an operation outside jit runs compiled where it is much work", () => {
  test.each([
    ["an addition of many elements", "add", () => np.add(wave(1 << 14), 1)],
    ["a sum of many elements", "reduceSum", () => np.sum(wave(1 << 14))],
    ["a product of few elements and many terms", "dotGeneral", () => np.matmul(wave(40, 40), wave(40, 40))],
    ["a decomposition of a small matrix", "eigh", () => np.linalg.eigvalsh(wave(24, 24))],
    ["singular values of a small matrix", "svd", () => np.linalg.svdvals(wave(24, 24))],
    ["a solution of few equations", "lu", () => np.linalg.det(np.eye(40).mul(3).add(wave(40, 40).mul(0.1)))],
    ["a sort", "sort", () => np.sort(wave(512))],
    ["reading most elements", "gather", () => np.take(wave(5000), np.flip(np.arange(5000)))],
  ] as const)("%s", (_, name, f) => {
    const large = f();
    expect(large.size).toBeGreaterThan(0);
    expect(compiledIn(f)).toContain(name);
  });

  test.each([
    ["an addition of few elements", () => np.add(wave(1000), 1)],
    ["a product with a vector", () => np.matmul(wave(64, 64), wave(64))],
    ["reading a few of many elements", () => np.take(wave(100_000), np.array([5, 2], { dtype: "int32" }))],
    ["a window of many elements", () => lax.dynamicSlice(wave(100_000), [7], [50_000])],
    ["a view of many elements", () => np.transpose(wave(1000, 100))],
  ] as const)("but not %s", (_, f) => {
    expect(compiledIn(f)).toEqual([]);
  });
});
