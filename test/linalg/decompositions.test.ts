import { grad, jit, makeJaxpr, type NDArray, numpy as np, vmap } from "cotangent";
import { describe, expect, test } from "vitest";
import { expectClose, expectGradients, matrix, positiveDefinite, shifted, turned } from "./support.ts";

const { linalg } = np;
const DTYPES = ["float32", "float64"] as const;
const SHAPES = [
  [0, 0],
  [0, 2],
  [3, 0],
  [1, 1],
  [1, 4],
  [4, 1],
  [2, 2],
  [5, 3],
  [3, 5],
  [33, 33],
  [40, 20],
  [20, 40],
  [2, 3, 4, 3],
];

const eyeOf = (x: NDArray): NDArray =>
  np.broadcastTo(np.eye(x.shape.at(-1) as number, null, 0, x.dtype), x.shape);

/** Expects the columns of `x` to be orthonormal. */
const expectOrthonormal = (x: NDArray): void => {
  const product = np.matmul(turned(x), x);
  expectClose(product, eyeOf(product), 200);
};

const compiled = <R>(f: (x: NDArray) => R): ((x: NDArray) => R) => jit(f) as unknown as (x: NDArray) => R;

describe("qr", () => {
  for (const dtype of DTYPES) {
    test(`Q·R is the matrix, compiled and not, ${dtype}`, () => {
      for (const shape of SHAPES) {
        const a = matrix(shape, shape[0], dtype);
        for (const mode of ["reduced", "complete"] as const) {
          const f = (x: NDArray): readonly [NDArray, NDArray] => linalg.qr(x, mode);
          for (const [q, r] of [f(a), compiled(f)(a)]) {
            expectClose(np.matmul(q, r), a, 200);
            expectOrthonormal(q);
            expectClose(r, np.triu(r), 0);
          }
        }
        expectClose(linalg.qr(a, "r"), linalg.qr(a)[1], 0);
      }
    });
  }

  test("derivatives to second order, square, wide and tall", () => {
    for (const shape of [
      [3, 3],
      [2, 4],
      [4, 2],
      [2, 3, 3],
    ]) {
      expectGradients((x: NDArray) => linalg.qr(x), [matrix(shape, 3)]);
    }
    expectGradients((x: NDArray) => linalg.qr(x, "complete"), [matrix([2, 4], 3)]);
    expect(() => grad((x: NDArray) => np.sum(linalg.qr(x, "complete")[0]))(matrix([4, 2]))).toThrow(
      "qr: a complete Q of matrices with more rows than columns, here float64[4, 2]",
    );
  });
});

describe("eigh", () => {
  for (const dtype of DTYPES) {
    test(`V·diag(w)·Vᵀ is the matrix, compiled and not, ${dtype}`, () => {
      for (const n of [0, 1, 2, 3, 5, 8, 33, 64]) {
        const x = matrix([n, n], n, dtype);
        const a = x.add(turned(x));
        const f = (y: NDArray): readonly [NDArray, NDArray] => linalg.eigh(y);
        for (const [w, v] of [f(a), compiled(f)(a)]) {
          expectClose(np.matmul(v.mul(w), turned(v)), a, 300);
          expectOrthonormal(v);
          expect(np.all(np.diff(w).greaterEqual(0)).item()).toBe(true);
        }
      }
    });
  }

  test("equal eigenvalues, diagonal matrices, extreme sizes", () => {
    for (const a of [
      np.eye(4, null, 0, "float64"),
      np.ones([5, 5], "float64"),
      np.zeros([3, 3], "float64"),
    ]) {
      for (const factor of [1, 1e-200, 1e200]) {
        for (const f of [(y: NDArray) => linalg.eigh(y), compiled((y: NDArray) => linalg.eigh(y))]) {
          const [w, v] = f(a.mul(factor));
          expectClose(np.matmul(v.mul(w.mul(1 / factor)), turned(v)), a);
          expectOrthonormal(v);
        }
      }
    }
  });

  test("a NaN anywhere gives NaN", () => {
    const a = matrix([3, 3]).at(2, 0).set(Number.NaN);
    const two = np.array(
      [
        [1, Number.NaN],
        [Number.NaN, 2],
      ],
      { dtype: "float64" },
    );
    for (const x of [a, two])
      for (const f of [(y: NDArray) => linalg.eigvalsh(y), jit((y: NDArray) => linalg.eigvalsh(y))])
        expect(np.all(np.isnan(f(x))).item()).toBe(true);
  });

  test("reads one triangle, or takes the mean", () => {
    const a = matrix([4, 4], 5);
    const lower = np.tril(a).add(turned(np.tril(a, -1)));
    const options = { symmetrizeInput: false };
    expectClose(linalg.eigvalsh(a, { ...options, UPLO: "L" }), linalg.eigvalsh(lower));
    expectClose(linalg.eigvalsh(turned(a), { ...options, UPLO: "U" }), linalg.eigvalsh(lower));
    expectClose(linalg.eigvalsh(a), linalg.eigvalsh(a.add(turned(a)).mul(0.5)), 0);
    expect(() => linalg.eigh(a, "X" as "L")).toThrow('eigh: UPLO must be "L" or "U"');
  });

  test("derivatives to second order, where eigenvalues differ", () => {
    const x = matrix([2, 3, 3], 4);
    const a = x.add(turned(x));
    expectGradients((y: NDArray) => linalg.eigh(y), [a]);
    expectGradients((y: NDArray) => linalg.eigvalsh(y), [a]);
  });

  test("functions of the values alone that treat equal ones alike, where they are equal", () => {
    const a = np.eye(3, null, 0, "float64").mul(2);
    // The gradient of Σ w³ = tr A³ is 3 A².
    const cubes = (y: NDArray): NDArray => np.sum(np.power(linalg.eigvalsh(y), 3));
    for (const gradient of [grad(cubes), jit(grad(cubes))]) expectClose(gradient(a), np.matmul(a, a).mul(3));
  });
});

