import { grad, jit, lax, type NDArray, numpy as np, vmap } from "cotangent";
import { describe, expect, test } from "vitest";
import { expectClose, expectGradients, matrix, positiveDefinite, shifted, turned } from "./support.ts";

const { linalg } = np;

/** Sizes below, at and above the block of the compiled loops. */
const SIZES = [0, 1, 2, 3, 5, 32, 33, 70];

describe("cholesky", () => {
  for (const dtype of ["float32", "float64"] as const) {
    test(`L·Lᵀ is the matrix, compiled and not, ${dtype}`, () => {
      for (const n of SIZES) {
        const a = positiveDefinite([n, n], n, dtype);
        const l = linalg.cholesky(a);
        expectClose(np.matmul(l, turned(l)), a);
        expectClose(l, np.tril(l), 0);
        expectClose(jit((x: NDArray) => linalg.cholesky(x))(a), l, 1000);
        expectClose(turned(linalg.cholesky(a, { upper: true })), l, 0);
      }
    });
  }

  test("each matrix of a stack", () => {
    const a = positiveDefinite([2, 3, 4, 4]);
    const l = jit((x: NDArray) => linalg.cholesky(x))(a);
    expectClose(np.matmul(l, turned(l)), a);
    expectClose(vmap(vmap((x: NDArray) => linalg.cholesky(x)))(a), l);
  });

  test("a matrix that is not positive definite gives NaN below the diagonal, and others are not touched", () => {
    const a = np.array(
      [
        [
          [1, 2],
          [2, 1],
        ],
        [
          [4, 2],
          [2, 5],
        ],
      ],
      { dtype: "float64" },
    );
    const expected = [
      [
        [Number.NaN, 0],
        [Number.NaN, Number.NaN],
      ],
      [
        [2, 0],
        [1, 2],
      ],
    ];
    expect(linalg.cholesky(a).toArray()).toEqual(expected);
    expect(jit((x: NDArray) => linalg.cholesky(x))(a).toArray()).toEqual(expected);
  });

  test("reads the mean of the matrix and its transpose, or one triangle", () => {
    const a = np.array(
      [
        [4, 100],
        [2, 5],
      ],
      { dtype: "float64" },
    );
    const options = { symmetrizeInput: false };
    expect(linalg.cholesky(a, options).toArray()).toEqual([
      [2, 0],
      [1, 2],
    ]);
    expect(linalg.cholesky(turned(a), { ...options, upper: true }).toArray()).toEqual([
      [2, 1],
      [0, 2],
    ]);
    expect(
      linalg
        .cholesky(
          np.array(
            [
              [4, 1],
              [3, 5],
            ],
            { dtype: "float64" },
          ),
        )
        .toArray(),
    ).toEqual([
      [2, 0],
      [1, 2],
    ]);
  });

  test("derivatives to second order", () => {
    const a = positiveDefinite([2, 3, 3]);
    expectGradients((x: NDArray) => linalg.cholesky(x), [a]);
    expectGradients((x: NDArray) => linalg.cholesky(x, { upper: true, symmetrizeInput: false }), [a]);
  });

  test("integers are computed as float32", () => {
    const l = linalg.cholesky(
      np.array(
        [
          [4, 2],
          [2, 5],
        ],
        { dtype: "int32" },
      ),
    );
    expect([l.dtype, l.toArray()]).toEqual([
      "float32",
      [
        [2, 0],
        [1, 2],
      ],
    ]);
  });
});

