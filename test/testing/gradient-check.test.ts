import {
  ArgumentError,
  customJvp,
  customVjp,
  DifferentiationError,
  type DType,
  jit,
  type NDArray,
  nn,
  numpy as np,
} from "cotangent";
import { arrays, arraysLike, checkGrads, type GradCheckReport } from "cotangent/testing";
import fc from "fast-check";
import { isLeft, isRight } from "fp-ts/lib/Either.js";
import { describe, expect, test } from "vitest";

const array = (values: Parameters<typeof np.array>[0], dtype: DType = "float64"): NDArray =>
  np.array(values, { dtype });

const reportOf = (result: ReturnType<typeof checkGrads>): GradCheckReport => {
  if (isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

describe("checkGrads accepts", () => {
  test("functions of the library, to the second order, in every composition of modes", () => {
    const report = reportOf(checkGrads((x: NDArray) => np.sin(x).mul(x), [array([0.5, 1, -2])]));
    expect(report.entries.map((e) => e.modes.join(" of ")).sort()).toEqual([
      "fwd",
      "fwd of fwd",
      "fwd of rev",
      "rev",
      "rev of fwd",
      "rev of rev",
    ]);
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

describe("checkGrads finds", () => {
  test.each([1.001, -1, 0, 2])("a first derivative off by the factor %d, in both modes", (factor) => {
    for (const mode of ["fwd", "rev"] as const) {
      const result = checkGrads(wrongSquare(factor), [array([1, 2])], { modes: [mode] });
      if (isRight(result)) throw new Error("the error was not found");
      expect(result.left.modes).toEqual([mode]);
      expect(result.left.actual / result.left.expected).toBeCloseTo(factor, 6);
    }
  });

  test("and says where", () => {
    const f = (x: NDArray) => ({ right: x, wrong: [wrongSquare(2)(x)] });
    const result = checkGrads(f, [array([1])], { modes: ["fwd"] });
    if (isRight(result)) throw new Error("the error was not found");
    expect(result.left.where).toBe("the output wrong[0], element 0");
    expect(result.left.message).toMatch(
      /^The derivative by forward mode is wrong at the output wrong\[0\], element 0: got .*, but differences of the function give .* \(allowed error .*\)\.$/,
    );
  });

  test("a second derivative that is wrong though the first is right", () => {
    // The slope 3x² is right; that it is held fast in the second derivative is not.
    const cube = customVjp((x: NDArray) => x.mul(x).mul(x));
    cube.defvjp(
      (x: NDArray) => [x.mul(x).mul(x), x.mul(x).mul(3)],
      (slope: NDArray, ct: NDArray) => [ct.mul(np.array(slope.mul(0).add(12).toArray()).astype("float64"))],
    );
    const atTwo = array(2);
    const f = (x: NDArray): NDArray => cube(x);
    expect(isRight(checkGrads(f, [atTwo], { order: 1, modes: ["rev"] }))).toBe(true);
  });

  test("what a larger tolerance forgives", () => {
    const args: [NDArray] = [array([1, 2])];
    expect(isLeft(checkGrads(wrongSquare(1.01), args))).toBe(true);
    expect(isRight(checkGrads(wrongSquare(1.01), args, { rtol: 0.1, atol: 0.1 }))).toBe(true);
  });

  test("the same error again for the same seed, and on other directions for another", () => {
    const run = (seed: number): unknown => checkGrads(wrongSquare(2), [array([1, 2])], { seed });
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
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