describe("svd", () => {
  for (const dtype of DTYPES) {
    test(`U·diag(s)·Vᵀ is the matrix, compiled and not, ${dtype}`, () => {
      for (const shape of SHAPES) {
        const a = matrix(shape, shape[0], dtype);
        const f = (x: NDArray): readonly NDArray[] => linalg.svd(x, { fullMatrices: false });
        for (const [u, s, vt] of [f(a), compiled(f)(a)] as [NDArray, NDArray, NDArray][]) {
          expectClose(np.matmul(u.mul(np.expandDims(s, -2)), vt), a, 300);
          expectOrthonormal(u);
          expectOrthonormal(turned(vt));
          expect(np.all(np.diff(s).lessEqual(0)).item()).toBe(true);
          expect(np.all(s.greaterEqual(0)).item()).toBe(true);
        }
        expectClose(linalg.svdvals(a), f(a)[1] as NDArray, 0);
        expectClose(linalg.svd(a, { computeUv: false }), f(a)[1] as NDArray, 0);
      }
    });
  }

  test("complete bases", () => {
    for (const shape of [
      [4, 2],
      [2, 4],
      [3, 3],
      [2, 4, 2],
    ]) {
      const [u, s, vt] = linalg.svd(matrix(shape, 6));
      const [m, n] = shape.slice(-2) as [number, number];
      expect([u.shape.slice(-2), vt.shape.slice(-2)]).toEqual([
        [m, m],
        [n, n],
      ]);
      expectOrthonormal(u);
      expectOrthonormal(turned(vt));
      const k = s.shape.at(-1) as number;
      const thin = np.matmul(
        u.at("...", np.slice(k)).get().mul(np.expandDims(s, -2)),
        vt.at("...", np.slice(k), np.slice(null)).get(),
      );
      expectClose(thin, matrix(shape, 6));
    }
  });

  test("equal and vanishing singular values, extreme sizes", () => {
    const row = matrix([1, 6], 8);
    const cases = [
      np.eye(4, null, 0, "float64"),
      np.zeros([3, 2], "float64"),
      np.ones([5, 5], "float64"),
      np.matmul(turned(row), row),
      np.matmul(matrix([7, 2], 3), matrix([2, 6], 4)),
      // Zeros on the diagonal of the bidiagonal matrix, first, within and last.
      ...[
        [0, 1, 1],
        [1, 0, 1],
        [1, 1, 0],
        [0, 0, 1],
      ].map((d) => np.diag(np.array(d, { dtype: "float64" })).add(np.eye(3, null, 1, "float64"))),
    ];
    for (const a of cases) {
      for (const factor of [1, 1e-200, 1e200]) {
        const f = (x: NDArray): readonly NDArray[] => linalg.svd(x, { fullMatrices: false });
        for (const [u, s, vt] of [f(a.mul(factor)), compiled(f)(a.mul(factor))] as [
          NDArray,
          NDArray,
          NDArray,
        ][]) {
          expectClose(np.matmul(u.mul(s.mul(1 / factor)), vt), a);
          expectOrthonormal(u);
          expectOrthonormal(turned(vt));
        }
      }
    }
  });

  test("a NaN anywhere gives NaN", () => {
    for (const shape of [
      [1, 1],
      [3, 3],
      [2, 4],
      [4, 2],
    ]) {
      const a = matrix(shape)
        .at(0, (shape[1] as number) - 1)
        .set(Number.NaN);
      for (const f of [(y: NDArray) => linalg.svdvals(y), jit((y: NDArray) => linalg.svdvals(y))])
        expect(np.all(np.isnan(f(a))).item()).toBe(true);
    }
  });

  test("derivatives to second order, where singular values differ", () => {
    for (const shape of [
      [3, 3],
      [2, 4],
      [4, 2],
      [2, 2, 3],
    ])
      expectGradients((x: NDArray) => linalg.svd(x, { fullMatrices: false }), [matrix(shape, 12)], {
        rtol: 1e-4,
      });
  });

  test("the gradient of the nuclear norm is U·Vᵀ, also where singular values are equal", () => {
    const q = linalg.qr(matrix([3, 3], 5))[0];
    for (const a of [q, q.mul(2), matrix([4, 3], 9)]) {
      const [u, , vt] = linalg.svd(a, { fullMatrices: false });
      const gradient = jit(grad((x: NDArray) => linalg.norm(x, "nuc", [-2, -1])))(a);
      expectClose(gradient, np.matmul(u, vt));
    }
  });
});

