import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import * as lax from "../../src/lax/index.ts";
import * as np from "../../src/numpy/index.ts";
import { checkGrads } from "../../src/testing/index.ts";
import {
  grad,
  hessian,
  jacfwd,
  jit,
  jvp,
  linearTranspose,
  makeJaxpr,
  valueAndGrad,
  vjp,
  vmap,
} from "../../src/transforms/index.ts";
import {
  countOperations,
  expectClose,
  f32,
  f64,
  i32,
  traced,
  untyped,
  values,
} from "../transforms/support.ts";

/** Three functions whose derivatives need different things of their arguments. */
const branches = [
  (x: NDArray, w: NDArray) => np.sin(x).mul(w),
  (x: NDArray, w: NDArray) => np.exp(w).mul(x).mul(x),
  (x: NDArray, w: NDArray) => w.mul(3).add(x.mul(0)),
] as const;
const chosen = (which: NDArray | number, x: NDArray, w: NDArray): NDArray =>
  lax.switch(which, branches, x, w);
const plain = (which: number, x: NDArray, w: NDArray): NDArray =>
  (branches[which] as (typeof branches)[0])(x, w);

describe("cond and switch", () => {
  it("run the chosen function", () => {
    expect(
      lax
        .cond(
          true,
          (x) => x.mul(2),
          (x) => x.neg(),
          f64(3),
        )
        .item(),
    ).toBe(6);
    expect(
      lax
        .cond(
          f64(3).less(0),
          (x) => x.mul(2),
          (x) => x.neg(),
          f64(3),
        )
        .item(),
    ).toBe(-3);
    expect(
      lax
        .cond(
          2,
          () => f64(1),
          () => f64(0),
        )
        .item(),
    ).toBe(1);
    expect(
      [-5, 0, 1, 2, 9].map((i) => lax.switch(i, [() => f64(0), () => f64(1), () => f64(2)]).item()),
    ).toEqual([0, 0, 1, 2, 2]);
    expect(lax.switch(np.array(1, { dtype: "uint32" }), [(x) => x, (x) => x.mul(2)], f64(4)).item()).toBe(8);
    expect(lax.switch(7, [(x) => x], f64(4)).item()).toBe(4);
  });

  it("take and give trees, and give numbers the dtype of the other branch", () => {
    const out = lax.cond(
      false,
      (p) => ({ a: p.x, b: [p.x.sum(), null] as const }),
      () => ({ a: f64([0, 0]), b: [0, null] as const }),
      { x: f64([1, 2]) },
    );
    expect(values(out)).toEqual({ a: [0, 0], b: [0, null] });
    expect(out.b[0].dtype).toBe("float64");
  });

  it("evaluate one branch only", () => {
    // Integer division by zero has no value to raise an error with, so the loop is endless instead.
    const endless = (x: NDArray) =>
      lax.whileLoop(
        () => true,
        (y) => y,
        x,
      );
    expect(lax.cond(true, (x) => x, endless, f64(1)).item()).toBe(1);
    expect(vmap((x: NDArray) => lax.cond(true, (y) => y, endless, x))(f64([1, 2])).toArray()).toEqual([1, 2]);
    expect(
      jvp((x: NDArray) => lax.cond(true, (y) => y.mul(y), endless, x), [f64(3)], [f64(1)])[1].item(),
    ).toBe(6);
  });

  it("differentiate as the chosen function does", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (which, at) => {
          const [x, w] = [f64([at, 0.3]), f64(0.7)];
          const loss = (f: (x: NDArray, w: NDArray) => NDArray) => (x: NDArray, w: NDArray) =>
            f(x, w).mul(f(x, w)).sum();
          const f = loss((x, w) => chosen(which, x, w));
          const g = loss((x, w) => plain(which, x, w));
          const argnums = [0, 1] as const;
          expectClose(valueAndGrad(f, { argnums })(x, w), values(valueAndGrad(g, { argnums })(x, w)));
          expectClose(jit(valueAndGrad(f, { argnums }))(x, w), values(valueAndGrad(g, { argnums })(x, w)));
          expectClose(hessian(f)(x, w), values(hessian(g)(x, w)));
          expectClose(jvp(f, [x, w], [w.mul(x), w]), values(jvp(g, [x, w], [w.mul(x), w])));
        },
      ),
      { numRuns: 9 },
    );
  }, 30_000);

  const scalars = [(x: NDArray) => np.sin(x), (x: NDArray) => np.exp(x).mul(x), () => f64(2)] as const;
  const ofScalar = (which: NDArray | number) => (x: NDArray) => lax.switch(which, scalars, x);

  it("differentiate with a traced choice", () => {
    const f = jit((which: NDArray, x: NDArray) => grad(ofScalar(which))(x));
    expectClose(np.stack([0, 1, 2].map((i) => f(i32(i), f64(0.4)))), [Math.cos(0.4), Math.exp(0.4) * 1.4, 0]);
    checkGrads(
      (x: NDArray) =>
        lax.cond(
          x.less(0),
          (y) => y.mul(y),
          (y) => np.sin(y),
          x,
        ),
      [f64(0.5)],
      { order: 2 },
    );
  });

  it("choose for each example of a batch", () => {
    const which = i32([0, 1, 2, 5]);
    const xs = f64([0.1, 0.2, 0.3, 0.4]);
    const f = (i: NDArray, x: NDArray) => ofScalar(i)(x);
    expectClose(vmap(f)(which, xs), [Math.sin(0.1), Math.exp(0.2) * 0.2, 2, 2]);
    expectClose(jit(vmap(f))(which, xs), [Math.sin(0.1), Math.exp(0.2) * 0.2, 2, 2]);
    expectClose(vmap(grad(f, { argnums: 1 }))(which, xs), [Math.cos(0.1), Math.exp(0.2) * 1.2, 0, 0]);
    expectClose(grad((x: NDArray) => vmap(f)(which, x).sum())(xs), [
      Math.cos(0.1),
      Math.exp(0.2) * 1.2,
      0,
      0,
    ]);
    expectClose(jacfwd((x: NDArray) => vmap(f)(which, x).sum())(xs), [
      Math.cos(0.1),
      Math.exp(0.2) * 1.2,
      0,
      0,
    ]);
    expectClose(vmap(f, [0, null])(which, f64(0.1)), [Math.sin(0.1), Math.exp(0.1) * 0.1, 2, 2]);
  });

  it("keep one choice for a batch that shares it", () => {
    const closed = traced((i: NDArray, x: NDArray) => vmap((y: NDArray) => ofScalar(i)(y))(x))(
      i32(1),
      f64([1, 2]),
    );
    expect(countOperations(closed).get("cond")).toBe(1);
    expectClose(vmap((x: NDArray) => ofScalar(0)(x))(f64([1, 2])), [Math.sin(1), Math.sin(2)]);
  });

  it("keep derivatives finite where the function that was not chosen has none", () => {
    const f = (x: NDArray) =>
      lax.cond(
        x.greater(0),
        (y) => np.sqrt(y),
        () => f64(0),
        x,
      );
    expect(vmap(grad(f))(f64([4, 0])).toArray()).toEqual([0.25, 0]);
    expect(grad((x: NDArray) => vmap(f)(x).sum())(f64([4, 0])).toArray()).toEqual([0.25, 0]);
  });

  it("close over values of outer transforms, each branch over others", () => {
    const f = (a: NDArray, b: NDArray) =>
      lax.cond(
        a.less(b),
        (x) => x.mul(a).add(b),
        (x) => x.mul(b).mul(b),
        f64(3),
      );
    expect(values(grad(f, { argnums: [0, 1] })(f64(1), f64(2)))).toEqual([3, 1]);
    expect(values(grad(f, { argnums: [0, 1] })(f64(2), f64(1)))).toEqual([0, 6]);
    expect(values(jit(vmap(grad(f, { argnums: [0, 1] })))(f64([1, 2]), f64([2, 1])))).toEqual([
      [3, 0],
      [1, 6],
    ]);
  });

  it("nest with loops", () => {
    const f = (x: NDArray): NDArray =>
      lax
        .scan(
          (c, y) => [
            lax.cond(
              c.greater(1),
              (z) => np.sin(z).mul(y),
              (z) => lax.foriLoop(0, 2, (_i, v) => v.mul(x).add(1), z),
              c,
            ),
            c,
          ],
          x,
          f64([1, 2, 3, 4]),
        )[1]
        .sum();
    checkGrads(f, [f64(0.9)], { order: 2 });
    const expected = [0.9, 0.3].map((x) => grad(f)(f64(x)).item());
    expectClose(vmap(grad(f))(f64([0.9, 0.3])), expected);
    expectClose(jit(vmap(grad(f)))(f64([0.9, 0.3])), expected);
  });

  it("transpose", () => {
    const f = (which: number) => (x: NDArray) =>
      lax.switch(which, [(y) => y.mul(2), (y) => y.sum().mul(f64([1, 5]))], x);
    expect(values(linearTranspose(f(1), f64([0, 0]))(f64([1, 1])))).toEqual([[6, 6]]);
    const [, pull] = vjp(jit(f(0)), [f64([1, 2])]);
    expect(values(pull(f64([1, 3])))).toEqual([[2, 6]]);
  });

  it("show both results where branches differ", () => {
    const cond = untyped(lax.cond);
    expect(() =>
      cond(
        true,
        (x: NDArray) => ({ a: x }),
        (x: NDArray) => ({ a: x.astype("int32"), b: x }),
        f64(1),
      ),
    ).toThrow(
      [
        "cond: all branches must return the same structure, shapes and dtypes. They differ at result.a, result.b:",
        "   leaf      onFalse    onTrue",
        "*  result.a  int32[]    float64[]",
        "*  result.b  float64[]  -",
        "Convert with astype where dtypes differ.",
      ].join("\n"),
    );
    const sw = untyped(lax.switch);
    expect(() => sw(0, [() => f64(1), () => f64([1])])).toThrow(
      /switch: all branches.*differ at result:\n.*branches\[0\] +branches\[1\]/s,
    );
  });

  it("refuse what is no choice", () => {
    const cond = untyped(lax.cond);
    const sw = untyped(lax.switch);
    const id = (x: unknown): unknown => x;
    expect(() => cond(np.array([true]), id, id, 1)).toThrow(/cond: pred must be a scalar; got bool\[1\]/);
    expect(() => cond("yes", id, id, 1)).toThrow(/cond, pred: expected an array/);
    expect(() => cond(true, id, null, 1)).toThrow("cond: onFalse must be a function");
    expect(() => sw(0, [])).toThrow("switch: branches must be a list of at least one function.");
    expect(() => sw(0.5, [id], 1)).toThrow("switch: index must be an integer; got 0.5.");
    expect(() => sw(true, [id], 1)).toThrow(/got bool\[\]. Use cond/);
    expect(() => sw(i32([0]), [id], 1)).toThrow("switch: index must be a scalar; got int32[1].");
    expect(() => sw(0, [id, 3], 1)).toThrow("switch: branches[1] must be a function; got number.");
  });

  it("print as JAX's do", () => {
    expect(
      String(
        makeJaxpr((p: NDArray, x: NDArray) =>
          lax.cond(
            p,
            (y) => y.add(1),
            (y) => y,
            x,
          ),
        )(np.array(true), f32(1)),
      ),
    ).toBe(
      [
        "{ lambda ; a:bool[] b:f32[]. let",
        "    c:i32[] = convertElementType[newDtype=int32 weakType=false] a",
        "    d:f32[] = cond[",
        "      branches=({ lambda ; e:f32[]. let in (e,) }, { lambda ; f:f32[]. let g:f32[] = add f 1.0:f32[] in (g,) })",
        "    ] c b",
        "  in (d,) }",
      ].join("\n"),
    );
  });
});
