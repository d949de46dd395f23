import { describe, expect, it } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import * as lax from "../../src/lax/index.ts";
import * as np from "../../src/numpy/index.ts";
import { checkGrads } from "../../src/testing/index.ts";
import {
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jvp,
  makeJaxpr,
  valueAndGrad,
  vmap,
} from "../../src/transforms/index.ts";
import { expectClose, f64, i32, untyped, values } from "../transforms/support.ts";

const scalarSolve = (g: (x: NDArray) => NDArray, y: NDArray): NDArray => y.div(g(np.onesLike(y)));

/** Newton's method for a function of one number. */
const newton = (f: (x: NDArray) => NDArray, first: NDArray): NDArray =>
  lax.whileLoop(
    (x) => np.abs(f(x)).greater(1e-13),
    (x) => {
      const [y, slope] = jvp(f, [x], [np.onesLike(x)]);
      return x.sub(y.div(slope));
    },
    first,
  );

const cubeRoot = (a: NDArray): NDArray =>
  lax.customRoot((x) => x.mul(x).mul(x).sub(a), f64(1.5), newton, scalarSolve);

describe("customRoot", () => {
  it("finds the root, with derivatives of any order", () => {
    expectClose(cubeRoot(f64(8)), 2);
    expectClose(valueAndGrad(cubeRoot)(f64(8)), [2, 1 / 12]);
    expectClose(jacfwd(cubeRoot)(f64(8)), 1 / 12);
    expectClose(grad(grad(cubeRoot))(f64(8)), (-2 / 9) * 8 ** (-5 / 3));
    expectClose(grad(grad(grad(cubeRoot)))(f64(8)), (10 / 27) * 8 ** (-8 / 3));
    expectClose(jit(grad(cubeRoot))(f64(8)), 1 / 12);
    expectClose(vmap(grad(cubeRoot))(f64([1, 8, 27])), [1 / 3, 1 / 12, 1 / 27]);
    expectClose(grad((a: NDArray) => vmap(cubeRoot)(a).sum())(f64([1, 8, 27])), [1 / 3, 1 / 12, 1 / 27]);
  });

  it("takes trees and carries results besides the root", () => {
    const f = (a: NDArray) =>
      lax.customRoot(
        ({ x, y }) => ({ x: x.sub(a.mul(2)), y: y.sub(x.mul(a)) }),
        { x: f64(0), y: f64(0) },
        (g, first) => {
          const x = first.x.sub(g(first).x);
          const y = first.y.sub(g({ x, y: first.y }).y);
          return [
            { x, y },
            { turns: i32(2), a },
          ] as const;
        },
        (g, { x, y }) => ({ x, y: y.sub(g({ x, y: np.zerosLike(y) }).y) }),
        { hasAux: true },
      );
    const [root, aux] = jit((a: NDArray) => f(a))(f64(3));
    expect(values(root)).toEqual({ x: 6, y: 18 });
    expect(aux.turns.item()).toBe(2);
  });

  it("does not go through the guess", () => {
    const f = (guess: NDArray): NDArray => lax.customRoot((x) => x.mul(x).sub(2), guess, newton, scalarSolve);
    expectClose(grad(f)(f64(1)), 0);
  });

  it("refuses results unlike the guess", () => {
    const root = untyped(lax.customRoot);
    const id = (_: unknown, x: unknown): unknown => x;
    expect(() => root((x: NDArray) => [x], f64(1), id, id)).toThrow(
      /what f returns must be like the initial guess/,
    );
    expect(() =>
      root(
        (x: NDArray) => x,
        f64(1),
        (_: unknown, x: NDArray) => x.astype("int32"),
        id,
      ),
    ).toThrow(/what solve returns.*\n.*\n\* +x +float64\[\] +int32\[\]/);
    expect(() => root((x: NDArray) => x, f64(1), null, id)).toThrow(
      "customRoot: solve must be a function; got object.",
    );
    expect(() => root((x: NDArray) => x, f64(1), id, id, { hasAux: true })).toThrow(
      /must return \[root, aux\]/,
    );
    const wrong = (a: NDArray) =>
      root(
        (x: NDArray) => x.sub(a),
        f64(1),
        () => a,
        () => f64([1]),
      ) as NDArray;
    expect(() => grad(wrong)(f64(1))).toThrow(/customRoot/);
  });
});

const matrix = f64([
  [4, 1, 0],
  [1, 3, 1],
  [0, 1, 5],
]);
const lopsided = f64([
  [4, 1, 0],
  [-1, 3, 1],
  [0.5, 1, 5],
]);
const right = f64([1, 2, 3]);

/** Jacobi's method, for matrices with heavy diagonals. */
const jacobi =
  (diagonal: NDArray) =>
  (matvec: (x: NDArray) => NDArray, b: NDArray): NDArray =>
    lax.foriLoop(0, 120, (_i, x) => x.add(b.sub(matvec(x)).div(diagonal)), np.zerosLike(b));

const diagonalOf = (a: NDArray): NDArray => np.diagonal(a);