describe("least squares", () => {
  test("pinv satisfies the conditions of Penrose, of any rank", () => {
    const low = np.matmul(matrix([5, 2], 3), matrix([2, 4], 4));
    for (const a of [
      matrix([4, 3]),
      matrix([3, 4]),
      low,
      matrix([2, 3, 3], 5),
      np.zeros([2, 3], "float64"),
    ]) {
      const p = linalg.pinv(a);
      const [ap, pa] = [np.matmul(a, p), np.matmul(p, a)];
      expectClose(np.matmul(ap, a), a, 1e3);
      expectClose(np.matmul(pa, p), p, 1e4);
      expectClose(turned(ap), ap, 1e3);
      expectClose(turned(pa), pa, 1e3);
    }
  });

  test("derivatives of pinv, also of orthogonal matrices and of low rank", () => {
    expectGradients((x: NDArray) => linalg.pinv(x), [matrix([2, 4, 3], 3)]);
    expectGradients((x: NDArray) => linalg.pinv(x), [linalg.qr(matrix([3, 3], 5))[0]]);
    // Along matrices of rank 2.
    const low = (x: NDArray, y: NDArray): NDArray => linalg.pinv(np.matmul(x, y), { rtol: 1e-6 });
    expectGradients(low, [matrix([4, 2], 3), matrix([2, 3], 4)], { order: 1 });
  });

  test("lstsq leaves what is orthogonal to the columns", () => {
    const a = matrix([6, 3], 2);
    const b = matrix([6, 2], 7);
    const [x, residuals, rank, s] = linalg.lstsq(a, b);
    const rest = b.sub(np.matmul(a, x));
    expectClose(np.matmul(turned(a), rest), np.zeros([3, 2], "float64"));
    expectClose(residuals, np.sum(rest.mul(rest), 0));
    expect([rank.dtype, rank.item()]).toEqual(["int32", 3]);
    expectClose(s, linalg.svdvals(a), 0);
    const [y, one] = linalg.lstsq(a, b.at(np.slice(null), 0).get());
    expect([y.shape, one.shape]).toEqual([[3], [1]]);
    // Of low rank it is the shortest solution.
    const low = np.matmul(matrix([4, 1], 3), matrix([1, 3], 4));
    const [z, , lowRank] = linalg.lstsq(low, np.matmul(low, matrix([3], 9)));
    expect(lowRank.item()).toBe(1);
    expectClose(z, np.matmul(linalg.pinv(low), np.matmul(low, matrix([3], 9))));
    expect(linalg.lstsq(a, b, 2)[2].item()).toBe(0);
    expectGradients((p: NDArray, q: NDArray) => linalg.lstsq(p, q)[0], [a, b]);
  });

  test("matrixRank and cond", () => {
    const low = np.matmul(matrix([5, 2], 3), matrix([2, 4], 4));
    expect(linalg.matrixRank(low).item()).toBe(2);
    expect(linalg.matrixRank(np.stack([np.eye(3), np.zeros([3, 3]), np.ones([3, 3])])).toArray()).toEqual([
      3, 0, 1,
    ]);
    expect(linalg.matrixRank(np.array([0, 2])).item()).toBe(1);
    expect(linalg.matrixRank(np.zeros([3])).item()).toBe(0);
    const d = np.array(
      [
        [2, 0],
        [0, 8],
      ],
      { dtype: "float64" },
    );
    for (const [p, expected] of [
      [null, 4],
      [2, 4],
      [-2, 0.25],
      [1, 4],
      [Infinity, 4],
      ["fro", (2 ** 2 + 8 ** 2) / 16],
    ] as const)
      expect(linalg.cond(d, p).item()).toBeCloseTo(expected, 12);
    expect(
      linalg
        .cond(
          np.array(
            [
              [1, 2],
              [2, 4],
            ],
            { dtype: "float64" },
          ),
          1,
        )
        .item(),
    ).toBe(Infinity);
  });
});

