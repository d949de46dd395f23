import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { type ClosedJaxpr, checkJaxpr } from "../../src/core/index.ts";
import * as lax from "../../src/lax/index.ts";
import * as np from "../../src/numpy/index.ts";
import { checkGrads } from "../../src/testing/index.ts";
import {
  checkpoint,
  checkpointName,
  checkpointPolicies,
  customJvp,
  customVjp,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jit,
  jvp,
  linearize,
  linearTranspose,
  makeJaxpr,
  psum,
  valueAndGrad,
  vjp,
  vmap,
} from "../../src/transforms/index.ts";
import { map } from "../../src/tree/index.ts";
import { expectClose, f32, f64, i32, traced, untyped, values } from "../transforms/support.ts";
import { loop } from "./support/loops.ts";

/** The two ways to run a loop: as one primitive, and written out. */
type Runner = typeof lax.scan;
const written = loop as unknown as Runner;

const same = (f: (scan: Runner) => unknown, tolerance = 1e-9): void => {
  expectClose(f(lax.scan), values(f(written)), tolerance);
};

interface Cell {
  readonly w: NDArray;
  readonly b: NDArray;
}
const cell: Cell = {
  w: f64([
    [0.3, -0.2],
    [0.5, 0.1],
  ]),
  b: f64([0.1, -0.3]),
};
const start = f64([0.2, -0.4]);
const inputs = f64([
  [1, 2],
  [0.5, -1],
  [-0.3, 0.7],
  [0.9, 0.2],
]);

/** A recurrent network with a count in its carry: what the derivative needs of it varies from turn to turn. */
const network =
  (scan: Runner, options?: { readonly reverse?: boolean }) => (params: Cell, h0: NDArray, xs: NDArray) => {
    const [[h, n], ys] = scan(
      ([h, n], x) => {
        const next = np.tanh(np.matmul(params.w, h).add(params.b).add(x)).mul(np.cos(n));
        return [[next, n.add(0.25)], { h: next.sum(), n }] as const;
      },
      [h0, f64(0)],
      xs,
      options,
    );
    return h.sum().add(ys.h.mul(ys.h).sum()).add(n);
  };

