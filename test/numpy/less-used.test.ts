import { describe, expect, test } from "vitest";
import "../../src/numpy/methods.ts";
import { NDArray } from "../../src/array/index.ts";
import { ConcretizationError, ShapeError } from "../../src/core/index.ts";
import * as lax from "../../src/lax/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as np from "../../src/numpy/index.ts";
import * as special from "../../src/special/index.ts";
import { grad } from "../../src/transforms/grad.ts";
import { jit } from "../../src/transforms/jit.ts";
import { compare, decode, type Encoded, readCases } from "./golden.ts";

/*
 * Functions of JAX that are asked for seldom: by their definitions, or by what NumPy and SciPy print.
 */

type Call = (...args: readonly unknown[]) => unknown;

const ROOMS: { readonly [room: string]: object } = { np, nn, special };

const lookUp = (name: string): Call => {
  const [room, member] = name.split(".") as [string, string];
  return (ROOMS[room] as { readonly [name: string]: Call })[member] as Call;
};

/** What is returned as arrays in the order of JAX's fields. */
const arraysOf = (result: unknown): readonly NDArray[] =>
  result instanceof NDArray ? [result] : (Object.values(result as object) as NDArray[]);

describe("results of JAX (golden/less_used.py)", () => {
  const cases = readCases("less_used.json");
  for (const name of new Set(cases.map(([n]) => n))) {
    test(name, () => {
      for (const [, encoded, results, gradients] of cases.filter(([n]) => n === name)) {
        const [f, args] = [lookUp(name), encoded.map(decode)];
        const wanted = results as readonly Encoded[];
        const got = arraysOf(f(...args));
        expect(got).toHaveLength(wanted.length);
        got.forEach((x, i) => {
          compare(x, wanted[i]);
        });
        if (!gradients) continue;
        const weights = np.arange(1, (args[0] as NDArray).size + 1);
        gradients.forEach((expected, i) => {
          const loss = (...xs: readonly NDArray[]): NDArray =>
            np.sum(np.multiply(f(...xs) as NDArray, weights));
          compare(grad(loss, { argnums: i })(...(args as NDArray[])), expected as Encoded);
        });
      }
    });
  }
});

const f64 = (xs: readonly number[]): NDArray => np.array(xs, { dtype: "float64" });

const near = (actual: NDArray, wanted: readonly number[]): void => {
  const numbers: number[] = Array.from(actual.toTypedArray());
  expect(numbers.length).toBe(wanted.length);
  numbers.forEach((x, i) => {
    const y = wanted[i] as number;
    const isNear = Object.is(x, y) || Math.abs(x - y) <= 1e-13 * Math.max(1, Math.abs(y));
    expect({ i, x, isNear }).toEqual({ i, x: isNear ? x : y, isNear: true });
  });
};

describe("numpy", () => {
  const x = np.array([
    [3, 1, 3],
    [2, 1, 1],
  ]);

  test("unique as the array API has it", () => {
    const all = np.uniqueAll(x);
    expect(all.values.toArray()).toEqual([1, 2, 3]);
    expect(all.indices.toArray()).toEqual([1, 3, 0]);
    expect(all.inverseIndices.toArray()).toEqual([
      [2, 0, 2],
      [1, 0, 0],
    ]);
    expect(all.counts.toArray()).toEqual([3, 1, 2]);
    expect(np.uniqueValues(x).toArray()).toEqual([1, 2, 3]);
    expect(np.uniqueCounts(x).counts.toArray()).toEqual([3, 1, 2]);
    const back = np.uniqueInverse(x);
    expect(np.take(back.values, back.inverseIndices).toArray()).toEqual(x.toArray());
    expect(jit((y: NDArray) => np.uniqueValues(y, { size: 4, fillValue: 9 }))(x).toArray()).toEqual([
      1, 2, 3, 9,
    ]);
    expect(() => jit((y: NDArray) => np.uniqueValues(y))(x)).toThrow(ConcretizationError);
    expect(() => jit((y: NDArray) => np.uniqueAll(y).values)(x)).toThrow("uniqueAll");
  });

  test("unique with one NaN or several", () => {
    const y = np.array([Number.NaN, 1, Number.NaN]);
    expect(np.unique(y).size).toBe(2);
    expect(np.unique(y, { equalNan: false, returnCounts: true }).map((v) => v.toArray())).toEqual([
      [1, Number.NaN, Number.NaN],
      [1, 1, 1],
    ]);
  });

  test("indices of the triangles of a matrix", () => {
    const [rows, columns] = np.trilIndicesFrom(x, -1);
    expect([rows.toArray(), columns.toArray()]).toEqual([[1], [0]]);
    expect(np.triuIndicesFrom(x, 1).map((v) => v.toArray())).toEqual([
      [0, 0, 1],
      [1, 2, 2],
    ]);
    expect(() => np.trilIndicesFrom(np.zeros([3]))).toThrow(ShapeError);
  });

  test("spacing", () => {
    near(np.spacing(f64([1, -1, 0, 1e10])), [2 ** -52, -(2 ** -52), 5e-324, 2 ** -19]);
    near(np.spacing(np.array([1, -8])), [2 ** -23, -(2 ** -20)]);
    near(np.spacing(f64([Infinity, Number.NaN])), [Number.NaN, Number.NaN]);
  });

  test("trimZeros", () => {
    const v = np.array([0, 0, 1, 0, 2, 0]);
    expect(np.trimZeros(v).toArray()).toEqual([1, 0, 2]);
    expect(np.trimZeros(v, "f").toArray()).toEqual([1, 0, 2, 0]);
    expect(np.trimZeros(v, "b").toArray()).toEqual([0, 0, 1, 0, 2]);
    for (const trim of ["f", "b", "fb"] as const) {
      expect(np.trimZeros(np.zeros([3]), trim).toArray()).toEqual([]);
      expect(np.trimZeros(np.zeros([0]), trim).toArray()).toEqual([]);
    }
    expect(() => np.trimZeros(v, "x" as "f")).toThrow(/^trimZeros: trim is .*; got "x"\.$/);
    expect(() => jit((y: NDArray) => np.trimZeros(y))(v)).toThrow(/^trimZeros: /);
  });
});

