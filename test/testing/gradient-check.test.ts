import {
  ArgumentError,
  customJvp,
  customVjp,
  DifferentiationError,
  type DType,
  jit,
  jvp,
  type NDArray,
  nn,
  numpy as np,
  random,
  vjp,
} from "cotangent";
import {
  arrays,
  arraysLike,
  checkGrads,
  checkJvp,
  checkVjp,
  type GradCheckFailure,
  type GradCheckReport,
} from "cotangent/testing";
import fc from "fast-check";
import { isLeft, isRight } from "fp-ts/lib/Either.js";
import { describe, expect, test } from "vitest";
import { type Primitive, registeredPrimitives } from "../../src/core/index.ts";
import { withRules } from "../mutation/mutations.ts";

const array = (values: Parameters<typeof np.array>[0], dtype: DType = "float64"): NDArray =>
  np.array(values, { dtype });

const reportOf = (result: ReturnType<typeof checkGrads>): GradCheckReport => {
  if (isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

describe("checkGrads accepts", () => {
  test("functions of the library, to the second order, in every composition of modes", () => {
    const report = reportOf(checkGrads((x: NDArray) => np.sin(x).mul(x), [array([0.5, 1, -2])]));
    const byDifferences = report.entries.filter((e) => e.against === "differences");
    expect(byDifferences.map((e) => e.modes.join(" of ")).sort()).toEqual([
      "fwd",
      "fwd of fwd",
      "fwd of rev",
      "rev",
      "rev of fwd",
      "rev of rev",
    ]);
    expect(report.entries.filter((e) => e.against === "other mode")).toHaveLength(3);
    expect(report.worst).toBeLessThan(0.1);
    expect(report.worst).toBe(Math.max(...report.entries.map((e) => e.error)));
  });

  test("higher orders and single modes", () => {
    const f = (x: NDArray): NDArray => np.tanh(x);
    expect(reportOf(checkGrads(f, [array(0.3)], { order: 4, modes: ["fwd"] })).entries.at(-1)?.modes).toEqual(
      ["fwd", "fwd", "fwd", "fwd"],
    );
    expect(reportOf(checkGrads(f, [array(0.3)], { order: 1, modes: ["rev"] })).entries).toHaveLength(1);
  });

  test("trees of arguments and of results, with integers among them", () => {
    const f = (p: { w: NDArray; b: NDArray }, x: NDArray, i: NDArray) => ({
      y: np.tanh(x.matmul(p.w).add(p.b)),
      parts: [np.sum(p.w.mul(i)), i.add(1)],
    });
    const params = {
      w: array([
        [1, 2],
        [0.5, -1],
      ]),
      b: array([0.1, 0.2]),
    };
    expect(isRight(checkGrads(f, [params, array([[1, -0.5]]), np.array([2, 3])]))).toBe(true);
  });

  test("float32, coarsely, and JavaScript numbers", () => {
    expect(isRight(checkGrads((x: NDArray) => np.exp(x), [array([0.5, 1], "float32")]))).toBe(true);
    expect(isRight(checkGrads((x: NDArray) => x.mul(x), [2 as unknown as NDArray]))).toBe(true);
  });

  test("compiled functions", () => {
    expect(
      isRight(
        checkGrads(
          jit((x: NDArray) => nn.softmax(x)),
          [array([1, 2, 0.5])],
        ),
      ),
    ).toBe(true);
  });

  test("generated arguments, in a property", () => {
    const positive = arrays({ maxRank: 2, minLength: 1, elements: { min: 0.5, max: 3 } });
    fc.assert(
      fc.property(positive, (x) => isRight(checkGrads((y: NDArray) => np.log(y), [x]))),
      { numRuns: 30 },
    );
    const params = { w: array([[1, 2]]), b: array([1]) };
    const loss = (p: typeof params): NDArray => np.sum(np.tanh(p.w.mul(p.b)));
    fc.assert(
      fc.property(arraysLike(params), (p) => isRight(checkGrads(loss, [p], { order: 1 }))),
      { numRuns: 30 },
    );
  });

  test("empty arrays, which have no derivatives that could be wrong", () => {
    const empty = checkGrads((x: NDArray) => np.sum(np.sin(x)), [np.zeros([0, 2])]);
    expect(empty).toEqual({ _tag: "Right", right: { entries: [], worst: 0 } });
  });
});

/** x² with a JVP rule that is off by a factor. */
const wrongSquare = (factor: number) => {
  const square = customJvp((x: NDArray) => x.mul(x));
  square.defjvp(([x]: [NDArray], [t]: [NDArray]) => [x.mul(x), t.mul(x).mul(2 * factor)]);
  return (x: NDArray): NDArray => square(x);
};

const failureIn = (result: ReturnType<typeof checkGrads>): GradCheckFailure => {
  if (isRight(result)) throw new Error("the error was not found");
  return result.left;
};

/** A function of two arguments with a JVP of its own. */
const withJvp = (
  f: (x: NDArray, y: NDArray) => NDArray,
  rule: (x: NDArray, y: NDArray, dx: NDArray, dy: NDArray) => NDArray,
) => {
  const g = customJvp(f);
  g.defjvp(([x, y]: [NDArray, NDArray], [dx, dy]: [NDArray, NDArray]) => [f(x, y), rule(x, y, dx, dy)]);
  return (x: NDArray, y: NDArray): NDArray => g(x, y);
};

describe("checkGrads finds", () => {
  test.each([
    [1.001, "factor"],
    [-1, "sign"],
    [0, "missing term"],
    [2, "factor"],
  ])("a first derivative off by the factor %d, in both modes", (factor, cause) => {
    for (const mode of ["fwd", "rev"] as const) {
      const failure = failureIn(checkGrads(wrongSquare(factor), [array([1, 2])], { modes: [mode] }));
      expect(failure.modes).toEqual([mode]);
      expect(failure.analytic / failure.numeric).toBeCloseTo(factor, 6);
      expect(failure.relativeError).toBeCloseTo(Math.abs(factor - 1), 6);
      expect([failure.kind, failure.cause]).toEqual(["wrong", cause]);
    }
  });

  test("the worst leaf of the arguments in reverse mode, by path and index, and says why", () => {
    const params = { w: array([[1, 2, 3]]), b: array([0.5, -1]) };
    const f = (p: typeof params) => ({ loss: np.sum(np.sin(p.b)).add(np.sum(wrongSquare(-1)(p.w))) });
    const failure = failureIn(checkGrads(f, [params], { modes: ["rev"], order: 1 }));
    expect(failure).toMatchObject({ side: "argument", path: "[0].w", index: [0, 2], cause: "sign" });
    expect(failure.analytic).toBeCloseTo(-failure.numeric, 6);
    expect(failure.message).toMatch(
      /^checkGrads: the derivative by reverse mode is wrong at argument \[0\]\.w, element \[0, 2\]: analytic \S+, numeric \S+, relative error 2\.00 \(allowed: a difference of \S+\)\. Probable cause: a wrong sign: it is the right one times -1\.$/,
    );
  });

  test("the worst leaf of the result in forward mode", () => {
    const f = (x: NDArray) => ({ right: x, wrong: [wrongSquare(2)(x)] });
    const failure = failureIn(checkGrads(f, [array([1, 0.25])], { modes: ["fwd"] }));
    expect(failure).toMatchObject({ side: "result", path: "wrong[0]", index: [0], cause: "factor" });
    expect(failure.message).toMatch(/at result wrong\[0\], element \[0\]: .*the right one times 2\.$/);
  });

  test("one wrong element among thousands", () => {
    const bump = customVjp((x: NDArray) => np.sum(np.sin(x)));
    const only = np.zeros([40, 60]).astype("float64").at(31, 7).set(1);
    bump.defvjp(
      (x: NDArray) => [np.sum(np.sin(x)), np.cos(x)],
      (c: NDArray, ct: NDArray) => [c.mul(ct).add(only.mul(0.5))],
    );
    const x = np.linspace(-3, 3, 2400).astype("float64").reshape([40, 60]);
    const f = (y: NDArray): NDArray => bump(y);
    const failure = failureIn(checkGrads(f, [x], { modes: ["rev"], order: 1 }));
    expect(failure).toMatchObject({ path: "[0]", index: [31, 7], kind: "wrong" });
  });

  const [x, y] = [array([0.5, 1.2, 2]), array([-1, 0.3, 0.7])];
  const product = (p: NDArray, q: NDArray): NDArray => np.sin(p).mul(q);
  const twoWays = ["fwd", "rev"] as const;

  test.each(twoWays)("a term that is left out, by %s", (mode) => {
    const f = withJvp(product, (p, q, dp) => np.cos(p).mul(q).mul(dp));
    const failure = failureIn(checkGrads(f, [x, y], { modes: [mode], order: 1 }));
    expect(failure.cause).toBe("missing term");
    expect(failure.message).toMatch(
      mode === "fwd" ? /what belongs to the argument \[1\] is left out/ : /argument \[1\], element/,
    );
  });

  test.each(twoWays)("the wrong sign of one term, by %s", (mode) => {
    const f = withJvp(product, (p, q, dp, dq) => np.cos(p).mul(q).mul(dp).sub(np.sin(p).mul(dq)));
    expect(failureIn(checkGrads(f, [x, y], { modes: [mode], order: 1 })).cause).toBe("sign");
  });

  test("a result that was forgotten in the way back", () => {
    const pair = customVjp((p: NDArray) => [np.sin(p), np.exp(p)] as const);
    pair.defvjp(
      (p: NDArray) => [[np.sin(p), np.exp(p)] as const, p],
      (p: NDArray, [a]: readonly [NDArray, NDArray]) => [np.cos(p).mul(a)],
    );
    const failure = failureIn(checkGrads((p: NDArray) => pair(p), [x], { modes: ["rev"], order: 1 }));
    expect(failure.message).toMatch(/a missing term: what belongs to the result \[1\] is left out/);
  });

  test("numbers in the wrong order", () => {
    const f = customVjp((p: NDArray) => np.sum(np.sin(p)));
    f.defvjp(
      (p: NDArray) => [np.sum(np.sin(p)), np.cos(p)],
      (c: NDArray, ct: NDArray) => [np.flip(c).mul(ct)],
    );
    expect(failureIn(checkGrads((p: NDArray) => f(p), [x], { modes: ["rev"], order: 1 })).cause).toBe(
      "order",
    );
  });

  test("a term that is wrong in some other way", () => {
    const f = withJvp(product, (p, q, dp, dq) => np.exp(p).mul(q).mul(dp).add(np.sin(p).mul(dq)));
    expect(failureIn(checkGrads(f, [x, y], { order: 1 })).cause).toBe("wrong term");
  });

  test("a gradient that is NaN though the function is smooth", () => {
    const f = (p: NDArray): NDArray =>
      np.sum(np.where(np.greater(np.abs(p), 1e-3), np.sin(p).div(p).mul(p), p));
    const failure = failureIn(checkGrads(f, [array([1, 0])], { modes: ["rev"], order: 1 }));
    expect(failure).toMatchObject({ kind: "wrong", cause: "not finite", path: "[0]", index: [1] });
    expect(failure.message).toMatch(/Make its operand harmless with where/);
  });

  test("rounding in float32, which float64 does not have", () => {
    const f = (p: NDArray): NDArray => np.sum(np.exp(p).sub(1).sub(p).div(p.mul(p)));
    const failure = failureIn(checkGrads(f, [array([1e-3], "float32")], { order: 1, modes: ["rev"] }));
    expect(failure.cause).toBe("dtype");
    expect(isRight(checkGrads(f, [array([1e-3], "float64")], { order: 1 }))).toBe(true);
  });

  test("a disagreement of the modes that is too small for differences", () => {
    const mul = registeredPrimitives().find((p) => p.name === "mul") as Primitive;
    const transpose: Primitive["transpose"] = (cts, inputs, params) =>
      right(cts, inputs, params).map((ct) => ct && np.add(ct, ct.add(0).div(1e7)));
    const right = mul.transpose.bind(mul);
    withRules(mul, { transpose }, () => {
      const failure = failureIn(checkGrads((p: NDArray) => np.sin(p), [x], { order: 1 }));
      expect([failure.kind, failure.cause]).toEqual(["wrong", "modes disagree"]);
      expect(failure.relativeError).toBeCloseTo(1e-7, 9);
    });
  });

  test("a second derivative that is wrong though the first is right", () => {
    const slope = customJvp((p: NDArray) => p.mul(p).mul(3));
    slope.defjvp(([p]: [NDArray], [t]: [NDArray]) => [p.mul(p).mul(3), p.mul(t).mul(5)]);
    const cube = customJvp((p: NDArray) => p.mul(p).mul(p));
    cube.defjvp(([p]: [NDArray], [t]: [NDArray]) => [p.mul(p).mul(p), slope(p).mul(t)]);
    const f = (p: NDArray): NDArray => cube(p);
    expect(isRight(checkGrads(f, [x], { order: 1 }))).toBe(true);
    const failure = failureIn(checkGrads(f, [x], { order: 2 }));
    expect(failure.modes).toHaveLength(2);
    expect(failure.message).toMatch(/the derivative of order 2 by forward mode over forward mode is wrong/);
  });

  test("an error in the batching rule, with batch", () => {
    const f = (p: NDArray): NDArray => np.sum(np.tanh(p));
    const report = reportOf(checkGrads(f, [x], { batch: 3 }));
    expect(report.entries).toHaveLength(2 * reportOf(checkGrads(f, [x])).entries.length);
  });

  test("what a larger tolerance forgives", () => {
    const args: [NDArray] = [array([1, 2])];
    expect(isLeft(checkGrads(wrongSquare(1.01), args))).toBe(true);
    expect(isRight(checkGrads(wrongSquare(1.01), args, { rtol: 0.1, atol: 0.1 }))).toBe(true);
  });

  test("the same error again for the same key, and on other directions for another", () => {
    const run = (key: NDArray | number): unknown =>
      checkGrads(wrongSquare(2), [array([1, 2])], { key, modes: ["fwd"] });
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
    expect(run(random.key(1))).toEqual(run(1));
    expect(() => run(np.zeros([3]))).toThrow(/key must be a PRNG key/);
  });
});

describe("a step that fits", () => {
  test.each(["float64", "float32"] as const)("arguments of any size in %s", (dtype) => {
    const log = (p: NDArray): NDArray => np.sum(np.log(p));
    for (const size of [1e-4, 1, 1e4]) {
      const at = array([size, 3 * size], dtype);
      expect(checkGrads(log, [at], { order: 1 })).toMatchObject({ _tag: "Right" });
      expect(
        failureIn(
          checkGrads((p: NDArray) => log(p).add(np.sum(wrongSquare(-1)(p.div(size)))), [at], { order: 1 }),
        ).kind,
      ).toBe("wrong");
    }
  });

  test("leaves of very different sizes", () => {
    const f = (p: NDArray, q: NDArray): NDArray => np.sum(np.sin(p).mul(np.sqrt(q)));
    expect(isRight(checkGrads(f, [array([0.001, -0.2]), array([1e6, 3e6])], { order: 2 }))).toBe(true);
  });

  test("a kink that is near, but not here", () => {
    for (const near of [1e-3, 1e-5, -1e-4]) {
      expect(isRight(checkGrads((p: NDArray) => np.sum(np.abs(p)), [array([near, 1])], { order: 1 }))).toBe(
        true,
      );
    }
    const failure = failureIn(
      checkGrads(
        (p: NDArray) =>
          np
            .sum(np.abs(p))
            .mul(1)
            .add(np.sum(wrongSquare(3)(p))),
        [array([1e-4, 1])],
        { order: 1 },
      ),
    );
    expect(failure.kind).toBe("wrong");
  });

  test("eps that is too long is told from an error", () => {
    const f = (p: NDArray): NDArray => np.sum(np.sin(p.mul(40)));
    const failure = failureIn(checkGrads(f, [x0], { eps: 0.2, order: 1 }));
    expect(failure).toMatchObject({ kind: "undecided", cause: "step" });
    expect(failure.message).toMatch(/Leave out eps/);
    expect(isRight(checkGrads(f, [x0], { order: 1 }))).toBe(true);
  });
  const x0 = array([0.5, 1.1]);

  test("noise that no step gets rid of", () => {
    // Rounded to a grid, a function is a flight of steps; its derivative by the chain rule ignores that.
    const rough = customJvp((p: NDArray) => np.floor(p.mul(1000)).div(1000));
    rough.defjvp(([p]: [NDArray], [t]: [NDArray]) => [np.floor(p.mul(1000)).div(1000), t]);
    const result = checkGrads((p: NDArray) => rough(p), [array([0.12345])], { order: 1 });
    expect(isLeft(result)).toBe(true);
  });
});

describe("a kink is neither a failure nor a pass:", () => {
  const at = array([1, 0, -2]);
  const kinks: [string, (x: NDArray) => NDArray, RegExp][] = [
    [
      "abs",
      np.abs,
      /a kink of the function: its slope along argument \[0\]\[1\] is -1 on the left and 1 on the right/,
    ],
    ["relu", nn.relu, /its slope along argument \[0\]\[1\] is 0 on the left and 1 on the right/],
    ["maximum", (p) => np.maximum(p, p.mul(3)), /a kink/],
    ["sign", np.sign, /a jump of the function, or an infinite slope/],
    ["floor", (p) => np.floor(p), /a jump/],
    [
      "cbrt",
      (p) => np.sign(p).mul(np.power(np.abs(p).add(1e-300), 1 / 3)),
      /a jump of the function, or an infinite slope/,
    ],
  ];

  test.each(kinks)("%s", (_, f, words) => {
    for (const mode of ["fwd", "rev"] as const) {
      for (const g of [f, (p: NDArray): NDArray => np.sum(f(p))]) {
        const failure = failureIn(checkGrads(g, [at], { modes: [mode], order: 1 }));
        expect([failure.kind, failure.cause]).toEqual(["kink", "kink"]);
        expect(failure.message).toMatch(words);
        expect(failure.message).toMatch(/cannot be checked .* neither a failure nor a pass/);
      }
    }
  });

  test.each(["float64", "float32"] as const)("in %s", (dtype) => {
    const failure = failureIn(checkGrads((p: NDArray) => np.abs(p), [array([0, 1], dtype)], { order: 1 }));
    expect(failure.kind).toBe("kink");
  });

  test("the edge of a domain", () => {
    const failure = failureIn(checkGrads((p: NDArray) => np.power(p, 1.5), [array([0, 1])], { order: 1 }));
    expect(failure.kind).toBe("kink");
    expect(failure.message).toMatch(/the edge of the domain/);
  });

  test("of a second derivative", () => {
    const f = (p: NDArray): NDArray => np.sum(p.mul(np.abs(p)));
    expect(isRight(checkGrads(f, [at], { order: 1 }))).toBe(true);
    expect(failureIn(checkGrads(f, [at], { order: 2 }))).toMatchObject({ kind: "kink" });
  });

  test("what is wrong elsewhere is found all the same", () => {
    const f = (p: NDArray): NDArray => np.abs(p).add(wrongSquare(2)(p));
    for (const mode of ["fwd", "rev"] as const) {
      expect(failureIn(checkGrads(f, [at], { modes: [mode], order: 1 })).kind).toBe("wrong");
    }
  });

  test("a point where the function is not finite", () => {
    const failure = failureIn(checkGrads((p: NDArray) => np.log(p), [array([-1, 1])], { order: 1 }));
    expect(failure).toMatchObject({ kind: "undecided", cause: "not finite" });
  });

  test("bent functions have none", () => {
    const bent: ((p: NDArray) => NDArray)[] = [
      (p) => np.sum(p.mul(p).mul(50)),
      (p) => np.sum(nn.softplus(p.mul(30))),
      (p) => np.sum(np.exp(p.mul(8))),
      (p) => np.sum(np.power(np.abs(p.sub(3)), 2.5)),
    ];
    for (const f of bent) {
      for (const dtype of ["float64", "float32"] as const) {
        const result = checkGrads(f, [array([1, 0, -2, 0.5], dtype)], { order: 1 });
        expect(isLeft(result) ? result.left.message : "right").toBe("right");
      }
    }
  });
});

describe("rules of one's own", () => {
  const f = (p: { x: NDArray }, y: NDArray) => [np.sin(p.x).mul(y), np.sum(y)] as const;
  const args: [{ x: NDArray }, NDArray] = [{ x: array([0.5, 2]) }, array([1, -1])];

  test("checkJvp and checkVjp accept what the transforms give", () => {
    expect(isRight(checkJvp(f, (primals, tangents) => jvp(f, primals, tangents), args))).toBe(true);
    expect(isRight(checkVjp(f, (primals) => vjp(f, primals), args))).toBe(true);
  });

  test("and find what is wrong by hand", () => {
    const forward = checkJvp(
      f,
      (primals, [dp, dy]) => [f(...primals), [np.cos(primals[0].x).mul(dp.x).mul(primals[1]), np.sum(dy)]],
      args,
    );
    expect(failureIn(forward)).toMatchObject({ path: "[0]", cause: "missing term", modes: ["fwd"] });
    expect(failureIn(forward).message).toMatch(/^checkJvp: /);
    const backward = checkVjp(
      f,
      ([p, y]) => [f(p, y), ([a, b]) => [{ x: np.cos(p.x).mul(y).mul(a) }, np.sin(p.x).mul(a).mul(2).add(b)]],
      args,
    );
    expect(failureIn(backward)).toMatchObject({ path: "[1]", modes: ["rev"] });
    expect(failureIn(backward).message).toMatch(/^checkVjp: /);
  });

  test("cotangents of other shapes are refused", () => {
    const g = (x: NDArray): NDArray => np.sum(x);
    expect(() => checkVjp(g, ([x]) => [g(x), (ct) => [ct]], [array([1, 2])])).toThrow(
      /checkVjp: the cotangent of float64\[2\] is float64\[\]/,
    );
  });
});

describe("checkGrads refuses", () => {
  test("orders that are no whole numbers", () => {
    expect(() => checkGrads((x: NDArray) => x, [array(1)], { order: 0 })).toThrow(ArgumentError);
    expect(() => checkGrads((x: NDArray) => x, [array(1)], { order: 1.5 })).toThrow(/whole number/);
  });

  test("arguments without floats", () => {
    expect(() => checkGrads((x: NDArray) => x, [np.array([1, 2], { dtype: "int32" })])).toThrow(
      /floating-point/,
    );
  });

  test("forward mode for functions that have none", () => {
    const f = customVjp((x: NDArray) => x);
    f.defvjp(
      (x: NDArray) => [x, null],
      (_: null, ct: NDArray) => [ct],
    );
    expect(() => checkGrads((x: NDArray) => f(x), [array(1)])).toThrow(DifferentiationError);
    expect(isRight(checkGrads((x: NDArray) => f(x), [array(1)], { modes: ["rev"], order: 1 }))).toBe(true);
  });
});
