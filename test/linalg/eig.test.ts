import { type Complex, grad, jacfwd, jit, jvp, lax, type NDArray, numpy as np, vmap } from "cotangent";
import { describe, expect, test } from "vitest";
import { expectClose, expectGradients, matrix, turned } from "./support.ts";

const { linalg } = np;

/** Products of complex matrices, and of matrices and rows of factors. */
const product = (a: NDArray, { real, imag }: Complex): Complex => ({
  real: np.matmul(a, real),
  imag: np.matmul(a, imag),
});

const scaledColumns = ({ real, imag }: Complex, w: Complex): Complex => {
  const [re, im] = [np.expandDims(w.real, -2), np.expandDims(w.imag, -2)];
  return { real: real.mul(re).sub(imag.mul(im)), imag: real.mul(im).add(imag.mul(re)) };
};

const conjugate = ({ real, imag }: Complex): Complex => ({ real, imag: imag.mul(-1) });

const expectSame = (x: Complex, y: Complex, factor?: number): void => {
  expectClose(x.real, y.real, factor);
  expectClose(x.imag, y.imag, factor);
};

/** Expects eigenvalues and vectors to be what they should. */
const expectEigen = (a: NDArray, [w, left, right]: readonly Complex[], factor = 300): void => {
  const [values, u, v] = [w as Complex, left as Complex, right as Complex];
  expectSame(product(a, v), scaledColumns(v, values), factor);
  // uᴴ A = λ uᴴ is Aᵀ ū = λ ū.
  expectSame(product(turned(a), conjugate(u)), scaledColumns(conjugate(u), values), factor);
  for (const { real, imag } of [u, v]) {
    const squares = real.mul(real).add(imag.mul(imag));
    const norms = np.sum(squares, -2);
    expectClose(norms, np.onesLike(norms));
    if (a.size === 0) continue;
    // Some element of the greatest size, of which there may be several, is real.
    const isGreatest = np.greater(squares, np.max(squares, -2, { keepdims: true }).mul(0.999));
    const rest = np.min(np.where(isGreatest, np.abs(imag), 1), -2);
    expectClose(rest, np.zerosLike(rest), 10);
  }
  expectClose(np.sort(values.real), values.real, 0);
};

const all = (a: NDArray): readonly Complex[] => lax.linalg.eig(a);