describe("nn", () => {
  test("log1mexp", () => {
    const x = f64([1e-10, 0.5, 5, 50, 0, -1]);
    const exact = [-23.025850929990458, -0.9327521295671886, -0.006760749449488, -1.9287498479639178e-22];
    near(nn.log1mexp(x), [...exact, -Infinity, Number.NaN]);
    // 1 / (exp(x) − 1).
    near(grad((y: NDArray) => np.sum(nn.log1mexp(y)))(f64([1e-3, 0.5, 5])), [
      1 / Math.expm1(1e-3),
      1 / Math.expm1(0.5),
      1 / Math.expm1(5),
    ]);
  });

  test("sparsePlus, and sparseSigmoid, which is its derivative", () => {
    const x = f64([-2, -1, -0.5, 0, 0.5, 1, 2]);
    near(nn.sparsePlus(x), [0, 0, 0.0625, 0.25, 0.5625, 1, 2]);
    near(nn.sparseSigmoid(x), [0, 0, 0.25, 0.5, 0.75, 1, 1]);
    near(grad((y: NDArray) => np.sum(nn.sparsePlus(y)))(x), [0, 0, 0.25, 0.5, 0.75, 1, 1]);
  });
});

describe("special functions", () => {
  test("boxcox and boxcox1p", () => {
    near(special.boxcox(f64([2, 3, 1, 0.5]), f64([0, 0.5, 7, -1])), [
      Math.LN2,
      2 * (Math.sqrt(3) - 1),
      0,
      -1,
    ]);
    near(special.boxcox1p(f64([1e-10, 1]), f64([0.5, 0])), [9.999999999750001e-11, Math.LN2]);
    near(grad((y: NDArray) => np.sum(special.boxcox(y, 0.5)))(f64([4])), [0.5]);
    near(grad((y: NDArray) => np.sum(special.boxcox(y, 0)))(f64([4])), [0.25]);
  });

  test("factorial, poch, gammasgn", () => {
    near(special.factorial(f64([-1, 0, 1, 2.5])), [0, 1, 1, 3.323350970447843]);
    near(special.factorial(f64([5])).div(120), [1]);
    near(special.poch(f64([2, -1.5, 0.5]), f64([3, 2, 0])).div(f64([24, 0.75, 1])), [1, 1, 1]);
    near(special.gammasgn(f64([-0.5, -1.5, 2, -1, 0])), [-1, 1, 1, Number.NaN, 1]);
  });
});

test("lax.scatterSub takes updates away", () => {
  const numbers = {
    updateWindowDims: [],
    insertedWindowDims: [0],
    scatterDimsToOperandDims: [0],
    operandBatchingDims: [],
    scatterIndicesBatchingDims: [],
  };
  const places = np.array([[1], [1]], "int32");
  const result = lax.scatterSub(np.array([5, 5, 5]), places, np.array([1, 2]), numbers);
  expect(result.toArray()).toEqual([5, 2, 5]);
});
