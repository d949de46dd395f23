import { grad, jit, type NDArray, nn, numpy as np } from "cotangent";
import { describe, expect, test } from "vitest";
import { ConcreteArray } from "../../src/array/index.ts";
import { filled, randoms } from "./support.ts";

/** The kernels of a lowered function, a line each. */
const kernelsOf = (text: string): string[] =>
  text.split("\n").filter((line) => /^(loop|dot|nest) /.test(line));

describe("fusion", () => {
  test("a chain of elementwise operations with broadcasts is one loop", () => {
    const f = jit((x: NDArray, b: NDArray) => np.tanh(np.exp(x.mul(2)).add(b)).mul(np.sin(x)));
    const lowered = f.lower(np.zeros([7, 5]), np.zeros([5]));
    expect(kernelsOf(lowered.text())).toEqual(["loop [7, 5]"]);
  });

  test("a chain into a reduction is one loop, with everything that is reduced alike", () => {
    const f = jit((x: NDArray) => [np.sum(np.exp(x)), np.max(x.mul(x)), np.sum(x)]);
    expect(kernelsOf(f.lower(np.zeros([100])).text())).toEqual(["loop [100]"]);
  });

  test("a softmax is three loops: the maximum, the sum of exponentials, the quotient", () => {
    const f = jit((x: NDArray) => nn.softmax(x));
    const kernels = kernelsOf(f.lower(np.zeros([6, 10])).text());
    expect(kernels).toEqual(["loop [6, 10]", "loop [6, 10]", "loop [6, 10]"]);
  });

  test("the gradient of a perceptron is its products and a few loops", () => {
    type Params = { w1: NDArray; b1: NDArray; w2: NDArray; b2: NDArray };
    const loss = ({ w1, b1, w2, b2 }: Params, x: NDArray, y: NDArray): NDArray => {
      const hidden = np.tanh(np.matmul(x, w1).add(b1));
      return np.mean(np.square(np.matmul(hidden, w2).add(b2).sub(y)));
    };
    const step = jit((params: Params, x: NDArray, y: NDArray) => grad(loss)(params, x, y));
    const params = {
      w1: np.zeros([8, 16]),
      b1: np.zeros([16]),
      w2: np.zeros([16, 3]),
      b2: np.zeros([3]),
    };
    const kernels = kernelsOf(step.lower(params, np.zeros([32, 8]), np.zeros([32, 3])).text());
    // Forward twice, and backward once for w2, the hidden layer and w1.
    expect(kernels.filter((k) => k.startsWith("dot"))).toHaveLength(5);
    expect(kernels.filter((k) => k.startsWith("nest"))).toEqual([]);
    expect(kernels.filter((k) => k.startsWith("loop")).length).toBeLessThanOrEqual(4);
  });
});

describe("float32 sums stay accurate", () => {
  const n = 10_000_000;
  const relative = (x: NDArray, expected: readonly number[]): number => {
    const data = x.toTypedArray();
    return Math.max(...expected.map((y, i) => Math.abs((data[i] as number) - y) / Math.abs(y)));
  };
  const sumOf = (axes: number | number[] | undefined): ((x: NDArray) => NDArray) =>
    jit((x: NDArray) => (axes === undefined ? np.sum(x) : np.sum(x, axes as number)));
  const random = randoms(1);
  const values = filled([n], "float32", () => random());
  /** Sums in float64 of what `of` puts together. */
  const exact = (x: ConcreteArray, count: number, of: (i: number) => number): number[] => {
    const data = x.toTypedArray();
    const sums = new Float64Array(count);
    for (let i = 0; i < data.length; i++) sums[of(i)] = (sums[of(i)] as number) + (data[i] as number);
    return [...sums];
  };

  test("of ten million ones", () => {
    expect(sumOf(undefined)(np.ones([n])).item()).toBe(n);
    expect(sumOf(0)(filled([n / 8, 8], "float32", () => 1)).toArray()).toEqual(new Array(8).fill(n / 8));
    // A leading axis so long that float32 alone would stop counting.
    expect(sumOf(0)(filled([18_000_000, 1, 2], "float32", () => 1)).toArray()).toEqual([[18e6, 18e6]]);
  });

  test("of ten million random numbers", () => {
    expect(
      relative(
        sumOf(undefined)(values),
        exact(values, 1, () => 0),
      ),
    ).toBeLessThan(1e-6);
  });

  test.each([
    { shape: [1_000_000, 8], axes: [0], of: (i: number) => i % 8 },
    { shape: [1_000_000, 7], axes: [0], of: (i: number) => i % 7 },
    { shape: [8, 1_000_000], axes: [1], of: (i: number) => Math.floor(i / 1_000_000) },
    { shape: [1000, 3, 1000], axes: [0, 2], of: (i: number) => Math.floor(i / 1000) % 3 },
    { shape: [100, 5, 100, 9], axes: [0, 2], of: (i: number) => (Math.floor(i / 900) % 5) * 9 + (i % 9) },
    { shape: [2000, 1000], axes: [0], of: (i: number) => i % 1000 },
  ])("of shape $shape over axes $axes", ({ shape, axes, of }) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const x = new ConcreteArray(values.toTypedArray().slice(0, size), shape, "float32");
    const kept = shape.filter((_, axis) => !axes.includes(axis)).reduce((a, b) => a * b, 1);
    const y = np.reshape(sumOf(axes)(x), [kept]);
    expect(relative(y, exact(x, kept, of))).toBeLessThan(1e-6);
    // Beside another reduction and a value that is kept, in the same loop.
    const [sum, greatest, doubled] = jit((z: NDArray) => [np.sum(z, axes), np.max(z, axes), z.mul(2)])(x);
    expect(np.reshape(sum as NDArray, [kept]).toArray()).toEqual(y.toArray());
    expect((greatest as NDArray).shape).toEqual((sum as NDArray).shape);
    expect((doubled as NDArray).toTypedArray()[3]).toBe(2 * (x.toTypedArray()[3] as number));
  });
});
