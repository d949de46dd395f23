import {
  checkpoint,
  debug,
  grad,
  jit,
  jvp,
  lax,
  makeJaxpr,
  type NDArray,
  numpy as np,
  vjp,
  vmap,
} from "cotangent";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const lines: string[] = [];
beforeEach(() => {
  lines.length = 0;
  vi.spyOn(console, "log").mockImplementation((line: string) => {
    lines.push(line);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** What a call prints. */
const printed = (run: () => unknown): string[] => {
  lines.length = 0;
  run();
  return [...lines];
};

const x = np.array([1, 2, 3]);
const noisy = (v: NDArray): NDArray => {
  const y = np.sin(v);
  debug.print("first {}", v);
  const z = y.mul(y);
  debug.print("then {}", z.mul(0).add(1));
  return np.sum(z);
};
const both = ["first [1. 2. 3.]", "then [1. 1. 1.]"];

describe("debug.print", () => {
  test("prints outside transforms, and under jit at each run, in order", () => {
    expect(printed(() => noisy(x))).toEqual(both);
    const f = jit(noisy);
    expect(printed(() => f(x))).toEqual(both);
    expect(printed(() => f(np.array([1, 1, 1])))).toEqual(["first [1. 1. 1.]", "then [1. 1. 1.]"]);
  });

  test("changes nothing that is computed", () => {
    const quiet = (v: NDArray): NDArray => np.sum(np.sin(v).mul(np.sin(v)));
    expect(jit(noisy)(x).item()).toBeCloseTo(quiet(x).item() as number, 6);
    expect(jit(grad(noisy))(x).toArray()).toEqual(jit(grad(quiet))(x).toArray());
  });

  test("prints in the forward pass of grad, vjp and jvp, once", () => {
    expect(printed(() => grad(noisy)(x))).toEqual(both);
    expect(printed(() => jit(grad(noisy))(x))).toEqual(both);
    expect(printed(() => grad(jit(noisy))(x))).toEqual(both);
    expect(printed(() => jvp(noisy, [x], [x]))).toEqual(both);
    expect(printed(() => grad(checkpoint(noisy))(x))).toEqual(both);
    const [, pull] = vjp(noisy, [x]);
    expect(printed(() => pull(np.array(1)))).toEqual([]);
  });

  test("prints once for each example of a batch", () => {
    const f = (a: NDArray, b: NDArray): NDArray => {
      debug.print("{} {}", a, b);
      return a.mul(b);
    };
    const rows = ["1.0 5.0", "2.0 5.0", "3.0 5.0"];
    expect(printed(() => vmap(f, [0, null])(x, 5))).toEqual(rows);
    expect(printed(() => jit(vmap(f, [0, null]))(x, np.array(5)))).toEqual(rows);
    expect(printed(() => vmap(jit(f), [0, null])(x, np.array(5)))).toEqual(rows);
    const grid = vmap((a: NDArray) => vmap((b: NDArray) => f(a, b))(np.array([7, 8])))(np.array([1, 2]));
    expect(grid.shape).toEqual([2, 2]);
    expect(lines.slice(-4)).toEqual(["1.0 7.0", "1.0 8.0", "2.0 7.0", "2.0 8.0"]);
    expect(printed(() => vmap(grad((v: NDArray) => f(v, np.array(1))))(np.array([1, 2])))).toEqual([
      "1.0 1.0",
      "2.0 1.0",
    ]);
  });

  test("prints at each turn of a loop, and in the branch that is taken", () => {
    const loop = (v: NDArray): NDArray =>
      lax.scan(
        (c: NDArray, e: NDArray) => {
          debug.print("c {} e {}", c, e);
          return [c.add(e), c] as const;
        },
        np.array(0),
        v,
      )[0];
    const turns = ["c 0.0 e 1.0", "c 1.0 e 2.0", "c 3.0 e 3.0"];
    expect(printed(() => loop(x))).toEqual(turns);
    expect(printed(() => jit(loop)(x))).toEqual(turns);
    expect(printed(() => jit((v: NDArray) => loop(np.sin(v).mul(0).add(v)).mul(2))(x))).toEqual(turns);
    expect(printed(() => grad((v: NDArray) => loop(v).mul(loop(v)))(x)).length).toBe(6);
    const unused = jit((v: NDArray) => {
      loop(v);
      return v.add(1);
    });
    expect(printed(() => unused(x))).toEqual(turns);

    const branch = jit((v: NDArray) =>
      lax.cond(
        np.greater(v, 0),
        (w: NDArray) => {
          debug.print("positive {}", w);
          return w.mul(2);
        },
        (w: NDArray) => {
          debug.print("negative {}", w);
          return w;
        },
        v,
      ),
    );
    expect(printed(() => branch(np.array(1)))).toEqual(["positive 1.0"]);
    expect(printed(() => branch(np.array(-1)))).toEqual(["negative -1.0"]);

    const count = jit((n: NDArray) =>
      lax.whileLoop(
        (i: NDArray) => np.less(i, n),
        (i: NDArray) => {
          debug.print("i = {i}", { i });
          return i.add(1);
        },
        np.array(0, { dtype: "int32" }),
      ),
    );
    expect(printed(() => count(np.array(3, { dtype: "int32" })))).toEqual(["i = 0", "i = 1", "i = 2"]);
  });

  test("is not merged, dropped or reordered by the passes", () => {
    const f = jit((v: NDArray) => {
      debug.print("same {}", v);
      debug.print("same {}", v);
      debug.print("constant {}", np.array(1).add(1));
      return v.mul(0).mul(1);
    });
    expect(printed(() => f(np.array(4)))).toEqual(["same 4.0", "same 4.0", "constant 2.0"]);
    const inner = jit((v: NDArray) => {
      debug.print("inner {}", v);
      return v;
    });
    const outer = jit((v: NDArray) => {
      inner(v);
      return v;
    });
    expect(printed(() => outer(np.array(4)))).toEqual(["inner 4.0"]);
    expect(String(makeJaxpr((v: NDArray) => outer(v))(1))).toContain("debugCallback[callback=print]");
  });

  test("has fields by turn, place and name, trees, templates and braces", () => {
    expect(printed(() => debug.print("{} {1} {} {{}} {a}", 1, x, { a: np.array(2) }))).toEqual([
      "1.0 [1. 2. 3.] [1. 2. 3.] {} 2.0",
    ]);
    expect(printed(() => debug.print("{}", { w: [x, 1], b: np.array(true) }))).toEqual([
      "{ b: true, w: [[1. 2. 3.], 1.0] }",
    ]);
    expect(
      printed(() => jit((v: NDArray) => debug.print`got ${v}, twice ${v.mul(2)}.` ?? v)(np.array(2))),
    ).toEqual(["got 2.0, twice 4.0."]);
    expect(() => debug.print("{} {}", 1)).toThrow(
      /debug\.print: the format "\{\} \{\}" asks for \{\}, but there are 1 values/,
    );
    expect(() => debug.print("{x}", 1)).toThrow(/asks for \{x\}/);
  });
});

describe("debug.callback", () => {
  test("gets trees of values", () => {
    const seen: unknown[] = [];
    const f = jit((p: { w: NDArray }) => {
      debug.callback((q, n) => seen.push([q.w.toArray(), n.item()]), p, np.sum(p.w));
      return p.w;
    });
    f({ w: x });
    f({ w: x.mul(2) });
    expect(seen).toEqual([
      [[1, 2, 3], 6],
      [[2, 4, 6], 12],
    ]);
  });

  test("may run compiled functions itself", () => {
    const seen: unknown[] = [];
    const double = jit((v: NDArray) => v.mul(2));
    const f = jit((v: NDArray) => {
      const y = v.add(1);
      debug.callback((z) => seen.push(double(z).toArray()), y);
      return y.mul(10);
    });
    expect(f(x).toArray()).toEqual([20, 30, 40]);
    expect(seen).toEqual([[4, 6, 8]]);
  });

  test("an error that it throws comes out of the call", () => {
    const f = jit((v: NDArray) => {
      debug.callback(() => {
        throw new Error("stop here");
      }, v);
      return v;
    });
    expect(() => f(x)).toThrow("stop here");
  });

  test("a program around it is compiled, and lower says why it is not shown", () => {
    expect(() => jit(noisy).lower(x).text()).toThrow(/calls back to JavaScript/);
  });
});
