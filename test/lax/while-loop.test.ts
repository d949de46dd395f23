import { describe, expect, it } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import * as lax from "../../src/lax/index.ts";
import * as np from "../../src/numpy/index.ts";
import { grad, jacfwd, jit, jvp, linearize, makeJaxpr, vmap } from "../../src/transforms/index.ts";
import { expectClose, f32, f64, i32, traced, untyped, values } from "../transforms/support.ts";

/** The square root by Newton's method: how many turns it takes depends on the number. */
const root = (x: NDArray): NDArray =>
  lax.whileLoop(
    ({ y }) => np.abs(y.mul(y).sub(x)).greater(1e-12),
    ({ y, n }) => ({ y: y.add(x.div(y)).mul(0.5), n: n.add(1) }),
    { y: x, n: i32(0) },
  ).y;

describe("whileLoop", () => {
  it("goes on while its condition holds", () => {
    expect(
      lax
        .whileLoop(
          (n) => n.less(100),
          (n) => n.mul(2),
          i32(3),
        )
        .item(),
    ).toBe(192);
    expect(
      lax
        .whileLoop(
          (n) => n.less(0),
          (n) => n.mul(2),
          f32(3),
        )
        .item(),
    ).toBe(3);
    expect(
      lax
        .whileLoop(
          () => false,
          (n) => n,
          f32(3),
        )
        .item(),
    ).toBe(3);
    expectClose(root(f64(2)), Math.SQRT2);
    expectClose(jit(root)(f64(2)), Math.SQRT2);
  });

  it("keeps trees and dtypes, and lets a number take the dtype of a turn", () => {
    const end = lax.whileLoop(
      ({ n }) => n.less(3),
      ({ n, v }) => ({ n: n.add(1), v: [v[0].add(f64(1)), null] as const }),
      { n: i32(0), v: [0, null] as const },
    );
    expect([end.n.dtype, end.v[0].dtype, values(end)]).toEqual(["int32", "float64", { n: 3, v: [3, null] }]);
  });

  it("pushes tangents forward, to second order, and not back", () => {
    expectClose(jvp(root, [f64(2)], [f64(1)]), [Math.SQRT2, 0.5 / Math.SQRT2]);
    expectClose(jacfwd(jacfwd(root))(f64(4)), -0.25 / 8);
    expectClose(jit(jacfwd(root))(f64(4)), 0.25);
    const [y, df] = linearize(root, [f64(4)]);
    expectClose([y, df(f64(2))], [2, 0.5]);
    expect(() => grad(root)(f64(2))).toThrow(
      /whileLoop: reverse mode.*lax\.scan.*lax\.foriLoop.*checkpoint/s,
    );
    expect(() => jit(grad(root))(f64(2))).toThrow(/whileLoop: reverse mode/);
  });

  it("is a constant to reverse mode where nothing flows into it", () => {
    const f = (x: NDArray): NDArray =>
      x.mul(
        lax.whileLoop(
          (n) => n.less(10),
          (n) => n.mul(2),
          f64(1),
        ),
      );
    expect(grad(f)(f64(1)).item()).toBe(16);
    const counts = (x: NDArray): NDArray =>
      x.mul(
        lax
          .whileLoop(
            (n) => n.astype("float64").less(x),
            (n) => n.add(1),
            i32(0),
          )
          .astype("float64"),
      );
    expect(grad(counts)(f64(3.5)).item()).toBe(4);
  });

  it("makes as many turns for each example of a batch as it alone would", () => {
    const xs = f64([1, 2, 100, 1e-3]);
    expectClose(vmap(root)(xs), [1, Math.SQRT2, 10, Math.sqrt(1e-3)]);
    expectClose(jit(vmap(root))(xs), [1, Math.SQRT2, 10, Math.sqrt(1e-3)]);
    expectClose(vmap(jacfwd(root))(f64([9, 4, 25])), [1 / 6, 0.25, 0.1]);
    expectClose(jacfwd((x: NDArray) => vmap(root)(x).sum())(f64([9, 4, 25])), [1 / 6, 0.25, 0.1]);
    const collatz = (n: NDArray) =>
      lax.whileLoop(
        ([n]) => n.greater(1),
        ([n, steps]) =>
          [np.where(n.mod(2).equal(0), n.floorDivide(2), n.mul(3).add(1)), steps.add(1)] as const,
        [n, i32(0)] as const,
      )[1];
    expect(vmap(collatz)(i32([1, 2, 27, 6])).toArray()).toEqual([0, 1, 111, 8]);
    expect(
      vmap(vmap(collatz))(
        i32([
          [1, 2],
          [27, 6],
        ]),
      ).toArray(),
    ).toEqual([
      [0, 1],
      [111, 8],
    ]);
    expect(vmap(collatz)(np.zeros([0], { dtype: "int32" })).shape).toEqual([0]);
  });

  it("asks one condition for a batch where it is the same for all", () => {
    const f = (x: NDArray) =>
      lax.whileLoop(
        ({ n }) => n.less(3),
        ({ n, y }) => ({ n: n.add(1), y: y.mul(x) }),
        { n: i32(0), y: x },
      ).y;
    const closed = traced(vmap(f))(f64([1, 2]));
    expect(String(closed)).not.toContain("reduceOr");
    expect(vmap(f)(f64([1, 2])).toArray()).toEqual([1, 16]);
    const bound = (n: NDArray) =>
      lax.whileLoop(
        (i) => i.less(n),
        (i) => i.add(1),
        i32(0),
      );
    expect(vmap(bound)(i32([3, 1, 7])).toArray()).toEqual([3, 1, 7]);
  });

  it("makes 100,000 turns", () => {
    const f = (n: NDArray) =>
      lax.whileLoop(
        ([i]) => i.less(n),
        ([i, s]) => [i.add(1), s.add(i.mod(3))] as const,
        [i32(0), i32(0)] as const,
      )[1];
    expect(f(i32(100000)).item()).toBe(99999);
    expect(jit(f)(i32(100000)).item()).toBe(99999);
  });

  it("refuses what does not fit", () => {
    const loop = untyped(lax.whileLoop);
    const id = (x: unknown): unknown => x;
    expect(() => loop((x: NDArray) => x, id, f64(1))).toThrow(
      "cond must return one boolean scalar; it returned float64[].",
    );
    expect(() => loop((x: NDArray) => x.less(1), id, f64([1, 2]))).toThrow(
      /it returned bool\[2\]. Use np.all/,
    );
    expect(() => loop((x: NDArray) => [x], id, f64(1))).toThrow(/returned the tree \[\*\]/);
    expect(() => loop(id, null, f64(1))).toThrow("whileLoop: body must be a function; got object.");
    expect(() =>
      loop(
        () => true,
        (x: NDArray) => [x],
        f64(1),
      ),
    ).toThrow(/carry like the one it takes/);
    expect(() =>
      loop(
        () => true,
        (x: { a: NDArray }) => ({ a: x.a.reshape([1]) }),
        { a: f64(1) },
      ),
    ).toThrow(/They differ at carry\.a:\n.*\n\* {2}carry\.a {2}float64\[\] +float64\[1\]/);
  });

  it("prints as JAX's do", () => {
    expect(
      String(
        makeJaxpr((n: NDArray) =>
          lax.whileLoop(
            (i) => i.less(n),
            (i) => i.add(2),
            i32(0),
          ),
        )(i32(5)),
      ),
    ).toBe(
      [
        "{ lambda ; a:i32[]. let",
        "    b:i32[] = while[",
        "      bodyNconsts=0",
        "      condNconsts=1",
        "      bodyJaxpr={ lambda ; f:i32[]. let g:i32[] = add f 2:i32[] in (g,) }",
        "      condJaxpr={ lambda ; c:i32[] d:i32[]. let e:bool[] = lt d c in (e,) }",
        "    ] a 0:i32[]",
        "  in (b,) }",
      ].join("\n"),
    );
  });
});