describe("scan: values", () => {
  it("carries a value along and stacks results", () => {
    const [total, sums] = lax.scan((sum, x) => [sum.add(x), sum], 0, np.array([1, 2, 3]));
    expect(values([total, sums])).toEqual([6, [0, 1, 3]]);
    expect([total.dtype, sums.dtype]).toEqual(["float32", "float32"]);
  });

  it("goes backwards and puts results where their inputs were", () => {
    const [last, sums] = lax.scan((sum, x) => [sum.add(x), sum.add(x)], 0, np.array([1, 2, 3]), {
      reverse: true,
    });
    expect(values([last, sums])).toEqual([6, [6, 5, 3]]);
  });

  it("takes trees of carry, inputs and results, null among them", () => {
    const [carry, ys] = lax.scan(
      (c, x) => [{ n: c.n.add(1), v: c.v.mul(x.s).add(x.t) }, [c.n, null, { v: c.v }] as const],
      { n: i32(0), v: f64([1, 2]) },
      {
        s: f64([2, 3]),
        t: f64([
          [1, 0],
          [0, 1],
        ]),
      },
    );
    expect(values(carry)).toEqual({ n: 2, v: [9, 13] });
    expect(values(ys)).toEqual([
      [0, 1],
      null,
      {
        v: [
          [1, 2],
          [3, 4],
        ],
      },
    ]);
    expect(carry.n.dtype).toBe("int32");
  });

  it("turns as often as length says without inputs", () => {
    const [c, ys] = lax.scan((c, x) => [c.mul(2), [c, x]], i32(1), null, { length: 5 });
    expect(values([c, ys])).toEqual([32, [[1, 2, 4, 8, 16], null]]);
  });

  it("makes no turn, and results without elements, for length 0", () => {
    const [c, ys] = lax.scan((c, x) => [c.add(x.sum()), x.mul(c)], f64(3), f64([]).reshape([0, 2]));
    expect([c.item(), ys.shape, ys.dtype]).toEqual([3, [0, 2], "float64"]);
    const g = grad((w: NDArray) => lax.scan((c, x) => [c.mul(w), x], w, f64([]))[0])(f64(4));
    expect(g.item()).toBe(1);
  });

  it("keeps every dtype", () => {
    for (const dtype of ["float32", "float64", "int32", "uint32"] as const) {
      const [c, ys] = lax.scan(
        (c, x) => [c.add(x), c.mul(x)],
        np.array(1, { dtype }),
        np.array([2, 3], { dtype }),
      );
      expect([c.dtype, ys.dtype, values([c, ys])]).toEqual([dtype, dtype, [6, [2, 9]]]);
    }
    const [c, ys] = lax.scan(
      (c, x) => [np.logicalXor(c, x), c],
      np.array(true),
      np.array([true, false, true]),
    );
    expect([c.dtype, values([c, ys])]).toEqual(["bool", [true, [true, false, false]]]);
  });

  it("gives a number as first carry the dtype that a turn gives it", () => {
    const [c] = lax.scan((c, x) => [c.add(x), null], 0, f64([1, 2]));
    expect([c.dtype, c.item()]).toEqual(["float64", 3]);
    const [both] = lax.scan(([a, b], x) => [[b, a.add(x)], null], [0, 1], f64([1, 2]));
    expect(both.map((x) => x.dtype)).toEqual(["float64", "float64"]);
    // JAX keeps what is weakly typed and has the right dtype already.
    expect(lax.scan((c) => [c, null], 1, null, { length: 2 })[0].weakType).toBe(true);
  });

  it("traces its function once, whatever the length", () => {
    let calls = 0;
    lax.scan(
      (c, x) => {
        calls++;
        return [c.add(x), null];
      },
      f64(0),
      np.ones([100], { dtype: "float64" }),
    );
    expect(calls).toBe(1);
  });

  it("equals a loop of JavaScript, for any length, direction and unrolling", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 7 }),
        fc.boolean(),
        fc.constantFrom(undefined, 1, 2, 3, true),
        (xs, reverse, unroll) => {
          const f = (scan: Runner) => (x: NDArray) =>
            scan(
              ([a, b], x) =>
                [
                  [b.mul(0.5).add(x), a.sub(x)],
                  [a, { b }],
                ] as const,
              [f64(1), f64(2)],
              x,
              {
                reverse,
                ...(unroll !== undefined && { unroll }),
              },
            );
          same((scan) => f(scan)(f64(xs)));
          const loss = (scan: Runner) => (x: NDArray) => {
            const [[a, b], [ys]] = f(scan)(x);
            return a.mul(b).add(np.sin(ys).sum());
          };
          same((scan) => grad(loss(scan))(f64(xs)));
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe("scan: derivatives", () => {
  it("equals those of the loop written out, in both directions", () => {
    for (const reverse of [false, true]) {
      const f = (scan: Runner) => network(scan, { reverse });
      const argnums = [0, 1, 2] as const;
      same((scan) => valueAndGrad(f(scan), { argnums })(cell, start, inputs));
      same((scan) => jvp(f(scan), [cell, start, inputs], [cell, inputs.at(0).get(), inputs]));
      same((scan) => jit(valueAndGrad(f(scan), { argnums }))(cell, start, inputs));
      same((scan) => valueAndGrad(jit(f(scan)), { argnums })(cell, start, inputs));
    }
  });

  it("equals finite differences to second order", () => {
    checkGrads(network(lax.scan), [cell, start, inputs], { order: 2 });
  });

  it("differentiates twice, in every order", () => {
    const at = (scan: Runner) => (h: NDArray) => network(scan)(cell, h, inputs);
    same((scan) => hessian(at(scan))(start));
    same((scan) => jacfwd(jacfwd(at(scan)))(start));
    same((scan) => jacrev(jacrev(at(scan)))(start));
    same((scan) => jacrev(jacfwd(at(scan)))(start));
    same((scan) => hvp(at(scan), [start], [f64([1, -1])]));
    same((scan) => jit(hessian(at(scan)))(start));
  });

  it("batches, under and over differentiation", () => {
    const batch = f64([
      [0.2, -0.4],
      [1, 0.3],
      [-2, 0.1],
    ]);
    const many = np.stack([inputs, inputs.mul(0.5), inputs.neg()]);
    same((scan) => vmap(network(scan), [null, 0, null])(cell, batch, inputs));
    same((scan) => vmap(grad(network(scan)), [null, 0, 0])(cell, batch, many));
    same((scan) =>
      grad((c: Cell) => vmap(network(scan), [null, 0, 1])(c, batch, np.swapaxes(many, 0, 1)).sum())(cell),
    );
    same((scan) => jit(vmap(jit(grad(network(scan), { argnums: 2 })), [null, null, 0]))(cell, start, many));
    same((scan) => vmap(vmap(network(scan), [null, 0, null]), [null, null, 0])(cell, batch, many));
  });

  it("leaves alone what is not differentiated", () => {
    const f = (x: NDArray, n: NDArray) => {
      const [[y], ys] = lax.scan(([y, k], m) => [[y.mul(x), k.add(m)], k] as const, [x, n], i32([1, 2, 3]));
      return y.mul(ys.at(2).get().astype("float64"));
    };
    expect(grad(f)(f64(2), i32(4)).item()).toBe(4 * 8 * 7);
    expect(values(jvp(f, [f64(2), i32(4)], [f64(1), i32(0)]))).toEqual([112, 224]);
  });

  it("passes through functions with derivatives of their own", () => {
    const twice = customJvp((x: NDArray) => x.mul(2));
    twice.defjvp(([x]: [NDArray], [t]: [NDArray]) => [twice(x), t.mul(10)]);
    const clipped = customVjp((x: NDArray) => x.mul(3));
    clipped.defvjp(
      (x: NDArray) => [clipped(x), null],
      (_: null, ct: NDArray) => [ct.mul(100)],
    );
    const f = (x: NDArray) => lax.scan((c, y) => [clipped(twice(c)).add(y), null], x, f64([1, 2]))[0];
    expect(f(f64(1)).item()).toBe(44);
    expect(grad(f)(f64(1)).item()).toBe(1e6);
    expect(jit(grad(f))(f64(1)).item()).toBe(1e6);
    expect(vmap(grad(f))(f64([1, 2])).toArray()).toEqual([1e6, 1e6]);
  });

  it("closes over values of outer transforms, and of several", () => {
    const f = (scan: Runner) => (w: NDArray) =>
      grad((v: NDArray) =>
        vmap(
          (x: NDArray) =>
            scan(
              (c, y) => [
                c
                  .mul(w)
                  .add(np.sin(v.mul(x)))
                  .mul(y),
                null,
              ],
              v,
              inputs.at(0).get(),
            )[0],
        )(f64([1, 2])).sum(),
      )(w);
    same((scan) => f(scan)(f64(0.7)));
    same((scan) => grad(f(scan))(f64(0.7)));
    same((scan) => jit(grad(f(scan)))(f64(0.7)));
  });

  it("nests", () => {
    const f = (scan: Runner) => (x: NDArray) =>
      scan(
        (c, row) => {
          const [d, ys] = scan((d, y) => [np.sin(d.mul(y).add(c)), d], x, row);
          return [d, ys.sum()];
        },
        f64(1),
        inputs,
      );
    const loss = (scan: Runner) => (x: NDArray) => f(scan)(x)[0].add(f(scan)(x)[1].sum());
    same((scan) => f(scan)(f64(0.4)));
    same((scan) => grad(loss(scan))(f64(0.4)));
    same((scan) => grad(grad(loss(scan)))(f64(0.4)));
    same((scan) => jit(vmap(grad(loss(scan))))(f64([0.4, -0.2])));
  });

  it("linearizes, and runs the function once", () => {
    const f = (x: NDArray) => lax.scan((c, y) => [np.sin(c).mul(y), c], x, f64([1, 2, 3]));
    const [y, df] = linearize(f, [f64(0.5)]);
    expectClose([y, df(f64(2))], values(jvp(f, [f64(0.5)], [f64(2)])));
  });

  it("transposes a linear loop that also counts", () => {
    const f = (x: NDArray): NDArray =>
      lax.scan(
        ([c, n], y) => [[c.mul(np.cos(n)).add(x.mul(y)), n.add(1)], null] as const,
        [x, f64(0)],
        f64([1, 2, 3]),
      )[0][0];
    const dense = jacfwd(f)(f64(1));
    expectClose(linearTranspose(f, f64(0))(f64(1)), [dense.toArray()]);
    const [, pull] = vjp(jit(f), [f64(1)]);
    expectClose(pull(f64(1)), [dense.toArray()]);
    // A carry that starts from something known and becomes linear.
    const g = (x: NDArray): NDArray => lax.scan((c, y) => [c.add(x.mul(y)), null], f64(0), f64([1, 2, 3]))[0];
    expect(values(linearTranspose(g, f64(0))(f64(2)))).toEqual([12]);
  });

  it("sums over a named axis inside", () => {
    const f = (x: NDArray) => lax.scan((c, y) => [psum(c.mul(y), "batch"), c], x, f64([1, 2]))[0];
    const all = (xs: NDArray) => vmap(f, 0, 0, { axisName: "batch" })(xs);
    expect(all(f64([1, 2, 3])).toArray()).toEqual([36, 36, 36]);
    expect(grad((xs: NDArray) => all(xs).sum())(f64([1, 2, 3])).toArray()).toEqual([18, 18, 18]);
    expect(jit(all)(f64([1, 2, 3])).toArray()).toEqual([36, 36, 36]);
  });
});

/** The scans of a jaxpr, in order. */
const scansOf = ({ jaxpr }: ClosedJaxpr) =>
  jaxpr.equations.filter(({ primitive }) => primitive.name === "scan");

describe("scan: what is kept for the reverse pass", () => {
  const w = f64([
    [0.3, -0.2],
    [0.5, 0.1],
  ]);
  const loss = (wrap: <F>(f: F) => F) => (x: NDArray) => {
    const turn = wrap((h: NDArray, y: NDArray): readonly [NDArray, null] => [
      np.tanh(np.matmul(np.sin(w), checkpointName(np.exp(h), "exp")).add(y)),
      null,
    ]);
    return lax.scan(turn, x, inputs)[0].sum();
  };
  const plain = loss((f) => f);
  const kept = (f: (x: NDArray) => NDArray): number => {
    const [forward] = scansOf(traced(grad(f))(start));
    return (forward?.outputs.length ?? 0) - 1;
  };

  it("is not what is the same in every turn", () => {
    const closed = traced(grad(plain))(start);
    const [forward, backward] = scansOf(closed);
    // exp(h) and the derivative of tanh; sin(w) is computed once, in front of the loop.
    expect(forward?.outputs.map((v) => v.aval.shape)).toEqual([[2], [4, 2], [4, 2]]);
    expect(backward?.params).toMatchObject({ reverse: true, numConsts: 1 });
  });

  it("is what the policy of a checkpoint says", () => {
    const all = <F>(f: F): F => checkpoint(f as never) as F;
    const named = <F>(f: F): F =>
      checkpoint(f as never, { policy: checkpointPolicies.saveOnlyTheseNames("exp") }) as F;
    expect(kept(loss(all))).toBe(1);
    expect(kept(loss(named))).toBe(2);
    for (const f of [loss(all), loss(named)]) {
      expectClose(grad(f)(start), values(grad(plain)(start)));
      expectClose(jit(grad(f))(start), values(grad(plain)(start)));
      expectClose(vmap(grad(f))(inputs), values(vmap(grad(plain))(inputs)));
    }
  });

  it("is stacked once where it is a result anyway", () => {
    const f = (x: NDArray): NDArray => {
      const [c, ys] = lax.scan((c, y) => [c.mul(y), np.exp(c)], x, f64([1, 2]));
      return c.add(ys.sum());
    };
    const [forward] = scansOf(traced(grad(f))(f64(1)));
    expect(forward?.outputs).toHaveLength(2);
    expectClose(grad(f)(f64(1)), 2 + Math.E + Math.E);
  });
});

describe("scan: long loops", () => {
  it("makes 10,000 turns and back without growing the stack", () => {
    const f = (x: NDArray) =>
      lax.scan(
        (c, y) => [c.mul(0.999).add(y.mul(x)), null],
        f64(0),
        np.ones([10000], { dtype: "float64" }),
      )[0];
    const expected = (1 - 0.999 ** 10000) / 0.001;
    expectClose(f(f64(2)), 2 * expected);
    expectClose(grad(f)(f64(2)), expected);
    expectClose(jit(grad(f))(f64(2)), expected);
  });

  it("gives the same for few turns, by reference, and for many, compiled", () => {
    for (const n of [10, 4000]) {
      const ys = Array.from({ length: n }, (_, i) => i / n);
      const f = (x: NDArray) =>
        lax.scan((c, y) => [np.sin(c.add(y)), c.at(0).get()], x, f64(ys), { reverse: true });
      let expected = [1, 2, 3];
      const firsts = new Array<number>(n);
      for (let i = n - 1; i >= 0; i--) {
        firsts[i] = expected[0] as number;
        expected = expected.map((c) => Math.sin(c + (ys[i] as number)));
      }
      expectClose(f(f64([1, 2, 3])), [expected, firsts], 1e-12);
    }
  });
});

describe("scan: errors", () => {
  const scan = untyped(lax.scan);
  it("shows both trees where the carry changes", () => {
    expect(() =>
      scan(
        (c: { a: NDArray }) => [{ a: c.a.astype("int32"), b: c.a }, null],
        { a: f64([1, 2]), h: f32(1) },
        null,
        { length: 2 },
      ),
    ).toThrow(
      [
        "scan: the function must return a carry like the one it takes. They differ at carry.a, carry.h, carry.b:",
        "   leaf     taken       returned",
        "*  carry.a  float64[2]  int32[2]",
        "*  carry.h  float32[]   -",
        "*  carry.b  -           float64[2]",
        "Return the same structure and shapes; convert with astype where dtypes differ.",
      ].join("\n"),
    );
    expect(() =>
      scan(
        (c: readonly NDArray[]) => [[c[0], np.concatenate([c[1] as NDArray, f64([1])])], 0],
        [f64(1), f64([1])],
        f64([1]),
      ),
    ).toThrow(
      [
        "scan: the function must return a carry like the one it takes. They differ at carry[1]:",
        "   leaf      taken       returned",
        "   carry[0]  float64[]   float64[]",
        "*  carry[1]  float64[1]  float64[2]",
      ].join("\n"),
    );
    expect(() => scan((c: NDArray) => [c.astype("int32"), 0], f64(1), f64([1]))).toThrow(/differ at carry:/);
    expect(() => scan((c: NDArray) => [[c], 0], f64(1), f64([1]))).toThrow(
      /taken has a leaf, returned has an array of length 1/,
    );
  });

  it("says what is wrong with the lengths", () => {
    const f = (c: NDArray): unknown => [c, null];
    expect(() => scan(f, 0, { a: f64([1, 2]), b: [f64([1, 2, 3])] })).toThrow(
      "scan: leading axes must have one length; xs.a gives 2, xs.b[0] gives 3 (float64[3]).",
    );
    expect(() => scan(f, 0, f64([1, 2]), { length: 3 })).toThrow("length gives 3, xs gives 2");
    expect(() => scan(f, 0, f64(1))).toThrow(/needs a leading axis to go along; xs is float64\[\]/);
    expect(() => scan(f, 0, null)).toThrow(/give \{ length \}/);
    for (const length of [-1, 1.5, Number.NaN]) {
      expect(() => scan(f, 0, null, { length })).toThrow(
        `scan: length must be a whole number from 0; got ${length}.`,
      );
    }
    for (const unroll of [0, -1, 1.5]) {
      expect(() => scan(f, 0, null, { length: 3, unroll })).toThrow(/unroll must be a whole number from 1/);
    }
  });

  it("says what the function must be and return", () => {
    expect(() => scan(null, 0, f64([1]))).toThrow("scan: f must be a function; got object.");
    expect(() => scan((c: NDArray) => c, 0, f64([1]))).toThrow(
      "scan: the function must return [carry, y]; it returned the tree *.",
    );
    expect(() => scan((c: NDArray) => [c, 0, 0], 0, f64([1]))).toThrow(
      /must return \[carry, y\]; it returned the tree \[\*, \*, \*\]/,
    );
    expect(() => scan(async (c: NDArray) => [c, 0], 0, f64([1]))).toThrow(/async/);
    expect(() => scan((c: NDArray) => [c, "y"], 0, f64([1]))).toThrow(/result of the function/);
    expect(() => scan((c: NDArray) => [c, 0], "0", f64([1]))).toThrow(/scan, init/);
    expect(() => scan((c: NDArray) => [c.item(), 0], 0, f64([1]))).toThrow(/scan is tracing/);
  });

  it("notices values that leak out of the function", () => {
    let leaked: NDArray | undefined;
    lax.scan(
      (c) => {
        leaked = c;
        return [c, null];
      },
      f64(1),
      null,
      { length: 2 },
    );
    expect(() => (leaked as NDArray).add(1)).toThrow(/scan traced a function/);
  });
});

describe("scan: jaxprs", () => {
  it("print as JAX's do", () => {
    const closed = makeJaxpr(
      (x: NDArray) => lax.scan((c, y) => [c.add(y), c], x, f32([1, 2]), { reverse: true })[0],
    )(0);
    checkJaxpr(closed);
    expect(String(closed)).toBe(
      [
        "{ lambda a:f32[2]; b:f32[]. let",
        "    c:f32[] d:f32[2] = scan[",
        "      length=2",
        "      numCarry=1",
        "      numConsts=0",
        "      reverse=true",
        "      jaxpr={ lambda ; e:f32[] f:f32[]. let g:f32[] = add e f in (g, e) }",
        "    ] b a",
        "  in (c,) }",
      ].join("\n"),
    );
  });

  it("pass the checker after every transform", () => {
    traced(grad(network(lax.scan)))(cell, start, inputs);
    traced(vmap(grad(network(lax.scan)), [null, 0, null]))(cell, inputs, inputs);
    traced(hessian((h: NDArray) => network(lax.scan)(cell, h, inputs)))(start);
    traced((x: NDArray) =>
      map(
        (y) => y,
        lax.scan((c, y) => [c.add(y), c], x, inputs.at(0).get(), { unroll: 2 }),
      ),
    )(f64(1));
  });
});
