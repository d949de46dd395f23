import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { DType, NDArray } from "../../src/array/index.ts";
import * as lax from "../../src/lax/index.ts";
import * as np from "../../src/numpy/index.ts";
import { grad, jit, jvp, vmap } from "../../src/transforms/index.ts";
import { expectClose, f64, i32, untyped } from "../transforms/support.ts";

/*
 * The programs of test/golden/control_flow.py, whose values and derivatives JAX computed.
 */

type Entry = readonly [
  name: string,
  dtype: DType,
  args: readonly number[][],
  value: unknown,
  tangent: unknown,
  gradients: unknown,
];

const entries = JSON.parse(
  readFileSync(new URL("../golden/control-flow.json", import.meta.url), "utf8"),
) as readonly Entry[];

type Program = (...args: NDArray[]) => NDArray;

const THREE = [(z: NDArray) => z.mul(2), (z: NDArray) => np.sin(z), (z: NDArray) => z.mul(z).mul(z)];

const newton = (a: NDArray): NDArray => {
  const square = a.mul(a).add(1);
  return lax.whileLoop(
    (x) => np.abs(x.mul(x).sub(square)).greater(1e-3),
    (x) => x.add(square.div(x)).mul(0.5),
    square,
  );
};

const programs: { readonly [name: string]: Program } = {
  rnn: (w, h, xs) => {
    const turn = (h: NDArray, x: NDArray): readonly [NDArray, NDArray] => {
      const next = np.tanh(np.matmul(w as NDArray, h).add(x));
      return [next, next];
    };
    const [last, hs] = lax.scan(turn, h, xs);
    return (last as NDArray).sum().add(hs.mul(hs).sum());
  },
  backwards: (c, xs) => {
    const [last, ys] = lax.scan((c, x) => [np.sin(c).mul(x), c.add(x)], c as NDArray, xs as NDArray, {
      reverse: true,
    });
    return ys.mul(last);
  },
  unrolled: (c, xs) => {
    const [last, ys] = lax.scan((c, x) => [c.mul(0.9).add(x), c.mul(x)], c as NDArray, xs as NDArray, {
      unroll: 2,
    });
    return ys.add(last);
  },
  counting: (c) => {
    const [[last], ys] = lax.scan(
      ([c, n]) => [[c.mul(np.cos(n.astype(c.dtype))), n.add(1)], c],
      [c as NDArray, i32(0)],
      null,
      { length: 4 },
    );
    return ys.sum(0).add(last);
  },
  nested: (a, xs) => {
    const from = a as NDArray;
    const [last, ys] = lax.scan(
      (c, row) => {
        const [d, zs] = lax.scan((d, y) => [np.sin(d.mul(y).add(from)), d], c, row);
        return [d, zs.sum()];
      },
      from,
      xs as NDArray,
    );
    return ys.add(last);
  },
  batched: (c, xs) =>
    vmap((c: NDArray, x: NDArray) => lax.scan((d, y) => [d.mul(y).add(np.exp(d.neg())), d], c, x)[1])(
      c as NDArray,
      xs as NDArray,
    ),
  fori: (x) =>
    lax.foriLoop(1, 6, (i, y) => y.mul(x as NDArray).add(i.astype((x as NDArray).dtype)), x as NDArray),
  newton: (a) => newton(a as NDArray),
  newton_batched: (a) => vmap(newton)(a as NDArray),
  branches: (x) =>
    vmap((y: NDArray) =>
      lax.cond(
        y.less(0),
        (z) => z.mul(z),
        (z) => np.exp(z),
        y,
      ),
    )(x as NDArray),
  shared_choice: (x) =>
    vmap((y: NDArray) =>
      lax.cond(
        (x as NDArray).at(0).get().less(0),
        (z) => z.mul(z),
        (z) => np.exp(z),
        y,
      ),
    )(x as NDArray),
  switched: (x) => [-1, 0, 1, 2, 5].map((i) => lax.switch(i, THREE, x as NDArray)).reduce((a, b) => a.add(b)),
  switched_batch: (x) =>
    vmap((i: NDArray, y: NDArray) => lax.switch(i, THREE, y))(i32([-3, 1, 2, 7]), x as NDArray),
  mapped: (xs) => lax.map((x) => np.cumsum(np.sin(x)), xs as NDArray),
  mapped_in_batches: (xs) => lax.map((x) => np.cumsum(np.sin(x)), xs as NDArray, { batchSize: 2 }),
  prefixes: (a, b) => {
    const [p, q] = lax.associativeScan(
      (f, g) => [f[0].mul(g[0]), g[0].mul(f[1]).add(g[1])],
      [a as NDArray, b as NDArray],
    );
    return p.add(q);
  },
  suffixes: (a) => lax.associativeScan((x, y) => x.mul(y), a as NDArray, { reverse: true, axis: 1 }),
  reduced: (a) => lax.reduce(a as NDArray, 1, (x, y) => x.mul(y), [1]),
  root: (a) => {
    const target = a as NDArray;
    return lax.customRoot(
      (x) => x.mul(x).mul(x).add(x).sub(target),
      np.onesLike(target),
      (f, x) => lax.foriLoop(0, 40, (_i, y) => y.sub(f(y).div(y.mul(y).mul(3).add(1))), x),
      (g, y) => y.div(g(np.onesLike(y))),
    );
  },
  linear: (m, b) => {
    const matrix = m as NDArray;
    const a = np.matmul(matrix, matrix.T).add(np.eye(3, null, 0, matrix.dtype).mul(3));
    return lax.customLinearSolve((x) => np.matmul(a, x), b as NDArray, richardson, { symmetric: true });
  },
};

/** Steps against the residual, by less than the greatest eigenvalue of the matrix above needs. */
const richardson = (matvec: (x: NDArray) => NDArray, b: NDArray): NDArray =>
  lax.foriLoop(0, 300, (_i, x) => x.add(b.sub(matvec(x)).mul(0.1)), np.zerosLike(b));

it("has every program of the file", () => {
  expect([...new Set(entries.map(([name]) => name))].sort()).toEqual(Object.keys(programs).sort());
});

it.each(entries)("%s, %s", (name, dtype, args, value, tangent, gradients) => {
  const f = programs[name] as Program;
  const inputs = args.map((a) => f64(a).astype(dtype));
  const tolerance = dtype === "float32" ? 2e-5 : 1e-11;
  const output = f(...inputs);
  expect(output.dtype).toBe(dtype);
  expectClose(output, value, tolerance);
  expectClose(untyped(jit(f))(...inputs), value, tolerance);
  expectClose(jvp(f, inputs, inputs)[1], tangent, 10 * tolerance);
  const total = (...xs: NDArray[]): NDArray => f(...xs).sum();
  const gradient = grad(total as (...xs: never[]) => NDArray, { argnums: inputs.map((_, i) => i) });
  if (gradients === null) expect(() => untyped(gradient)(...inputs)).toThrow(/whileLoop: reverse mode/);
  else expectClose(untyped(gradient)(...inputs), gradients, 10 * tolerance);
});