describe("foriLoop", () => {
  const powers = (x: NDArray, n: NDArray | number): NDArray =>
    lax.foriLoop(0, n, (i, y) => y.mul(x).add(i.astype("float64")), f64(1));

  it("counts from the lower bound to the upper one", () => {
    expect(lax.foriLoop(2, 5, (i, sum) => sum.add(i), i32(0)).item()).toBe(9);
    expect(lax.foriLoop(5, 2, (i, sum) => sum.add(i), i32(7)).item()).toBe(7);
    expect(
      lax
        .foriLoop(i32(-2), i32(1), (i, all) => [i, all[0]] as const, [i32(0), i32(0)] as const)
        .map((x) => x.item()),
    ).toEqual([0, -1]);
    expect(lax.foriLoop(0, 3, (_i, c) => c, { a: null }).a).toBe(null);
  });

  it("differentiates in both modes where its bounds are known", () => {
    const f = (x: NDArray) => powers(x, 3);
    expect(f(f64(2)).item()).toBe(8 + 2 + 2);
    expect(grad(f)(f64(2)).item()).toBe(12 + 1);
    expect(grad(grad(f))(f64(2)).item()).toBe(12);
    expect(jit(grad(f))(f64(2)).item()).toBe(13);
  });

  it("is a while loop where they are traced", () => {
    const g = jit((x: NDArray, n: NDArray) => powers(x, n));
    expect([g(f64(2), i32(3)).item(), g(f64(2), i32(0)).item()]).toEqual([12, 1]);
    expect(jvp((x: NDArray) => g(x, i32(3)), [f64(2)], [f64(1)])[1].item()).toBe(13);
    expect(() => grad((x: NDArray) => g(x, i32(3)))(f64(2))).toThrow(/foriLoop with plain numbers/);
    expect(vmap(powers, [null, 0])(f64(2), i32([0, 1, 3])).toArray()).toEqual([1, 2, 12]);
  });

  it("refuses bounds that are no whole numbers", () => {
    const loop = untyped(lax.foriLoop);
    const body = (_: unknown, x: unknown): unknown => x;
    expect(() => loop(0.5, 3, body, 0)).toThrow(
      "foriLoop: lower must be a whole number that int32 holds; got 0.5.",
    );
    expect(() => loop(0, f32(3), body, 0)).toThrow("foriLoop: upper must be an integer; got float32[].");
    expect(() => loop(0, i32([3]), body, 0)).toThrow("foriLoop: upper must be a scalar; got int32[1].");
    expect(() => loop(0, 3, (_: unknown, x: NDArray) => [x], f64(0))).toThrow(
      /foriLoop: the function must return a carry/,
    );
  });
});