describe("powers, products and tensors", () => {
  test("matrixPower", () => {
    const a = shifted(matrix([2, 3, 3], 3), 2);
    let power = eyeOf(a);
    for (const n of [0, 1, 2, 3, 4, 5, 6, 7]) {
      expectClose(linalg.matrixPower(a, n), power, 1e3);
      expectClose(np.matmul(linalg.matrixPower(a, -n), power), eyeOf(a), 1e6);
      power = np.matmul(power, a);
    }
    expectGradients((x: NDArray) => linalg.matrixPower(x, 5), [matrix([3, 3], 3)]);
    expect(() => linalg.matrixPower(a, 0.5)).toThrow("matrixPower: n must be a whole number; got 0.5");
  });

  test("expm", () => {
    const t = 0.7;
    const rotation = linalg.expm(
      np.array(
        [
          [0, t],
          [-t, 0],
        ],
        { dtype: "float64" },
      ),
    );
    expectClose(
      rotation,
      np.array(
        [
          [Math.cos(t), Math.sin(t)],
          [-Math.sin(t), Math.cos(t)],
        ],
        { dtype: "float64" },
      ),
    );
    for (const factor of [0.01, 1, 5, 30]) {
      const a = matrix([2, 4, 4], 3).mul(factor);
      const whole = linalg.expm(a);
      const half = linalg.expm(a.mul(0.5));
      expectClose(np.matmul(half, half).div(np.max(np.abs(whole))), whole.div(np.max(np.abs(whole))), 1e4);
      expectClose(
        jit((x: NDArray) => linalg.expm(x))(a).div(np.max(np.abs(whole))),
        whole.div(np.max(np.abs(whole))),
        1e4,
      );
    }
    const upper = np.triu(matrix([3, 3], 5));
    expectClose(linalg.expm(upper, { upperTriangular: true }), linalg.expm(upper));
    expect(linalg.expm(np.zeros([0, 0])).shape).toEqual([0, 0]);
    expect(np.all(np.isnan(linalg.expm(np.eye(2).mul(1e6), { maxSquarings: 2 }))).item()).toBe(true);
    expectGradients((x: NDArray) => linalg.expm(x), [matrix([3, 3], 5)]);
    expectGradients((x: NDArray) => linalg.expm(x), [matrix([2, 2], 5).mul(20)], { order: 1, rtol: 1e-3 });
    const compiled = jit((x: NDArray) => linalg.expm(x));
    expectGradients(compiled, [matrix([2, 2], 5).mul(20)], { order: 1, rtol: 1e-3 });
  });

  test("expm squares as often as it must, known or not", () => {
    // Matrices of one stack that need 0, 2 and 5 squarings, together and each by itself.
    const a = np.stack(
      [0.5, 20, 120].map((size) =>
        np.array(
          [
            [0, size],
            [-size, 0],
          ],
          { dtype: "float64" },
        ),
      ),
    );
    const f = (x: NDArray): NDArray => linalg.expm(x);
    const whole = f(a);
    expectClose(
      whole,
      np.stack(
        [0.5, 20, 120].map((t) =>
          np.array(
            [
              [Math.cos(t), Math.sin(t)],
              [-Math.sin(t), Math.cos(t)],
            ],
            { dtype: "float64" },
          ),
        ),
      ),
      1e4,
    );
    for (const g of [jit(f), vmap(f), jit(vmap(f))]) expectClose(g(a), whole, 100);
    const products = (x: NDArray): number => makeJaxpr(f)(x).toString().split("dotGeneral").length - 1;
    const total = (x: NDArray): NDArray =>
      np.sum(
        f(x).mul(
          np.array(
            [
              [1, 2],
              [3, 4],
            ],
            { dtype: "float64" },
          ),
        ),
      );
    const gradient = grad(total)(a);
    for (const g of [jit(grad(total)), grad(jit(total))]) expectClose(g(a), gradient, 1e4);
    // One product in a loop, not one for each squaring that there might be.
    expect(products(a)).toBeLessThan(12);
    expect(np.all(np.isnan(jit(f)(a.mul(1e6)).at(2).get())).item()).toBe(true);
  });

  test("multiDot multiplies in the cheapest order", () => {
    const [a, b, c, d] = [
      [20, 1],
      [1, 20],
      [20, 2],
      [2, 5],
    ].map((shape, i) => matrix(shape, i + 1)) as [NDArray, NDArray, NDArray, NDArray];
    expectClose(linalg.multiDot([a, b, c, d]), np.matmul(np.matmul(np.matmul(a, b), c), d));
    expectClose(
      linalg.multiDot([matrix([3], 1), matrix([3, 4], 2), matrix([4], 3)]),
      np.dot(matrix([3], 1), np.matmul(matrix([3, 4], 2), matrix([4], 3))),
    );
    expect(() => linalg.multiDot([a])).toThrow("multiDot: needs at least two arrays; got 1");
    expect(() => linalg.multiDot([a, c])).toThrow(
      "multiDot: float64[20, 1] and float64[20, 2], in places 0 and 1, do not fit",
    );
    expect(() => linalg.multiDot([a, matrix([1]), b])).toThrow("in place 1");
  });

  test("tensorsolve and tensorinv", () => {
    const a = shifted(matrix([6, 6], 4), 3);
    const tensor = a.reshape([2, 3, 6]);
    const b = matrix([2, 3], 5);
    const x = linalg.tensorsolve(tensor, b);
    expectClose(np.tensordot(tensor, x, 1), b);
    expectClose(np.tensordot(linalg.tensorinv(tensor, 2), b, 2), x);
    expectClose(linalg.tensorsolve(np.moveaxis(tensor, -1, 0), b, [0]), x);
    expect(() => linalg.tensorsolve(matrix([2, 3]), b)).toThrow("tensorsolve:");
    expect(() => linalg.tensorinv(matrix([2, 3]), 1)).toThrow("tensorinv: the first 1 axes");
    expect(() => linalg.tensorinv(a, 0)).toThrow("tensorinv: ind must be");
  });

  test("the namesakes of numpy's functions work on the last two axes", () => {
    const a = matrix([2, 3, 4], 2);
    expectClose(linalg.trace(a), np.trace(a, 0, -2, -1), 0);
    expectClose(linalg.diagonal(a, { offset: 1 }), np.diagonal(a, 1, -2, -1), 0);
    expect(() => linalg.outer(a, a)).toThrow("outer: takes vectors");
    expect(() => linalg.cross(matrix([2]), matrix([2]))).toThrow("cross: takes vectors of three elements");
    expectClose(linalg.cross(matrix([3], 1), matrix([3], 2)), np.cross(matrix([3], 1), matrix([3], 2)), 0);
  });

  test("norms of singular values", () => {
    const a = matrix([2, 3, 4], 2);
    const s = linalg.svdvals(a);
    expectClose(linalg.matrixNorm(a, { ord: 2 }), np.max(s, -1), 0);
    expectClose(linalg.matrixNorm(a, { ord: -2, keepdims: true }), np.min(s, -1).reshape([2, 1, 1]), 0);
    expectClose(linalg.norm(a, "nuc", [1, 2]), np.sum(s, -1), 0);
    expectClose(vmap((x: NDArray) => linalg.norm(x, 2))(a), np.max(s, -1), 0);
  });
});

test("positive definite matrices have the same eigenvalues and singular values", () => {
  const a = positiveDefinite([5, 5], 3);
  expectClose(np.flip(linalg.eigvalsh(a), 0), linalg.svdvals(a));
});