describe("customLinearSolve", () => {
  const solve = (a: NDArray, b: NDArray): NDArray =>
    lax.customLinearSolve((x) => np.matmul(a, x), b, jacobi(diagonalOf(lopsided)), {
      transposeSolve: jacobi(diagonalOf(lopsided)),
    });
  const symmetric = (a: NDArray, b: NDArray): NDArray =>
    lax.customLinearSolve((x) => np.matmul(a, x), b, jacobi(diagonalOf(matrix)), { symmetric: true });
  /** Cramer's rule, which is differentiated as it stands. */
  const direct = (a: NDArray, b: NDArray): NDArray => {
    const at = (m: NDArray, i: number, k: number): NDArray => m.at(i, k).get();
    const det = (m: NDArray): NDArray =>
      at(m, 0, 0)
        .mul(
          at(m, 1, 1)
            .mul(at(m, 2, 2))
            .sub(at(m, 1, 2).mul(at(m, 2, 1))),
        )
        .sub(
          at(m, 0, 1).mul(
            at(m, 1, 0)
              .mul(at(m, 2, 2))
              .sub(at(m, 1, 2).mul(at(m, 2, 0))),
          ),
        )
        .add(
          at(m, 0, 2).mul(
            at(m, 1, 0)
              .mul(at(m, 2, 1))
              .sub(at(m, 1, 1).mul(at(m, 2, 0))),
          ),
        );
    return np.stack(
      [0, 1, 2].map((k) =>
        det(
          np.concatenate(
            [
              a.at(np.slice(null), np.slice(0, k)).get(),
              b.reshape([3, 1]),
              a.at(np.slice(null), np.slice(k + 1, 3)).get(),
            ],
            1,
          ),
        ).div(det(a)),
      ),
    );
  };

  it("solves, with derivatives of the solution", () => {
    for (const [f, a] of [
      [solve, lopsided],
      [symmetric, matrix],
    ] as const) {
      expectClose(f(a, right), values(direct(a, right)));
      expectClose(
        jacrev((b: NDArray) => f(a, b))(right),
        values(jacrev((b: NDArray) => direct(a, b))(right)),
      );
      expectClose(
        jacfwd((b: NDArray) => f(a, b))(right),
        values(jacrev((b: NDArray) => direct(a, b))(right)),
      );
      expectClose(jvp(f, [a, right], [matrix, right]), values(jvp(direct, [a, right], [matrix, right])));
      expectClose(jit((b: NDArray) => f(a, b))(right), values(direct(a, right)));
    }
    const loss = (f: typeof solve) => (a: NDArray, b: NDArray) => np.sin(f(a, b)).sum();
    expectClose(
      grad(loss(solve), { argnums: [0, 1] })(lopsided, right),
      values(grad(loss(direct), { argnums: [0, 1] })(lopsided, right)),
    );
    expectClose(jit(grad(loss(solve)))(lopsided, right), values(grad(loss(direct))(lopsided, right)));
    checkGrads(loss(solve), [lopsided, right], { order: 2 });
    expectClose(
      hessian((b: NDArray) => loss(solve)(lopsided, b))(right),
      values(hessian((b: NDArray) => loss(direct)(lopsided, b))(right)),
    );
  });

  it("solves batches", () => {
    const many = np.stack([right, right.mul(2), right.neg()]);
    const matrices = np.stack([lopsided, lopsided.mul(0.9), lopsided.mul(1.1)]);
    expectClose(vmap(solve, [null, 0])(lopsided, many), values(vmap(direct, [null, 0])(lopsided, many)));
    const loss = (f: typeof solve) => (a: NDArray, b: NDArray) => np.sin(f(a, b)).sum();
    expectClose(
      vmap(grad(loss(solve)), [0, null])(matrices, right),
      values(vmap(grad(loss(direct)), [0, null])(matrices, right)),
    );
    expectClose(
      jit(vmap(grad(loss(solve))))(matrices, many),
      values(vmap(grad(loss(direct)))(matrices, many)),
    );
  });

  it("takes trees and gives results besides", () => {
    const f = (b: NDArray) =>
      lax.customLinearSolve(
        ({ u, v }) => ({ u: u.mul(2), v: v.mul(4).add(u) }),
        { u: b, v: b.mul(3) },
        (_, { u, v }) => [{ u: u.div(2), v: v.sub(u.div(2)).div(4) }, { steps: i32(1) }] as const,
        {
          hasAux: true,
          transposeSolve: (_, { u, v }) =>
            [{ u: u.sub(v.div(4)).div(2), v: v.div(4) }, { steps: i32(7) }] as const,
        },
      );
    const [x, aux] = f(f64(8));
    expect(values([x, aux])).toEqual([{ u: 4, v: 5 }, { steps: 1 }]);
    expect(grad((b: NDArray) => f(b)[0].v)(f64(8)).item()).toBe((3 - 0.5) / 4);
  });

  it("stands in jaxprs as one equation", () => {
    const closed = makeJaxpr((b: NDArray) =>
      lax.customLinearSolve(
        (x) => x.mul(2),
        b,
        (_, y) => y.div(2),
      ),
    )(right);
    expect(closed.jaxpr.equations.map((e) => e.primitive.name)).toEqual(["customLinearSolve"]);
  });

  it("refuses reverse mode without a transposed solution, and results unlike b", () => {
    const forwardOnly = (b: NDArray): NDArray =>
      lax.customLinearSolve(
        (x) => x.mul(2),
        b,
        (_, y) => y.div(2),
      );
    expect(jvp(forwardOnly, [f64(4)], [f64(1)])[1].item()).toBe(0.5);
    expect(() => grad(forwardOnly)(f64(4))).toThrow(
      /needs the solution of the transposed system: give \{ transposeSolve \}/,
    );
    const solveWrong = untyped(lax.customLinearSolve);
    expect(() =>
      solveWrong(
        (x: NDArray) => [x],
        right,
        () => right,
      ),
    ).toThrow(/what matvec returns must be like b/);
    expect(() =>
      solveWrong(
        (x: NDArray) => x,
        right,
        () => f64(1),
      ),
    ).toThrow(/what solve returns must be like b/);
    expect(() =>
      solveWrong(
        (x: NDArray) => x,
        right,
        () => right,
        { hasAux: true },
      ),
    ).toThrow(/customLinearSolve: solve.*\[x, aux\]/);
  });
});