describe("triangularSolve", () => {
  const cases = [true, false].flatMap((leftSide) =>
    [true, false].flatMap((lower) =>
      [true, false].flatMap((transposeA) =>
        [true, false].map((unitDiagonal) => ({ leftSide, lower, transposeA, unitDiagonal })),
      ),
    ),
  );

  /** What the options say is read of `a`. */
  const readMatrix = (a: NDArray, { lower, transposeA, unitDiagonal }: (typeof cases)[number]): NDArray => {
    const n = a.shape.at(-1) as number;
    const part = lower ? np.tril(a, unitDiagonal ? -1 : 0) : np.triu(a, unitDiagonal ? 1 : 0);
    const read = unitDiagonal ? part.add(np.eye(n, null, 0, a.dtype)) : part;
    return transposeA ? turned(read) : read;
  };

  for (const options of cases) {
    test(`undoes multiplication: ${JSON.stringify(options)}`, () => {
      for (const [n, columns] of [
        [0, 2],
        [1, 1],
        [3, 0],
        [3, 1],
        [5, 2],
        [33, 1],
        [70, 9],
      ] as const) {
        const a = shifted(matrix([2, n, n], n).mul(1 / Math.max(1, n)), 1);
        const x = matrix(options.leftSide ? [2, n, columns] : [2, columns, n], 7);
        const read = readMatrix(a, options);
        const b = options.leftSide ? np.matmul(read, x) : np.matmul(x, read);
        const solve = (p: NDArray, q: NDArray): NDArray => lax.linalg.triangularSolve(p, q, options);
        expectClose(solve(a, b), x, 1000);
        expectClose(jit(solve)(a, b), x, 1000);
      }
    });
  }

  test("takes a vector", () => {
    const a = np.array(
      [
        [2, 0],
        [1, 4],
      ],
      { dtype: "float64" },
    );
    const b = np.array([2, 9], { dtype: "float64" });
    expect(linalg.triangularSolve(a, b, { leftSide: true, lower: true }).toArray()).toEqual([1, 2]);
    expect(linalg.triangularSolve(a, b, { lower: true }).toArray()).toEqual([-0.125, 2.25]);
  });

  test("right-hand sides of one matrix are a batch of columns", () => {
    const a = shifted(matrix([3, 3]), 3);
    const b = matrix([3, 4, 2], 5);
    const solve = (y: NDArray): NDArray => linalg.triangularSolve(a, y, { leftSide: true, lower: true });
    const expected = np.stack(b.shape[1] === 4 ? [0, 1, 2, 3].map((i) => solve(np.take(b, i, 1))) : [], 1);
    expectClose(vmap(solve, 1, 1)(b), expected, 0);
  });

  test("derivatives to second order", () => {
    const a = shifted(matrix([2, 3, 3]), 3);
    for (const options of cases)
      expectGradients(
        (p: NDArray, q: NDArray) => linalg.triangularSolve(p, q, options),
        [a, matrix([2, 3, 3], 9)],
      );
  });
});

describe("lu", () => {
  /** P·A, L and U. */
  const parts = (
    a: NDArray,
    [lu, , permutation]: readonly NDArray[],
  ): readonly [NDArray, NDArray, NDArray] => {
    const [m, n] = a.shape.slice(-2) as [number, number];
    const rank = Math.min(m, n);
    const packed = lu as NDArray;
    const l = np
      .tril(packed, -1)
      .at("...", np.slice(rank))
      .get()
      .add(np.eye(m, rank, 0, a.dtype));
    const u = np.triu(packed).at("...", np.slice(rank), np.slice(null)).get();
    return [np.takeAlongAxis(a, np.expandDims(permutation as NDArray, -1), -2), l, u];
  };

  for (const dtype of ["float32", "float64"] as const) {
    test(`P·A is L·U, compiled and not, ${dtype}`, () => {
      const shapes = [
        [0, 0],
        [0, 2],
        [2, 0],
        [1, 1],
        [2, 5],
        [5, 2],
        [33, 33],
        [70, 40],
        [40, 70],
        [2, 3, 4, 4],
      ];
      for (const shape of shapes) {
        const a = matrix(shape, shape.length + (shape[0] as number), dtype);
        for (const factors of [linalg.lu(a), jit((x: NDArray) => linalg.lu(x))(a)]) {
          const [permuted, l, u] = parts(a, factors);
          expectClose(np.matmul(l, u), permuted);
          expect(np.all(np.abs(l).lessEqual(1)).item()).toBe(true);
        }
        expect(jit((x: NDArray) => linalg.lu(x))(a)[1].toArray()).toEqual(linalg.lu(a)[1].toArray());
      }
    });
  }

  test("the exchanges make the permutation", () => {
    const [, pivots, permutation] = linalg.lu(matrix([6, 6], 3));
    const order = [0, 1, 2, 3, 4, 5];
    (pivots.toArray() as number[]).forEach((pivot, k) => {
      [order[k], order[pivot]] = [order[pivot] as number, order[k] as number];
    });
    expect(permutation.toArray()).toEqual(order);
  });

  test("derivatives to second order, square, wide and tall", () => {
    for (const shape of [
      [3, 3],
      [2, 4],
      [4, 2],
      [2, 3, 3],
    ])
      expectGradients((x: NDArray) => linalg.lu(x)[0], [matrix(shape, 11)]);
  });
});