describe("map", () => {
  it("applies a function to each element", () => {
    expect(
      lax
        .map(
          (x) => x.mul(x).sum(),
          f64([
            [1, 2],
            [3, 4],
          ]),
        )
        .toArray(),
    ).toEqual([5, 25]);
    const out = lax.map(({ a, b }) => [a.add(b), { a }] as const, { a: f64([1, 2]), b: i32([3, 4]) });
    expect(values(out)).toEqual([[4, 6], { a: [1, 2] }]);
  });

  it("gives the same in batches of any size, with derivatives", () => {
    const xs = f64([1, 2, 3, 4, 5, 6, 7]);
    const f = (batchSize?: number) => (x: NDArray) =>
      lax.map((y) => np.sin(y).mul(y), x, batchSize === undefined ? {} : { batchSize });
    for (const size of [1, 2, 3, 7, 10]) {
      expectClose(f(size)(xs), f()(xs).toArray());
      expectClose(
        grad((x: NDArray) => f(size)(x).sum())(xs),
        grad((x: NDArray) => np.sin(x).mul(x).sum())(xs).toArray(),
      );
    }
    expect(f(2)(f64([])).shape).toEqual([0]);
  });

  it("refuses batch sizes that are none", () => {
    for (const batchSize of [0, -1, 1.5])
      expect(() => lax.map((x) => x, f64([1]), { batchSize })).toThrow(
        /batchSize must be a whole number from 1/,
      );
    expect(() => lax.map((x) => x.a, { a: f64([1, 2]), b: f64([1]) }, { batchSize: 2 })).toThrow(
      /leading axes of one length/,
    );
  });
});
