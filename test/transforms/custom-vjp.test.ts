import { describe, expect, test } from "vitest";
import type { NDArray } from "../../src/array/index.ts";
import {
  ArgumentError,
  DifferentiationError,
  LeakedTracerError,
  ShapeError,
  TreeError,
} from "../../src/core/index.ts";
import { reduceSum } from "../../src/primitives/broadcast.ts";
import { add } from "../../src/primitives/elementwise/add.ts";
import { mul } from "../../src/primitives/elementwise/arithmetic.ts";
import { convertElementType } from "../../src/primitives/elementwise/conversion.ts";
import { cos, sin } from "../../src/primitives/elementwise/trigonometric.ts";
import { scalarLike } from "../../src/primitives/rules.ts";
import {
  checkpoint,
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
  psum,
  valueAndGrad,
  vjp,
  vmap,
} from "../../src/transforms/index.ts";
import { counted, expectClose, f32, f64, i32, traced } from "./support.ts";

const sum = (x: NDArray): NDArray => reduceSum(x, [0]);
const times = (x: NDArray, factor: number): NDArray => mul(x, scalarLike(x, factor));

/** sin with a derivative of 3 cos, so that the rule shows. */
const makeWave = () =>
  customVjp(function wave(x: NDArray) {
    return sin(x);
  }).defvjp(
    (x) => [sin(x), x],
    (x: NDArray, ct: NDArray) => [times(mul(ct, cos(x)), 3)],
  );
const wave = makeWave();
const slope = (x: number): number => 3 * Math.cos(x);