describe("eig", () => {
  for (const dtype of ["float32", "float64"] as const) {
    test(`vectors are of the eigenvalues, compiled and not, ${dtype}`, () => {
      for (const n of [0, 1, 2, 3, 4, 7, 12]) {
        const a = matrix([n, n], n + 2, dtype);
        expectEigen(a, all(a));
        const compiled = jit(all)(a);
        expectEigen(a, compiled);
        all(a).forEach((pair, i) => {
          expectSame(compiled[i] as Complex, pair, 5000);
        });
      }
    });
  }

  test("a large matrix", () => {
    const a = matrix([70, 70], 3);
    const result = all(a);
    expectEigen(a, result, 3000);
    const [w] = result as [Complex, ...Complex[]];
    expect(np.sum(w.real).item()).toBeCloseTo(np.trace(a).item() as number, 10);
    expect(np.sum(w.imag).item()).toBe(0);
  });

  const special: readonly (readonly [string, number[][]])[] = [
    [
      "nothing but zeros",
      [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
    ],
    [
      "the identity",
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    ],
    [
      "a rotation",
      [
        [0, -1],
        [1, 0],
      ],
    ],
    [
      "a permutation, which shifts of the last rows never split",
      [
        [0, 0, 0, 1],
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
      ],
    ],
    [
      "a Jordan block",
      [
        [2, 1, 0],
        [0, 2, 1],
        [0, 0, 2],
      ],
    ],
    [
      "a nilpotent matrix",
      [
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 0],
      ],
    ],
    [
      "a lower triangular matrix",
      [
        [1, 0, 0],
        [2, 3, 0],
        [4, 5, 6],
      ],
    ],
    [
      "two equal pairs",
      [
        [0, -1, 1, 0],
        [1, 0, 0, 1],
        [0, 0, 0, -1],
        [0, 0, 1, 0],
      ],
    ],
    [
      "a badly scaled matrix",
      [
        [1, 1e6, 1e9],
        [1e-6, 2, 1e4],
        [1e-9, 1e-3, -3],
      ],
    ],
  ];
  for (const [name, rows] of special) {
    test(name, () => {
      const a = np.array(rows, { dtype: "float64" });
      expectEigen(a, all(a), 1000);
      expectEigen(a, jit(all)(a), 1000);
    });
  }

  test("eigenvalues that are known", () => {
    const { real, imag } = linalg.eigvals(
      np.array(
        [
          [0, -4, 0],
          [1, 0, 0],
          [0, 0, 5],
        ],
        { dtype: "float64" },
      ),
    );
    expect(np.sort(real).toArray()).toEqual([0, 0, 5]);
    expectClose(np.sort(imag), np.array([-2, 0, 2], { dtype: "float64" }), 4);
    // A symmetric matrix has real ones, and no imaginary part at all.
    const a = matrix([6, 6], 5);
    const symmetric = a.add(turned(a));
    const w = linalg.eigvals(symmetric);
    expectClose(np.sort(w.real), linalg.eigvalsh(symmetric), 200);
    expect(np.max(np.abs(w.imag)).item()).toBe(0);
  });

  test.each([1e-200, 1e-20, 1e20, 1e200])("matrices of elements of size %d", (size) => {
    const a = matrix([5, 5], 9);
    const [small, large] = [linalg.eigvals(a), linalg.eigvals(a.mul(size))];
    expectSame({ real: large.real.mul(1 / size), imag: large.imag.mul(1 / size) }, small);
  });

  test("elements that are not finite give NaN, and other matrices are not touched", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const a = matrix([3, 4, 4], 4);
      const spoilt = a.at(1, 2, 3).set(bad);
      for (const f of [all, jit(all)]) {
        const [whole, result] = [f(a), f(spoilt)];
        result.forEach((pair, i) => {
          for (const part of ["real", "imag"] as const) {
            const [x, y] = [pair[part], (whole[i] as Complex)[part]];
            expect(np.all(np.isnan(x.at(1).get())).item()).toBe(true);
            expectClose(x.at(0).get(), y.at(0).get(), 0);
            expectClose(x.at(2).get(), y.at(2).get(), 0);
          }
        });
      }
    }
  });

  test("each matrix of a stack, and vmap", () => {
    const a = matrix([2, 3, 4, 4], 8);
    const whole = linalg.eigvals(a);
    expectSame(vmap(vmap((x: NDArray) => linalg.eigvals(x)))(a), whole, 0);
    const [w, v] = linalg.eig(a);
    expectSame(w, whole);
    expectSame(product(a, v), scaledColumns(v, w));
  });

  // With pairs, and real ones between: far from equal.
  const pairs = np.array(
    [
      [1, 2, 0.1, 0.2],
      [-2, 1.2, 0.3, -0.1],
      [0.2, -0.1, 4, 0.3],
      [0.1, 0.2, -0.4, -3],
    ],
    { dtype: "float64" },
  );

  test("derivatives of eigenvalues, to second order", () => {
    expectGradients((x: NDArray) => linalg.eigvals(x), [pairs]);
    expectGradients(
      jit((x: NDArray) => linalg.eigvals(x)),
      [pairs],
    );
    const power = (x: NDArray): NDArray => {
      const { real, imag } = linalg.eigvals(x);
      return np.sum(real.mul(real).sub(imag.mul(imag)));
    };
    // The sum of the squares is the trace of the square.
    expectClose(grad(power)(pairs), turned(pairs).mul(2), 100);
  });

  test("derivatives of vectors where they are allowed", () => {
    const f = (x: NDArray) => lax.linalg.eig(x, { enableEigvecDerivs: true });
    expectGradients(f, [pairs]);
  });

  test("derivatives of vectors are refused otherwise, as in JAX", () => {
    expect(() => jvp((x: NDArray) => linalg.eig(x), [pairs], [pairs])).toThrow(/enableEigvecDerivs: true/);
    expect(() => jacfwd((x: NDArray) => (lax.linalg.eig(x)[1] as Complex).real)(pairs)).toThrow(/eigvals/);
  });

  test("what is refused", () => {
    expect(() => linalg.eig(np.zeros([2, 3]))).toThrow(/eig: takes square matrices.*\[2, 3\]/);
    expect(() => linalg.eigvals(np.zeros([3]))).toThrow(/eigvals: takes matrices/);
    expect(() => lax.linalg.eig(np.zeros([2, 2], "int32"))).toThrow(/eig: takes matrices of floats/);
    expect(
      linalg.eigvals(
        np.array(
          [
            [1, 0],
            [0, 2],
          ],
          { dtype: "int32" },
        ),
      ).real.dtype,
    ).toBe("float32");
  });
});

