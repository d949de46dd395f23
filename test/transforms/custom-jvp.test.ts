import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import { ArgumentError, DifferentiationError, LeakedTracerError, TreeError } from "../../src/core/index.ts";
import { reduceSum } from "../../src/primitives/broadcast.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { gt } from "../../src/primitives/elementwise/comparison.ts";
import { selectN } from "../../src/primitives/elementwise/select.ts";
import { cos, sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { scalarLike } from "../../src/primitives/rules.ts";
import {
  customJvp,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jvp,
  linearize,
  psum,
  vjp,
  vmap,
} from "../../src/transforms/index.ts";
import { counted, expectClose, f32, f64, i32, traced } from "./support.ts";

const sum = (x: NDArray): NDArray => reduceSum(x, [0]);
const times = (x: NDArray, factor: number): NDArray => mul(x, scalarLike(x, factor));
type Pair = [NDArray];

/** sin with a derivative of 3 cos, so that the rule shows. */
const makeWave = () => {
  const wave = customJvp(function wave(x: NDArray) {
    return sin(x);
  });
  return wave.defjvp(([x]: Pair, [t]: Pair) => [wave(x), times(mul(t, cos(x)), 3)]);
};
const wave = makeWave();
const slope = (x: number): number => 3 * Math.cos(x);

describe("customJvp", () => {
  test("computes what the function does, and derives by the rule in both modes", () => {
    expectClose(wave(f64(0.5)), Math.sin(0.5));
    expectClose(jvp(wave, [f64(0.5)], [f64(2)]), [Math.sin(0.5), 2 * slope(0.5)]);
    expectClose(grad(wave)(f64(0.5)), slope(0.5));
    expectClose(linearize(wave, [f64(0.5)])[1](f64(1)), slope(0.5));
    expectClose(vjp(wave, [f64([1, 2])])[1](f64([1, 10])), [[slope(1), 10 * slope(2)]]);
  });

  test("under jit, vmap and both, in both orders", () => {
    const xs = f64([0.5, 1]);
    const slopes = [slope(0.5), slope(1)];
    expectClose(jit(wave)(f64(0.5)), Math.sin(0.5));
    expectClose(vmap(wave)(xs), [Math.sin(0.5), Math.sin(1)]);
    expectClose(grad(jit(wave))(f64(0.5)), slope(0.5));
    expectClose(jit(grad(wave))(f64(0.5)), slope(0.5));
    expectClose(vmap(grad(wave))(xs), slopes);
    expectClose(vmap(grad(jit(wave)))(xs), slopes);
    expectClose(jit(vmap(grad(wave)))(xs), slopes);
    expectClose(grad((x: NDArray) => sum(vmap(wave)(x)))(xs), slopes);
    expectClose(grad(jit((x: NDArray) => sum(vmap(wave)(x))))(xs), slopes);
    expectClose(grad((x: NDArray) => sum(vmap(jit(wave))(x)))(xs), slopes);
    expectClose(grad((x: NDArray) => sum(jit(vmap(jit(wave)))(x)))(xs), slopes);
    expectClose(vmap(vmap(grad(wave)))(f64([[0.5, 1]])), [slopes]);
    expectClose(jacfwd(wave)(xs), [
      [slope(0.5), 0],
      [0, slope(1)],
    ]);
    expectClose(jacrev(jit(wave))(xs), [
      [slope(0.5), 0],
      [0, slope(1)],
    ]);
  });

  test("derives the rule for second derivatives", () => {
    // The derivative of 3 cos(x); the output of the rule is wave again.
    const second = -3 * Math.sin(0.5);
    expectClose(grad(grad(wave))(f64(0.5)), second);
    expectClose(grad(jit(grad(jit(wave))))(f64(0.5)), second);
    expectClose(hessian(wave)(f64(0.5)), second);
    expectClose(jacrev(jacfwd(wave))(f64(0.5)), second);
    expectClose(vmap(hessian(wave))(f64([0.5])), [second]);
    expectClose(grad((x: NDArray) => jvp(wave, [x], [f64(1)])[1])(f64(0.5)), second);
  });

  test("takes and gives trees, with zeros for what has no tangent", () => {
    type In = { a: NDArray; b: [NDArray, NDArray] };
    const f = customJvp(({ a, b: [x, n] }: In) => ({ y: mul(a, x), n }));
    const seen: unknown[] = [];
    f.defjvp(([{ a, b }]: [In], [t]: [In]) => {
      seen.push(t.b[0].toArray, t.b[1].dtype);
      return [
        { y: mul(a, b[0]), n: b[1] },
        { y: add(times(mul(t.a, b[0]), 10), times(mul(a, t.b[0]), 100)), n: t.b[1] },
      ];
    });
    const tree: In = { a: f64(2), b: [f64(3), i32(7)] };
    expectClose(f(tree), { y: 6, n: 7 });
    expectClose(jvp(f, [tree], [{ a: f64(1), b: [f64(0), i32(0)] }])[1], { y: 30, n: 0 });
    expectClose(grad((a: NDArray) => f({ ...tree, a }).y)(f64(2)), 30);
    expectClose(grad((x: NDArray) => f({ ...tree, b: [x, i32(7)] }).y)(f64(3)), 200);
    expectClose(vmap((a: NDArray) => f({ ...tree, a }))(f64([1, 2])), { y: [3, 6], n: [7, 7] });
    expect(seen.filter((s) => typeof s === "string").every((s) => s === "int32")).toBe(true);
  });

  test("is not called by the rule where nothing is differentiated", () => {
    const f = makeWave();
    const rule = counted(([x]: Pair, [t]: Pair) => [sin(x), t] as const);
    f.defjvp(rule);
    expectClose(f(f64(1)), Math.sin(1));
    expectClose(jit(f)(f64(1)), Math.sin(1));
    expectClose(grad((x: NDArray) => mul(x, f(f64(1))))(f64(2)), Math.sin(1));
    expect(rule.calls()).toBe(0);
  });

  test("a tangent that is computed, but not from those of the arguments, counts as zero", () => {
    const constant = customJvp((x: NDArray) => mul(x, f64(0)));
    constant.defjvp(([x]: Pair) => [mul(x, f64(0)), sum(f64([0, 0]))]);
    const rule = counted(([x]: Pair, [t]: Pair) => [sin(x), t] as const);
    const f = customJvp((x: NDArray) => sin(x)).defjvp(rule);
    expectClose(grad((x: NDArray) => add(f(constant(x)), x))(f64(2)), 1);
    expect(rule.calls()).toBe(0);
  });

  test("a rule that chooses by its tangent pushes forward, and is refused where it would have to be transposed", () => {
    const relu = (x: NDArray): NDArray => selectN(gt(x, f64(0)), f64(0), x);
    const leaky = customJvp(relu);
    leaky.defjvp(([x]: Pair, [t]: Pair) => [leaky(x), selectN(gt(t, f64(0)), times(t, 0.1), t)]);
    expectClose(jvp(leaky, [f64(2)], [f64(3)])[1], 3);
    expectClose(jvp(leaky, [f64(2)], [f64(-3)])[1], -0.3);
    for (const f of [leaky, jit(leaky)]) {
      const refusal = expect(() => grad((x: NDArray) => f(x))(f64(2)));
      refusal.toThrow(DifferentiationError);
      refusal.toThrow("selectN: what is chosen depends on a tangent, so the choice is not linear");
      expect(() => vjp((x: NDArray) => f(x), [f64(2)])[1](f64(1))).toThrow("choose by primals");
    }
    const byPrimal = customJvp(relu);
    byPrimal.defjvp(([x]: Pair, [t]: Pair) => [byPrimal(x), selectN(gt(x, f64(0)), times(t, 0.1), t)]);
    expectClose(grad((x: NDArray) => byPrimal(x))(f64(2)), 1);
    expectClose(grad((x: NDArray) => byPrimal(x))(f64(-2)), 0.1);
  });

  test("differentiates what the function closes over as usual, where the rule has no say", () => {
    const closing = (v: NDArray) =>
      customJvp((x: NDArray) => mul(x, v)).defjvp(([x]: Pair, [t]: Pair) => [x, t]);
    const f = (v: NDArray) => closing(v)(f64(3));
    expectClose(grad(f)(f64(5)), 3);
    expectClose(grad(jit(f))(f64(5)), 3);
    expectClose(jit(grad(f))(f64(5)), 3);
    expectClose(vmap(f)(f64([5, 7])), [15, 21]);
    expectClose(jit(vmap(f))(f64([5, 7])), [15, 21]);
    // The argument is a batch, and what is closed over is differentiated inside.
    const g = (x: NDArray) => grad((v: NDArray) => closing(v)(x))(f64(5));
    expectClose(vmap(g)(f64([3, 4])), [3, 4]);
    expectClose(jit(vmap(g))(f64([3, 4])), [3, 4]);
    expectClose(vmap(jit(g))(f64([3, 4])), [3, 4]);
    expectClose(jit(g)(f64(3)), 3);
  });
});

describe("batches of functions with several outputs", () => {
  // The first output is the same for the whole batch, whose axes stand in different places in function and rule.
  const f = customJvp((x: NDArray, y: NDArray) => [sin(x), mul(x, y)] as const);
  f.defjvp(([x, y]: [NDArray, NDArray], [s, t]: [NDArray, NDArray]) => [
    [sin(x), mul(y, x)],
    [mul(s, cos(x)), add(mul(s, y), mul(x, t))],
  ]);
  const [x, ys] = [f64(2), f64([3, 5])];

  test("agree with the loop", () => {
    const expected = [
      [Math.sin(2), Math.sin(2)],
      [6, 10],
    ];
    expectClose(vmap(f, [null, 0])(x, ys), expected);
    expectClose(jit(vmap(f, [null, 0]))(x, ys), expected);
  });

  test("in their derivatives, too", () => {
    const total = (a: NDArray) => {
      const [p, q] = vmap(f, [null, 0])(a, ys);
      return add(sum(p), sum(q));
    };
    const expected = 2 * Math.cos(2) + 8;
    expectClose(grad(total)(x), expected);
    expectClose(grad(jit(total))(x), expected);
    expectClose(jvp(total, [x], [f64(1)])[1], expected);
    expectClose(jvp(jit(total), [x], [f64(1)])[1], expected);
  });

  test("may close over other values of the batch, in the function and in the rule", () => {
    const f = (v: NDArray, c: NDArray) =>
      customJvp((u: NDArray) => mul(u, sin(c))).defjvp(([u]: Pair, [t]: Pair) => [
        mul(u, sin(c)),
        times(mul(t, sin(c)), 10),
      ])(v);
    const [vs, cs] = [f64([2, 3]), f64([0.5, 0.7])];
    const expected = [2 * Math.sin(0.5), 3 * Math.sin(0.7)];
    const slopes = [10 * Math.sin(0.5), 10 * Math.sin(0.7)];
    expectClose(vmap(f)(vs, cs), expected);
    expectClose(jit(vmap(f))(vs, cs), expected);
    expectClose(vmap(jit(f))(vs, cs), expected);
    expectClose(vmap(vmap(f))(f64([[2, 3]]), f64([[0.5, 0.7]])), [expected]);
    expectClose(vmap(vmap(f, [0, null]), [null, 0])(vs, cs), [
      [2 * Math.sin(0.5), 3 * Math.sin(0.5)],
      [2 * Math.sin(0.7), 3 * Math.sin(0.7)],
    ]);
    expectClose(vmap(grad(f))(vs, cs), slopes);
    expectClose(grad((v: NDArray) => sum(vmap(f)(v, cs)))(vs), slopes);
    expectClose(jit(grad((v: NDArray) => sum(vmap(f)(v, cs))))(vs), slopes);
    expectClose(grad((c: NDArray) => sum(vmap(f)(vs, c)))(cs), [2 * Math.cos(0.5), 3 * Math.cos(0.7)]);
    expect(() => grad((c: NDArray) => sum(vmap(f)(c, c)))(cs)).toThrow(
      /closes over a value that grad is tracing/,
    );
  });

  test("with collectives in the rule", () => {
    const g = customJvp((v: NDArray) => psum(v, "i")).defjvp(([v]: Pair, [t]: Pair) => [
      psum(v, "i"),
      times(psum(t, "i"), 2),
    ]);
    const batched = vmap(g, 0, 0, { axisName: "i" });
    expectClose(batched(f64([1, 2])), [3, 3]);
    expectClose(jvp(batched, [f64([1, 2])], [f64([1, 10])])[1], [22, 22]);
  });
});

describe("nondiffArgnums", () => {
  test("names arguments that may be anything; the rule gets them first, in their order", () => {
    const power = customJvp(
      (n: number, x: NDArray, name: string) =>
        name === "id" ? x : Array.from({ length: n }, () => x).reduce(mul),
      { nondiffArgnums: [2, 0] },
    );
    const received: unknown[] = [];
    power.defjvp((name: string, n: number, [x]: Pair, [t]: Pair) => {
      received.push([name, n]);
      return [power(n, x, name), times(mul(power(n - 1, x, name), t), n)];
    });
    expectClose(power(3, f64(2), "power"), 8);
    expectClose(grad((x: NDArray) => power(3, x, "power"))(f64(2)), 12);
    expectClose(grad(jit((x: NDArray) => power(3, x, "power")))(f64(2)), 12);
    expectClose(vmap(grad((x: NDArray) => power(2, x, "power")))(f64([1, 2])), [2, 4]);
    expect(received[0]).toEqual(["power", 3]);
  });

  test("may be functions, negative, and must exist", () => {
    const apply = customJvp((x: NDArray, f: (x: NDArray) => NDArray) => f(x), { nondiffArgnums: [-1] });
    apply.defjvp((f: (x: NDArray) => NDArray, [x]: Pair, [t]: Pair) => [f(x), times(t, 7)]);
    expectClose(grad((x: NDArray) => apply(x, sin))(f64(1)), 7);
    const wrong = customJvp((x: NDArray) => x, { nondiffArgnums: [1] });
    expect(() => wrong(f64(1))).toThrow(ArgumentError);
    expect(() => wrong(f64(1))).toThrow(/^customJvp "anonymous": argnums names argument 1/);
  });
});

describe("defjvps", () => {
  test("adds up one contribution an argument", () => {
    const f = customJvp((x: NDArray, y: NDArray) => mul(x, y));
    f.defjvps(
      (t: NDArray, _out, _x, y) => times(mul(t, y), 10),
      (t: NDArray, out) => mul(t, out),
    );
    expectClose(f(f64(2), f64(3)), 6);
    expectClose(grad(f, { argnums: [0, 1] })(f64(2), f64(3)), [30, 6]);
    expectClose(jvp(f, [f64(2), f64(3)], [f64(1), f64(1)])[1], 36);
    expectClose(vmap(grad(jit(f)))(f64([2]), f64([3])), [30]);
  });

  test("takes null for arguments that contribute nothing", () => {
    const f = customJvp((x: NDArray, y: NDArray) => mul(x, y)).defjvps(null, (t: NDArray) => t);
    expectClose(grad(f, { argnums: [0, 1] })(f64(2), f64(3)), [0, 1]);
    expectClose(grad(customJvp((x: NDArray) => x).defjvps(null))(f64(2)), 0);
  });
});

describe("refuses", () => {
  test("to be differentiated without a rule, but not to be called", () => {
    const bare = customJvp(function bare(x: NDArray) {
      return x;
    });
    expectClose(bare(f64(1)), 1);
    expect(() => grad(bare)(f64(1))).toThrow(DifferentiationError);
    expect(() => grad(bare)(f64(1))).toThrow(
      'customJvp "bare" has no rule yet: call defjvp before differentiating it.',
    );
    expect(() => jvp(jit(bare), [f64(1)], [f64(1)])).toThrow(/has no rule yet/);
  });

  test("rules that return no pair, or an output and a tangent that differ", () => {
    const withRule = (rule: (...args: never[]) => unknown) => {
      const f = customJvp(function f(x: NDArray) {
        return x;
      });
      return grad(f.defjvp(rule as never));
    };
    const x = f64(1);
    expect(() => withRule(() => x)(x)).toThrow(
      'customJvp "f": the rule of defjvp must return [output, tangent].',
    );
    expect(() => withRule(() => [x])(x)).toThrow(DifferentiationError);
    expect(() => withRule(() => [x, [x]])(x)).toThrow(TreeError);
    expect(() => withRule(() => [x, [x]])(x)).toThrow(
      /^customJvp "f": output of the rule and its tangent must have the same structure/,
    );
    expect(() => withRule(() => [x, f64([1])])(x)).toThrow(
      'customJvp "f": the tangent that its rule returned must be like the output, float64[]; it is float64[1].',
    );
    expect(() => withRule(() => [x, f32(1)])(x)).toThrow(/float64\[\]; it is float32\[\]/);
    expect(() => withRule(() => [x, "t"])(x)).toThrow(/customJvp "f", tangent of its rule.*string "t"/);
    expectClose(withRule(() => [x, 3])(x), 0);
  });

  test("rules whose output is not like the function's, when that was compiled", () => {
    const f = customJvp(function f(x: NDArray) {
      return x;
    }).defjvp(([x]: Pair, [t]: Pair) => [f32(1), mul(f32(1), f32(t.ndim + x.ndim))] as never);
    expect(() => grad(jit(f))(f64(1))).toThrow(DifferentiationError);
    expect(() => grad(jit(f))(f64(1))).toThrow(
      'customJvp "f": the output that its rule returned must be like the function\'s, (float64[]); it is (float32[]).',
    );
  });

  test("rules that close over what is differentiated", () => {
    const f = (v: NDArray) => {
      const g = customJvp(function g(x: NDArray) {
        return mul(x, v);
      });
      g.defjvp(([x]: Pair, [t]: Pair) => [mul(x, v), mul(t, v)]);
      return g(v);
    };
    expect(() => grad(f)(f64(1))).toThrow(DifferentiationError);
    expect(() => grad(f)(f64(1))).toThrow(
      'customJvp: the rule of "g" closes over a value that grad is tracing. A rule says only what the ' +
        "derivative for its arguments is: pass that value as an argument, too.",
    );
    // Compiled, the function is traced before it is differentiated: what the rule closed over is gone.
    expect(() => grad(jit(f))(f64(1))).toThrow(LeakedTracerError);
    // So it would with what an inner transform traces.
    const inner = (x: NDArray) =>
      grad((v: NDArray) =>
        customJvp((y: NDArray) => mul(y, v)).defjvp(([y]: Pair, [t]: Pair) => [mul(y, v), mul(t, v)])(x),
      )(f64(1));
    expect(() => grad(inner)(f64(1))).toThrow(/closes over a value that grad is tracing/);
    const batched = (x: NDArray) =>
      sum(
        vmap((v: NDArray) =>
          customJvp((y: NDArray) => mul(y, v)).defjvp(([y]: Pair, [t]: Pair) => [mul(y, v), mul(t, v)])(x),
        )(f64([1, 2])),
      );
    expect(() => grad(batched)(f64(1))).toThrow(/closes over a value that vmap is tracing/);
    // To close over what another transform traces is fine while that runs.
    expectClose(
      vmap((v: NDArray) =>
        grad((x: NDArray) =>
          customJvp((y: NDArray) => mul(y, v)).defjvp(([y]: Pair, [t]: Pair) => [mul(y, v), mul(t, v)])(x),
        )(f64(1)),
      )(f64([5, 7])),
      [5, 7],
    );
  });
});

test("a call is one equation, and the rule takes its place when it is differentiated", () => {
  expect(traced((x: NDArray) => wave(x))(f64(1)).jaxpr.equations.map((e) => e.primitive.name)).toEqual([
    "customJvpCall",
  ]);
  const tangent = traced((x: NDArray) => jvp(wave, [x], [f64(1)])[1])(f64(1));
  expect(tangent.jaxpr.equations.map((e) => e.primitive.name)).toEqual(["cos", "mul", "mul"]);
});