describe("solve and inv", () => {
  for (const dtype of ["float32", "float64"] as const) {
    test(`solve undoes multiplication, ${dtype}`, () => {
      for (const n of SIZES) {
        const a = shifted(matrix([n, n], n, dtype), 3);
        const x = matrix([n, 3], 5, dtype);
        const b = np.matmul(a, x);
        expectClose(linalg.solve(a, b), x, 1e4);
        expectClose(jit((p: NDArray, q: NDArray) => linalg.solve(p, q))(a, b), x, 1e4);
        expectClose(np.matmul(linalg.inv(a), a), np.eye(n, null, 0, dtype), 1e4);
      }
    });
  }

  test("axes before the last two broadcast, and a vector is one right-hand side", () => {
    const a = shifted(matrix([2, 1, 3, 3]), 3);
    const b = matrix([4, 3, 2], 5);
    const x = linalg.solve(a, b);
    expect(x.shape).toEqual([2, 4, 3, 2]);
    expectClose(np.matmul(a, x), np.broadcastTo(b, [2, 4, 3, 2]), 1e3);
    const y = linalg.solve(a, matrix([3], 8));
    expect(y.shape).toEqual([2, 1, 3]);
    expectClose(np.matvec(a, y), np.broadcastTo(matrix([3], 8), [2, 1, 3]), 1e3);
  });

  test("derivatives to second order", () => {
    const a = shifted(matrix([2, 3, 3]), 3);
    expectGradients((p: NDArray, q: NDArray) => linalg.solve(p, q), [a, matrix([3, 2], 9)]);
    expectGradients((p: NDArray) => linalg.inv(p), [a]);
    const gradient = jit(grad((p: NDArray) => np.sum(linalg.inv(p))))(a);
    const ones = np.ones([2, 3, 3], "float64");
    const inverse = turned(linalg.inv(a));
    expectClose(gradient, np.matmul(np.matmul(inverse, ones), inverse).neg(), 1e3);
  });
});

describe("det and slogdet", () => {
  test("agree with each other and with known values", () => {
    expect(
      linalg
        .det(
          np.array(
            [
              [1, 2],
              [3, 4],
            ],
            { dtype: "float64" },
          ),
        )
        .item(),
    ).toBeCloseTo(-2, 14);
    expect(linalg.det(np.zeros([0, 0], "float64")).item()).toBe(1);
    for (const n of [0, 1, 2, 3, 4, 7]) {
      const a = matrix([2, n, n], n + 1);
      const [sign, log] = linalg.slogdet(a);
      expectClose(sign.mul(np.exp(log)), linalg.det(a), 1e3);
    }
    const [sign, log] = linalg.slogdet(
      np.array(
        [
          [1, 2],
          [2, 4],
        ],
        { dtype: "float64" },
      ),
    );
    expect(Math.abs(sign.item() as number)).toBe(0);
    expect(log.item()).toBe(Number.NEGATIVE_INFINITY);
  });

  test("derivatives to second order", () => {
    for (const n of [1, 2, 3, 4, 5]) {
      expectGradients((x: NDArray) => linalg.det(x), [matrix([2, n, n], n)]);
      expectGradients((x: NDArray) => linalg.slogdet(x)[1], [shifted(matrix([2, n, n], n), 3)]);
    }
  });

  test("the gradient of det is that of the adjugate where the matrix is singular", () => {
    const a = matrix([4, 4], 2);
    // The last column is the sum of the others.
    const singular = a.at(np.slice(null), 3).set(np.sum(np.take(a, np.arange(3), 1), 1));
    const gradient = grad((x: NDArray) => linalg.det(x))(singular);
    expect(np.max(np.abs(gradient)).item()).toBeGreaterThan(0.01);
    expectGradients((x: NDArray) => linalg.det(x), [singular], { order: 1 });
  });
});

describe("errors name the function and what it got", () => {
  const wide = np.zeros([2, 3]);
  const vector = np.zeros([3]);
  const square = np.zeros([3, 3]);

  test("matrices that are not square", () => {
    for (const name of ["cholesky", "inv", "det", "slogdet"] as const) {
      expect(() => linalg[name](wide)).toThrow(`${name}: takes square matrices`);
      expect(() => linalg[name](wide)).toThrow("float32[2, 3]");
      expect(() => linalg[name](vector)).toThrow(`${name}: takes matrices, which have at least 2 axes`);
    }
    expect(() => linalg.lu(vector)).toThrow("lu: takes matrices");
    expect(() => linalg.triangularSolve(wide, wide)).toThrow("triangularSolve: takes square matrices");
  });

  test("right-hand sides that do not fit", () => {
    expect(() => linalg.solve(square, np.zeros([2, 2]))).toThrow(
      "solve: the right-hand side must be a vector [3]",
    );
    expect(() => linalg.solve(square, 1)).toThrow("solve: the right-hand side must be a vector or matrices");
    expect(() => linalg.triangularSolve(square, wide, { leftSide: true })).toThrow(
      "triangularSolve: takes matrices [..., n, n]",
    );
    expect(() => lax.linalg.cholesky(np.zeros([2, 2], "int32"))).toThrow(
      "cholesky: takes matrices of floats",
    );
  });
});