describe("roots", () => {
  const sorted = ({ real, imag }: Complex): (readonly number[])[] =>
    (real.toArray() as number[])
      .map((re, i) => [re, (imag.toArray() as number[])[i] as number] as const)
      .sort(([a, b], [c, d]) => a - c || b - d);

  test("of (x − 1)(x + 2)(x² + 9)", () => {
    const p = np.array([1, 1, 7, 9, -18], { dtype: "float64" });
    const wanted = [
      [-2, 0],
      [0, -3],
      [0, 3],
      [1, 0],
    ];
    const got = sorted(np.roots(p)).map((pair) => pair.map((x) => Math.round(x * 1e12) / 1e12 + 0));
    expect([...got].sort(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d)).toEqual(wanted);
  });

  test("leading zeros are taken off, or make NaN", () => {
    const p = np.array([0, 0, 1, -5, 6, 0], { dtype: "float64" });
    expect(np.roots(p).real.shape).toEqual([3]);
    for (const f of [
      (x: NDArray) => np.roots(x, { stripZeros: false }),
      jit((x: NDArray) => np.roots(x, { stripZeros: false })),
    ]) {
      const { real, imag } = f(p);
      const list = real.toArray() as number[];
      expect(
        list
          .slice(0, 2)
          .sort()
          .map((x) => Math.round(x * 1e9) / 1e9),
      ).toEqual([2, 3]);
      expect(list[2]).toBe(0);
      expect(list.slice(3)).toEqual([Number.NaN, Number.NaN]);
      expect((imag.toArray() as number[]).slice(3)).toEqual([Number.NaN, Number.NaN]);
    }
  });

  test("of polynomials without roots", () => {
    for (const p of [[], [3], [0, 0, 3], [0, 0]]) {
      expect(np.roots(np.array(p, { dtype: "float32", shape: [p.length] })).real.shape).toEqual([0]);
    }
    const { real } = np.roots(np.array([0, 0, 0]), { stripZeros: false });
    expect(real.toArray()).toEqual([Number.NaN, Number.NaN]);
  });

  test("derivatives: those of the roots of x² − a are half of an inverse root", () => {
    const root = (a: NDArray): NDArray =>
      np.max(np.roots(np.stack([np.onesLike(a), np.zerosLike(a), a.mul(-1)])).real);
    expect(grad(root)(np.array(9, { dtype: "float64" })).item()).toBeCloseTo(1 / 6, 12);
  });

  test("what is refused", () => {
    expect(() => np.roots(np.zeros([2, 2]))).toThrow(/roots: takes the coefficients of one polynomial/);
    expect(() => jit((p: NDArray) => np.roots(p))(np.zeros([3]))).toThrow(/stripZeros: false/);
  });
});

describe("lax.linalg", () => {
  test("svd", () => {
    const a = matrix([2, 5, 3], 6);
    const [u, s, vt] = lax.linalg.svd(a);
    expect([u.shape, s.shape, vt.shape]).toEqual([
      [2, 5, 5],
      [2, 3],
      [2, 3, 3],
    ]);
    expectClose(np.matmul(turned(u), u), np.broadcastTo(np.eye(5, null, 0, "float64"), [2, 5, 5]));
    const [thin, , right] = lax.linalg.svd(a, { fullMatrices: false });
    expectClose(np.matmul(thin.mul(np.expandDims(s, -2)), right), a);
    expectClose(lax.linalg.svd(a, { computeUv: false }), s, 0);
    expect(() => lax.linalg.svd(np.zeros([3]))).toThrow(/svd: takes matrices/);
  });

  test("luPivotsToPermutation is what lu gives", () => {
    const a = matrix([3, 5, 5], 7);
    const [, pivots, permutation] = lax.linalg.lu(a);
    expect(lax.linalg.luPivotsToPermutation(pivots, 5).toArray()).toEqual(permutation.toArray());
    const f = jit(vmap((p: NDArray) => lax.linalg.luPivotsToPermutation(p, 7)));
    const longer = f(pivots).toArray() as number[][];
    expect(longer.map((row) => row.slice(5))).toEqual([
      [5, 6],
      [5, 6],
      [5, 6],
    ]);
    expect(() => lax.linalg.luPivotsToPermutation(pivots, 4)).toThrow(/at least 5/);
    expect(() => lax.linalg.luPivotsToPermutation(np.zeros([3]), 4)).toThrow(/int32/);
  });
});
