import { jit, type NDArray, numpy as np } from "cotangent";
import { expect, test } from "vitest";

const sizes = [
  [0, 0],
  [1, 1],
  [3, 3],
  [2, 4],
  [4, 2],
] as const;

test.each(sizes)("indices of triangles name where tril and triu keep ones, %i × %i", (n, m) => {
  for (let k = -n - 1; k <= m + 1; k++) {
    const ones = np.ones([n, m]);
    for (const [indices, triangle] of [
      [np.trilIndices(n, k, m), np.tril(ones, k)],
      [np.triuIndices(n, k, m), np.triu(ones, k)],
    ] as const) {
      const expected = np.nonzero(triangle);
      for (const axis of [0, 1] as const) {
        expect(indices[axis].toArray()).toEqual(expected[axis]?.toArray());
        expect(indices[axis].dtype).toBe("int32");
      }
    }
  }
});

test("are known while a function is traced", () => {
  const fill = (x: NDArray): NDArray => {
    const [rows, columns] = np.triuIndices(3, 1);
    return np.zeros([3, 3]).at(rows, columns).set(x);
  };
  expect(jit(fill)(np.array([1, 2, 3])).toArray()).toEqual([
    [0, 1, 2],
    [0, 0, 3],
    [0, 0, 0],
  ]);
});

test("refuse lengths that are none", () => {
  expect(() => np.trilIndices(-1)).toThrow(
    "trilIndices: lengths must be whole numbers of at least 0; got -1.",
  );
  expect(() => np.triuIndices(2, 0, 1.5)).toThrow("triuIndices: lengths");
});