describe("customVjp", () => {
  test("computes what the function does, and pulls back by the rule", () => {
    expectClose(wave(f64(0.5)), Math.sin(0.5));
    expectClose(valueAndGrad(wave)(f64(0.5)), [Math.sin(0.5), slope(0.5)]);
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
    expectClose(vmap(vmap(grad(wave)))(f64([[0.5, 1]])), [slopes]);
    expectClose(jacrev(wave)(xs), [
      [slope(0.5), 0],
      [0, slope(1)],
    ]);
    expectClose(jacrev(jit(vmap(wave)))(xs), [
      [slope(0.5), 0],
      [0, slope(1)],
    ]);
    expectClose(grad(checkpoint(wave))(f64(0.5)), slope(0.5));
    expectClose(vmap(grad(checkpoint(jit(wave))))(xs), slopes);
    expectClose(
      grad(jit(checkpoint((x: NDArray) => mul(wave(x), wave(x)))))(f64(0.5)),
      2 * Math.sin(0.5) * slope(0.5),
    );
  });

  test("derives the rule for second derivatives", () => {
    // Reverse over reverse derives bwd: of 3 cos(x).
    const second = -3 * Math.sin(0.5);
    expectClose(grad(grad(wave))(f64(0.5)), second);
    expectClose(grad(jit(grad(jit(wave))))(f64(0.5)), second);
    expectClose(jit(grad(grad(wave)))(f64(0.5)), second);
    expectClose(hessian(wave)(f64(0.5)), second);
    expectClose(hvp(wave, [f64(0.5)], [f64(2)]), 2 * second);
    expectClose(jacrev(jacrev(wave))(f64([0.5])), [[[second]]]);
    expectClose(vmap(grad(grad(wave)))(f64([0.5])), [second]);
    expectClose(grad(grad(grad(wave)))(f64(0.5)), -3 * Math.cos(0.5));
  });

  test("takes and gives trees, integers, and null for zero", () => {
    type In = { a: NDArray; b: [NDArray, NDArray] };
    const f = customVjp(({ a, b: [x, n] }: In, unused: { c: NDArray }) => ({
      y: [mul(a, x)],
      n,
      c: unused.c,
    }));
    f.defvjp(
      (input, unused) => [
        { y: [mul(input.a, input.b[0])], n: input.b[1], c: unused.c },
        { x: input.b[0], pair: [input.a, null] as const },
      ],
      (res: { x: NDArray; pair: [NDArray, null] }, ct: { y: [NDArray]; n: NDArray; c: NDArray }) => [
        { a: times(mul(ct.y[0], res.x), 10), b: [times(mul(ct.y[0], res.pair[0]), 100), ct.n] },
        null,
      ],
    );
    const args: [In, { c: NDArray }] = [{ a: f64(2), b: [f64(3), i32(7)] }, { c: f64([1, 2]) }];
    expectClose(f(...args), { y: [6], n: 7, c: [1, 2] });
    const loss = (...xs: typeof args) => {
      const out = f(...xs);
      return add(out.y[0] as NDArray, sum(out.c));
    };
    expectClose(grad(loss, { argnums: [0, 1], allowInt: true })(...args), [
      { a: 30, b: [200, 0] },
      { c: [0, 0] },
    ]);
    expectClose(grad(jit(loss), { argnums: [0, 1], allowInt: true })(...args), [
      { a: 30, b: [200, 0] },
      { c: [0, 0] },
    ]);
    expectClose(
      vmap((a: NDArray) => grad((v: NDArray) => loss({ ...args[0], a: v }, args[1]))(a))(f64([2, 4])),
      [30, 30],
    );
  });

  test("runs fwd instead of the function where it is differentiated, and bwd once a pull back", () => {
    const f = counted((x: NDArray) => sin(x));
    const fwd = counted((x: NDArray) => [sin(x), x] as const);
    const bwd = counted((_: NDArray, ct: NDArray) => [ct]);
    const g = customVjp(f).defvjp(fwd, bwd);
    const calls = () => [f.calls(), fwd.calls(), bwd.calls()];
    g(f64(1));
    expect(calls()).toEqual([1, 0, 0]);
    const [, pull] = vjp(g, [f64(1)]);
    expect(calls()).toEqual([1, 1, 0]);
    pull(f64(1));
    pull(f64(1));
    expect(calls()).toEqual([1, 1, 2]);
    expectClose(grad((x: NDArray) => mul(x, g(f64(1))))(f64(2)), Math.sin(1));
    expect(calls()).toEqual([2, 1, 2]);
  });

  test("pairs cotangents with arguments, integers in front or not", () => {
    const f = customVjp((n: NDArray, x: NDArray, m: NDArray, y: NDArray) =>
      mul(mul(x, y), convertElementType(mul(n, m), "float64")),
    ).defvjp(
      (n, x, m, y) => [mul(mul(x, y), convertElementType(mul(n, m), "float64")), [x, y]],
      ([x, y]: [NDArray, NDArray], ct: NDArray) => [
        null,
        times(mul(ct, y), 10),
        null,
        times(mul(ct, x), 100),
      ],
    );
    expectClose(grad(f, { argnums: [1, 3] })(i32(1), f64(3), i32(1), f64(5)), [50, 300]);
    expectClose(grad(f, { argnums: 3 })(i32(1), f64(3), i32(1), f64(5)), 300);
  });

  test("takes null for a whole tree", () => {
    const f = customVjp((p: { a: NDArray; b: NDArray[] }, x: NDArray) => mul(p.a, x)).defvjp(
      (p, x) => [mul(p.a, x), p.a],
      (a: NDArray, ct: NDArray) => [null, times(mul(ct, a), 10)],
    );
    const p = { a: f64(2), b: [f64([1, 2]), f64(3)] };
    expectClose(grad(f, { argnums: [0, 1] })(p, f64(3)), [{ a: 0, b: [[0, 0], 0] }, 20]);
  });

  test("gives bwd zeros for outputs that are not used, and is not called when none is", () => {
    const seen: unknown[] = [];
    const f = customVjp((x: NDArray) => [sin(x), mul(x, x)] as const).defvjp(
      (x) => [[sin(x), mul(x, x)], x],
      (_: NDArray, cts: [NDArray, NDArray]) => {
        seen.push(cts.map((ct) => ct.toArray()));
        return [add(cts[0], times(cts[1], 100))];
      },
    );
    expectClose(grad((x: NDArray) => f(x)[0])(f64(1)), 1);
    expectClose(grad((x: NDArray) => f(x)[1])(f64(1)), 100);
    expectClose(grad((x: NDArray) => mul(f(x)[0], f64(0)) && x)(f64(1)), 1);
    expect(seen).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test("clips a gradient", () => {
    const limit = customVjp((x: NDArray) => x).defvjp(
      (x) => [x, null],
      (_: null, ct: NDArray) => [(ct.item() as number) > 1 ? scalarLike(ct, 1) : ct],
    );
    expectClose(grad((x: NDArray) => times(limit(x), 5))(f64(2)), 1);
    expectClose(grad((x: NDArray) => times(limit(x), 0.5))(f64(2)), 0.5);
  });
});

test("what the function closes over is differentiated as usual, where the rule has no say", () => {
  const closing = (v: NDArray) =>
    customVjp((x: NDArray) => mul(x, v)).defvjp(
      (x) => [x, null],
      (_: null, ct: NDArray) => [ct],
    );
  const f = (v: NDArray) => closing(v)(f64(3));
  expectClose(grad(f)(f64(5)), 3);
  expectClose(grad(jit(f))(f64(5)), 3);
  expectClose(jvp(f, [f64(5)], [f64(1)]), [15, 3]);
  expectClose(jit(vmap(f))(f64([5, 7])), [15, 21]);
  const g = (x: NDArray) => grad((v: NDArray) => closing(v)(x))(f64(5));
  expectClose(vmap(g)(f64([3, 4])), [3, 4]);
  expectClose(jit(vmap(g))(f64([3, 4])), [3, 4]);
});

describe("batches", () => {
  const f = customVjp((x: NDArray, y: NDArray) => [sin(x), mul(x, y)] as const).defvjp(
    (x, y) => [
      [sin(x), mul(y, x)],
      [x, y],
    ],
    ([x, y]: [NDArray, NDArray], [p, q]: [NDArray, NDArray]) => [add(mul(p, cos(x)), mul(q, y)), mul(q, x)],
  );
  const [x, ys] = [f64(2), f64([3, 5])];

  test("add up the cotangents of what all examples share, once for each example", () => {
    const total = (a: NDArray, b: NDArray) => {
      const [p, q] = vmap(f, [null, 0])(a, b);
      return add(sum(p), sum(q));
    };
    const expected = [2 * Math.cos(2) + 8, [2, 2]];
    expectClose(grad(total, { argnums: [0, 1] })(x, ys), expected);
    expectClose(grad(jit(total), { argnums: [0, 1] })(x, ys), expected);
    expectClose(jit(grad(total, { argnums: [0, 1] }))(x, ys), expected);
    // Only the output that is the same for the whole batch.
    expectClose(grad((a: NDArray) => sum(vmap(f, [null, 0])(a, ys)[0]))(x), 2 * Math.cos(2));
  });

  test("in any axis, with cotangents in the place of their arguments", () => {
    const g = customVjp((m: NDArray, v: NDArray) => mul(m, v)).defvjp(
      (m, v) => [mul(m, v), [m, v]],
      ([m, v]: [NDArray, NDArray], ct: NDArray) => [times(mul(ct, v), 2), times(mul(ct, m), 3)],
    );
    const m = f64([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const v = f64([
      [10, 20],
      [30, 40],
      [50, 60],
    ]);
    const total = (a: NDArray, b: NDArray) => reduceSum(vmap(g, [1, 0], 1)(a, b), [0, 1]);
    expectClose(grad(total, { argnums: [0, 1] })(m, v), [
      [
        [20, 60, 100],
        [40, 80, 120],
      ],
      [
        [3, 12],
        [6, 15],
        [9, 18],
      ],
    ]);
  });

  test("may close over other values of the batch", () => {
    const h = (v: NDArray, c: NDArray) =>
      customVjp((u: NDArray) => mul(u, sin(c))).defvjp(
        (u) => [mul(u, sin(c)), sin(c)],
        (s: NDArray, ct: NDArray) => [times(mul(ct, s), 10)],
      )(v);
    const [vs, cs] = [f64([2, 3]), f64([0.5, 0.7])];
    const slopes = [10 * Math.sin(0.5), 10 * Math.sin(0.7)];
    expectClose(vmap(h)(vs, cs), [2 * Math.sin(0.5), 3 * Math.sin(0.7)]);
    expectClose(vmap(grad(h))(vs, cs), slopes);
    expectClose(grad((v: NDArray) => sum(vmap(h)(v, cs)))(vs), slopes);
    expectClose(jit(grad((v: NDArray) => sum(vmap(h)(v, cs))))(vs), slopes);
  });

  test("with collectives in the rule", () => {
    const g = customVjp((v: NDArray) => psum(v, "i")).defvjp(
      (v) => [psum(v, "i"), null],
      (_: null, ct: NDArray) => [times(psum(ct, "i"), 5)],
    );
    const total = (v: NDArray) => sum(vmap(g, 0, 0, { axisName: "i" })(v));
    expectClose(grad(total)(f64([1, 2])), [10, 10]);
    expectClose(grad(jit(total))(f64([1, 2])), [10, 10]);
  });
});

describe("nondiffArgnums", () => {
  test("names arguments that may be anything; bwd gets them first", () => {
    const scaled = customVjp(
      (x: NDArray, options: { readonly by: number }, n: number) => times(x, options.by * n),
      {
        nondiffArgnums: [1, 2],
      },
    );
    const received: unknown[] = [];
    scaled.defvjp(
      (x, options, n) => {
        received.push(["fwd", options, n]);
        return [scaled(x, options, n), null];
      },
      (options: { by: number }, n: number, _: null, ct: NDArray) => {
        received.push(["bwd", options, n]);
        return [times(ct, 100 * options.by * n)];
      },
    );
    expectClose(scaled(f64(2), { by: 3 }, 2), 12);
    expectClose(grad((x: NDArray) => scaled(x, { by: 3 }, 2))(f64(2)), 600);
    expect(received).toEqual([
      ["fwd", { by: 3 }, 2],
      ["bwd", { by: 3 }, 2],
    ]);
    expectClose(grad(jit((x: NDArray) => scaled(x, { by: 3 }, 2)))(f64(2)), 600);
    expectClose(vmap(grad((x: NDArray) => scaled(x, { by: 3 }, 2)))(f64([2])), [600]);
    expect(() => customVjp((x: NDArray) => x, { nondiffArgnums: [1] })(f64(1))).toThrow(ArgumentError);
  });
});

describe("refuses", () => {
  test("forward mode, and says what to use", () => {
    const x = f64(1);
    const message =
      'customVjp: "wave" has a rule for reverse mode only, so jvp, jacfwd and linearize cannot push tangents through it. ' +
      "Use grad, vjp or jacrev, or define the function with customJvp, which serves both modes.";
    expect(() => jvp(wave, [x], [x])).toThrow(DifferentiationError);
    expect(() => jvp(wave, [x], [x])).toThrow(message);
    expect(() => jacfwd(wave)(f64([1]))).toThrow(message);
    expect(() => linearize(wave, [x])[1](x)).toThrow(message);
    expect(() => jvp(jit(wave), [x], [x])).toThrow(message);
    expect(() => jvp(vmap(wave), [f64([1])], [f64([1])])).toThrow(message);
    expect(() => grad((y: NDArray) => jvp(wave, [y], [y])[1])(x)).toThrow(message);
    const two = customVjp(function wave(a: NDArray, b: NDArray) {
      return mul(a, b);
    }).defvjp(
      (a, b) => [mul(a, b), null],
      (_: null, ct: NDArray) => [ct, ct],
    );
    expect(() => jvp(two, [x, x], [f64(0), x])).toThrow(message);
    expectClose(jvp(two, [x, x], [f64(0), f64(0)]), [1, 0]);
    // Forward mode over what it does not touch is fine.
    expectClose(jvp((y: NDArray) => mul(y, wave(x)), [x], [x])[1], Math.sin(1));
  });

  test("to be differentiated without a rule, but not to be called", () => {
    const bare = customVjp(function bare(x: NDArray) {
      return x;
    });
    expectClose(bare(f64(1)), 1);
    expect(() => grad(bare)(f64(1))).toThrow(
      'customVjp "bare" has no rule yet: call defvjp before differentiating it.',
    );
    expect(() => grad(jit(bare))(f64(1))).toThrow(DifferentiationError);
  });

  const withRule = (fwd: (...args: never[]) => unknown, bwd: (...args: never[]) => unknown) =>
    customVjp(function f({ a }: { a: NDArray }, n: NDArray) {
      return mul(a, convertElementType(n, "float64"));
    }).defvjp(fwd as never, bwd as never);
  const run = (
    fwd: (...args: never[]) => unknown,
    bwd: (...args: never[]) => unknown,
    wrap = false,
  ): unknown => {
    const f = withRule(fwd, bwd);
    const call = (a: NDArray) => f({ a }, i32(2));
    return grad(wrap ? jit(call) : call)(f64(3));
  };
  const good = ({ a }: { a: NDArray }) => [a, null];

  test("fwd that returns no pair, or what is no array", () => {
    expect(() =>
      run(
        ({ a }: { a: NDArray }) => a,
        () => [],
      ),
    ).toThrow('customVjp "f": fwd must return [output, residuals].');
    expect(() =>
      run(
        () => [1, "res"],
        () => [],
      ),
    ).toThrow(/customVjp "f", residuals of fwd.*string "res"/);
    expect(() =>
      run(
        () => ["out", 1],
        () => [],
      ),
    ).toThrow(/customVjp "f", output of fwd/);
  });

  test("fwd whose output is not like the function's, when that was compiled", () => {
    expect(() =>
      run(
        () => [f32(1), null],
        () => [null, null],
        true,
      ),
    ).toThrow(
      'customVjp "f": the output that its rule returned must be like the function\'s, (float64[]); it is (float32[]).',
    );
    expect(() =>
      run(
        () => [[f64(1), f64(1)], null],
        () => [null, null],
        true,
      ),
    ).toThrow(/\(float64\[\]\); it is \(float64\[\], float64\[\]\)/);
  });

  test("bwd that returns cotangents that do not match", () => {
    expect(() => run(good, () => f64(1))).toThrow(
      'customVjp "f": bwd must return a list with one cotangent an argument (2); got object.',
    );
    expect(() => run(good, () => [{ a: f64(1) }])).toThrow(/\(2\); got a list of 1/);
    expect(() => run(good, () => [f64(1), null])).toThrow(TreeError);
    expect(() => run(good, () => [f64(1), null])).toThrow(
      /^customVjp "f": argument 0 and cotangent that bwd returned must have the same structure/,
    );
    expect(() => run(good, () => [{ a: f64([1]) }, null])).toThrow(ShapeError);
    expect(() => run(good, () => [{ a: f64([1]) }, null])).toThrow(
      'customVjp "f": the cotangent of an argument must have its shape and dtype: expected float64[], got float64[1].',
    );
    expect(() => run(good, () => [{ a: f32(1) }, null])).toThrow(/got float32\[\]\. Convert it with astype/);
    expectClose(
      run(good, () => [{ a: 7 }, null]),
      7,
    );
    expectClose(
      run(good, () => [null, undefined]),
      0,
    );
    expectClose(
      run(good, () => [{ a: 7 }, i32(9)]),
      7,
    );
  });

  test("rules that close over what is differentiated", () => {
    const f = (v: NDArray) =>
      customVjp(function g(x: NDArray) {
        return mul(x, v);
      }).defvjp(
        (x) => [mul(x, v), null],
        (_: null, ct: NDArray) => [ct],
      )(v);
    expect(() => grad(f)(f64(1))).toThrow(DifferentiationError);
    expect(() => grad(f)(f64(1))).toThrow(
      /^customVjp: the rule of "g" closes over a value that grad is tracing/,
    );
    expect(() => grad(jit(f))(f64(1))).toThrow(LeakedTracerError);
  });
});

describe("where the tangents that reach it are zero", () => {
  // A rule whose tangent is zero, but computed: the derivative of a constant.
  const constant = customJvp((x: NDArray) => mul(x, f64(0))).defjvp(([x]: [NDArray], [t]: [NDArray]) => {
    const zero = jvp((_: NDArray) => f64([0, 0]), [x], [t])[1];
    return [mul(x, f64(0)), sum(zero)];
  });
  const f = (x: NDArray) => add(wave(constant(x)), x);
  const x = f64(0.3);

  test("forward mode and partial evaluation need no rule", () => {
    expectClose(grad(f)(x), 1);
    expectClose(grad(jit(f))(x), 1);
    expectClose(jit(grad(f))(x), 1);
    expectClose(grad(checkpoint(f))(x), 1);
    expectClose(grad(jit(checkpoint(f)))(x), 1);
    expectClose(vmap(grad(f))(f64([0.3, 1])), [1, 1]);
    expectClose(vmap(grad(jit(f)))(f64([0.3, 1])), [1, 1]);
    expectClose(grad((y: NDArray) => sum(vmap(jit(f))(y)))(f64([0.3, 1])), [1, 1]);
    expectClose(jvp(f, [x], [f64(1)])[1], 1);
  });
});

test("a call is one equation, and its rule takes its place when it is differentiated", () => {
  expect(traced((x: NDArray) => wave(x))(f64(1)).jaxpr.equations.map((e) => e.primitive.name)).toEqual([
    "customVjpCall",
  ]);
  expect(traced(grad(wave))(f64(1)).jaxpr.equations.map((e) => e.primitive.name)).toEqual([
    "cos",
    "mul",
    "mul",
  ]);
});
