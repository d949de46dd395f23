import { grad, type NDArray, numpy as np } from "cotangent";
import { expect, test } from "vitest";

const toLists = (x: NDArray): unknown => x.toArray();

test("diagonals beyond a matrix, however far", () => {
  const x = np.ones([2, 3]);
  for (const far of [3, 2 ** 31, 2 ** 40]) {
    expect(toLists(np.triu(x, far))).toEqual(toLists(np.zeros([2, 3])));
    expect(toLists(np.triu(x, -far))).toEqual(toLists(x));
    expect(toLists(np.tril(x, far))).toEqual(toLists(x));
    expect(toLists(np.tril(x, -far))).toEqual(toLists(np.zeros([2, 3])));
    expect(toLists(np.tri(2, 3, far))).toEqual(toLists(x));
    expect(toLists(np.eye(2, 3, far))).toEqual(toLists(np.zeros([2, 3])));
    expect(toLists(np.eye(2, 3, -far))).toEqual(toLists(np.zeros([2, 3])));
  }
  expect(() => np.eye(3, 3, 0.5)).toThrow(
    "eye: diagonals are counted in whole numbers from the main one; got 0.5.",
  );
});

/** The place inside that an element stands for which lies `at` places from the start. */
const places: { readonly [mode: string]: (at: number, n: number) => number } = {
  wrap: (at, n) => ((at % n) + n) % n,
  symmetric: (at, n) => {
    const turn = ((at % (2 * n)) + 2 * n) % (2 * n);
    return turn < n ? turn : 2 * n - 1 - turn;
  },
  reflect: (at, n) => {
    const period = 2 * (n - 1);
    const turn = ((at % period) + period) % period;
    return turn < n ? turn : period - turn;
  },
};

test.each(["wrap", "symmetric", "reflect"] as const)("%s takes what is inside again and again", (mode) => {
  for (const [n, before, after] of [
    [2, 7, 0],
    [3, 0, 23],
    [3, 11, 17],
    [4, 100, 1],
    [5, 3, 64],
  ] as const) {
    const x = np.arange(n).astype("float32");
    const expected = Array.from({ length: before + n + after }, (_, i) => places[mode]?.(i - before, n));
    expect(toLists(np.pad(x, [[before, after]], mode))).toEqual(expected);
    const counts = grad((y: NDArray) => np.sum(np.pad(y, [[before, after]], mode)))(x);
    expect(toLists(counts)).toEqual(
      Array.from({ length: n }, (_, i) => expected.filter((p) => p === i).length),
    );
  }
});

test("oddly mirrored, a line goes on", () => {
  for (const mode of ["reflect", "symmetric"] as const) {
    const x = np.array([0, 1, 2]);
    const y = np.pad(x, [[20, 50]], mode, { reflectType: "odd" });
    if (mode === "reflect") expect(toLists(y)).toEqual(Array.from({ length: 73 }, (_, i) => i - 20));
    else expect(toLists(y.at([19, 20, 22, 23, 24]).get())).toEqual([0, 0, 2, 2, 3]);
  }
});

test("a pad of many times the length is a few steps", () => {
  const y = np.pad(np.array([0, 1]), [[0, 2 ** 20]], "reflect");
  expect(np.sum(y).item()).toBe(2 ** 19 + 1);
});
